/** A PIN as a person or a program sends it, and the words for what is wrong with it. The words never repeat it. */
import { type Pin, type PinFault, parsePin } from "../wsc/pin.ts";
import { err, type Result } from "../wsc/result.ts";
import type { ErrorKey } from "./errors.ts";

export interface BadPin {
  readonly key: ErrorKey;
  /** A sentence. */
  readonly message: string;
}

/** Reads a PIN of 4 digits, or of 8 with a check digit; spaces and dashes do not count. */
export function readPin(text: string): Result<Pin, BadPin> {
  const pin = parsePin(text);
  return pin.ok ? pin : err(explain(pin.error));
}

function explain(fault: PinFault): BadPin {
  switch (fault.kind) {
    case "notDigits":
      return { key: "bad-pin", message: "A PIN has only digits, with spaces or dashes between them." };
    case "length":
      return { key: "bad-pin", message: `A PIN has 4 or 8 digits, not ${fault.digits}.` };
    case "checkDigit":
      return {
        key: "wrong-check-digit",
        message: "The last digit of the PIN does not fit the others, so there is a typing mistake in it.",
      };
  }
}
