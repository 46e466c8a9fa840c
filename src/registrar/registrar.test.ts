/** The desk in virtual time: devices are our own Enrollee behind EAP, the access point is a recorder. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { AccessPointEvent, AdvertisedWindow, Shown } from "../radio/access-point.ts";
import { Outlet } from "../stream/queue.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import { fromHex, toHex } from "../wsc/bytes.ts";
import { systemRandom, uuidFromMac } from "../wsc/crypto.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import { buildPacket, parsePacket } from "../wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../wsc/eap/peer.ts";
import type { MessageType } from "../wsc/messages.ts";
import { type Pin, parsePin, pinPassword, pushButtonPassword } from "../wsc/pin.ts";
import { Secret } from "../wsc/secret.ts";
import { drawEnrollee } from "../wsc/session/enrollee.ts";
import type { DevicePassword } from "../wsc/session/session.ts";
import type { RegistrarEvent } from "./events.ts";
import { type SharedCredential, sameForAll } from "./grant.ts";
import { Registrar, type ServedAccessPoint } from "./registrar.ts";

const mac = (text: string): MacAddress => {
  const parsed = parseMacAddress(text);
  if (parsed === null) throw new Error(`no MAC address: ${text}`);
  return parsed;
};
const pin = (text: string): Pin => {
  const parsed = parsePin(text);
  if (!parsed.ok) throw new Error(`no PIN: ${text}`);
  return parsed.value;
};

const home = mac("02:00:00:00:00:01");
const lamp = mac("02:00:00:00:01:01");
const meter = mac("02:00:00:00:01:02");
const key = "correct horse battery";

const credential: SharedCredential = {
  ssid: new TextEncoder().encode("Home"),
  key: new Secret(key),
  authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
  encryptionType: ENCRYPTION_TYPE.aes,
};

function deviceOf(macAddress: MacAddress, deviceName: string): DeviceInfo {
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "Example",
    modelName: "Example",
    modelNumber: "1",
    serialNumber: "1",
    deviceName,
    primaryDeviceType: fromHex("00010050f2040001"),
    configMethods: CONFIG_METHOD.virtualPushButton | CONFIG_METHOD.keypad,
    rfBands: 1,
    osVersion: 0,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.aes,
  };
}

/** An access point that notes what it was told to show. */
class Recorder implements ServedAccessPoint {
  readonly instance: MacAddress;
  readonly ssid = new TextEncoder().encode("Home");
  readonly shown: (AdvertisedWindow | null)[] = [];
  readonly outlet = new Outlet<AccessPointEvent>(100);
  broken = false;

  constructor(instance = home) {
    this.instance = instance;
  }

  async advertise(window: AdvertisedWindow | null): Promise<Shown> {
    if (this.broken) throw new Error("The access point does not answer.");
    this.shown.push(window);
    return { type: "shown" };
  }

  events(options: { readonly signal: AbortSignal }): AsyncIterable<AccessPointEvent> {
    return this.outlet.listen(options.signal);
  }
}

/** A registrar with one access point, and all it tells. */
function createWorld() {
  const clock = new VirtualClock();
  const registrar = new Registrar({ device: () => deviceOf(home, "Home AP"), clock, random: systemRandom });
  const accessPoint = new Recorder();
  registrar.serve(accessPoint, { grants: sameForAll(home, credential) });
  const events: RegistrarEvent[] = [];
  const listen = async () => {
    for await (const event of registrar.events({ signal: new AbortController().signal })) events.push(event);
  };
  void listen();
  /** The story so far, without the messages and the ends of runs, of which each run has one. */
  const story = async () => {
    await clock.advance(0);
    return events
      .filter(({ type }) => type !== "message" && type !== "runEnded")
      .map((event) => ("reason" in event ? `${event.type}: ${event.reason}` : event.type));
  };
  return { clock, registrar, accessPoint, events, story };
}

