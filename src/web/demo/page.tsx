/** The demo: a device and access points side by side on the simulated air, and what flies between them. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Choice, Field, Form } from "../parts/field.tsx";
import { Frame } from "../parts/frame.tsx";
import { WpsIcon } from "../parts/icons.tsx";
import { LoginGate } from "../parts/login.tsx";
import { FaultNotice } from "../parts/notice.tsx";
import { isWholePin, pinFault } from "../parts/pin.ts";
import { clockText, macText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import { isLoopback, useDevice } from "../station/device.ts";
import { LinkCard } from "../station/link-card.tsx";
import { PairingCard } from "../station/pairing-card.tsx";
import { foreign } from "../words/foreign.ts";
import { t } from "../words/words.ts";
import { type AccessPointBody, type Flight, useAccessPoints, useFlights } from "./air.ts";

export function DemoPage() {
  return <LoginGate>{() => <Demo />}</LoginGate>;
}

function Demo() {
  const { pairing, system, contact } = useDevice();
  const { all, look } = useAccessPoints();
  const flights = useFlights(all);
  return (
    <Frame title={t("demoTitle")} contact={contact}>
      <main class="demo">
        <p class="soft how">{t("demoHow")}</p>
        <OwnPages />
        <div class="world">
          <div class="hero">
            <div class="card">
              <LinkCard system={system} />
            </div>
            <PairingCard pairing={pairing} system={system} />
          </div>
          <div class="others">
            {all.map((accessPoint) => (
              <AccessPoint
                key={accessPoint.bssid}
                accessPoint={accessPoint}
                flights={flights.filter(({ bssid }) => bssid === accessPoint.bssid || bssid === null)}
                onActed={look}
              />
            ))}
            <TheAir flights={flights} accessPoints={all} />
          </div>
        </div>
      </main>
    </Frame>
  );
}

/** The pages that each end has for itself, beside which this one stays open. */
function OwnPages() {
  const [port, setPort] = useState<number | null>(null);
  useEffect(() => {
    // A registrar without a password answers this machine only.
    if (!isLoopback(location.hostname)) return;
    void ask<{ port: number | null }>("GET", "/demo/registrar").then((answer) => {
      if (answer.ok) setPort(answer.value.port);
    });
  }, []);
  return (
    <nav class="own-pages" aria-label={t("pages")}>
      <a href="/pages/station.html" target="_blank" rel="noopener">
        {t("devicePages")}
      </a>
      {port !== null && (
        <a href={`http://${location.hostname}:${port}/`} target="_blank" rel="noopener">
          {t("networkPages")}
        </a>
      )}
    </nav>
  );
}

/** A PIN that could be one, and is not the device's. */
const wrongPin = "12345670";

interface AccessPointProps {
  readonly accessPoint: AccessPointBody;
  readonly flights: readonly Flight[];
  readonly onActed: () => Promise<void>;
}

