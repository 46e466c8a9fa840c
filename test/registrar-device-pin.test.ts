/** Stations that come to the registrar service as external Registrars, with the device PIN or guessing at it. */
import { beforeEach, describe, expect, test } from "vitest";
import { registrarDevice } from "../src/registrar/device.ts";
import type { RegistrarService } from "../src/registrar/service.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../src/wsc/attributes.ts";
import { buildPacket } from "../src/wsc/eap/packet.ts";
import { openRegistrarPeer, type RegistrarPeerOutcome, stepRegistrarPeer } from "../src/wsc/eap/registrar-peer.ts";
import { type Pin, pinPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import type { ExternalRegistrarConfig } from "../src/wsc/session/external-registrar.ts";
import { drawRegistrar } from "../src/wsc/session/registrar.ts";
import { home, homeKey, mac, pin, RegistrarWorld } from "./registrar-world.ts";

const laptop = mac("02:00:00:00:02:01");
const minute = 60_000;

let world: RegistrarWorld;
let service: RegistrarService;
beforeEach(async () => {
  world = new RegistrarWorld();
  service = await world.start();
});

const learn = { type: "learn" } as const;
const configure = {
  type: "configure",
  settings: {
    ssid: new TextEncoder().encode("Other"),
    authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
    encryptionType: ENCRYPTION_TYPE.aes,
    networkKey: new Secret("another passphrase"),
  },
} as const;

/** A station comes as a Registrar with this PIN; gives how it went. */
async function come(tried: Pin, task: ExternalRegistrarConfig["task"] = learn): Promise<RegistrarPeerOutcome | null> {
  const conversation = service.open(laptop, home);
  const device = registrarDevice("Laptop", laptop);
  let peer = openRegistrarPeer({ device, password: pinPassword(tried), task }, drawRegistrar(world.random));
  let request = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
  for (let reply = peer.outcome === null ? request : null; reply !== null; ) {
    const step = stepRegistrarPeer(peer, request);
    peer = step.state;
    reply = step.reply;
    if (reply !== null) request = await world.until(conversation.respond(reply));
  }
  await world.clock.advance(1_000);
  return peer.outcome;
}

const lockedOut = { type: "failed", error: { kind: "refused", configError: 15 } };
const wrongPin = { type: "failed", error: { kind: "refused", configError: 18 } };

describe("the device PIN", () => {
  test("is off by default: whoever comes is told that setup is locked", async () => {
    expect(await come(pin("12345670"))).toMatchObject(lockedOut);
    expect(service.lock.failures).toBe(0);
  });

  test("lets an external Registrar read the settings, and not change what somebody has configured", async () => {
    const made = await service.generateDevicePin();
    const learned = await come(made);
    expect(learned).toMatchObject({ type: "learned" });
    expect(learned?.type === "learned" && learned.settings.networkKey.revealText()).toBe(homeKey);
    expect(service.activity.at(-1)).toMatchObject({
      type: "configuration",
      station: { macAddress: laptop, deviceName: "Laptop" },
      outcome: { result: "success" },
    });
    expect(await come(made, configure)).toMatchObject(lockedOut);
    expect((await world.accessPoint.sharedKey())?.revealText()).toBe(homeKey);
  });

  test("lets it configure an access point that nobody has configured, which shows at each step", async () => {
    await world.until(world.accessPoint.restart({ wps: "unconfigured" }));
    expect(service.status(home)?.configurationState).toBe("Unconfigured");
    const seen = new Set<string>();
    const stop = new AbortController();
    const watching = (async () => {
      for await (const _ of service.changes({ signal: stop.signal }))
        seen.add(String(service.status(home)?.operationalStatus));
    })();
    expect(await come(await service.generateDevicePin(), configure)).toMatchObject({ type: "configured" });
    stop.abort();
    await world.until(watching);
    expect(seen).toContain("Configuring");
    expect(service.status(home)).toMatchObject({ configurationState: "Configured", transactionStatus: "Success" });
    expect(new TextDecoder().decode(world.accessPoint.facts.ssid)).toBe("Other");
    expect((await world.accessPoint.sharedKey())?.revealText()).toBe("another passphrase");
    expect(JSON.stringify(service.activity)).not.toContain("another passphrase");
  });

  test("is over after its time", async () => {
    const made = await service.generateDevicePin();
    await world.clock.advance(5 * minute);
    expect(await come(made)).toMatchObject(lockedOut);
  });

  test("is of no use where each device has a key of its own", async () => {
    world = new RegistrarWorld({ keys: "per-device" });
    service = await world.start();
    expect(await come(await service.generateDevicePin())).toMatchObject(lockedOut);
  });

  test("is of no use while WPS is switched off", async () => {
    const made = await service.generateDevicePin();
    await world.until(service.changeInstance(home, { enabled: false }));
    expect((await come(made))?.type).toBe("failed");
    expect(service.activity.filter(({ type }) => type === "configuration")).toEqual([]);
  });
});

describe("whoever guesses at the device PIN", () => {
  /** Of four digits each, so that none is the one that was made up. */
  const guesses = ["0000", "1111", "2222", "3333"].map(pin);
  const guess = (i: number) => come(guesses[i % guesses.length] as Pin);

  test("is locked out at the third wrong one for a minute, and told so", async () => {
    await service.generateDevicePin();
    for (let i = 0; i < 3; i++) expect(await guess(i)).toMatchObject(wrongPin);
    expect(service.status(home)?.lockdown).toMatchObject({ locked: true, failures: 3 });
    expect(await guess(3)).toMatchObject(lockedOut);
    expect(service.lock.failures).toBe(3);
    await world.clock.advance(minute);
    expect(service.lock.locked).toBe(false);
  });

  test("is still locked out after a restart, and after ten in a row until a person unlocks; the audit tells", async () => {
    await service.generateDevicePin(null);
    for (let i = 0; i < 10; i++) {
      expect(await guess(i)).toMatchObject(wrongPin);
      await world.clock.advance(64 * minute);
    }
    expect(service.lock).toMatchObject({ locked: true, until: null, failures: 10 });
    service = await world.start();
    await world.clock.advance(7 * 24 * 60 * minute);
    expect(service.lock.locked).toBe(true);
    await world.until(service.unlock());
    expect(service.lock.locked).toBe(false);
    const audit = service.activity.flatMap((entry) => (entry.type === "audit" ? [entry.action] : []));
    expect(audit.filter((action) => action === "setup-locked")).toHaveLength(8);
    expect(audit.at(-1)).toBe("setup-unlocked");
    expect(service.activity.filter(({ type }) => type === "configuration")).toHaveLength(10);
  });

  test("does not keep stations from enrolling", async () => {
    await service.generateDevicePin();
    for (let i = 0; i < 3; i++) await guess(i);
    await world.until(service.pressButton(home));
    expect(await world.enrol(world.station())).toMatchObject({ type: "enrolled" });
  });
});