interface ComeOptions {
  readonly password?: DevicePassword;
  /** Another UUID or address than its own in M1. */
  readonly claims?: Partial<Pick<DeviceInfo, "uuid" | "macAddress">>;
  readonly instance?: MacAddress;
}

/** A device that has come to the desk: its EAP run, packet by packet. */
function come(registrar: Registrar, address: MacAddress, options: ComeOptions = {}) {
  const device = { ...deviceOf(address, "Device"), ...options.claims };
  const { password = pushButtonPassword, instance = home } = options;
  const conversation = registrar.open(address, instance);
  let peer = openPeer({ device, password }, drawEnrollee(systemRandom));
  let request = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
  const sent: MessageType[] = [];

  /** One request answered and the next one fetched; false at the end. */
  const round = async () => {
    const step = stepPeer(peer, request);
    peer = step.state;
    for (const event of step.events)
      if (event.type === "message" && event.direction === "out") sent.push(event.message);
    if (step.reply === null) return false;
    request = await conversation.respond(step.reply);
    return true;
  };
  return {
    conversation,
    /** Goes on until it has sent this message and the desk has answered. */
    async until(message: MessageType) {
      while (!sent.includes(message)) if (!(await round())) throw new Error(`expected to send ${message}`);
    },
    /** Goes on to the end of the run, and gives its outcome. */
    async finish() {
      while (await round());
      return peer.outcome;
    },
  };
}

const refusedWith = (configError: number) => ({ type: "failed", error: { kind: "turnedAway", configError } });
const cutOffWith = (configError: number) => ({ type: "failed", error: { kind: "refused", configError } });

test("M8 does not go out before it is noted, however often M7 comes meanwhile", async () => {
  const clock = new VirtualClock();
  const registrar = new Registrar({ device: () => deviceOf(home, "Home AP"), clock, random: systemRandom });
  let note = () => {};
  const noted = new Promise<void>((resolve) => {
    note = resolve;
  });
  const grants = sameForAll(home, credential);
  registrar.serve(new Recorder(), { grants: async (guest) => ({ ...(await grants(guest)), handOut: () => noted }) });
  await registrar.pressButton(home);
  const conversation = registrar.open(lamp, home);
  let peer = openPeer({ device: deviceOf(lamp, "Device"), password: pushButtonPassword }, drawEnrollee(systemRandom));
  let request = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
  let m7: Uint8Array | null = null;
  while (m7 === null) {
    const step = stepPeer(peer, request);
    peer = step.state;
    if (step.reply === null) throw new Error("expected to come to M7");
    if (step.events.some((event) => event.type === "message" && event.message === "M7")) m7 = step.reply;
    else request = await conversation.respond(step.reply);
  }
  const answers: Uint8Array[] = [];
  for (const packet of [m7, m7, null]) void conversation.respond(packet).then((answer) => answers.push(answer));
  await clock.advance(1_000);
  expect(answers).toEqual([]);
  note();
  await clock.advance(0);
  expect(answers).toHaveLength(3);
  expect(new Set(answers.map(toHex)).size).toBe(1);
});

describe("whoever waits until nobody is being let in", () => {
  /** Whether it has waited for long enough by now. */
  const waiter = (waiting: Promise<void>) => {
    const state = { isOver: false };
    void waiting.then(() => {
      state.isOver = true;
    });
    return state;
  };

  test("waits for nothing where nobody is, and for whoever was until it is on the network", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    await registrar.pressButton(home);
    await registrar.whenIdle(home, 5_000);
    const device = come(registrar, lamp);
    await device.until("M3");
    const waiting = waiter(registrar.whenIdle(home, 5_000));
    await clock.advance(1_000);
    expect(waiting.isOver).toBe(false);
    await device.finish();
    await clock.advance(3_000);
    expect(waiting.isOver).toBe(false);
    accessPoint.outlet.tell({ type: "stationConnected", macAddress: lamp, keyId: null });
    await clock.advance(0);
    expect(waiting.isOver).toBe(true);
  });

  test("waits for no longer than it said", async () => {
    const { clock, registrar } = createWorld();
    await registrar.pressButton(home);
    await come(registrar, lamp).until("M3");
    const waiting = waiter(registrar.whenIdle(home, 5_000));
    await clock.advance(4_999);
    expect(waiting.isOver).toBe(false);
    await clock.advance(1);
    expect(waiting.isOver).toBe(true);
  });
});

