/** The desk, in virtual time: who is served and who is not, whatever the method; and what it tells. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  come,
  createWorld,
  credential,
  deviceOf,
  home,
  key,
  lamp,
  mac,
  meter,
  pin,
  Recorder,
  refusedWith,
} from "../../test/registrar-desk.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { AccessPointEvent } from "../radio/access-point.ts";
import { toHex } from "../wsc/bytes.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { buildPacket, parsePacket } from "../wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../wsc/eap/peer.ts";
import { pinPassword, pushButtonPassword } from "../wsc/pin.ts";
import { drawEnrollee } from "../wsc/session/enrollee.ts";
import type { RegistrarEvent } from "./events.ts";
import { sameForAll } from "./grant.ts";
import { Registrar } from "./registrar.ts";

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
