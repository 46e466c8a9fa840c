import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { macAddressFrom } from "../../wsc/address.ts";
import { concat, fromHex, toHex } from "../../wsc/bytes.ts";
import { buildDhcpReply, type DhcpRequest, parseDhcpRequest } from "./dhcp-packet.ts";

/** What busybox's udhcpc 1.35 sends first: 300 bytes, with a client id, a maximum size, a list of options, its name. */
const head = (changes: Readonly<Record<number, string>> = {}) => {
  const bytes = new Uint8Array(240);
  const fields = { 0: "01010600", 4: "7b1e4a90", 28: "020000000100", 236: "63825363", ...changes };
  for (const [at, hex] of Object.entries(fields)) bytes.set(fromHex(hex), Number(at));
  return bytes;
};
const options = fromHex(
  "3501013d0701020000000100390202403707010306 0c0f1c2a3c0c75646863702031 2e33352e30".replaceAll(" ", ""),
);
const discover = concat(head(), options, fromHex("ff"), new Uint8Array(20));

const server = { address: 0xc0a80401, mask: 0xffffff00 };
const request: DhcpRequest = {
  type: "request",
  transaction: 0x7b1e4a90,
  flags: 0x8000,
  client: macAddressFrom(fromHex("020000000100")),
  clientAddress: 0xc0a80410,
  requested: null,
  server: null,
  clientId: fromHex("01020000000100"),
};

describe("a DHCP request", () => {
  test("is read as a client sends it", () => {
    expect(parseDhcpRequest(discover)).toEqual({
      ...request,
      type: "discover",
      flags: 0,
      clientAddress: 0,
    });
  });

  test("tells the address that it asks for and the server that it has chosen", () => {
    const chosen = concat(head(), fromHex("3501033204c0a804103604c0a80401ff"));
    expect(parseDhcpRequest(chosen)).toMatchObject({ type: "request", requested: 0xc0a80410, server: 0xc0a80401 });
  });

  test.each([
    ["a reply", concat(head({ 0: "02" }), options)],
    ["not of Ethernet", concat(head({ 1: "06" }), options)],
    ["of a longer hardware address", concat(head({ 2: "10" }), options)],
    ["without the magic cookie", concat(head({ 236: "00000000" }), options)],
    ["passed on by a relay", concat(head({ 24: "0a000001" }), options)],
    ["without a type", head()],
    ["of a type that only servers send", concat(head(), fromHex("350102"))],
    ["of an empty type", concat(head(), fromHex("3500"))],
    ["cut off in its type", concat(head(), fromHex("3501"))],
    ["too short", discover.subarray(0, 239)],
  ])("that is %s is none", (_what, bytes) => {
    expect(parseDhcpRequest(bytes)).toBeNull();
  });

  test("has the first of what comes twice, and nothing of what is cut off or has another length", () => {
    const odd = concat(head(), fromHex("350103 3501013203c0a804 360401020304 3d00 3d02".replaceAll(" ", "")));
    expect(parseDhcpRequest(odd)).toMatchObject({
      type: "request",
      requested: null,
      server: 0x01020304,
      clientId: null,
    });
  });

  test("is read from any bytes without a throw, and never holds on to them", () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 1600 }),
      fc.uint8Array({ maxLength: 400 }).map((tail) => concat(head(), tail)),
      fc.uint8Array({ maxLength: 300 }).map((tail) => concat(head(), fromHex("350103"), tail)),
    );
    fc.assert(
      fc.property(hostile, (bytes) => {
        const before = toHex(bytes);
        const read = parseDhcpRequest(bytes);
        expect(toHex(bytes)).toBe(before);
        if (read === null) return;
        const id = read.clientId && toHex(read.clientId);
        bytes.fill(0);
        expect(read.clientId && toHex(read.clientId)).toBe(id);
        buildDhcpReply(read, { type: "ack", address: 1, leaseSeconds: 1 }, server);
      }),
    );
  });
});

describe("a DHCP reply", () => {
  test("gives address, mask and time, and no way out of the hotspot", () => {
    const reply = buildDhcpReply(request, { type: "ack", address: 0xc0a80410, leaseSeconds: 600 }, server);
    expect(toHex(reply.subarray(0, 44))).toBe(
      "02010600" +
        "7b1e4a90" +
        "0000" +
        "8000" +
        "c0a80410" +
        "c0a80410" +
        "00000000" +
        "00000000" +
        "020000000100" +
        "0".repeat(20),
    );
    expect(toHex(reply.subarray(236)).replace(/(?:00)*$/, "")).toBe(
      "63825363" + "350105" + "3604c0a80401" + "0104ffffff00" + "330400000258" + "3d0701020000000100" + "ff",
    );
    expect(reply).toHaveLength(300);
  });

  test("that refuses gives nothing at all", () => {
    const reply = buildDhcpReply(request, { type: "nak", address: 0, leaseSeconds: null }, server);
    expect(toHex(reply.subarray(12, 20))).toBe("00".repeat(8));
    expect(toHex(reply.subarray(240)).replace(/(?:00)*$/, "")).toBe(
      "350106" + "3604c0a80401" + "3d0701020000000100" + "ff",
    );
  });
});