describe("an access point whose own Registrar lets devices in", () => {
  function createOwnWorld() {
    const clock = new VirtualClock();
    const registrar = new Registrar({ device: () => deviceOf(home, "Home AP"), clock, random: systemRandom });
    const accessPoint = new Recorder();
    registrar.serve(accessPoint, { grants: sameForAll(home, credential), answersItself: () => true });
    const events: RegistrarEvent[] = [];
    const listen = async () => {
      for await (const event of registrar.events({ signal: new AbortController().signal })) events.push(event);
    };
    void listen();
    const hear = async (event: AccessPointEvent) => {
      accessPoint.outlet.tell(event);
      await clock.advance(0);
    };
    return { clock, registrar, accessPoint, events, hear };
  }
  const uuid = "11".repeat(16);

  test("is told the PIN, for it alone can check it, and tells who came in", async () => {
    const { clock, registrar, accessPoint, events, hear } = createOwnWorld();
    await registrar.enterPin(home, pin("12345670"), lamp);
    const [shown] = accessPoint.shown;
    expect(shown).toMatchObject({ method: "pin", authorized: lamp });
    expect(shown?.method === "pin" && shown.pin?.revealText()).toBe("12345670");
    await hear({ type: "runBegan", macAddress: lamp });
    await hear({ type: "enrolled", macAddress: lamp, uuid });
    expect(events.slice(-3)).toMatchObject([
      { type: "startedThere", station: lamp },
      { type: "enrolledThere", station: lamp, uuid, method: "pin" },
      { type: "windowClosed", method: "pin", reason: "enrolled" },
    ]);
    await clock.advance(1_000);
    expect(accessPoint.shown.at(-1)).toBeNull();
  });

  test("tells of failures, overlaps and the end of its time; a failure alone closes no window", async () => {
    const { registrar, events, hear } = createOwnWorld();
    await registrar.pressButton(home);
    await hear({ type: "enrolmentFailed", message: 11, configError: 18 });
    expect(events.at(-1)).toMatchObject({ type: "failedThere", configError: 18 });
    expect(registrar.isOpen(home)).toBe(true);
    await hear({ type: "overlap" });
    expect(events.at(-1)).toMatchObject({ type: "overlap" });
    await hear({ type: "windowEnded", reason: "timeout" });
    expect(events.at(-1)).toMatchObject({ type: "windowClosed", method: "pushButton", reason: "timeout" });
  });
});

test("an access point with a Registrar behind it is not told the PIN, nor listened to about runs", async () => {
  const { registrar, accessPoint, story } = createWorld();
  await registrar.enterPin(home, pin("12345670"));
  expect(accessPoint.shown).toEqual([{ method: "pin", authorized: null, pin: null }]);
  accessPoint.outlet.tell({ type: "enrolled", macAddress: lamp, uuid: "11".repeat(16) });
  accessPoint.outlet.tell({ type: "overlap" });
  expect(await story()).toEqual(["windowOpened"]);
});

