/** PINs: parsed once, made when needed, and turned into the device password that the machines take. */
import { DEVICE_PASSWORD_ID } from "./attributes.ts";
import type { Random } from "./random.ts";
import { err, ok, type Result } from "./result.ts";
import { Secret } from "./secret.ts";
import type { DevicePassword } from "./session/session.ts";

declare const isPin: unique symbol;
/** 4 digits, or 8 with a valid check digit. Only {@link parsePin} and {@link generatePin} make one. */
export type Pin = string & { readonly [isPin]: true };

/** What is wrong with a PIN that somebody typed. */
export type PinFault =
  /** Something else than digits, spaces and dashes. */
  | { readonly kind: "notDigits" }
  /** Neither 4 nor 8 digits. */
  | { readonly kind: "length"; readonly digits: number }
  /** 8 digits, of which the last does not fit the others: a typing mistake. */
  | { readonly kind: "checkDigit" };

/** Reads what a person types or copies from a label: spaces and dashes do not count. */
export function parsePin(text: string): Result<Pin, PinFault> {
  const digits = text.replaceAll(/[\s-]/g, "");
  if (!/^[0-9]*$/.test(digits)) return err({ kind: "notDigits" });
  if (digits.length !== 4 && digits.length !== 8) return err({ kind: "length", digits: digits.length });
  if (digits.length === 8 && checkDigit(digits.slice(0, 7)) !== digits.slice(7)) return err({ kind: "checkDigit" });
  return ok(digits as Pin);
}

/** A fresh PIN of 8 digits. */
export function generatePin(random: Random): Pin {
  // 64 bits, so that the remainder favours no PIN by more than one in 10^12.
  const drawn = random("pin", 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const digits = String(drawn % 10_000_000n).padStart(7, "0");
  return (digits + checkDigit(digits)) as Pin;
}

/** @param digits 7 of them; from the left they weigh 3, 1, 3, 1, 3, 1, 3 */
function checkDigit(digits: string): string {
  const sum = Array.from(digits, Number).reduce((total, digit, i) => total + digit * (i % 2 === 0 ? 3 : 1), 0);
  return String((10 - (sum % 10)) % 10);
}

/** A PIN from a label or display as a device password. */
export function pinPassword(pin: Pin): DevicePassword {
  return { id: DEVICE_PASSWORD_ID.default, secret: new Secret(pin) };
}

/** The device password of every push-button run. */
export const pushButtonPassword: DevicePassword = {
  id: DEVICE_PASSWORD_ID.pushButton,
  secret: new Secret("00000000"),
};
