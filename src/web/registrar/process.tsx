/**
 * WPS Process: letting devices in, and what comes of it. Fields, names and values are those of access points' own pages,
 * in every language; live, with a Refresh button for those who look for one.
 */
import { useState } from "preact/hooks";
import { Field, Form } from "../parts/field.tsx";
import { RefreshIcon } from "../parts/icons.tsx";
import { FaultNotice } from "../parts/notice.tsx";
import { isWholePin, pinFault } from "../parts/pin.ts";
import { clockText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import { foreign } from "../words/foreign.ts";
import { language, t } from "../words/words.ts";
import { CameIn } from "./came-in.tsx";
import { Card, type InstancePageProps } from "./card.tsx";
import { Facts } from "./facts.tsx";
import { InstancePicker } from "./instance-picker.tsx";
import { type Instance, type Registrar, useCounting } from "./registrar.ts";
import { Requests } from "./requests.tsx";
import { SharedKey } from "./shared-key.tsx";
import { Trouble } from "./trouble.tsx";

export function Process({ registrar, instance, onChoose }: InstancePageProps) {
  const { instances, requests, refresh } = registrar;
  return (
    <div class="columns">
      <div class="stack">
        <Card title="WPS Process" isName>
          <div class="stack">
            <p class="soft">{t("processWhat")}</p>
            <InstancePicker instances={instances ?? []} chosen={instance.id} onChoose={onChoose} />
            <Enrolment key={instance.id} registrar={registrar} instance={instance} />
          </div>
        </Card>
        {/* Below what is pressed, so that nothing moves under a finger when somebody comes. */}
        <Requests requests={requests} instances={instances ?? []} onChoose={onChoose} />
        <CameIn registrar={registrar} />
      </div>
      <Card
        title="Instance Status"
        isName
        aside={
          <button type="button" class="quiet" onClick={() => void refresh()}>
            <RefreshIcon />
            <span lang="en">Refresh</span>
          </button>
        }
      >
        <Status instance={instance} />
      </Card>
    </div>
  );
}

interface EnrolmentProps {
  readonly registrar: Registrar;
  readonly instance: Instance;
}

function Enrolment({ registrar, instance }: EnrolmentProps) {
  const [pin, setPin] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const path = `/api/v1/wps/instances/${instance.id}/enrolment`;
  const isStop = pin.trim().toLowerCase() === "stop";
  const canStart = isStop || isWholePin(pin);

  const start = async (body: object) => {
    const answer = await ask("POST", path, body);
    setFault(answer.ok ? null : answer.fault);
    return answer.ok;
  };
  const startPin = async () => {
    if (canStart && (await start({ method: "pin", pin }))) setPin("");
  };
  const stop = async () => {
    const answer = await ask("DELETE", path);
    setFault(answer.ok ? null : answer.fault);
  };
  return (
    <>
      <Form onSubmit={startPin} className="beside">
        <Field
          label="PIN Enrollment"
          value={pin}
          onValue={setPin}
          autocomplete="off"
          maxLength={16}
          note={t("pinOrStop")}
          wrong={
            /^[\s\d-]*$/.test(pin) ? pinFault(pin) : "stop".startsWith(pin.trim().toLowerCase()) ? null : pinFault(pin)
          }
        />
        <button type="submit" class="primary" disabled={!canStart}>
          <span class="unseen" lang="en">
            PIN Enrollment
          </span>
          <span lang="en">Start</span>
        </button>
      </Form>
      <div class="beside">
        <div class="field">
          <span class="label" lang="en">
            PBC Enrollment
          </span>
          <p class="note">{t("pbcHow")}</p>
        </div>
        <button type="button" class="primary" onClick={() => void start({ method: "pbc" })}>
          <span class="unseen" lang="en">
            PBC Enrollment
          </span>
          <span lang="en">Start</span>
        </button>
      </div>
      <WindowNow registrar={registrar} instance={instance} onStop={stop} />
      <FaultNotice fault={fault} />
    </>
  );
}

interface WindowNowProps extends EnrolmentProps {
  readonly onStop: () => void;
}

/** Whether somebody may come in now, and for how long. */
function WindowNow({ registrar, instance, onStop }: WindowNowProps) {
  const { window } = instance.status;
  useCounting(registrar, instance, window !== null);
  if (window === null) return <p class="window closed soft">{t("windowClosed")}</p>;
  const ready = window.readyInSeconds ?? 0;
  return (
    <div class="window open">
      <div>
        <p class="headline" role="status">
          {t(window.method === "pbc" ? "windowOpenPbc" : "windowOpenPin", { name: instance.ssid })}
        </p>
        <p class="soft">{ready > 0 ? t("readyIn", { seconds: ready }) : t("oneDeviceOnly")}</p>
      </div>
      <time>{clockText(window.secondsLeft)}</time>
      <button type="button" onClick={onStop}>
        {t("stop")}
      </button>
      <progress max="120" value={window.secondsLeft} aria-label={t("timeLeft")} />
    </div>
  );
}

function Status({ instance }: { readonly instance: Instance }) {
  const { status } = instance;
  const told = (name: "AP Lockdown Status" | "Failed Attempts with Invalid PIN") => status[name] ?? t("notTold");
  const why = Object.values(status.unknown)[0];
  return (
    <>
      <Facts
        facts={[
          ["WPS Status", status["WPS Status"]],
          ["WPS Configuration State", status["WPS Configuration State"]],
          ["Transaction Status", status["Transaction Status"], toneOf(status["Transaction Status"])],
          ["WPS Operational Status", status["WPS Operational Status"], toneOf(status["WPS Operational Status"])],
          ["AP Lockdown Status", told("AP Lockdown Status"), status["AP Lockdown Status"] === "Locked" ? "bad" : ""],
          ["Failed Attempts with Invalid PIN", told("Failed Attempts with Invalid PIN")],
        ]}
      />
      {why !== undefined && <p class="note">{language() === "en" ? why : t("onlyItKnows")}</p>}
      <Trouble trouble={instance.trouble} />
      <h3 lang="en">Instance summary</h3>
      <Facts
        facts={[
          ["WPS Radio", status["WPS Radio"]],
          ["WPS VAP", status["WPS VAP"]],
          ["SSID", foreign(status.SSID)],
          ["Security", status.Security],
          ["Shared Key", <SharedKey key={instance.id} instance={instance.id} />],
        ]}
      />
    </>
  );
}

function toneOf(value: string): "good" | "bad" | "busy" | "" {
  switch (value) {
    case "Success":
      return "good";
    case "WPS Message Error":
    case "Timed Out":
      return "bad";
    case "Adding Enrollee":
    case "Configuring":
    case "Proxying":
      return "busy";
    default:
      return "";
  }
}
