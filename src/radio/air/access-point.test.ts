/** A single access point on the air, with an antenna beside it that says whatever a test wants. */
import { expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual-clock.ts";
import { type MacAddress, macAddressFrom } from "../../wsc/address.ts";
import { Secret } from "../../wsc/secret.ts";
import type { AccessPointEvent } from "../access-point.ts";
import { type AccessPointSettings, AirAccessPoint } from "./access-point.ts";
import { Air, type Antenna } from "./air.ts";
import { broadcast, type Payload } from "./frame.ts";

const settings: AccessPointSettings = {
  bssid: macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, 1)),
  ssid: new TextEncoder().encode("Home"),
  channel: 1,
  security: "WPA2",
  key: new Secret("correct horse battery"),
  signal: -50,
  name: "Home",
  uuid: "00".repeat(16),
  subnet: 1,
  dhcp: true,
};
const noDesk = {
  open: () => {
    throw new Error("nobody enrols here");
  },
};

function open(wps: boolean) {
  const clock = new VirtualClock();
  const air = new Air({ clock, seed: 1 });
  const accessPoint = new AirAccessPoint({ air, settings, desk: wps ? noDesk : null });
  const heard: Payload[] = [];
  const antenna = (last: number): Antenna => ({
    address: macAddressFrom(Uint8Array.of(2, 0, 0, 0, 1, last)),
    accessPoint: null,
    receive: (payload) => {
      if (payload.kind !== "beacon" && payload.kind !== "deauthentication") heard.push(payload);
    },
  });
  const say = async (from: Antenna, to: MacAddress, payload: Payload) => {
    air.transmit(from, to, payload);
    await clock.advance(10);
    return heard.at(-1);
  };
  return { clock, air, accessPoint, heard, antenna, say };
}

test("tells of its own button, and of enrollees that ask on the air", async () => {
  const { accessPoint, air, antenna, say } = open(true);
  const stop = new AbortController();
  const events: AccessPointEvent[] = [];
  const listening = (async () => {
    for await (const event of accessPoint.events({ signal: stop.signal })) events.push(event);
  })();
  const station = antenna(1);
  air.attach(station);
  accessPoint.press();
  const enrollee = { uuid: "11".repeat(16), devicePasswordId: 4, deviceName: "Lamp" };
  await say(station, broadcast, { kind: "probeRequest", band: "5", enrollee });
  await say(station, broadcast, { kind: "probeRequest", band: "2.4", enrollee: null });
  await say(station, broadcast, { kind: "probeRequest", band: "2.4", enrollee });
  stop.abort();
  await listening;
  expect(events).toEqual([
    { type: "buttonPressed" },
    { type: "enrolleeSeen", macAddress: station.address, ...enrollee },
  ]);
});

test("lets nobody associate who has not authenticated, names another network, or wants WPS where there is none", async () => {
  const { accessPoint, air, antenna, say } = open(false);
  const station = antenna(1);
  air.attach(station);
  const ask = (ssid: string, wps: boolean) =>
    say(station, accessPoint.address, { kind: "associationRequest", ssid: new TextEncoder().encode(ssid), wps });
  expect(await ask("Home", false)).toEqual({ kind: "associationResponse", accepted: false });
  await say(station, accessPoint.address, { kind: "authentication" });
  expect(await ask("Elsewhere", false)).toEqual({ kind: "associationResponse", accepted: false });
  expect(await ask("Home", true)).toEqual({ kind: "associationResponse", accepted: false });
});

test("gives no address before the key was shown, whatever proof is made up", async () => {
  const { accessPoint, air, antenna, heard, say } = open(false);
  const station = antenna(1);
  air.attach(station);
  await say(station, accessPoint.address, { kind: "authentication" });
  await say(station, accessPoint.address, { kind: "associationRequest", ssid: settings.ssid, wps: false });
  for (const number of [2, 4] as const) {
    for (const proof of [null, new Uint8Array(), new Uint8Array(32)])
      await say(station, accessPoint.address, { kind: "key", number, nonce: new Uint8Array(32), proof });
  }
  await say(station, accessPoint.address, { kind: "dhcpDiscover" });
  expect(heard.map(({ kind }) => kind)).toEqual(["authentication", "associationResponse", "key"]);
});

test("keeps a bounded number of stations in mind, and refuses the rest", async () => {
  const { accessPoint, air, antenna, heard, say } = open(false);
  for (let last = 0; last < 40; last++) {
    const station = antenna(last);
    air.attach(station);
    await say(station, accessPoint.address, { kind: "authentication" });
  }
  expect(heard).toHaveLength(32);
});

test("two antennas cannot have one address", () => {
  const { air, antenna } = open(false);
  air.attach(antenna(1));
  expect(() => air.attach(antenna(1))).toThrow("already on this air");
});
