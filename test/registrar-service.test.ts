/** The registrar service as a whole, on the simulated air: what its pages show at each step of what people do. */
import { beforeEach, describe, expect, test } from "vitest";
import { AirAccessPoint } from "../src/radio/air/access-point.ts";
import type { Network, StationRadio } from "../src/radio/station-radio.ts";
import { registrarDevice } from "../src/registrar/device.ts";
import type { RegistrarChange, RegistrarService } from "../src/registrar/service.ts";
import { buildPacket } from "../src/wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../src/wsc/eap/peer.ts";
import { pushButtonPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { drawEnrollee } from "../src/wsc/session/enrollee.ts";
import { home, homeKey, mac, pin, RegistrarWorld } from "./registrar-world.ts";

const lamp = mac("02:00:00:00:01:01");
const radio = { channel: 6, signal: -60, subnet: 2, dhcp: true };

let world: RegistrarWorld;
let service: RegistrarService;
beforeEach(async () => {
  world = new RegistrarWorld();
  service = await world.start();
});

const status = () => service.status(home);

describe("the status of an instance", () => {
  test("goes from Ready over Adding Enrollee back to Ready, and from None to Success", async () => {
    expect(status()).toMatchObject({
      wpsStatus: "Enabled",
      configurationState: "Configured",
      transactionStatus: "None",
      operationalStatus: "Ready",
      lockdown: { locked: false, failures: 0 },
      window: null,
    });
    expect(await world.until(service.pressButton(home))).toBe("open");
    await world.clock.advance(0);
    expect(status()).toMatchObject({ operationalStatus: "Ready", transactionStatus: "None" });
    expect(status()?.window).toEqual({
      method: "pushButton",
      closesAt: world.clock.now() + 120_000,
      readyAt: null,
    });

    const seen = new Set<string>();
    const stop = new AbortController();
    const watching = (async () => {
      for await (const _ of service.changes({ signal: stop.signal })) seen.add(String(status()?.operationalStatus));
    })();
    expect(await world.enrol(world.station())).toMatchObject({ type: "enrolled" });
    stop.abort();
    await world.until(watching);
    expect(seen).toContain("Adding Enrollee");
    expect(status()).toMatchObject({ operationalStatus: "Ready", transactionStatus: "Success", window: null });
  });

  test("says Timed Out when nobody came, and what stop leaves is what was there before", async () => {
    await world.until(service.pressButton(home));
    await world.clock.advance(120_000);
    expect(status()).toMatchObject({ transactionStatus: "Timed Out", operationalStatus: "Ready", window: null });
    await world.until(service.enterPin(home, pin("12345670")));
    await world.until(service.stop(home));
    expect(status()).toMatchObject({ transactionStatus: "Timed Out", window: null });
  });

  test("says WPS Message Error after a wrong PIN and after an overlap", async () => {
    await world.until(service.enterPin(home, pin("12345670")));
    const wrong = { type: "pin", pin: new Secret("00000000") } as const;
    expect(await world.enrol(world.station(), wrong)).toMatchObject({ failure: { kind: "wrongPin" } });
    expect(status()).toMatchObject({ transactionStatus: "WPS Message Error", operationalStatus: "Ready" });
  });

  test("is Disabled where it is switched off, refuses at once, and begins anew when it is switched on", async () => {
    await world.until(service.pressButton(home));
    await world.clock.advance(120_000);
    await world.until(service.changeInstance(home, { enabled: false }));
    expect(status()).toMatchObject({ wpsStatus: "Disabled", operationalStatus: "Disabled" });
    expect(await world.until(service.pressButton(home))).toBe("disabled");
    service = await world.start();
    expect(status()).toMatchObject({ wpsStatus: "Disabled" });
    await world.until(service.changeInstance(home, { enabled: true }));
    expect(status()).toMatchObject({ operationalStatus: "Ready", transactionStatus: "None" });
    await world.until(service.changeCommon({ enabled: false }));
    expect(status()).toMatchObject({ wpsStatus: "Disabled" });
  });
});

describe("a device that came in", () => {
  test("is in the list with what it says of itself, over a restart, until it is revoked", async () => {
    await world.until(service.pressButton(home));
    await world.enrol(world.station("Lamp"));
    service = await world.start();
    expect(service.devices.get(lamp)).toMatchObject({ deviceName: "Lamp", method: "pushButton", confirmed: true });
    expect(await world.until(service.rename(lamp, "Kitchen"))).toBe(true);
    expect(await world.until(service.revoke(lamp))).toEqual({ type: "revoked" });
    expect(await world.until(service.revoke(lamp))).toEqual({ type: "unknown" });
    expect(service.devices.size).toBe(0);
    expect(service.activity.at(-1)).toMatchObject({ type: "audit", action: "device-revoked", station: lamp });
  });

  test("is in the activity with every message of its run, and no key or PIN", async () => {
    await world.until(service.enterPin(home, pin("12345670")));
    await world.enrol(world.station(), { type: "pin", pin: new Secret("12345670") });
    const run = service.activity.find(({ type }) => type === "enrolment");
    if (run?.type !== "enrolment") throw new Error("no enrolment in the activity");
    expect(run).toMatchObject({ instance: home, method: "pin", outcome: { result: "success", reason: null } });
    expect(run.station).toMatchObject({ macAddress: lamp, deviceName: "Lamp" });
    expect(run.transcript.map(({ message }) => message)).toEqual([
      ...["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"],
    ]);
    const everything = JSON.stringify(service.activity);
    for (const secret of [homeKey, Buffer.from(homeKey).toString("hex"), "12345670"])
      expect(everything).not.toContain(secret);
    service = await world.start();
    expect(service.activity).toContainEqual(run);
  });
});

describe("a device that asks while nothing is open", () => {
  test("waits among the requests, and comes in when a person admits it, and nobody else does", async () => {
    const station = world.station("Lamp");
    const other = world.station("Other");
    const run = world.enrol(station);
    await world.clock.advance(5_000);
    expect(service.requests).toMatchObject([{ macAddress: lamp, method: "pushButton", deviceName: "Lamp" }]);
    expect(await world.until(service.admit(mac("02:00:00:00:01:09"), null))).toBe("unknown");
    expect(await world.until(service.admit(lamp, null))).toBe("open");
    expect(await run).toMatchObject({ type: "enrolled" });
    expect(service.requests).toEqual([]);
    expect(await world.enrol(other)).toMatchObject({ type: "failed" });
    expect(service.devices.size).toBe(1);
  });

  test("is not let in by a window that is for another device", async () => {
    const run = world.enrol(world.station("Lamp"));
    await world.clock.advance(5_000);
    await world.until(service.pressButton(home, mac("02:00:00:00:01:09")));
    expect((await run)?.type).toBe("failed");
    expect(service.devices.size).toBe(0);
  });
});

test("an onlooker is told what to look at again", async () => {
  const told: RegistrarChange["type"][] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const { type } of service.changes({ signal: stop.signal })) told.push(type);
  })();
  await world.until(service.pressButton(home));
  await world.enrol(world.station());
  await world.until(service.changeCommon({ deviceName: "Other" }));
  stop.abort();
  await world.until(watching);
  expect(new Set(told)).toEqual(new Set(["instance", "activity", "devices", "settings"]));
});

