/** The stored network, its address and the radio's power, to be set by hand. */
import { useEffect, useState } from "preact/hooks";
import { Confirm } from "../parts/dialog.tsx";
import { Field, Form, Switch } from "../parts/field.tsx";
import { FaultNotice, Notice } from "../parts/notice.tsx";
import { ask, type Fault } from "../service/ask.ts";
import type { WifiSettingsBody } from "../service/bodies.ts";
import { t } from "../words/words.ts";

const path = "/api/v1/wifi/sta/settings";
const none = "0.0.0.0";

interface WifiSettingsProps {
  /** Changes when the settings may have changed elsewhere. */
  readonly version: string;
  readonly pairing: boolean;
  readonly onChanged: () => void;
}

export function WifiSettings({ version, pairing, onChanged }: WifiSettingsProps) {
  const [stored, setStored] = useState<WifiSettingsBody | null>(null);
  /** What somebody has changed and not saved; it stays when what is stored changes elsewhere. */
  const [edited, setEdited] = useState<Partial<WifiSettingsBody>>({});
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [saved, setSaved] = useState(false);
  const [forgetting, setForgetting] = useState(false);

  const take = (settings: WifiSettingsBody) => {
    setStored(settings);
    setEdited({});
    setPassword("");
  };
  useEffect(() => {
    void ask<WifiSettingsBody>("GET", path).then((answer) => {
      if (answer.ok) setStored(answer.value);
    });
  }, [version]);
  if (stored === null) return <p class="soft">{t("looking")}</p>;

  const form = { ...stored, ...edited };
  const change = (part: Partial<WifiSettingsBody>) => {
    setEdited({ ...edited, ...part });
    setSaved(false);
  };
  const save = async () => {
    const { static_ip, ip, netmask, gateway, dns, ...rest } = form;
    const answer = await ask<WifiSettingsBody>("PUT", path, {
      ...changedOf(rest, stored),
      static_ip,
      ...(static_ip ? { ip, netmask, gateway, dns } : {}),
      ...(password === "" ? {} : { password }),
      // Another network does not have this one's password.
      ...(form.name !== stored.name && password === "" ? { password: "" } : {}),
    });
    setFault(answer.ok ? null : answer.fault);
    setSaved(answer.ok);
    if (answer.ok) take(answer.value);
    onChanged();
  };
  const forget = async () => {
    const answer = await ask("DELETE", path);
    setFault(answer.ok ? null : answer.fault);
    const now = await ask<WifiSettingsBody>("GET", path);
    if (now.ok) take(now.value);
    onChanged();
  };
  const address = (name: "ip" | "netmask" | "gateway" | "dns", label: string) => (
    <Field
      label={label}
      inputMode="decimal"
      autocomplete="off"
      placeholder={none}
      value={form[name] === none ? "" : form[name]}
      onValue={(value) => change({ [name]: value })}
    />
  );

  return (
    <Form onSubmit={save}>
      <Switch label={t("clientOn")} checked={form.enable} onChecked={(enable) => change({ enable })} />
      <Field label={t("networkName")} autocomplete="off" value={form.name} onValue={(name) => change({ name })} />
      <Field
        label={t("networkPassword")}
        type="password"
        autocomplete="new-password"
        value={password}
        onValue={(text) => {
          setPassword(text);
          setSaved(false);
        }}
        note={form.name === stored.name && stored.name !== "" ? t("emptyKeeps") : t("emptyForOpen")}
      />
      <Switch label={t("staticAddress")} checked={form.static_ip} onChecked={(static_ip) => change({ static_ip })} />
      {form.static_ip && (
        <div class="grid">
          {address("ip", t("ipAddress"))}
          {address("netmask", t("netmask"))}
          {address("gateway", t("gateway"))}
          {address("dns", t("dns"))}
        </div>
      )}
      <div class="field">
        <label for="tx-power">{t("txPower", { power: form.max_tx_power })}</label>
        <input
          id="tx-power"
          type="range"
          min="0"
          max="21"
          step="0.5"
          value={form.max_tx_power}
          onInput={(event) => change({ max_tx_power: Number(event.currentTarget.value) })}
        />
      </div>
      <FaultNotice fault={fault} />
      {saved && <Notice tone="good">{t("saved")}</Notice>}
      <div class="actions">
        {stored.name !== "" && (
          <button type="button" class="quiet" onClick={() => setForgetting(true)} disabled={pairing}>
            {t("forget")}
          </button>
        )}
        <button type="submit" class="primary" disabled={pairing}>
          {t("save")}
        </button>
      </div>
      {forgetting && (
        <Confirm
          title={t("forgetQuestion", { name: stored.name })}
          action={t("forget")}
          onClose={() => setForgetting(false)}
          onConfirm={forget}
        >
          <p>{t("forgetWhy")}</p>
        </Confirm>
      )}
    </Form>
  );
}

/** What of it is another than before: what is not given stays, the radio's own limit of power for one. */
function changedOf<T extends object>(now: T, before: T): Partial<T> {
  const changed = Object.entries(now).filter(([key, value]) => value !== before[key as keyof T]);
  return Object.fromEntries(changed) as Partial<T>;
}
