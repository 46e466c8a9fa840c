/** `openwps pin`: makes a PIN to show, or checks one that somebody typed. Touches no radio. */
import { readPin } from "../http/read-pin.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { generatePin } from "../wsc/pin.ts";
import { Complaint } from "./complaint.ts";

/** A fresh PIN of 8 digits. */
export function generate(): void {
  process.stdout.write(`${generatePin(systemRandom)}\n`);
}

/** Prints the PIN as the engine reads it, or complains about what is wrong with it. */
export function check(text: string): void {
  const pin = readPin(text);
  if (!pin.ok) throw new Complaint(pin.error.message);
  process.stdout.write(`${pin.value} is a good PIN.\n`);
}
