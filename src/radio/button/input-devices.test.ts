import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasBit, KEY_WPS_BUTTON, parseInputDevices } from "./input-devices.ts";

/** A router's board with a 64-bit kernel: a button without a name of its own, and one with two keys. */
const board = `I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
P: Phys=PNP0C0C/button/input0
S: Sysfs=/devices/LNXSYSTM:00/LNXPWRBN:00/input/input0
U: Uniq=
H: Handlers=kbd event0
B: PROP=0
B: EV=3
B: KEY=8000 10000000000000 0

I: Bus=0019 Vendor=0001 Product=0001 Version=0100
N: Name="gpio-keys"
P: Phys=gpio-keys/input0
S: Sysfs=/devices/platform/gpio-keys/input/input1
U: Uniq=
H: Handlers=event1
B: PROP=0
B: EV=3
B: KEY=20000 0 0 100000000000000 0 0 0 0 0

I: Bus=0003 Vendor=046d Product=c077 Version=0111
N: Name="Logitech "M105" Optical Mouse"
P: Phys=usb-0000:00:14.0-1/input0
S: Sysfs=/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/0003:046D:C077.0001/input/input5
U: Uniq=
H: Handlers=event2 mouse0
B: PROP=0
B: EV=17
B: KEY=70000 0 0 0 0
B: REL=903
B: MSC=10
`;

describe("input devices", () => {
  test("are found with their names, their files, and whether they have a WPS button", () => {
    expect(parseInputDevices(board, 8)).toEqual([
      { name: "Power Button", event: "event0", hasWpsButton: false },
      { name: "gpio-keys", event: "event1", hasWpsButton: true },
      { name: 'Logitech "M105" Optical Mouse', event: "event2", hasWpsButton: false },
    ]);
  });

  test("without a file for events are left out", () => {
    expect(parseInputDevices('N: Name="PC Speaker"\nH: Handlers=kbd\nB: KEY=20000 0 0 0 0 0 0 0 0\n', 8)).toEqual([]);
    expect(parseInputDevices('N: Name="x"\nH: Handlers=js0 notevent1 kbd\n', 8)).toEqual([]);
    expect(parseInputDevices("", 8)).toEqual([]);
  });

  test("show their keys in words of the kernel's size, those on the left left out when empty", () => {
    const words32 = `20000${" 0".repeat(16)}`;
    expect(hasBit("20000 0 0 0 0 0 0 0 0", KEY_WPS_BUTTON, 8)).toBe(true);
    expect(hasBit(words32, KEY_WPS_BUTTON, 4)).toBe(true);
    // The same text means another key to a kernel with other words.
    expect(hasBit("20000 0 0 0 0 0 0 0 0", KEY_WPS_BUTTON, 4)).toBe(false);
    expect(hasBit("fffdffff ".concat("ffffffff ".repeat(16)), KEY_WPS_BUTTON, 4)).toBe(false);
    expect(hasBit("0", KEY_WPS_BUTTON, 8)).toBe(false);
  });

  test("can say anything without harm", () => {
    const line = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("H: Handlers=event1", "N: Name=", "B: KEY=", "B: KEY=20000 0 0 0 0 0 0 0 0", ""),
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom(4, 8), (lines, word) => {
        for (const device of parseInputDevices(lines.join("\n"), word)) expect(device.event).toMatch(/^event\d+$/);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(1000), fc.constantFrom(4, 8), (bitmap, bit, word) => {
        expect(typeof hasBit(bitmap, bit, word)).toBe("boolean");
      }),
    );
  });

  test("have exactly the bits that were printed", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: (1n << 768n) - 1n }),
        fc.nat(767),
        fc.constantFrom(4, 8),
        (bits, bit, word) => {
          const words: string[] = [];
          for (let rest = bits; rest > 0n; rest >>= BigInt(8 * word))
            words.unshift((rest & ((1n << BigInt(8 * word)) - 1n)).toString(16));
          expect(hasBit(words.join(" "), bit, word)).toBe(((bits >> BigInt(bit)) & 1n) === 1n);
        },
      ),
    );
  });
});
