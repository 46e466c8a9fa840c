/** What a page has to say about what was just tried: good, bad, or only so. */
import type { ComponentChildren } from "preact";
import type { Fault } from "../service/ask.ts";
import { refusalSaid, type Said } from "../words/said.ts";
import { t } from "../words/words.ts";

export interface NoticeProps {
  readonly tone?: "good" | "bad" | "plain";
  readonly children: ComponentChildren;
}

export function Notice({ tone = "plain", children }: NoticeProps) {
  return (
    <p class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </p>
  );
}

/** Why something was not done. */
export function faultSaid(fault: Fault): Said {
  if (fault.kind === "refused") return refusalSaid(fault);
  return { text: t(fault.kind === "away" ? "noAnswer" : "loginAgain"), english: null };
}

/** What a service says, with that beside it which only it has words for. */
export function SaidText({ said: { text, english } }: { readonly said: Said }) {
  return (
    <>
      {text}
      {english !== null && <span lang="en"> {english}</span>}
    </>
  );
}

/** Shows a fault, or nothing. */
export function FaultNotice({ fault }: { readonly fault: Fault | null }) {
  if (fault === null) return null;
  return (
    <Notice tone="bad">
      <SaidText said={faultSaid(fault)} />
    </Notice>
  );
}
