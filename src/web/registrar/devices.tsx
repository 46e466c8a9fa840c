/** Devices: who has come in, under what name, and taking a key back. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Confirm } from "../parts/dialog.tsx";
import { Field, Form } from "../parts/field.tsx";
import { DeviceIcon } from "../parts/icons.tsx";
import { FaultNotice, Notice, SaidText } from "../parts/notice.tsx";
import { lineText, macText, momentText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { DeviceBody, RevokedBody } from "../service/bodies.ts";
import { foreign } from "../words/foreign.ts";
import type { Said } from "../words/said.ts";
import { t } from "../words/words.ts";
import { Card } from "./card.tsx";
import { typeName } from "./device-types.ts";
import type { Registrar } from "./registrar.ts";
import { revokedSaid } from "./revoked.ts";

/** Devices that are shown at first, and how many more each time somebody asks for more. */
const portion = 50;
/** More than the service tells at a time are found by searching. */
const mostShown = 999;
/** While somebody types, not each letter is searched for. */
const typingMs = 150;

export function Devices({ registrar }: { readonly registrar: Registrar }) {
  const [search, setSearch] = useState("");
  const [revoking, setRevoking] = useState<DeviceBody | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [revoked, setRevoked] = useState<Said | null>(null);
  const [shown, setShown] = useState(portion);
  const [found, setFound] = useState<readonly DeviceBody[] | null>(null);
  const asked = useRef("");

  useEffect(() => {
    // One more than is shown tells whether there are more.
    const query = new URLSearchParams({ limit: `${shown + 1}`, ...(search === "" ? {} : { search }) });
    const isTyping = search !== asked.current;
    asked.current = search;
    let gone = false;
    const look = async () => {
      const answer = await ask<readonly DeviceBody[]>("GET", `/api/v1/devices?${query}`);
      if (gone) return;
      if (answer.ok) setFound(answer.value);
      else setFault(answer.fault);
    };
    const timer = setTimeout(look, isTyping ? typingMs : 0);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [search, shown, registrar.devicesVersion]);

  const revoke = async ({ mac, label, name }: DeviceBody) => {
    const answer = await ask<RevokedBody | null>("DELETE", `/api/v1/devices/${mac}`);
    setFault(answer.ok ? null : answer.fault);
    setRevoked(answer.ok ? revokedSaid(answer.value, label ?? name) : null);
  };
  return (
    <Card title={t("devices")} className="devices">
      <Field label={t("search")} type="search" value={search} onValue={setSearch} maxLength={100} autocomplete="off" />
      <FaultNotice fault={fault} />
      {revoked !== null && (
        <Notice tone="good">
          <SaidText said={revoked} />
        </Notice>
      )}
      <ul>
        {(found ?? []).slice(0, shown).map((device) => (
          <Device key={device.mac} device={device} onFault={setFault} onRevoke={() => setRevoking(device)} />
        ))}
      </ul>
      {found?.length === 0 && <p class="soft">{t(search === "" ? "noDevices" : "noDeviceFound")}</p>}
      {found !== null && found.length > shown && (
        <button type="button" class="wide" onClick={() => setShown(Math.min(shown + portion, mostShown))}>
          {t("moreDevices")}
        </button>
      )}
      {revoking !== null && (
        <Confirm
          title={t("revokeQuestion", { name: revoking.label ?? revoking.name })}
          action={t("revoke")}
          onClose={() => setRevoking(null)}
          onConfirm={() => void revoke(revoking)}
        >
          <p>{t(revoking.key === "own" ? "revokeOwn" : "revokeShared")}</p>
        </Confirm>
      )}
    </Card>
  );
}

interface DeviceProps {
  readonly device: DeviceBody;
  readonly onFault: (fault: Fault | null) => void;
  readonly onRevoke: () => void;
}

function Device({ device, onFault, onRevoke }: DeviceProps) {
  const { mac, name, label, manufacturer, model, type, method, enrolledAt, lastSeen, confirmed } = device;
  const [renaming, setRenaming] = useState<string | null>(null);
  const rename = async () => {
    const answer = await ask("PATCH", `/api/v1/devices/${mac}`, { label: renaming === "" ? null : renaming });
    onFault(answer.ok ? null : answer.fault);
    if (answer.ok) setRenaming(null);
  };
  return (
    <li>
      <DeviceIcon type={type} />
      <div class="grow">
        {renaming === null ? (
          <p class="name">
            {foreign(label ?? name)}
            {label !== null && <span class="soft"> {foreign(name)}</span>}
          </p>
        ) : (
          <Form onSubmit={rename} className="beside">
            <Field label={t("newName")} value={renaming} onValue={setRenaming} maxLength={64} autocomplete="off" />
            <button type="submit">{t("save")}</button>
          </Form>
        )}
        <p class="soft">{lineText(typeName(type), `${manufacturer} ${model}`.trim(), macText(mac))}</p>
        <p class="soft">
          {t("enrolledBy", { time: momentText(enrolledAt), method: method === "pbc" ? "PBC" : "PIN" })} ·{" "}
          {lastSeen === null ? t("neverSeen") : t("lastSeen", { time: momentText(lastSeen) })}
          {confirmed ? "" : ` · ${t("notConfirmed")}`}
        </p>
      </div>
      <div class="actions">
        <button type="button" class="quiet" onClick={() => setRenaming(renaming === null ? (label ?? name) : null)}>
          {t(renaming === null ? "rename" : "cancel")}
        </button>
        <button type="button" class="danger" onClick={onRevoke}>
          {t("revoke")}
        </button>
      </div>
    </li>
  );
}
