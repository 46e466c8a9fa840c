/** The page of a device: how it is connected, the button that connects it, what is in sight, and its settings. */
import { useState } from "preact/hooks";
import { Confirm } from "../parts/dialog.tsx";
import { Choice } from "../parts/field.tsx";
import { Fold } from "../parts/fold.tsx";
import { Frame } from "../parts/frame.tsx";
import { type Door, LoginGate } from "../parts/login.tsx";
import { FaultNotice } from "../parts/notice.tsx";
import { ServiceSettings } from "../parts/service-settings.tsx";
import { macText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { Mode, SystemBody } from "../service/bodies.ts";
import { t } from "../words/words.ts";
import { isOverWifi, useDevice, useEnd } from "./device.ts";
import { LinkCard } from "./link-card.tsx";
import { Networks } from "./networks.tsx";
import { PairingCard } from "./pairing-card.tsx";
import { WifiSettings } from "./wifi-settings.tsx";

export function StationPage() {
  return <LoginGate>{(door) => <Station door={door} />}</LoginGate>;
}

function Station({ door }: { readonly door: Door }) {
  const { pairing, system, contact, look } = useDevice();
  const [version, setVersion] = useState(0);
  const changed = () => {
    setVersion(version + 1);
    void look();
  };
  useEnd(pairing, changed);
  const active = pairing?.active ?? false;
  // What is stored may be another where the link is, after contact was lost, and after a pairing.
  const stored = `${contact} ${system?.wifi.mode} ${system?.wifi.ssid} ${version}`;
  const name = system?.device.name || system?.device.model || "openwps";
  // Where contact breaks in mid-pairing, that is what pairing does to whoever asks over Wi-Fi.
  const lost = active ? t("contactBroken") : t("noContact");
  return (
    <Frame title={name} contact={contact} lost={lost} logOut={door.logOut}>
      <main class="station">
        <div class="hero">
          <div class="card">
            <LinkCard system={system} />
          </div>
          <PairingCard pairing={pairing} system={system} />
        </div>
        <div class="rest">
          <Networks system={system} pairing={active} onJoined={changed} />
          <Fold title={t("wifiSettings")}>
            <ModeChoice system={system} pairing={active} onChanged={changed} />
            <WifiSettings version={stored} pairing={active} onChanged={() => void look()} />
          </Fold>
          <Fold title={t("thisDevice")}>
            <ServiceSettings door={door} version={`${contact} ${system?.device.name}`} onChanged={() => void look()} />
            <About system={system} />
          </Fold>
        </div>
      </main>
    </Frame>
  );
}

interface ModeChoiceProps {
  readonly system: SystemBody | null;
  readonly pairing: boolean;
  readonly onChanged: () => void;
}

function ModeChoice({ system, pairing, onChanged }: ModeChoiceProps) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [wanted, setWanted] = useState<Mode | null>(null);
  const set = async (mode: Mode) => {
    const answer = await ask("PUT", "/api/v1/wifi/mode", { mode });
    setFault(answer.ok ? null : answer.fault);
    onChanged();
  };
  return (
    <>
      <Choice
        label={t("mode")}
        value={system?.wifi.mode ?? "STA"}
        options={{ STA: t("modeClient"), AP: t("modeHotspot"), OFF: t("modeOff") }}
        disabled={pairing || system === null}
        onValue={(mode) => (isOverWifi(system) ? setWanted(mode) : void set(mode))}
      />
      <FaultNotice fault={fault} />
      {wanted !== null && (
        <Confirm
          title={t("contactWillBreak")}
          action={t("changeAllTheSame")}
          onClose={() => setWanted(null)}
          onConfirm={() => void set(wanted)}
        >
          <p>{t("modeBreaksContact")}</p>
        </Confirm>
      )}
    </>
  );
}

function About({ system }: { readonly system: SystemBody | null }) {
  if (system === null) return null;
  const { id, model, firmware } = system.device;
  return (
    <dl class="about">
      <dt>{t("model")}</dt>
      <dd>{model}</dd>
      <dt>{t("version")}</dt>
      <dd>{firmware}</dd>
      <dt>{t("macAddress")}</dt>
      <dd>{id === null ? "–" : macText(id)}</dd>
    </dl>
  );
}
