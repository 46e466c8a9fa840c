/** The heart of the device page: one button that starts a pairing, and all there is to see of it until its end. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Confirm } from "../parts/dialog.tsx";
import { CheckIcon, ClockIcon, CrossIcon, WpsIcon } from "../parts/icons.tsx";
import { FaultNotice } from "../parts/notice.tsx";
import { Ring } from "../parts/ring.tsx";
import { clockText, pinText } from "../parts/texts.ts";
import { ask, type Fault } from "../service/ask.ts";
import type { PairingBody, Phase, SystemBody } from "../service/bodies.ts";
import { hintBeside, hintOf, sentenceOf } from "../words/reasons.ts";
import { t, type WordKey } from "../words/words.ts";
import { isOverWifi } from "./device.ts";
import { PinDialog } from "./pin-dialog.tsx";

const path = "/api/v1/wifi/wps";
const windowSeconds = 120;
/** What a person watches go by; the end is another matter. */
const steps: readonly Phase[] = ["searching", "associating", "exchanging", "connecting", "addressing"];

const phaseWords: Readonly<Record<Phase, WordKey>> = {
  searching: "phaseSearching",
  associating: "phaseAssociating",
  exchanging: "phaseExchanging",
  connecting: "phaseConnecting",
  addressing: "phaseAddressing",
  ended: "phaseEnded",
};

interface PairingCardProps {
  readonly pairing: PairingBody | null;
  readonly system: SystemBody | null;
}

type Question = "over-wifi" | "pin" | null;

export function PairingCard({ pairing, system }: PairingCardProps) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [question, setQuestion] = useState<Question>(null);
  /** A PIN that was made up: shown while its pairing lasts, and kept nowhere. */
  const [pin, setPin] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const active = pairing?.active ?? false;

  useEffect(() => {
    if (!active) setPin(null);
    setFault(null);
  }, [active]);

  // The button that was pressed makes way for another one, which is what its person needs next.
  const card = useRef<HTMLElement>(null);
  const hadFocus = card.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    if (hadFocus && !card.current?.contains(document.activeElement)) card.current?.querySelector("button")?.focus();
  }, [active]);

  const start = async (body?: object) => {
    if (asking) return;
    setAsking(true);
    const answer = await ask<{ pin: string } | null>("POST", path, body);
    setAsking(false);
    setFault(answer.ok ? null : answer.fault);
    if (answer.ok) setPin(answer.value?.pin ?? null);
  };
  const cancel = async () => {
    if (asking) return;
    setAsking(true);
    const answer = await ask("DELETE", path);
    setAsking(false);
    setFault(answer.ok ? null : answer.fault);
  };
  const press = () => (isOverWifi(system) ? setQuestion("over-wifi") : void start());

  const words = active ? wordsOfPhase(pairing) : wordsOfEnd(pairing);
  return (
    <section class="card pairing" ref={card} aria-label={t("pairing")}>
      <div class={`stage ${tone(pairing)}`}>
        <Ring left={active ? (pairing?.secondsLeft ?? 0) / windowSeconds : null} />
        {active ? (
          <p class="count">
            <span class="unseen">{t("timeLeft")}</span> <time>{clockText(pairing?.secondsLeft ?? 0)}</time>
          </p>
        ) : (
          <button type="button" class="press" disabled={pairing === null} onClick={press}>
            <ResultIcon pairing={pairing} />
            <span>{t(pairing?.result === null || pairing?.result === undefined ? "connect" : "connectAgain")}</span>
          </button>
        )}
      </div>
      <Steps phase={active ? (pairing?.phase ?? null) : null} />
      <div class="words">
        <p class="headline" role="status">
          {words.headline}
        </p>
        {pin !== null && active ? (
          <p class="pin">
            <span class="soft">{t("enterThisPin")}</span> <strong>{pinText(pin)}</strong>
          </p>
        ) : (
          <p class="soft">{words.hint}</p>
        )}
      </div>
      <div class="actions">
        {active ? (
          <button key="cancel" type="button" onClick={cancel}>
            {t("cancel")}
          </button>
        ) : (
          <button key="pin" type="button" class="quiet" onClick={() => setQuestion("pin")} disabled={pairing === null}>
            {t("withPin")}
          </button>
        )}
      </div>
      <FaultNotice fault={fault} />
      {question === "over-wifi" && (
        <Confirm
          title={t("contactWillBreak")}
          action={t("pairAllTheSame")}
          onClose={() => setQuestion(null)}
          onConfirm={() => void start()}
        >
          <p>{t("contactWillBreakWhy")}</p>
          <p class="soft">{t("whereToLook")}</p>
        </Confirm>
      )}
      {question === "pin" && (
        <PinDialog
          overWifi={isOverWifi(system)}
          onClose={() => setQuestion(null)}
          onStart={(body) => void start(body)}
        />
      )}
    </section>
  );
}

function ResultIcon({ pairing }: { readonly pairing: PairingBody | null }) {
  switch (pairing?.result) {
    case "success":
      return <CheckIcon />;
    case "failed":
    case "overlap":
      return <CrossIcon />;
    case "timeout":
      return <ClockIcon />;
    default:
      return <WpsIcon />;
  }
}

function tone(pairing: PairingBody | null): string {
  if (pairing?.active) return "active";
  switch (pairing?.result) {
    case "success":
      return "good";
    case "failed":
    case "overlap":
    case "timeout":
      return "bad";
    default:
      return "";
  }
}

function Steps({ phase }: { readonly phase: Phase | null }) {
  const now = steps.indexOf(phase ?? "ended");
  return (
    <ol class="steps" aria-hidden="true">
      {steps.map((step, index) => (
        <li key={step} class={index < now ? "done" : index === now ? "now" : ""} />
      ))}
    </ol>
  );
}

interface Words {
  readonly headline: string;
  readonly hint: string;
}

function wordsOfPhase(pairing: PairingBody | null): Words {
  const phase = pairing?.phase ?? "searching";
  const name = pairing?.peer?.ssid ?? pairing?.peer?.name ?? t("theAccessPoint");
  const step = pairing?.message ?? null;
  const headline = t(phaseWords[phase], { name });
  if (phase === "searching") {
    const usual = t(pairing?.method === "pin" ? "enterPinThere" : "pressThere");
    return { headline, hint: pairing === null ? usual : hintBeside(usual, pairing) };
  }
  return { headline, hint: step === null ? t("oneMoment") : t("messageNow", { step }) };
}

function wordsOfEnd(pairing: PairingBody | null): Words {
  if (pairing === null) return { headline: "\u00a0", hint: "" };
  if (pairing.result === null) return { headline: t("ready"), hint: t("readyHint") };
  if (pairing.result === "success")
    return { headline: t("paired", { name: pairing.peer?.ssid ?? "" }), hint: t("pairedHint") };
  return { headline: sentenceOf(pairing), hint: hintOf(pairing) };
}