describe("at a push of the button", () => {
  test("one device gets the credential, made out to it, and the window closes", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    expect(await registrar.pressButton(home)).toBe("open");
    const outcome = await come(registrar, lamp).finish();
    if (outcome?.type !== "paired") throw new Error(`expected paired, got ${JSON.stringify(outcome)}`);
    expect(outcome.credentials).toHaveLength(1);
    expect(outcome.credentials[0]).toMatchObject({ ssid: accessPoint.ssid, macAddress: lamp });
    expect(outcome.credentials[0]?.networkKey.revealText()).toBe(key);
    expect(await story()).toEqual(["windowOpened", "enrolmentStarted", "enrolmentSucceeded", "windowClosed: enrolled"]);
    // Hiding it earlier could cost the device the run's last packet.
    expect(accessPoint.shown).toEqual([{ method: "pushButton" }]);
    await clock.advance(200);
    expect(accessPoint.shown).toEqual([{ method: "pushButton" }, null]);
  });

  test("a second device finds the window closed", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    await come(registrar, lamp).finish();
    expect(await come(registrar, meter).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("refused: noWindow");
  });

  test("the access point's own button does as well", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    accessPoint.outlet.tell({ type: "buttonPressed" });
    await clock.advance(0);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test("a device may come until the end of the walk time, and no longer", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    await registrar.pressButton(home);
    await clock.advance(119_999);
    const early = come(registrar, lamp);
    await early.until("M1");
    early.conversation.close();
    expect(await story()).toContain("enrolmentStarted");
    await clock.advance(1);
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: timeout");
    expect(accessPoint.shown.at(-1)).toBeNull();
  });

  test("a new press restarts the walk time", async () => {
    const { clock, registrar } = createWorld();
    await registrar.pressButton(home);
    await clock.advance(100_000);
    await registrar.pressButton(home);
    await clock.advance(100_000);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test.each([
    "M1",
    "M3",
    "M5",
  ] as const)("a run that is as far as %s when the window closes gets nothing", async (message) => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const run = come(registrar, lamp);
    await run.until(message);
    await registrar.stop(home);
    expect(await run.finish()).toMatchObject(cutOffWith(0));
    expect(await story()).toEqual(["windowOpened", "enrolmentStarted", "windowClosed: stopped", "enrolmentFailed"]);
  });

  test("a run whose window was closed does not spoil the next one", async () => {
    const { registrar } = createWorld();
    await registrar.pressButton(home);
    const old = come(registrar, lamp);
    await old.until("M3");
    await registrar.stop(home);
    await registrar.pressButton(home);
    expect(await old.finish()).toMatchObject(cutOffWith(0));
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test("whoever has M8 is the window's one device, also when its Done gets lost", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const run = come(registrar, lamp);
    await run.until("M7");
    run.conversation.close();
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: credentialGiven");
  });

  test("a device that goes away makes room for its next try", async () => {
    const { registrar } = createWorld();
    await registrar.pressButton(home);
    const run = come(registrar, lamp);
    await run.until("M5");
    run.conversation.close();
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test("a device that falls silent is asked three times, and then given up", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const { conversation, until } = come(registrar, lamp);
    await until("M3");
    const again = await conversation.respond(null);
    expect(parsePacket(again)).toMatchObject({ code: "request", type: "wsc" });
    expect(await conversation.respond(null)).toEqual(again);
    expect(parsePacket(await conversation.respond(null))?.type).toBe("failure");
    expect(await story()).toEqual(["windowOpened", "enrolmentStarted", "enrolmentFailed"]);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });
});

describe("overlap", () => {
  const seen = (macAddress: MacAddress, devicePasswordId = 4): AccessPointEvent => {
    const uuid = toHex(uuidFromMac(macAddress));
    return { type: "enrolleeSeen", macAddress, uuid, devicePasswordId, deviceName: null };
  };

  test("two devices in push-button mode keep the window shut for the monitor time", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    accessPoint.outlet.tell(seen(lamp));
    accessPoint.outlet.tell(seen(meter));
    await clock.advance(0);
    expect(await registrar.pressButton(home)).toBe("overlap");
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toEqual(["overlap", "refused: noWindow"]);
    await clock.advance(120_000);
    expect(await registrar.pressButton(home)).toBe("open");
  });

  test("a device that waits for a PIN is none too many", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    accessPoint.outlet.tell(seen(lamp));
    accessPoint.outlet.tell(seen(meter, 0));
    await clock.advance(0);
    expect(await registrar.pressButton(home)).toBe("open");
  });

  test("a second device that asks spoils it for both, before a credential is out", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const first = come(registrar, lamp);
    await first.until("M3");
    expect(await come(registrar, meter).finish()).toMatchObject(refusedWith(12));
    expect(await first.finish()).toMatchObject(cutOffWith(12));
    expect(await story()).toEqual([
      "windowOpened",
      "enrolmentStarted",
      "overlap",
      "refused: overlap",
      "enrolmentFailed",
    ]);
  });

  test("a second device that is only seen does so too", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    await registrar.pressButton(home);
    const first = come(registrar, lamp);
    await first.until("M5");
    accessPoint.outlet.tell(seen(meter));
    await clock.advance(0);
    expect(await first.finish()).toMatchObject(cutOffWith(12));
  });

  test("the second radio of the same device is no second device, but has to wait", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const first = come(registrar, lamp);
    await first.until("M3");
    const second = come(registrar, meter, { claims: { uuid: uuidFromMac(lamp) } });
    expect(await second.finish()).toMatchObject(refusedWith(0));
    expect(await first.finish()).toMatchObject({ type: "paired" });
    expect(await story()).toContain("refused: busy");
  });

  test("a device that has enrolled does not overlap with the next one", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    accessPoint.outlet.tell(seen(lamp));
    await registrar.pressButton(home);
    await come(registrar, lamp).finish();
    accessPoint.outlet.tell(seen(lamp));
    await clock.advance(0);
    expect(await registrar.pressButton(home)).toBe("open");
    expect(await come(registrar, meter).finish()).toMatchObject({ type: "paired" });
  });
});