describe("what people did is noted:", () => {
  const last = () => service.activity.at(-1);

  test("showing the key, and not where there is none", async () => {
    expect((await world.until(service.revealKey(home)))?.revealText()).toBe(homeKey);
    expect(last()).toMatchObject({ type: "audit", action: "key-shown", instance: home });
    world = new RegistrarWorld({ keys: "per-device" });
    service = await world.start();
    expect(await world.until(service.revealKey(home))).toBeNull();
    expect(service.activity).toEqual([]);
  });

  test("not showing the first key in the file of an access point, which hostapd takes for the network's", async () => {
    world = new RegistrarWorld({ keys: "per-device" });
    service = await world.start();
    const settings = { name: "Attic", ssid: new TextEncoder().encode("Attic"), bssid: mac("02:00:00:00:00:02") };
    const attic = new AirAccessPoint({
      air: world.air,
      desk: service,
      settings: { ...settings, uuid: "22".repeat(16), security: "WPA2", key: new Secret("aa".repeat(32)), ...radio },
    });
    await world.until(service.serve(attic, { write: async () => {} }));
    expect(await world.until(service.revealKey(attic.instance))).toBeNull();
    expect(service.activity).toEqual([]);
  });

  test("another configuration state, and a name for a device", async () => {
    await world.until(service.restart(home, { wps: "unconfigured" }));
    expect(last()).toMatchObject({ action: "radio-restarted", instance: home, detail: "WPS is unconfigured" });
    await world.until(service.restart(home, { wps: "configured" }));
    await world.until(service.pressButton(home));
    await world.enrol(world.station("Lamp"));
    await world.until(service.rename(lamp, "Kitchen"));
    expect(last()).toMatchObject({ action: "device-renamed", station: lamp, detail: "Kitchen" });
  });
});

test("two settings changed at the same time are both changed", async () => {
  await world.until(
    Promise.all([service.changeCommon({ enabled: false }), service.changeCommon({ deviceName: "Attic" })]),
  );
  service = await world.start();
  expect(service.common).toEqual({ enabled: false, deviceName: "Attic" });
});

test("switching off works while the access point is away", async () => {
  await world.until(service.pressButton(home));
  world.accessPoint.powerOff();
  await world.until(service.changeInstance(home, { enabled: false }));
  await world.clock.advance(0);
  expect(status()).toMatchObject({ wpsStatus: "Disabled", window: null });
  world.accessPoint.powerOn();
  await world.clock.advance(0);
  expect(await world.until(world.accessPoint.status())).toMatchObject({ pushButton: "idle" });
});

