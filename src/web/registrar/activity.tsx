/** Activity: each run as a ladder of messages between the two sides, and what people and time have changed. */
import { useState } from "preact/hooks";
import { CheckIcon, ChevronIcon, ClockIcon, CrossIcon } from "../parts/icons.tsx";
import { lineText, macText, momentText, whoText } from "../parts/texts.ts";
import type { AuditBody, EntryBody, RunBody } from "../service/bodies.ts";
import { ACTIONS } from "../words/actions.ts";
import { foreign } from "../words/foreign.ts";
import { detailText, outcomeText } from "../words/said.ts";
import { pick, t } from "../words/words.ts";
import { captureOf } from "./capture.ts";
import { Card } from "./card.tsx";
import type { Registrar } from "./registrar.ts";

export function Activity({ registrar }: { readonly registrar: Registrar }) {
  const [open, setOpen] = useState<number | null>(null);
  const ssidOf = (id: string | null) => registrar.instances?.find((instance) => instance.id === id)?.ssid ?? null;
  return (
    <Card title={t("activity")} className="activity">
      <ol>
        {registrar.activity.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            ssid={ssidOf(entry.instance)}
            open={open === entry.id}
            onToggle={() => setOpen(open === entry.id ? null : entry.id)}
          />
        ))}
      </ol>
      {registrar.activity.length === 0 && <p class="soft">{t("noActivity")}</p>}
    </Card>
  );
}

interface EntryProps {
  readonly entry: EntryBody;
  readonly ssid: string | null;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function Entry({ entry, ssid, open, onToggle }: EntryProps) {
  if (entry.type === "audit") return <Audit entry={entry} ssid={ssid} />;
  const { station, result, at, transcript } = entry;
  const id = `run-${entry.id}`;
  return (
    <li class={open ? "open" : ""}>
      <button type="button" class="row" aria-expanded={open} aria-controls={id} onClick={onToggle}>
        <span class={`outcome ${result}`}>{result === "success" ? <CheckIcon /> : <CrossIcon />}</span>
        <span class="grow">
          <span class="name">{foreign(station.deviceName ?? whoText(station))}</span>
          <span class="soft">{outcomeText(entry)}</span>
        </span>
        <time class="soft" dateTime={at}>
          {momentText(at)}
        </time>
        <ChevronIcon />
      </button>
      {open && (
        <div class="more" id={id}>
          <p class="soft">{lineText(ssid, whoText(station), t("messages", { count: transcript.length }))}</p>
          <Ladder run={entry} />
          {transcript.length > 0 && (
            <button type="button" onClick={() => download(entry)}>
              {t("downloadCapture")}
            </button>
          )}
        </div>
      )}
    </li>
  );
}

/** The device on the left, the network on the right, and each message between them. */
function Ladder({ run }: { readonly run: RunBody }) {
  const begun = Date.parse(run.at);
  return (
    <div class="ladder">
      <p class="ends" aria-hidden="true">
        <span>{foreign(run.station.deviceName ?? t("theDevice"))}</span>
        <span>{t("theNetwork")}</span>
      </p>
      <ol>
        {run.transcript.map((message, index) => (
          <li key={`${index}-${message.message}`} class={message.direction}>
            <span class="unseen">{t(message.direction === "in" ? "fromDevice" : "fromNetwork")}</span>
            <span class="message">{message.message}</span>
            <span class="after soft">{t("after", { ms: Date.parse(message.at) - begun })}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Audit({ entry, ssid }: { readonly entry: AuditBody; readonly ssid: string | null }) {
  const { action, station, at } = entry;
  const words = ACTIONS[action];
  return (
    <li>
      <div class="row">
        <span class="outcome">
          <ClockIcon />
        </span>
        <span class="grow">
          <span class="name">{words === undefined ? action : pick(words)}</span>
          <span class="soft">{lineText(ssid, station === null ? null : macText(station), detailText(entry))}</span>
        </span>
        <time class="soft" dateTime={at}>
          {momentText(at)}
        </time>
      </div>
    </li>
  );
}

function download(run: RunBody): void {
  const address = URL.createObjectURL(new Blob([captureOf(run)], { type: "application/vnd.tcpdump.pcap" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `openwps-${run.station.macAddress ?? run.station.address}-${run.id}.pcap`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
