/** Devices that ask to come in while nobody has opened the network for them. */
import { useState } from "preact/hooks";
import { Field, Form } from "../parts/field.tsx";
import { DeviceIcon } from "../parts/icons.tsx";
import { FaultNotice } from "../parts/notice.tsx";
import { isWholePin, pinFault } from "../parts/pin.ts";
import { lineText, macText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { RequestBody } from "../service/bodies.ts";
import { t } from "../words/words.ts";
import { typeName } from "./device-types.ts";
import type { Instance } from "./registrar.ts";

interface RequestsProps {
  readonly requests: readonly RequestBody[];
  readonly instances: readonly Instance[];
  /** Whoever admits a device wants to see the network that it comes to. */
  readonly onChoose: (id: string) => void;
}

export function Requests({ requests, instances, onChoose }: RequestsProps) {
  return (
    <section aria-label={t("requests")} aria-live="polite">
      {requests.map((request) => (
        <Request
          key={request.mac}
          request={request}
          ssid={instances.find(({ id }) => id === request.instance)?.ssid ?? ""}
          onAdmitted={() => onChoose(request.instance)}
        />
      ))}
    </section>
  );
}

interface RequestProps {
  readonly request: RequestBody;
  readonly ssid: string;
  readonly onAdmitted: () => void;
}

function Request({ request, ssid, onAdmitted }: RequestProps) {
  const { mac, method, name, manufacturer, model, type } = request;
  const [pin, setPin] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [admitted, setAdmitted] = useState(false);
  const admit = async () => {
    const answer = await ask("POST", `/api/v1/requests/${mac}/admit`, method === "pin" ? { pin } : undefined);
    setFault(answer.ok ? null : answer.fault);
    setAdmitted(answer.ok);
    if (answer.ok) onAdmitted();
  };
  return (
    <article class="card request">
      <DeviceIcon type={type} />
      <div class="grow">
        <p class="headline">{t("wantsIn", { name: name ?? macText(mac) })}</p>
        <p class="soft">
          {lineText(ssid, typeName(type), `${manufacturer ?? ""} ${model ?? ""}`.trim(), macText(mac))}
        </p>
        {admitted && <p class="soft">{t("admitted")}</p>}
        <FaultNotice fault={fault} />
      </div>
      <Form onSubmit={admit} className="beside">
        {method === "pin" && (
          <Field
            label={t("itsPin")}
            value={pin}
            onValue={setPin}
            autocomplete="off"
            inputMode="numeric"
            wrong={pinFault(pin)}
          />
        )}
        <button type="submit" class="primary" disabled={admitted || (method === "pin" && !isWholePin(pin))}>
          {t("admit")}
        </button>
      </Form>
    </article>
  );
}
