/** What input devices there are and which keys they have: `/proc/bus/input/devices`, read. Opens no device. */
import { wordBytes } from "./input-event.ts";

/** The key of a WPS button in the kernel's list of keys. */
export const KEY_WPS_BUTTON = 0x211;

export interface InputDevice {
  /** As its driver names it, such as `gpio-keys`. */
  readonly name: string;
  /** Its file below `/dev/input`, such as `event0`. */
  readonly event: string;
  readonly hasWpsButton: boolean;
}

/**
 * Reads `/proc/bus/input/devices`: a block a device, a line a fact (`N: Name="gpio-keys"`, `H: Handlers=kbd event0`,
 * `B: KEY=20000 0 0 0 0 0 0 0 0`). Devices without an event file are left out.
 */
export function parseInputDevices(text: string, word: 4 | 8 = wordBytes): readonly InputDevice[] {
  const devices: InputDevice[] = [];
  for (const block of text.split(/\n\s*\n/)) {
    const event = /^H: Handlers=(?:.*\s)?(event\d{1,9})(?:\s|$)/m.exec(block)?.[1];
    if (event === undefined) continue;
    devices.push({
      name: /^N: Name="(.*)"$/m.exec(block)?.[1] ?? "",
      event,
      hasWpsButton: hasBit(/^B: KEY=(.*)$/m.exec(block)?.[1] ?? "", KEY_WPS_BUTTON, word),
    });
  }
  return devices;
}

/**
 * Whether a bit is set in a bitmap as the kernel prints it: words in hex, the highest one first, empty ones in front
 * left out. Anything that is no such bitmap has no bits.
 */
export function hasBit(bitmap: string, bit: number, word: 4 | 8): boolean {
  const words = bitmap.trim().split(/\s+/).toReversed();
  const digits = words[Math.floor(bit / (8 * word))] ?? "";
  if (!/^[0-9a-f]{1,16}$/i.test(digits)) return false;
  return ((BigInt(`0x${digits}`) >> BigInt(bit % (8 * word))) & 1n) === 1n;
}
