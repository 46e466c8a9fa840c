/** Devices: who has come in, under what name, and taking a key back. */
import { useState } from "preact/hooks";
import { Confirm } from "../parts/dialog.tsx";
import { Field, Form } from "../parts/field.tsx";
import { DeviceIcon } from "../parts/icons.tsx";
import { FaultNotice, Notice } from "../parts/notice.tsx";
import { macText, momentText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { DeviceBody } from "../service/bodies.ts";
import { t } from "../words/words.ts";
import { typeName } from "./device-types.ts";
import type { Registrar } from "./registrar.ts";

/** More than these are not looked through by scrolling. */
const mostShown = 200;

export function Devices({ registrar }: { readonly registrar: Registrar }) {
  const [search, setSearch] = useState("");
  const [revoking, setRevoking] = useState<DeviceBody | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const found = registrar.devices.filter((device) => isWanted(device, search));

  const revoke = async ({ mac, label, name }: DeviceBody) => {
    const answer = await ask<{ message: string } | null>("DELETE", `/api/v1/devices/${mac}`);
    setFault(answer.ok ? null : answer.fault);
    setSaid(answer.ok ? (answer.value?.message ?? t("sentAway", { name: label ?? name })) : null);
  };
  return (
    <section class="card devices" aria-labelledby="devices">
      <header>
        <h2 id="devices">{t("devices")}</h2>
        <span class="soft">{registrar.devices.length}</span>
      </header>
      <Field label={t("search")} type="search" value={search} onValue={setSearch} autocomplete="off" />
      <FaultNotice fault={fault} />
      {said !== null && <Notice tone="good">{said}</Notice>}
      <ul>
        {found.slice(0, mostShown).map((device) => (
          <Device key={device.mac} device={device} onFault={setFault} onRevoke={() => setRevoking(device)} />
        ))}
      </ul>
      {found.length === 0 && <p class="soft">{t(search === "" ? "noDevices" : "noDeviceFound")}</p>}
      {found.length > mostShown && <p class="soft">{t("moreDevices", { count: found.length - mostShown })}</p>}
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
    </section>
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
            {label ?? name}
            {label !== null && <span class="soft"> {name}</span>}
          </p>
        ) : (
          <Form onSubmit={rename} className="beside">
            <Field label={t("newName")} value={renaming} onValue={setRenaming} maxLength={64} autocomplete="off" />
            <button type="submit">{t("save")}</button>
          </Form>
        )}
        <p class="soft">
          {[typeName(type), `${manufacturer} ${model}`.trim(), macText(mac)].filter((one) => one !== null).join(" · ")}
        </p>
        <p class="soft">
          {t("enrolledBy", { time: momentText(enrolledAt), method: method === "pbc" ? "PBC" : "PIN" })} ·{" "}
          {t("lastSeen", { time: momentText(lastSeen) })}
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

/** As the service searches: in names and labels, maker and model, and in the MAC address in any spelling. */
function isWanted({ mac, name, label, manufacturer, model }: DeviceBody, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const digits = wanted.replaceAll(/[:-]/g, "");
  return (
    (/^[0-9a-f]+$/.test(digits) && mac.toLowerCase().includes(digits)) ||
    [name, label ?? "", manufacturer, model].some((one) => one.toLowerCase().includes(wanted))
  );
}
