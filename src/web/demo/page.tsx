/** The demo: a device and access points side by side on the simulated air, and what flies between them. */
import { useEffect, useState } from "preact/hooks";
import { Field, Form } from "../parts/field.tsx";
import { Frame } from "../parts/frame.tsx";
import { WpsIcon } from "../parts/icons.tsx";
import { LoginGate } from "../parts/login.tsx";
import { FaultNotice } from "../parts/notice.tsx";
import { isWholePin, pinFault } from "../parts/pin.ts";
import { macText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import { useDevice } from "../station/device.ts";
import { LinkCard } from "../station/link-card.tsx";
import { PairingCard } from "../station/pairing-card.tsx";
import { t, type WordKey } from "../words/words.ts";
import { type AccessPointBody, type Flight, useAccessPoints, useFlights } from "./air.ts";

export function DemoPage() {
  return <LoginGate>{() => <Demo />}</LoginGate>;
}

function Demo() {
  const { pairing, system, contact } = useDevice();
  const accessPoints = useAccessPoints();
  const flights = useFlights(accessPoints);
  return (
    <Frame title={t("demoTitle")} contact={contact} aside={<a href="/pages/station.html">{t("thisDevice")}</a>}>
      <main class="demo">
        <p class="soft how">{t("demoHow")}</p>
        <div class="world">
          <div class="hero">
            <div class="card">
              <LinkCard system={system} />
            </div>
            <PairingCard pairing={pairing} system={system} />
          </div>
          <div class="others">
            {accessPoints.map((accessPoint) => (
              <AccessPoint
                key={accessPoint.bssid}
                accessPoint={accessPoint}
                flights={flights.filter(({ bssid }) => bssid === accessPoint.bssid || bssid === null)}
              />
            ))}
            <Log flights={flights} accessPoints={accessPoints} />
          </div>
        </div>
      </main>
    </Frame>
  );
}

interface AccessPointProps {
  readonly accessPoint: AccessPointBody;
  readonly flights: readonly Flight[];
}

function AccessPoint({ accessPoint: { bssid, ssid }, flights }: AccessPointProps) {
  const [pin, setPin] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [done, setDone] = useState<WordKey | null>(null);
  const act = async (what: "button" | "pin" | "stop", words: WordKey, body?: object) => {
    const answer = await ask("POST", `/demo/access-points/${bssid}/${what}`, body);
    setFault(answer.ok ? null : answer.fault);
    setDone(answer.ok ? words : null);
  };
  const enter = () => {
    if (!isWholePin(pin)) return;
    void act("pin", "pinEntered", { pin });
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
          <h2 id={`ap-${bssid}`}>{ssid}</h2>
          <span class="soft mac">{macText(bssid)}</span>
        </header>
        <div class="stack">
          <button type="button" class="primary wide" onClick={() => void act("button", "pressed")}>
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
          <button type="button" class="quiet" onClick={() => void act("stop", "stopped")}>
            {t("letNobodyIn")}
          </button>
          <p class="note said" role="status">
            {done !== null && t(done)}
          </p>
        </div>
      </section>
    </div>
  );
}

interface LogProps {
  readonly flights: readonly Flight[];
  readonly accessPoints: readonly AccessPointBody[];
}

/** The same in words, and how bad the air is. */
function Log({ flights, accessPoints }: LogProps) {
  const nameOf = (bssid: string | null) => accessPoints.find((one) => one.bssid === bssid)?.ssid ?? "…";
  return (
    <section class="card log" aria-labelledby="air">
      <header>
        <h2 id="air">{t("theAir")}</h2>
      </header>
      <Loss />
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

function Loss() {
  const [loss, setLoss] = useState(0);
  useEffect(() => {
    void ask<{ loss: number }>("GET", "/demo/air").then((answer) => {
      if (answer.ok) setLoss(answer.value.loss);
    });
  }, []);
  const change = (next: number) => {
    setLoss(next);
    void ask("PUT", "/demo/air", { loss: next });
  };
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
        onInput={(event) => change(Number(event.currentTarget.value))}
      />
    </div>
  );
}