test("what an earlier run has left on the air is taken off it at the start", async () => {
  await world.until(world.accessPoint.advertise({ method: "pin", authorized: lamp, pin: null }));
  await world.until(world.accessPoint.setDevicePin(new Secret("12345670"), 0));
  const probing = world.station("Lamp");
  const isShown = async () => {
    for (const { wps } of await world.until(probing.scan({ signal: new AbortController().signal })))
      if (wps !== null) return wps.selectedRegistrar;
    return null;
  };
  expect(await isShown()).toBe(true);
  service = await world.start();
  expect(await isShown()).toBe(false);
  expect(await world.until(world.accessPoint.devicePin())).toBeNull();
});

test("devices that are on the network when it starts, or when the access point is back, are seen", async () => {
  await world.until(service.pressButton(home));
  const station = world.station("Lamp");
  await world.enrol(station);
  const network = { ssid: new TextEncoder().encode("Home"), key: new Secret(homeKey), wpa1: false, sae: false };
  await world.until(station.apply({ mode: "station", network }));
  await world.clock.advance(10_000);
  const before = service.devices.get(lamp)?.lastSeenAt;
  await world.clock.advance(60_000);
  service = await world.start();
  await world.clock.advance(0);
  expect(service.devices.get(lamp)?.lastSeenAt).toBe(world.clock.now());
  expect(before).toBeLessThan(world.clock.now());
});

test("a device that asks no more is told to be gone", async () => {
  const stop = new AbortController();
  const counts: number[] = [];
  const watching = (async () => {
    for await (const { type } of service.changes({ signal: stop.signal }))
      if (type === "requests") counts.push(service.requests.length);
  })();
  await world.enrol(world.station("Lamp"));
  await world.clock.advance(121_000);
  stop.abort();
  await world.until(watching);
  expect(counts[0]).toBe(1);
  expect(counts.at(-1)).toBe(0);
});

describe("where each device has a key of its own", () => {
  beforeEach(async () => {
    world = new RegistrarWorld({ keys: "per-device" });
    service = await world.start();
  });

  /** A device enrols by its button and joins with what it was handed. */
  async function comeIn(station: StationRadio): Promise<Network> {
    expect(await world.until(service.pressButton(home))).toBe("open");
    const event = await world.enrol(station);
    if (event?.type !== "enrolled") throw new Error(`not enrolled: ${JSON.stringify(event)}`);
    const [credential] = event.credentials;
    const network = {
      ssid: new TextEncoder().encode("Home"),
      key: credential?.networkKey ?? null,
      wpa1: false,
      sae: false,
    };
    await world.until(station.apply({ mode: "station", network }));
    await world.clock.advance(10_000);
    return network;
  }

  test("two devices are connected with different keys; one is revoked and stays out, the other stays in", async () => {
    const [one, other] = [world.station("Lamp"), world.station("Meter")];
    const keys = [await comeIn(one), await comeIn(other)].map(({ key }) => key?.revealText());
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(keys[0]).not.toBe(keys[1]);
    expect((await one.link()).state).toBe("connected");
    await world.until(service.revoke(lamp));
    await world.clock.advance(60_000);
    expect((await one.link()).state).not.toBe("connected");
    expect((await other.link()).state).toBe("connected");
    expect(JSON.stringify(service.activity)).not.toContain(keys[0]);
  });

  test("a device that enrols again has a new key, and its old one lets it in no more", async () => {
    const station = world.station("Lamp");
    const old = await comeIn(station);
    const next = await comeIn(station);
    expect(next.key?.revealText()).not.toBe(old.key?.revealText());
    expect((await station.link()).state).toBe("connected");
    await world.until(station.apply({ mode: "station", network: old }));
    await world.clock.advance(30_000);
    expect(await station.link()).toMatchObject({ trouble: "wrongKey" });
  });

  test("both come back after a restart of the service", async () => {
    const station = world.station("Lamp");
    await comeIn(station);
    service = await world.start();
    await world.until(world.accessPoint.deauthenticate(lamp));
    await world.clock.advance(15_000);
    expect((await station.link()).state).toBe("connected");
    expect(service.devices.get(lamp)?.lastSeenAt).toBeGreaterThan(0);
  });

  test("whoever says in M1 that it is another device is refused, and that device keeps its key", async () => {
    await comeIn(world.station("Lamp"));
    const before = service.keys(lamp, home).map((key) => key.revealText());
    await world.until(service.pressButton(home));
    const conversation = service.open(mac("02:00:00:00:09:09"), home);
    const device = { ...registrarDevice("Lamp", lamp), configMethods: 0x0280 };
    let peer = openPeer({ device, password: pushButtonPassword }, drawEnrollee(world.random));
    let request = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
    for (;;) {
      const step = stepPeer(peer, request);
      peer = step.state;
      if (step.reply === null) break;
      request = await world.until(conversation.respond(step.reply));
    }
    expect(peer.outcome).toMatchObject({ type: "failed" });
    await world.clock.advance(0);
    expect(service.keys(lamp, home).map((key) => key.revealText())).toEqual(before);
    expect(service.activity.at(-1)).toMatchObject({ type: "enrolment", outcome: { reason: "foreign-address" } });
  });
});
