/**
 * How runs end, in words: stable keys for programs, sentences for whoever looks after the network. The one table;
 * decides nothing.
 */
import { CONFIG_ERROR } from "../wsc/attributes.ts";
import type { WscError } from "../wsc/errors.ts";
import type { RefusalReason } from "../wsc/policy/window.ts";

export interface Outcome {
  readonly result: "success" | "failed" | "refused";
  /** A stable key; null after a success. */
  readonly reason: string | null;
  /** A stable key for the sentence, where several share a reason. */
  readonly key?: string;
  readonly sentence: string;
}

const REFUSALS: Readonly<Record<RefusalReason, readonly [reason: string, sentence: string]>> = {
  noWindow: ["no-window", "It asked to come in, but nobody had opened the network for it."],
  busy: ["busy", "It asked to come in while another device was enrolling."],
  overlap: ["overlap", "More than one device had its button pressed, so none was let in."],
  foreignAddress: ["foreign-address", "It named another device's address than its own, and was not let in."],
  noGrant: ["nothing-to-give", "The access point or the disk did not answer, so there was no key to give."],
};

export function refusal(reason: RefusalReason): Outcome {
  const [key, sentence] = REFUSALS[reason];
  return { result: "refused", reason: key, sentence };
}

export const enrolled: Outcome = {
  result: "success",
  reason: null,
  key: "enrolled",
  sentence: "It was let in and took its key.",
};

export const proxied: Outcome = {
  result: "success",
  reason: null,
  key: "proxied",
  sentence: "A Registrar on the network let it in, and it took its key.",
};

export const settingsRead: Outcome = {
  result: "success",
  reason: null,
  key: "settings-read",
  sentence: "It knew the device PIN and read the settings of the network; it changed nothing.",
};

export const configured: Outcome = {
  result: "success",
  reason: null,
  key: "configured",
  sentence: "It knew the device PIN and gave the network other settings.",
};

/** @param handedOut the credential had gone out by then */
export function failure(error: WscError, handedOut = false): Outcome {
  const [reason, sentence, key = reason] = wordsFor(error);
  if (!handedOut) return { result: "failed", reason, key, sentence };
  return {
    result: "failed",
    reason: "not-confirmed",
    sentence: "It was handed its key, but never confirmed that; it may come to the network all the same.",
  };
}

function wordsFor(error: WscError): readonly [reason: string, sentence: string, key?: string] {
  switch (error.kind) {
    case "wrongPassword":
      return error.half === 1
        ? ["wrong-pin", "The first half of the PIN was wrong.", "wrong-first-half"]
        : ["wrong-pin", "The second half of the PIN was wrong.", "wrong-second-half"];
    case "cutOff":
      return ["timeout", "It stopped answering in the middle."];
    case "refused":
      return ["refused-by-device", `The other end broke off, with Configuration Error ${error.configError}.`];
    case "turnedAway":
      return ["closed", "The window was closed, or another device came, before it was through."];
    case "setupLocked":
      return ["setup-locked", "It was turned away, because there is no device PIN, or it is locked."];
    case "otherPassword":
      return ["other-password", "It came with another kind of password than the one that was expected."];
    case "badApSettings":
      return ["bad-settings", "It wanted settings that no network can have."];
    default:
      return ["protocol-error", "What it sent did not follow the protocol, or was changed on the way."];
  }
}

/** What an access point says of a run of its own Registrar that went wrong. @param configError as in a NACK */
export function configErrorWords(configError: number): string {
  if (configError === CONFIG_ERROR.passwordAuthenticationFailure) return "the PIN was wrong";
  return configError === CONFIG_ERROR.none ? "no reason given" : `Configuration Error ${configError}`;
}
