/** What a service says, in the language of the page where that is known. The tables beside this file have no language. */
import type { Fault } from "../service/ask.ts";
import type { AuditBody, RunBody } from "../service/bodies.ts";
import { DETAILS } from "./actions.ts";
import { FAULT_WORDS, LEADS } from "./faults.ts";
import { OUTCOME_WORDS } from "./outcomes.ts";
import { language, ownOr } from "./words.ts";

export interface Said {
  /** In the language of the page, where that is known. */
  readonly text: string;
  /** What the service says besides, in English; null: nothing. */
  readonly english: string | null;
}

/** What a service says under a key. */
export function said(key: string, message: string): Said {
  const lead = LEADS[key];
  if (lead !== undefined && language() !== "en") return { text: ownOr("", lead), english: message };
  return { text: ownOr(message, FAULT_WORDS[key]), english: null };
}

/** Why it was refused. */
export function refusalSaid({ reason, error, message }: Pick<Fault, "reason" | "error" | "message">): Said {
  return said(reason === "" ? error : reason, message);
}

/** How a run ended. */
export function outcomeText({ key, sentence }: Pick<RunBody, "key" | "sentence">): string {
  return ownOr(sentence, OUTCOME_WORDS[key ?? ""]);
}

/** What there is to say of an entry besides what was done; null: nothing. */
export function detailText({ detail, keys }: Pick<AuditBody, "detail" | "keys">): string | null {
  if (keys.length === 0) return detail;
  return keys.map((key) => ownOr(key, DETAILS[key])).join(", ");
}
