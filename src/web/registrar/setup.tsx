/** WPS Setup: what is set for all access points and for each, and the PIN of external Registrars with its lock. */
import { useEffect, useState } from "preact/hooks";
import { Confirm } from "../parts/dialog.tsx";
import { Choice, Field, Form } from "../parts/field.tsx";
import { FaultNotice } from "../parts/notice.tsx";
import { momentText, pinText } from "../parts/texts.ts";
import { type Answer, ask, type Fault } from "../service/ask.ts";
import type { CommonBody, DevicePinBody, InstanceBody, Switched } from "../service/bodies.ts";
import { t } from "../words/words.ts";
import { Card, type InstancePageProps } from "./card.tsx";
import { Facts } from "./facts.tsx";
import { InstancePicker } from "./instance-picker.tsx";
import { type Instance, type Registrar, useCounting } from "./registrar.ts";
import { Trouble } from "./trouble.tsx";

const switched = { Enabled: "Enabled", Disabled: "Disabled" } as const;

export function Setup({ registrar, instance, onChoose }: InstancePageProps) {
  return (
    <div class="columns">
      <Card title="WPS Setup" isName>
        <div class="stack">
          {registrar.common !== null && <Common common={registrar.common} onChanged={registrar.refresh} />}
          <DevicePin version={`${instance.status["AP Lockdown Status"]} ${lastOfPin(registrar)}`} />
        </div>
      </Card>
      <Card title="WPS Instance" isName>
        <div class="stack">
          <InstancePicker instances={registrar.instances ?? []} chosen={instance.id} onChoose={onChoose} />
          <InstanceSetup key={instance.id} instance={instance} onChanged={registrar.refresh} />
          <Lockdown registrar={registrar} instance={instance} />
        </div>
      </Card>
    </div>
  );
}

interface CommonProps {
  readonly common: CommonBody;
  readonly onChanged: () => Promise<void>;
}

function Common({ common, onChanged }: CommonProps) {
  const [name, setName] = useState(common.deviceName);
  const [fault, setFault] = useState<Fault | null>(null);
  const [restarting, setRestarting] = useState(false);
  useEffect(() => setName(common.deviceName), [common.deviceName]);
  const change = async (part: object) => {
    const answer = await ask<CommonBody>("PUT", "/api/v1/wps", part);
    setFault(answer.ok ? null : answer.fault);
    await onChanged();
  };
  const tooLong = new TextEncoder().encode(name).length > 32;
  return (
    <>
      <Facts facts={[["Supported WPS Version", common.supportedVersion]]} />
      <Form onSubmit={() => void change({ deviceName: name })} className="beside">
        <Field
          label="WPS Device Name"
          value={name}
          onValue={setName}
          maxLength={32}
          autocomplete="off"
          wrong={tooLong ? t("nameTooLong") : null}
        />
        <button type="submit" disabled={name === common.deviceName || name === "" || tooLong}>
          {t("save")}
        </button>
      </Form>
      {common.note !== null && (
        <div class="notice">
          <p>{t("nameNotOnAir")}</p>
          <button type="button" class="link" onClick={() => setRestarting(true)}>
            {t("restartRadios")}
          </button>
        </div>
      )}
      <Choice
        label="WPS Global Operational Status"
        value={common.globalStatus}
        options={switched}
        onValue={(globalStatus) => void change({ globalStatus })}
      />
      <FaultNotice fault={fault} />
      {restarting && (
        <Confirm
          title={t("restartRadios")}
          action={t("restart")}
          onClose={() => setRestarting(false)}
          onConfirm={() => void change({ restart: true })}
        >
          <p>{t("restartSendsAway")}</p>
        </Confirm>
      )}
    </>
  );
}

/** When somebody last gave or took the device PIN, in whichever browser. */
function lastOfPin({ activity, contact }: Registrar): string {
  const last = activity.find((entry) => entry.type === "audit" && entry.action.startsWith("device-pin-"));
  return `${contact} ${last?.id}`;
}

