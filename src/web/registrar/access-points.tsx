/** Access points: the networks that are served, what is wrong with one, and what in its settings speaks against WPS. */
import { useEffect, useState } from "preact/hooks";
import { FaultNotice, Notice } from "../parts/notice.tsx";
import { macText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { FindingBody } from "../service/bodies.ts";
import { FINDING_WORDS } from "../words/findings.ts";
import { foreign } from "../words/foreign.ts";
import { ownOr, t } from "../words/words.ts";
import { Card } from "./card.tsx";
import { Facts } from "./facts.tsx";
import type { Instance, Registrar } from "./registrar.ts";
import { Trouble } from "./trouble.tsx";

export function AccessPoints({ registrar }: { readonly registrar: Registrar }) {
  return (
    <div class="columns">
      {(registrar.instances ?? []).map((instance) => (
        <AccessPoint key={instance.id} instance={instance} />
      ))}
    </div>
  );
}

function AccessPoint({ instance }: { readonly instance: Instance }) {
  const { id, name, ssid, security, mode, configurationState, trouble } = instance;
  return (
    <Card title={foreign(ssid)}>
      <div class="stack">
        <Facts
          facts={[
            ["Access point", name],
            ["BSSID", macText(id)],
            ["Security", security],
            ["WPS Mode", mode],
            ["WPS Configuration State", configurationState],
          ]}
        />
        <Trouble trouble={trouble} />
        <Findings instance={instance} />
      </div>
    </Card>
  );
}

/** What the check finds. */
function Findings({ instance }: { readonly instance: Instance }) {
  const [found, setFound] = useState<readonly FindingBody[] | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  useEffect(() => {
    void ask<readonly FindingBody[]>("GET", `/api/v1/wps/instances/${instance.id}/findings`).then((answer) => {
      setFault(answer.ok ? null : answer.fault);
      if (answer.ok) setFound(answer.value);
    });
  }, [instance]);
  if (fault !== null) return <FaultNotice fault={fault} />;
  if (found === null) return null;
  if (found.length === 0) return <Notice tone="good">{t("nothingAgainstWps")}</Notice>;
  return (
    <ul class="findings">
      {found.map(({ key, weight, sentence, hint }) => (
        <li key={key} class={weight}>
          <p>{ownOr(sentence, FINDING_WORDS[key]?.sentence)}</p>
          <p class="note">{ownOr(hint, FINDING_WORDS[key]?.hint)}</p>
        </li>
      ))}
    </ul>
  );
}
