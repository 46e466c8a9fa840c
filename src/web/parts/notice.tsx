/** What a page has to say about what was just tried: good, bad, or only so. */
import type { ComponentChildren } from "preact";
import type { Fault } from "../service/ask.ts";
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

/** Why something was not done: the service's own sentence, where there is one. */
export function faultText(fault: Fault): string {
  if (fault.kind === "away") return t("noAnswer");
  if (fault.kind === "login") return t("loginAgain");
  return fault.message;
}

/** Shows a fault, or nothing. */
export function FaultNotice({ fault }: { readonly fault: Fault | null }) {
  return fault === null ? null : <Notice tone="bad">{faultText(fault)}</Notice>;
}
