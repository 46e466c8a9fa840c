/** The networks in sight: which of them the device can join, by which way, and why one cannot work. */
import { useEffect, useState } from "preact/hooks";
import { Field, Form, Switch } from "../parts/field.tsx";
import { ChevronIcon, LockIcon, OpenLockIcon, RefreshIcon, SignalIcon, WpsIcon } from "../parts/icons.tsx";
import { FaultNotice, Notice } from "../parts/notice.tsx";
import { lineText, macText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { NetworkBody, SystemBody, WifiSettingsBody } from "../service/bodies.ts";
import { foreign } from "../words/foreign.ts";
import { t, type WordKey } from "../words/words.ts";
import { signalWord } from "./link-card.tsx";

/** A scan misses what did not answer in time, and takes the radio off its channel for a moment. */
const lookAgainMs = 15_000;
const nothingSeenMs = 3_000;

interface NetworksProps {
  readonly system: SystemBody | null;
  readonly pairing: boolean;
  /** The link may be another now. */
  readonly onJoined: () => void;
}

export function Networks({ system, pairing, onJoined }: NetworksProps) {
  const [networks, setNetworks] = useState<readonly NetworkBody[] | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [looking, setLooking] = useState(false);
  const [open, setOpen] = useState<string | null>(null);

  /** How many are in sight; null: it cannot be told. */
  const look = async () => {
    setLooking(true);
    const answer = await ask<readonly NetworkBody[]>("GET", "/api/v1/wifi/scan");
    setLooking(false);
    setFault(answer.ok ? null : answer.fault);
    if (answer.ok) setNetworks(answer.value);
    return answer.ok ? answer.value.length : null;
  };
  // Nothing moves while somebody enters a password.
  const still = pairing || open !== null;
  useEffect(() => {
    if (still) return;
    let gone = false;
    let timer = 0;
    const goOn = async () => {
      const seen = document.hidden ? null : await look();
      if (!gone) timer = window.setTimeout(goOn, seen === 0 ? nothingSeenMs : lookAgainMs);
    };
    void goOn();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [still]);

  return (
    <section class="card networks" aria-labelledby="networks">
      <header>
        <h2 id="networks">{t("networks")}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t("lookAgain")}
          onClick={() => void look()}
          disabled={looking}
        >
          <RefreshIcon />
        </button>
      </header>
      <FaultNotice fault={fault} />
      <ul aria-busy={looking}>
        {(networks ?? []).map((network) => (
          <Network
            key={network.bssid}
            network={network}
            joined={system?.wifi.bssid === network.bssid}
            open={open === network.bssid}
            pairing={pairing}
            onToggle={() => setOpen(open === network.bssid ? null : network.bssid)}
            onJoined={onJoined}
          />
        ))}
      </ul>
      {networks?.length === 0 && <p class="soft">{t("noNetworks")}</p>}
      {networks === null && fault === null && <p class="soft">{t("looking")}</p>}
    </section>
  );
}

interface NetworkProps {
  readonly network: NetworkBody;
  readonly joined: boolean;
  readonly open: boolean;
  readonly pairing: boolean;
  readonly onToggle: () => void;
  readonly onJoined: () => void;
}

function Network({ network, joined, open, pairing, onToggle, onJoined }: NetworkProps) {
  const { ssid, bssid, signal, auth_mode: security, channel, wps } = network;
  const obstacle = obstacleOf(network);
  const id = `network-${bssid}`;
  return (
    <li class={open ? "open" : ""}>
      <button type="button" class="row" aria-expanded={open} aria-controls={id} onClick={onToggle}>
        <SignalIcon percent={signal} />
        <span class="unseen">{t(signalWord(signal))}</span>
        <span class="grow">
          <span class="name">{ssid === "" ? t("hiddenNetwork") : foreign(ssid)}</span>
          <span class="soft">{joined ? t("joined") : obstacle === null ? securityWords(security) : t(obstacle)}</span>
        </span>
        {wps === "true" && (
          <span class={`mark ${obstacle === null ? "" : "off"}`} title="WPS">
            <WpsIcon />
            <span class="unseen">WPS</span>
          </span>
        )}
        <span class="mark">{security === "open" || security === "OWE" ? <OpenLockIcon /> : <LockIcon />}</span>
        <ChevronIcon />
      </button>
      {open && (
        <div class="more" id={id}>
          <p class="soft">
            {lineText(securityWords(security), channel === null ? null : t("channel", { channel }), macText(bssid))}
          </p>
          {obstacle !== null && <p>{t(`${obstacle}Hint` as WordKey)}</p>}
          <Ways network={network} canPair={obstacle === null} pairing={pairing} onJoined={onJoined} />
        </div>
      )}
    </li>
  );
}

interface WaysProps {
  readonly network: NetworkBody;
  readonly canPair: boolean;
  readonly pairing: boolean;
  readonly onJoined: () => void;
}

/** The ways into a network: its button, or its password. */
function Ways({ network, canPair, pairing, onJoined }: WaysProps) {
  const { ssid, bssid, auth_mode: security } = network;
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const [done, setDone] = useState(false);
  const isOpen = security === "open" || security === "OWE";
  const canJoin = ssid !== "" && !["WEP", "EAP", "WPA3-ENT"].includes(security);

  const join = async () => {
    const answer = await ask<WifiSettingsBody>("POST", "/api/v1/wifi/sta/settings", {
      enable: true,
      name: ssid,
      ...(isOpen ? {} : { password }),
    });
    setFault(answer.ok ? null : answer.fault);
    setDone(answer.ok);
    setPassword("");
    onJoined();
  };
  const pair = async () => {
    const answer = await ask("POST", "/api/v1/wifi/wps", { bssid });
    setFault(answer.ok ? null : answer.fault);
    if (answer.ok) window.scrollTo({ top: 0, behavior: "smooth" });
  };

  return (
    <>
      {canPair && (
        <button type="button" class="wide" onClick={pair} disabled={pairing}>
          <WpsIcon />
          {t("pairWithThis")}
        </button>
      )}
      {canJoin && (
        <Form onSubmit={join}>
          {!isOpen && (
            <>
              <Field
                label={t("networkPassword")}
                type={shown ? "text" : "password"}
                autocomplete="off"
                value={password}
                onValue={setPassword}
              />
              <Switch label={t("showPassword")} checked={shown} onChecked={setShown} />
            </>
          )}
          <button type="submit" class="primary wide" disabled={pairing || (!isOpen && password.length < 8)}>
            {t("join")}
          </button>
        </Form>
      )}
      <FaultNotice fault={fault} />
      {done && <Notice tone="good">{t("joining", { name: ssid })}</Notice>}
    </>
  );
}

type Obstacle = "hidden" | "wep" | "tkipOnly" | "onlyWpa3" | "owe" | "enterprise" | "noWps";

/** Why WPS cannot work there, whoever presses whatever; null: it can. The same rules as `openwps check`. */
function obstacleOf({ ssid, auth_mode: security, pairwise_cipher: cipher, wps }: NetworkBody): Obstacle | null {
  if (ssid === "") return "hidden";
  switch (security) {
    case "WEP":
      return "wep";
    case "EAP":
    case "WPA3-ENT":
      return "enterprise";
    case "OWE":
      return "owe";
    case "WPA3":
      return wps === "true" ? null : "onlyWpa3";
    default:
      if (wps === "true") return null;
      return cipher === "TKIP" ? "tkipOnly" : "noWps";
  }
}

function securityWords(security: string): string {
  return security === "open" ? t("openNetwork") : security.replaceAll("-", "/");
}