function AccessPoint({ accessPoint: { bssid, ssid, window }, flights, onActed }: AccessPointProps) {
  const [pin, setPin] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const act = async (what: "button" | "pin" | "stop", body?: object) => {
    const answer = await ask("POST", `/demo/access-points/${bssid}/${what}`, body);
    setFault(answer.ok ? null : answer.fault);
    await onActed();
  };
  const enter = () => {
    if (!isWholePin(pin)) return;
    void act("pin", { pin });
    setPin("");
  };
  return (
    <div class="lane-row">
      <div class="lane" aria-hidden="true">
        {flights.map(({ id, direction, label, delivered, kind }) => (
          <span key={id} class={`flight ${direction} ${delivered ? "" : "lost-frame"} ${kind}`}>
            {label}
          </span>
        ))}
      </div>
      <section class="card" aria-labelledby={`ap-${bssid}`}>
        <header>
          <h2 id={`ap-${bssid}`}>{foreign(ssid)}</h2>
          <span class="soft mac">{macText(bssid)}</span>
        </header>
        <div class="stack">
          <button type="button" class="primary wide" onClick={() => void act("button")}>
            <WpsIcon />
            {t("pressButton")}
          </button>
          <Form onSubmit={enter} className="beside">
            <Field
              label={t("devicePinThere")}
              value={pin}
              onValue={setPin}
              inputMode="numeric"
              autocomplete="off"
              wrong={pinFault(pin)}
            />
            <button type="submit" disabled={!isWholePin(pin)}>
              {t("enterPin")}
            </button>
          </Form>
          <FaultNotice fault={fault} />
          <button type="button" class="link" onClick={() => void act("pin", { pin: wrongPin })}>
            {t("enterWrongPin")}
          </button>
          <div class={`lets-in ${window === null ? "" : "open"}`}>
            <p role="status">
              {t(window === null ? "windowClosed" : window.method === "pbc" ? "letsInByButton" : "letsInByPin")}
            </p>
            {window !== null && (
              <>
                <time>{clockText(window.secondsLeft)}</time>
                <button type="button" onClick={() => void act("stop")}>
                  {t("stop")}
                </button>
              </>
            )}
          </div>
        </div>
      </section>
    </div>
  );
}

interface TheAirProps {
  readonly flights: readonly Flight[];
  readonly accessPoints: readonly AccessPointBody[];
}

/** How fast time passes and how bad the air is, to play with; and what flies, in words. */
function TheAir({ flights, accessPoints }: TheAirProps) {
  const nameOf = (bssid: string | null) => foreign(accessPoints.find((one) => one.bssid === bssid)?.ssid ?? "…");
  return (
    <section class="card log" aria-labelledby="air">
      <header>
        <h2 id="air">{t("theAir")}</h2>
      </header>
      <div class="dials">
        <Speed />
        <Loss />
      </div>
      <ol>
        {flights
          .slice(-8)
          .toReversed()
          .map(({ id, direction, bssid, label, delivered }) => (
            <li key={id} class={delivered ? "" : "lost-frame"}>
              <span>
                {direction === "out" ? `${t("theDevice")} → ${nameOf(bssid)}` : `${nameOf(bssid)} → ${t("theDevice")}`}
              </span>
              <strong>{label}</strong>
              <span>{delivered ? "" : t("lost")}</span>
            </li>
          ))}
      </ol>
      {flights.length === 0 && <p class="soft">{t("silence")}</p>}
    </section>
  );
}

function Speed() {
  const [speed, setSpeed] = useDial("/demo/time", "speed", 1);
  return (
    <div>
      <Choice
        label={t("timePasses")}
        value={`${speed}`}
        options={{ "1": "1 ×", "10": "10 ×", "30": "30 ×" }}
        onValue={(value) => setSpeed(Number(value))}
      />
      <p class="note">{t("walkTimeTakes", { seconds: 120 / speed })}</p>
    </div>
  );
}

function Loss() {
  const [loss, setLoss] = useDial("/demo/air", "loss", 0);
  return (
    <div class="field">
      <label for="loss">{t("airLoss", { percent: Math.round(loss * 100) })}</label>
      <input
        id="loss"
        type="range"
        min="0"
        max="0.6"
        step="0.05"
        value={loss}
        onInput={(event) => setLoss(Number(event.currentTarget.value))}
      />
    </div>
  );
}

/** One number of the demo that can be turned up and down. */
function useDial(path: string, name: string, usual: number): readonly [number, (value: number) => void] {
  const [value, setValue] = useState(usual);
  const turned = useRef(false);
  useEffect(() => {
    void ask<Readonly<Record<string, number>>>("GET", path).then((answer) => {
      // Whoever was quicker than the answer is right.
      if (answer.ok && !turned.current) setValue(answer.value[name] ?? usual);
    });
  }, []);
  const change = (next: number) => {
    turned.current = true;
    setValue(next);
    void ask("PUT", path, { [name]: next });
  };
  return [value, change];
}
