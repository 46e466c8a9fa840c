import { describe, expect, test } from "vitest";
import { macAddressFrom } from "../wsc/address.ts";
import { concat } from "../wsc/bytes.ts";
import { ipText } from "./address-text.ts";
import { ETHER_TYPE } from "./content.ts";
import { readLink } from "./link.ts";
import { LINK_TYPE } from "./packet.ts";

const a = Uint8Array.of(2, 0, 0, 0, 0, 0xa);
const b = Uint8Array.of(2, 0, 0, 0, 0, 0xb);
const c = Uint8Array.of(2, 0, 0, 0, 0, 0xc);
const d = Uint8Array.of(2, 0, 0, 0, 0, 0xd);
const [macA, macB, macC, macD] = [a, b, c, d].map(macAddressFrom);
const eapol = Uint8Array.of(1, 1, 0, 0);
const ipv4 = Uint8Array.of(0x45, 0, 0, 20);
const ipv6 = Uint8Array.of(0x60, 0, 0, 0);
const snap = Uint8Array.of(0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x8e);

const read = (linkType: number, ...parts: readonly Uint8Array[]) => readLink({ linkType, bytes: concat(...parts) });
const of = (...bytes: number[]) => Uint8Array.from(bytes);

describe("Ethernet and its likes", () => {
  const expected = { type: "ether", from: macB, to: macA, etherType: ETHER_TYPE.eapol, payload: eapol };

  test("Ethernet, with VLAN tags too", () => {
    expect(read(LINK_TYPE.ethernet, a, b, of(0x88, 0x8e), eapol)).toEqual(expected);
    expect(read(LINK_TYPE.ethernet, a, b, of(0x81, 0, 0, 5, 0x88, 0x8e), eapol)).toEqual(expected);
    expect(read(LINK_TYPE.ethernet, a, b, of(0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x88, 0x8e), eapol)).toEqual(expected);
  });

  test("Linux cooked, both versions, which know the sender only", () => {
    const cooked = of(0, 0, 0, 1, 0, 6, ...b, 0, 0, 0x88, 0x8e);
    expect(read(LINK_TYPE.linuxCooked, cooked, eapol)).toEqual({ ...expected, to: null });
    const cooked2 = of(0x88, 0x8e, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, ...b, 0, 0);
    expect(read(LINK_TYPE.linuxCooked2, cooked2, eapol)).toEqual({ ...expected, to: null });
  });

  test("loopback of either byte order, and plain IP", () => {
    for (const linkType of [LINK_TYPE.null, LINK_TYPE.loop])
      for (const family of [of(2, 0, 0, 0), of(0, 0, 0, 2)])
        expect(read(linkType, family, ipv4)).toMatchObject({ etherType: ETHER_TYPE.ipv4, payload: ipv4 });
    for (const linkType of [LINK_TYPE.raw, LINK_TYPE.rawBsd, LINK_TYPE.rawOpenBsd, LINK_TYPE.ipv6])
      expect(read(linkType, ipv6)).toMatchObject({ etherType: ETHER_TYPE.ipv6, payload: ipv6 });
  });
});

describe("802.11 data frames", () => {
  const frame = (type: number, flags: number, ...more: readonly Uint8Array[]) =>
    read(LINK_TYPE.ieee80211, of(type, flags, 0, 0), a, b, c, of(0x10, 0), ...more, snap, eapol);

  test("who sends and who receives, by the direction of the frame", () => {
    expect(frame(0x08, 0x01)).toMatchObject({ from: macB, to: macC });
    expect(frame(0x08, 0x02)).toMatchObject({ from: macC, to: macA });
    expect(frame(0x08, 0x00)).toMatchObject({ from: macB, to: macA });
    expect(frame(0x08, 0x03, d)).toMatchObject({ from: macD, to: macC, payload: eapol });
  });

  test("with QoS and with HT control", () => {
    expect(frame(0x88, 0x01, of(0, 0))).toMatchObject({ etherType: ETHER_TYPE.eapol, payload: eapol });
    expect(frame(0x88, 0x81, of(0, 0), of(1, 2, 3, 4))).toMatchObject({ etherType: ETHER_TYPE.eapol, payload: eapol });
  });

  test("encrypted ones, pieces, aggregates and those without data are left alone", () => {
    expect(frame(0x08, 0x41)).toBeNull();
    expect(frame(0x08, 0x05)).toBeNull();
    expect(frame(0x88, 0x01, of(0x80, 0))).toBeNull();
    expect(frame(0x48, 0x01)).toBeNull();
  });
});

describe("radiotap", () => {
  const beacon = concat(of(0x80, 0, 0, 0), a, b, b, of(0, 0), new Uint8Array(12), of(0, 1, 0x41));
  const elements = of(0, 1, 0x41);

  test("flags behind a timer, and behind more than one bitmap", () => {
    const timer = of(0, 0, 17, 0, 0x03, 0, 0, 0, ...new Uint8Array(8), 0x10);
    expect(read(LINK_TYPE.radiotap, timer, beacon, of(9, 9, 9, 9))).toMatchObject({ frame: "Beacon", elements });
    const bitmaps = of(0, 0, 13, 0, 0x02, 0, 0, 0x80, 0, 0, 0, 0, 0x10);
    expect(read(LINK_TYPE.radiotap, bitmaps, beacon, of(9, 9, 9, 9))).toMatchObject({ frame: "Beacon", elements });
  });

  test("no flags, no frame check sequence", () => {
    expect(read(LINK_TYPE.radiotap, of(0, 0, 8, 0, 0, 0, 0, 0), beacon)).toMatchObject({ elements });
  });

  test("a head that is longer than the packet is none", () => {
    expect(read(LINK_TYPE.radiotap, of(0, 0, 200, 0, 0, 0, 0, 0), beacon)).toBeNull();
  });
});

test("IPv6 addresses leave out their longest run of zeros", () => {
  const text = (...groups: number[]) => ipText(Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));
  expect(text(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1)).toBe("2001:db8::1:0:0:1");
  expect(text(0, 0, 0, 0, 0, 0, 0, 1)).toBe("::1");
  expect(text(0, 0, 0, 0, 0, 0, 0, 0)).toBe("::");
  expect(text(0xfe80, 0, 0, 0, 0, 0, 0, 0)).toBe("fe80::");
  expect(text(1, 2, 3, 4, 5, 6, 7, 8)).toBe("1:2:3:4:5:6:7:8");
});