/** @param version changes when the PIN may have: with its lock, too, as a new one opens it */
function DevicePin({ version }: { readonly version: string }) {
  const path = "/api/v1/wps/device-pin";
  const [pin, setPin] = useState<DevicePinBody | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const take = (answer: Answer<DevicePinBody>) => {
    setFault(answer.ok ? null : answer.fault);
    if (answer.ok) setPin(answer.value);
  };
  useEffect(() => void ask<DevicePinBody>("GET", path).then(take), [version]);
  const withdraw = async () => {
    const answer = await ask("DELETE", path);
    setFault(answer.ok ? null : answer.fault);
    if (answer.ok) setPin({ pin: null, expiresAt: null });
  };
  const shown = pin?.pin ?? null;
  return (
    <div class="field">
      <span class="label" lang="en">
        WPS Device PIN
      </span>
      <div class="beside">
        <output class="pin-now">{shown === null ? t("noPin") : pinText(shown)}</output>
        <div class="actions">
          {shown !== null && (
            <button type="button" class="quiet" onClick={withdraw}>
              {t("withdraw")}
            </button>
          )}
          <button type="button" onClick={async () => take(await ask<DevicePinBody>("POST", path))}>
            <span lang="en">Generate</span>
          </button>
        </div>
      </div>
      <p class="note">
        {shown !== null && pin?.expiresAt ? t("pinUntil", { time: momentText(pin.expiresAt) }) : t("devicePinWhy")}
      </p>
      <FaultNotice fault={fault} />
    </div>
  );
}

interface InstanceSetupProps {
  readonly instance: Instance;
  readonly onChanged: () => Promise<void>;
}

function InstanceSetup({ instance, onChanged }: InstanceSetupProps) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [wanted, setWanted] = useState<InstanceBody["configurationState"] | null>(null);
  const change = async (part: object) => {
    const answer = await ask<InstanceBody>("PUT", `/api/v1/wps/instances/${instance.id}`, part);
    setFault(answer.ok ? null : answer.fault);
    await onChanged();
  };
  return (
    <>
      <Facts
        facts={[
          ["WPS Radio", instance.radio],
          ["WPS VAP", instance.vap],
        ]}
      />
      <Choice<Switched>
        label="WPS Mode"
        value={instance.mode}
        options={switched}
        onValue={(mode) => void change({ mode })}
      />
      <Choice<Switched>
        label="WPS Built-in Registrar"
        value={instance.builtInRegistrar}
        options={switched}
        onValue={(builtInRegistrar) => void change({ builtInRegistrar })}
      />
      <Choice
        label="WPS Configuration State"
        value={instance.configurationState}
        options={{ Configured: "Configured", Unconfigured: "Unconfigured" }}
        onValue={setWanted}
      />
      <FaultNotice fault={fault} />
      <Trouble trouble={instance.trouble} />
      {wanted !== null && (
        <Confirm
          title={t("restartRadios")}
          action={t("restart")}
          onClose={() => setWanted(null)}
          onConfirm={() => void change({ configurationState: wanted, restart: true })}
        >
          <p>{t("restartSendsAway")}</p>
          {wanted === "Unconfigured" && <p>{t("unconfiguredMeans")}</p>}
        </Confirm>
      )}
    </>
  );
}

interface LockdownProps {
  readonly registrar: Registrar;
  readonly instance: Instance;
}

function Lockdown({ registrar, instance }: LockdownProps) {
  const { status } = instance;
  const [fault, setFault] = useState<Fault | null>(null);
  const left = status["AP Lockdown Duration"];
  useCounting(registrar, instance, left !== null);
  const locked = status["AP Lockdown Status"] === "Locked";
  const unlock = async () => {
    const answer = await ask("POST", `/api/v1/wps/instances/${instance.id}/unlock`);
    setFault(answer.ok ? null : answer.fault);
  };
  return (
    <>
      <Facts
        facts={[
          ["AP Lockdown Status", status["AP Lockdown Status"] ?? t("notTold"), locked ? "bad" : ""],
          ["AP Lockdown Duration", left === null ? (locked ? t("untilUnlocked") : "–") : `${left} s`],
          [
            "AP Lockdown Timestamp",
            status["AP Lockdown Timestamp"] === null ? "–" : momentText(status["AP Lockdown Timestamp"]),
          ],
          ["Failed Attempts with Invalid PIN", status["Failed Attempts with Invalid PIN"] ?? t("notTold")],
        ]}
      />
      {locked && (
        <button type="button" onClick={unlock}>
          {t("unlock")}
        </button>
      )}
      <FaultNotice fault={fault} />
    </>
  );
}