describe("with a PIN", () => {
  const right = "12345670";
  const wrongFirstHalf = { password: pinPassword(pin("99995676")) };
  const wrongSecondHalf = { password: pinPassword(pin("12340002")) };
  const knows = { password: pinPassword(pin(right)) };

  test("the device that knows it gets the credential, once", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp, knows).finish()).toMatchObject({ type: "paired" });
    expect(await come(registrar, meter, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toEqual([
      "windowOpened",
      "enrolmentStarted",
      "enrolmentSucceeded",
      "windowClosed: enrolled",
      "refused: noWindow",
    ]);
    await clock.advance(200);
    expect(accessPoint.shown).toEqual([{ method: "pin", authorized: null, pin: null }, null]);
  });

  test("a wrong first half leaves one more try, and a second one none", async () => {
    const { registrar, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp, wrongFirstHalf).finish()).toMatchObject({ error: { half: 1 } });
    expect(await come(registrar, lamp, wrongFirstHalf).finish()).toMatchObject({ error: { half: 1 } });
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: pinSpent");
  });

  test("the try that a wrong first half leaves is a good one", async () => {
    const { registrar } = createWorld();
    await registrar.enterPin(home, pin(right));
    await come(registrar, lamp, wrongFirstHalf).finish();
    expect(await come(registrar, lamp, knows).finish()).toMatchObject({ type: "paired" });
  });

  test("a wrong second half costs the PIN, because it may be known by then", async () => {
    const { registrar, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp, wrongSecondHalf).finish()).toMatchObject({ error: { half: 2 } });
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: pinExposed");
  });

  test("it serves one run at a time", async () => {
    const { registrar } = createWorld();
    await registrar.enterPin(home, pin(right));
    const first = come(registrar, lamp, knows);
    await first.until("M3");
    expect(await come(registrar, meter, knows).finish()).toMatchObject(refusedWith(0));
    expect(await first.finish()).toMatchObject({ type: "paired" });
  });

  test("it ends with its window", async () => {
    const { clock, registrar } = createWorld();
    await registrar.enterPin(home, pin(right));
    await clock.advance(120_000);
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
  });

  test("it does not let in whoever pushes a button, nor does the button let in whoever has a PIN", async () => {
    const { registrar, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    await registrar.pressButton(home);
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toEqual([
      "windowOpened",
      "refused: noWindow",
      "windowClosed: stopped",
      "windowOpened",
      "refused: noWindow",
    ]);
  });
});

