/** Asks for the password where the service wants one, before anything else is shown. The page keeps it nowhere. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ask, type Fault, onLoginNeeded, sessionPath } from "../service/ask.ts";
import type { LoginBody } from "../service/bodies.ts";
import { t } from "../words/words.ts";
import { Field, Form } from "./field.tsx";
import { faultSaid } from "./notice.tsx";

/** `away`: nobody has answered yet. */
type Entry = "asking" | "away" | "login" | "open";

const retryMs = 2_000;
/** Nobody looks at an empty page for longer. */
const blankMs = 4_000;

/** What is in it is there while its person is let in. */
export function LoginGate({ children }: { readonly children: (door: Door) => ComponentChildren }) {
  const [entry, setEntry] = useState<Entry>("asking");
  const [isProtected, setProtected] = useState(false);

  useEffect(() => onLoginNeeded(() => setEntry("login")), []);
  useEffect(() => {
    if (entry !== "asking" && entry !== "away") return;
    let gone = false;
    let timer = 0;
    const knock = async () => {
      const answer = await ask<LoginBody>("GET", sessionPath);
      if (gone) return;
      if (!answer.ok) {
        setEntry("away");
        timer = window.setTimeout(knock, retryMs);
        return;
      }
      setProtected(answer.value.protected);
      setEntry(answer.value.protected && !answer.value.loggedIn ? "login" : "open");
    };
    void knock();
    const blank = setTimeout(() => setEntry("away"), blankMs);
    return () => {
      gone = true;
      clearTimeout(blank);
      clearTimeout(timer);
    };
  }, [entry === "asking" || entry === "away"]);

  if (entry === "asking") return null;
  if (entry === "away")
    return (
      <p class="notice bad" role="alert">
        {t("noContact")}
      </p>
    );
  if (entry === "login")
    return (
      <LoginForm
        onOpen={() => {
          setProtected(true);
          setEntry("open");
        }}
      />
    );
  const logOut = isProtected
    ? () => {
        setEntry("login");
        void ask("DELETE", sessionPath);
      }
    : null;
  return <>{children({ logOut, setProtected })}</>;
}

export interface Door {
  /** null: there is no password, so nobody is logged in. */
  readonly logOut: (() => void) | null;
  readonly setProtected: (isProtected: boolean) => void;
}

function LoginForm({ onOpen }: { readonly onOpen: () => void }) {
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const wait = useCountdown(fault?.retryAfter ?? 0, fault);

  const submit = async () => {
    if (busy || wait > 0) return;
    setBusy(true);
    const answer = await ask("POST", sessionPath, { password });
    setBusy(false);
    setPassword("");
    if (answer.ok) onOpen();
    else setFault(answer.fault);
  };
  const wrong =
    fault === null
      ? null
      : wait > 0
        ? t("tooManyTries", { seconds: wait })
        : fault.kind === "login"
          ? t("wrongPassword")
          : fault.error === "too-many-attempts"
            ? t("tryAgainNow")
            : faultSaid(fault).text;
  return (
    <main class="login card">
      <h1>{t("logIn")}</h1>
      <p class="soft">{t("logInWhy")}</p>
      <Form onSubmit={submit}>
        <Field
          label={t("password")}
          type="password"
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
          wrong={wrong}
        />
        <button type="submit" class="primary wide" disabled={busy || wait > 0}>
          {t("logIn")}
        </button>
      </Form>
    </main>
  );
}

/** Seconds that are left of those given, from when `since` was given. */
function useCountdown(seconds: number, since: unknown): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    setLeft(seconds);
    if (seconds === 0) return;
    const timer = setInterval(() => setLeft((now) => Math.max(0, now - 1)), 1_000);
    return () => clearInterval(timer);
  }, [since, seconds]);
  return left;
}
