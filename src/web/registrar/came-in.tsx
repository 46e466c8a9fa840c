/** Who has just come in; and the way to undo it for somebody who did not mean that device. */
import { useRef, useState } from "preact/hooks";
import { DeviceIcon } from "../parts/icons.tsx";
import { FaultNotice, Notice, SaidText } from "../parts/notice.tsx";
import { lineText, whoText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { EntryBody, RevokedBody, RunBody } from "../service/bodies.ts";
import type { Said } from "../words/said.ts";
import { t } from "../words/words.ts";
import type { Registrar } from "./registrar.ts";
import { revokedSaid } from "./revoked.ts";

export function CameIn({ registrar }: { readonly registrar: Registrar }) {
  const { activity, instances, whole } = registrar;
  const [handled, setHandled] = useState(0);
  const [revoked, setRevoked] = useState<Said | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  // Not who came in before this page was opened; null until that is known.
  const first = useRef<number | null>(null);
  const last = activity[0]?.id ?? 0;
  // Less than it was: a service that keeps nothing was started anew, and counts from the beginning.
  if (instances !== null && whole) first.current = Math.min(first.current ?? last, last);

  const run = activity.find(
    (entry): entry is RunBody =>
      entry.type === "enrolment" && entry.result === "success" && entry.id > (first.current ?? Infinity),
  );
  const shown = run !== undefined && run.id > handled && !wasRevoked(activity, run);
  const name = run?.station.deviceName ?? (run === undefined ? "" : whoText(run.station));
  const ssid = instances?.find(({ id }) => id === run?.instance)?.ssid ?? "";
  const revoke = async () => {
    if (run === undefined) return;
    const answer = await ask<RevokedBody | null>("DELETE", `/api/v1/devices/${run.station.macAddress}`);
    setFault(answer.ok ? null : answer.fault);
    if (!answer.ok) return;
    setHandled(run.id);
    setRevoked(revokedSaid(answer.value, name));
  };
  return (
    <section aria-label={t("whoCameIn")} aria-live="polite">
      {shown && (
        <article class="card request came-in">
          <DeviceIcon type={run.station.deviceType} />
          <div class="grow">
            <p class="headline">{t("cameIn", { name })}</p>
            <p class="soft">{lineText(ssid, run.station.manufacturer, run.station.modelName, whoText(run.station))}</p>
            <FaultNotice fault={fault} />
          </div>
          <div class="actions">
            <button type="button" class="danger" onClick={revoke}>
              {t("notMine")}
            </button>
            <button
              type="button"
              onClick={() => {
                setHandled(run.id);
                setRevoked(null);
              }}
            >
              {t("fine")}
            </button>
          </div>
        </article>
      )}
      {revoked !== null && !shown && (
        <Notice tone="good">
          <SaidText said={revoked} />
        </Notice>
      )}
    </section>
  );
}

/** By whomever, since it came in. */
function wasRevoked(activity: readonly EntryBody[], { id, station }: RunBody): boolean {
  return activity.some(
    (entry) =>
      entry.type === "audit" &&
      entry.action === "device-revoked" &&
      entry.station === station.macAddress &&
      entry.id > id,
  );
}
