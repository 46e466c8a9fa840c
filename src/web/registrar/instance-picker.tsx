/** Which of the networks the page is about. */
import { useId } from "preact/hooks";
import { foreign } from "../words/foreign.ts";
import type { Instance } from "./registrar.ts";

interface InstancePickerProps {
  readonly instances: readonly Instance[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function InstancePicker({ instances, chosen, onChoose }: InstancePickerProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} lang="en">
        WPS Instance ID
      </label>
      <select id={id} value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {instances.map((instance) => (
          <option key={instance.id} value={instance.id}>
            {instance.id} ({foreign(instance.ssid)}, {foreign(instance.name)})
          </option>
        ))}
      </select>
    </div>
  );
}
