/** What a call over the socket of an air is served by, and how one is refused that lacks something. */
import { RadioError } from "../station-radio.ts";
import type { WireError } from "./wire.ts";
import type { Values } from "./wire-values.ts";

/** Serves one call: its arguments, and a signal that aborts when the client takes the call back. */
export type Handler = (args: Values, signal: AbortSignal) => Promise<unknown> | AsyncIterable<unknown>;

/** @throws RadioError for what could not be read */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined)
    throw new RadioError(
      "refused",
      `The air was asked for something without ${what}.`,
      "Use the same version of openwps at both ends of the socket.",
    );
  return value;
}

/** A RadioError as it travels, or anything else as the mistake of ours that it is. */
export function errorOf(error: unknown): WireError {
  if (error instanceof RadioError) return { kind: error.kind, message: error.message, hint: error.hint };
  return {
    kind: "bug",
    message: `The air could not do that: ${error instanceof Error ? error.message : String(error)}.`,
    hint: "This should not happen; please report it.",
  };
}
