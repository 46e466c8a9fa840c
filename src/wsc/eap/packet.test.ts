import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromHex, toHex } from "../bytes.ts";
import { buildPacket, parsePacket } from "./packet.ts";

describe("parsing", () => {
  test("is total: any bytes are a packet or null, and a packet rebuilds to bytes that parse alike", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const packet = parsePacket(bytes);
        if (packet !== null) expect(parsePacket(buildPacket(packet))).toEqual(packet);
      }),
    );
  });

  test("is total also behind a head that promises EAP-WSC", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.nat(40), (rest, length) => {
        const bytes = fromHex(`0105${length.toString(16).padStart(4, "0")}fe00372a00000001${toHex(rest)}`);
        const packet = parsePacket(bytes);
        if (packet !== null) expect(parsePacket(buildPacket(packet))).toEqual(packet);
      }),
    );
  });

  test("leaves the padding of the link out", () => {
    const packet = parsePacket(fromHex("0107000501" + "000000"));
    expect(packet).toEqual({ code: "request", identifier: 7, type: "identity", identity: new Uint8Array() });
  });

  test.each([
    ["nothing", ""],
    ["less than a head", "010200"],
    ["a length past the end", "0102000601"],
    ["a length within the head", "01020003"],
    ["an unknown code", "0502000501"],
    ["a request without a method", "01020004"],
    ["a success with data", "0302000500"],
  ])("finds no packet in %s", (_what, hex) => {
    expect(parsePacket(fromHex(hex))).toBeNull();
  });

  test.each([
    ["another vendor", "0102000efe00372b000000010400"],
    ["another vendor type", "0102000efe00372a000000020400"],
    ["an unknown op-code", "0102000efe00372a000000010700"],
    ["no flags", "0102000dfe00372a0000000104"],
    ["half a length field", "0102000ffe00372a00000001040200"],
  ])("takes EAP-WSC with %s for another method", (_what, hex) => {
    expect(parsePacket(fromHex(hex))).toMatchObject({ type: "other", method: 254 });
  });
});
