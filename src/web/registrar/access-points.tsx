/** Access points: the networks that are served, and what is wrong with one. */
import { Notice } from "../parts/notice.tsx";
import { macText } from "../parts/texts.ts";
import { Facts } from "./facts.tsx";
import type { Registrar } from "./registrar.ts";

export function AccessPoints({ registrar }: { readonly registrar: Registrar }) {
  const { instances } = registrar;
  return (
    <div class="columns even">
      {(instances ?? []).map((instance) => {
        const { id, name, ssid, security, mode, configurationState, trouble } = instance;
        return (
          <section key={id} class="card" aria-labelledby={`ap-${id}`}>
            <header>
              <h2 id={`ap-${id}`}>{ssid}</h2>
            </header>
            <Facts
              facts={[
                ["Access point", name],
                ["BSSID", macText(id)],
                ["Security", security],
                ["WPS Mode", mode],
                ["WPS Configuration State", configurationState],
              ]}
            />
            {trouble !== null && <Notice tone="bad">{trouble}</Notice>}
          </section>
        );
      })}
    </div>
  );
}
