/**
 * What access points hand out that is odd, through the whole of a pairing: the device joins what can be joined, and is
 * what it was before where nothing can.
 */
import { afterEach, expect, test } from "vitest";
import { VirtualClock } from "../src/clock/virtual-clock.ts";
import { AirAccessPoint } from "../src/radio/air/access-point.ts";
import { Air } from "../src/radio/air/air.ts";
import { seededRandom } from "../src/radio/air/chance.ts";
import { AirStation } from "../src/radio/air/station.ts";
import { registrarDevice } from "../src/registrar/device.ts";
import { Registrar } from "../src/registrar/registrar.ts";
import { openStation, type Station } from "../src/station/station.ts";
import { createMemoryStore } from "../src/store/memory-store.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../src/wsc/attributes.ts";
import type { Credential } from "../src/wsc/credential.ts";
import { Secret } from "../src/wsc/secret.ts";
import { home, mac } from "./registrar-world.ts";

const { open, wpa2Psk } = AUTHENTICATION_TYPE;
const { none, wep, aes } = ENCRYPTION_TYPE;
const text = (value: string) => new TextEncoder().encode(value);

let close = async () => {};
afterEach(() => close());

interface Handed {
  /** What the access point is in truth. */
  readonly ssid?: Uint8Array;
  readonly key?: string | null;
  /** What it hands out, where that differs. */
  readonly credentials?: readonly Partial<Credential>[];
}

/** A device that is off pairs with an access point that hands this out; gives how that ended, and the station. */
async function pairWith({ ssid = text("Home"), key = "correct horse battery", credentials = [{}] }: Handed) {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const air = new Air({ clock, seed: 1 });
  const registrar = new Registrar({ device: () => registrarDevice("Home"), clock, random });
  const truth: Credential = {
    ssid,
    authenticationType: key === null ? open : wpa2Psk,
    encryptionType: key === null ? none : aes,
    networkKey: new Secret(key ?? ""),
    macAddress: mac("02:00:00:00:01:00"),
  };
  const accessPoint = new AirAccessPoint({
    air,
    settings: {
      ...{ name: "Home", bssid: home, uuid: "11".repeat(16), channel: 1, signal: -50, subnet: 1, dhcp: true, ssid },
      ...{ security: key === null ? "open" : "WPA2", key: key === null ? null : new Secret(key) },
    },
    desk: registrar,
  });
  registrar.serve(accessPoint, {
    grants: async () => ({
      credentials: credentials.map((change) => ({ ...truth, ...change })),
      handOut: async () => {},
      settle: async () => {},
    }),
  });
  const radio = new AirStation({ air, macAddress: truth.macAddress, radioName: "air", deviceName: "Device", random });
  const station = await clock.until(openStation({ radio, store: createMemoryStore(), clock, random }));
  close = async () => {
    await clock.until(station.close());
    await clock.until(registrar.close());
    await clock.until(radio.remove());
  };
  await clock.until(station.setMode("off"));
  await clock.until(registrar.pressButton(home));
  await clock.until(station.startPairing({ method: "pbc" }));
  return { session: await clock.until(endOf(station)), station, link: await clock.until(station.link()) };
}

async function endOf(station: Station) {
  for await (const session of station.sessions({ signal: new AbortController().signal }))
    if (!session.active && session.method !== null) return session;
  throw new Error("the station was closed in the middle of a pairing");
}

test.each<[string, Handed]>([
  ["a key of 64 hex digits", { key: "0f".repeat(32) }],
  ["a name that is no UTF-8", { ssid: Uint8Array.of(0xff, 0xfe, 0x00, 0x41) }],
  ["a name that ends in NUL bytes, as old access points pad it", { credentials: [{ ssid: text("Home\0\0") }] }],
  ["an open network", { key: null }],
  ["a WEP network first, and one that can be joined", { credentials: [{ encryptionType: wep }, {}] }],
  ["another network first that is not in sight", { credentials: [{ ssid: text("Elsewhere") }, {}] }],
])("with %s the device joins", async (_what, handed) => {
  const { session, link, station } = await pairWith(handed);
  expect(session).toMatchObject({ result: "success" });
  expect(link.state).toBe("connected");
  expect(station.wifi()).toMatchObject({ enabled: true });
});

test.each<[string, Handed, string]>([
  ["a WEP network alone", { credentials: [{ encryptionType: wep }] }, "no-usable-network"],
  ["a network without a name", { credentials: [{ ssid: new Uint8Array() }] }, "no-usable-network"],
  ["enterprise authentication", { credentials: [{ authenticationType: 0x10 }] }, "no-usable-network"],
  ["an empty key and encryption", { credentials: [{ networkKey: new Secret("") }] }, "no-usable-network"],
  [
    "a key with a control character",
    { credentials: [{ networkKey: new Secret("correct\thorse") }] },
    "no-usable-network",
  ],
  [
    "64 characters that are no hex digits",
    { credentials: [{ networkKey: new Secret("z".repeat(64)) }] },
    "no-usable-network",
  ],
  ["a key that is not the network's", { credentials: [{ networkKey: new Secret("wrong horse") }] }, "wrong-key"],
])("with %s the device is what it was before, and says why", async (_what, handed, reason) => {
  const { session, link, station } = await pairWith(handed);
  expect(session).toMatchObject({ result: "failed", reason, hint: expect.stringMatching(/\.$/) });
  expect(link.state).toBe("off");
  expect(station.wifi()).toMatchObject({ enabled: false, network: null });
});