describe("the desk", () => {
  test("refuses a device that claims another's address", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const outcome = await come(registrar, meter, { claims: { macAddress: lamp } }).finish();
    expect(outcome).toMatchObject(refusedWith(13));
    expect(await story()).toContain("refused: foreignAddress");
  });

  test("refuses whoever comes through an access point that nobody opened", async () => {
    const { registrar } = createWorld();
    await registrar.pressButton(home);
    const elsewhere = { instance: mac("02:00:00:00:00:99") };
    expect(await come(registrar, lamp, elsewhere).finish()).toMatchObject(refusedWith(0));
  });

  test("has no window that the access point does not show", async () => {
    const { registrar, accessPoint } = createWorld();
    accessPoint.broken = true;
    await expect(registrar.pressButton(home)).rejects.toThrow("The access point does not answer.");
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
  });

  test("pressed together with another radio of its box lets in one device at either of them, not one at each", async () => {
    const { clock, registrar } = createWorld();
    const other = new Recorder(mac("02:00:00:00:00:02"));
    registrar.serve(other, { grants: sameForAll(other.instance, credential) });
    expect(await registrar.pressTogether([home, other.instance])).toBe("open");
    const first = come(registrar, lamp);
    await first.until("M3");
    expect(await come(registrar, meter, { instance: other.instance }).finish()).toMatchObject(refusedWith(0));
    await registrar.stop(home);
    await registrar.stop(other.instance);
    await clock.advance(121_000);
    await registrar.pressTogether([home, other.instance]);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
    await clock.advance(200);
    expect(registrar.isOpen(other.instance)).toBe(false);
    expect(other.shown.at(-1)).toBeNull();
  });

  test("opened for one device refuses every other one", async () => {
    const { clock, registrar } = createWorld();
    await registrar.pressButton(home, lamp);
    expect(await come(registrar, meter).finish()).toMatchObject(refusedWith(0));
    await clock.advance(121_000);
    await registrar.pressButton(home, lamp);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
    const knows = { password: pinPassword(pin("12345670")) };
    await registrar.enterPin(home, pin("12345670"), meter);
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
    expect(await come(registrar, meter, knows).finish()).toMatchObject({ type: "paired" });
  });

  test("takes no credential that no device could read", () => {
    const credential = { ssid: new Uint8Array(33), key: null, authenticationType: 1, encryptionType: 1 };
    expect(() => sameForAll(home, credential)).toThrow(RangeError);
  });

  test("tells of every message, and of no key and no PIN", async () => {
    const { clock, registrar, events } = createWorld();
    await registrar.enterPin(home, pin("12345670"));
    await come(registrar, lamp, { password: pinPassword(pin("12345670")) }).finish();
    await clock.advance(0);
    const messages = events.flatMap((event) => (event.type === "message" ? [event.message] : []));
    expect(messages).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
    expect(JSON.stringify(events)).not.toContain(key);
    expect(JSON.stringify(events)).not.toContain("12345670");
  });

  test("closes with no window left on the air that was to be hidden in a moment", async () => {
    const { registrar, accessPoint } = createWorld();
    await registrar.pressButton(home);
    await come(registrar, lamp).finish();
    await registrar.close();
    expect(accessPoint.shown).toEqual([{ method: "pushButton" }, null]);
  });

  test("closes with no window left open", async () => {
    const { registrar, accessPoint } = createWorld();
    await registrar.pressButton(home);
    await registrar.close();
    expect(accessPoint.shown).toEqual([{ method: "pushButton" }, null]);
  });

  test("answers any bytes at any step by an EAP packet", async () => {
    const step = fc.constantFrom(...(["M1", "M3", "M5", "M7"] as const));
    await fc.assert(
      fc.asyncProperty(step, fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }), async (message, packets) => {
        const { registrar } = createWorld();
        await registrar.pressButton(home);
        const { conversation, until } = come(registrar, lamp);
        await until(message);
        for (const packet of packets) expect(parsePacket(await conversation.respond(packet))).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});
