import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex } from "../../wsc/bytes.ts";
import { decodeInputEvents } from "./input-event.ts";

/** A press and its report, as a 64-bit kernel gave them. */
const press64 = fromHex(
  "f55f016b0000000048b80600000000000100110201000000" + "f55f016b0000000048b80600000000000000000000000000",
);
/** The same, as a 32-bit process reads it. */
const press32 = fromHex("f55f016b48b806000100110201000000" + "f55f016b48b806000000000000000000");
const press = [
  { type: 1, code: 0x211, value: 1 },
  { type: 0, code: 0, value: 0 },
];

describe("input events", () => {
  test("are 24 bytes to a 64-bit process and 16 to a 32-bit one", () => {
    expect(decodeInputEvents(press64, 8)).toEqual({ events: press, rest: new Uint8Array() });
    expect(decodeInputEvents(press32, 4)).toEqual({ events: press, rest: new Uint8Array() });
  });

  test("have values with a sign", () => {
    const bytes = fromHex("00000000000000000000000000000000020001" + "00ffffffff");
    expect(decodeInputEvents(bytes, 8).events).toEqual([{ type: 2, code: 1, value: -1 }]);
  });

  test("come out the same however the bytes are cut, also in the middle of a larger buffer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.constantFrom(4, 8), (bytes, at, word) => {
        const whole = decodeInputEvents(bytes, word);
        const first = decodeInputEvents(bytes.subarray(0, at), word);
        const second = decodeInputEvents(Uint8Array.from([...first.rest, ...bytes.subarray(at)]), word);
        expect([...first.events, ...second.events]).toEqual(whole.events);
        expect(second.rest).toEqual(whole.rest);
        expect(whole.events.length).toBe(Math.floor(bytes.length / (2 * word + 8)));
      }),
    );
  });
});
