/** What a service is called, and its password: the same on both services. */
import { useEffect, useState } from "preact/hooks";
import { ask, askOnce, type Fault, renewingLogin, sessionPath } from "../service/ask.ts";
import type { SettingsBody } from "../service/bodies.ts";
import { t } from "../words/words.ts";
import { Field, Form, Switch } from "./field.tsx";
import type { Door } from "./login.tsx";
import { FaultNotice, Notice } from "./notice.tsx";

const path = "/api/v1/settings";

interface ServiceSettingsProps {
  readonly door: Door;
  /** Changes when the settings may have changed elsewhere. */
  readonly version: string;
  readonly onChanged?: () => void;
}

export function ServiceSettings({ door, version, onChanged }: ServiceSettingsProps) {
  const [stored, setStored] = useState<SettingsBody["system"] | null>(null);
  /** What somebody has changed and not saved; it stays when what is stored changes elsewhere. */
  const [edited, setEdited] = useState<Partial<SettingsBody["system"]>>({});
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [saved, setSaved] = useState(false);

  const take = ({ system }: SettingsBody) => {
    setStored(system);
    door.setProtected(system.protection);
  };
  useEffect(() => {
    void ask<SettingsBody>("GET", path).then((answer) => {
      if (answer.ok) take(answer.value);
    });
  }, [version]);
  if (stored === null) return <p class="soft">{t("looking")}</p>;

  const form = { ...stored, ...edited };
  const change = (part: Partial<SettingsBody["system"]>) => {
    setEdited({ ...edited, ...part });
    setSaved(false);
  };
  const save = async () => {
    const system = {
      ...(form.name === stored.name ? {} : { name: form.name }),
      ...(form.host_name === stored.host_name ? {} : { host_name: form.host_name }),
      ...(form.protection === stored.protection ? {} : { protection: form.protection }),
      ...(password === "" ? {} : { password }),
    };
    // A new password ends all logins, this one too; whoever has just set it knows it.
    const answer = await renewingLogin(async () => {
      const put = await askOnce<SettingsBody>("PUT", path, { system });
      if (put.ok && put.value.system.protection && (password !== "" || !stored.protection))
        await askOnce("POST", sessionPath, { password });
      return put;
    });
    setFault(answer.ok ? null : answer.fault);
    setSaved(answer.ok);
    if (answer.ok) {
      take(answer.value);
      setEdited({});
      setPassword("");
    }
    onChanged?.();
  };

  return (
    <Form onSubmit={save}>
      <Field label={t("deviceName")} value={form.name} maxLength={31} onValue={(name) => change({ name })} />
      <Field
        label={t("hostName")}
        value={form.host_name}
        maxLength={31}
        autocomplete="off"
        onValue={(host_name) => change({ host_name })}
      />
      <Switch
        label={t("protectWithPassword")}
        checked={form.protection}
        onChecked={(protection) => change({ protection })}
      />
      <Field
        label={t("newPassword")}
        type="password"
        autocomplete="new-password"
        maxLength={31}
        value={password}
        onValue={(text) => {
          setPassword(text);
          setSaved(false);
        }}
        note={t("passwordNote")}
      />
      <FaultNotice fault={fault} />
      {saved && <Notice tone="good">{t("saved")}</Notice>}
      <div class="actions">
        <button type="submit" class="primary">
          {t("save")}
        </button>
      </div>
    </Form>
  );
}
