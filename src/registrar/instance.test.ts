/**
 * Windows that an access point cannot show yet, and who would be disturbed at it, in virtual time. What windows let in is
 * in registrar-button.test.ts and registrar-pin.test.ts.
 */
import { expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { AdvertisedWindow, Shown } from "../radio/access-point.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { generatePin } from "../wsc/pin.ts";
import type { EnrolleeIdentity } from "../wsc/session/registrar.ts";
import type { WindowEvent } from "./events.ts";
import { Instance } from "./instance.ts";

/** With its button pressed; what windows do not look at is left out. */
const lamp = {
  uuid: new Uint8Array(16).fill(1),
  macAddress: "02:00:00:00:01:01",
  devicePasswordId: 4,
} as EnrolleeIdentity;

/** An access point that remembers a second device with its button pressed, for so long. */
function createWorld({ staleForMs, stepMs = staleForMs }: { readonly staleForMs: number; readonly stepMs?: number }) {
  const clock = new VirtualClock();
  const freeAt = clock.now() + staleForMs;
  const asked: (AdvertisedWindow | null)[] = [];
  const told: WindowEvent[] = [];
  const accessPoint = {
    isGone: false,
    async advertise(window: AdvertisedWindow | null): Promise<Shown> {
      if (accessPoint.isGone) throw new Error("The access point does not answer.");
      asked.push(window);
      const readyInMs = window?.method === "pushButton" ? Math.min(freeAt - clock.now(), stepMs) : 0;
      return readyInMs > 0 ? { type: "pending", readyInMs } : { type: "shown" };
    },
  };
  const instance = new Instance({ accessPoint, clock, tell: (event) => told.push(event) });
  const waits = () => told.flatMap((event) => (event.type === "windowPending" ? [event.readyAt] : []));
  return { clock, freeAt, asked, told, waits, instance, accessPoint };
}

test("a window that the access point cannot show yet waits, and is told to be there once it is shown", async () => {
  const { clock, freeAt, waits, asked, instance } = createWorld({ staleForMs: 50_000 });
  expect(await instance.press()).toBe("open");
  expect(waits()).toEqual([freeAt]);
  await clock.advance(50_000);
  expect(waits()).toEqual([freeAt, null]);
  expect(asked).toEqual([{ method: "pushButton" }, { method: "pushButton" }]);
});

test("a window that is shown at once says nothing of waiting", async () => {
  const { clock, told, instance } = createWorld({ staleForMs: 0 });
  await instance.press();
  await clock.advance(120_000);
  expect(told.map(({ type }) => type)).toEqual(["windowOpened", "windowClosed"]);
});

test("a window that is closed while it waits is shown no more, and nothing more is told of it", async () => {
  const { clock, freeAt, waits, asked, instance } = createWorld({ staleForMs: 50_000 });
  await instance.press();
  await instance.stop();
  await clock.advance(60_000);
  expect(waits()).toEqual([freeAt]);
  expect(asked).toEqual([{ method: "pushButton" }, null]);
});

test("the two minutes of a window that waits begin when it is shown", async () => {
  const { clock, told, instance } = createWorld({ staleForMs: 50_000 });
  await instance.press();
  const closes = told
    .filter(({ type }) => type === "windowPending")
    .map((event) => "closesAt" in event && event.closesAt);
  expect(closes).toEqual([clock.now() + 170_000]);
  await clock.advance(169_999);
  expect(instance.isOpen).toBe(true);
  await clock.advance(1);
  expect(told.at(-1)).toEqual({ type: "windowClosed", method: "pushButton", reason: "timeout" });
});

test("an access point that keeps putting it off keeps no window open for longer than two minutes and two more", async () => {
  const { clock, told, instance } = createWorld({ staleForMs: 3_600_000, stepMs: 5_000 });
  await instance.press();
  await clock.advance(239_999);
  expect(instance.isOpen).toBe(true);
  await clock.advance(1);
  expect(told.at(-1)).toEqual({ type: "windowClosed", method: "pushButton", reason: "timeout" });
});

test("a window whose time is over at the access point first has timed out, and was not stopped", async () => {
  for (const open of ["press", "enterPin"] as const) {
    const { told, instance } = createWorld({ staleForMs: 0 });
    await (open === "press" ? instance.press() : instance.enterPin(generatePin(systemRandom)));
    instance.hidden("timeout");
    expect(told.at(-1)).toMatchObject({ type: "windowClosed", reason: "timeout" });
  }
});

test("a window that could not be hidden is hidden when the access point is back, and nothing else is", async () => {
  const { asked, instance, accessPoint } = createWorld({ staleForMs: 0 });
  await instance.press();
  accessPoint.isGone = true;
  await expect(instance.stop()).rejects.toThrow();
  accessPoint.isGone = false;
  instance.showAgain();
  await instance.stop();
  expect(asked).toEqual([{ method: "pushButton" }, null]);
  instance.showAgain();
  await instance.stop();
  expect(asked).toHaveLength(2);
});

test("a window for a PIN does not wait for what the one before it waited for", async () => {
  const { clock, freeAt, waits, instance } = createWorld({ staleForMs: 50_000 });
  await instance.press();
  await instance.enterPin(generatePin(systemRandom));
  expect(waits()).toEqual([freeAt, null]);
  await clock.advance(60_000);
  expect(waits()).toEqual([freeAt, null]);
});

test("of two changes at once only the last one tells whether it waits", async () => {
  const { waits, instance } = createWorld({ staleForMs: 50_000 });
  await Promise.all([instance.press(), instance.enterPin(generatePin(systemRandom))]);
  expect(waits()).toEqual([]);
});

/** Whether somebody who waits for a quiet moment has gone on. */
function waiter(instance: Instance, withinMs = 60_000) {
  const state = { isIdle: false };
  void instance.whenIdle(withinMs).then(() => {
    state.isIdle = true;
  });
  return state;
}

test("whoever waits for a quiet moment goes on when the device that was let in is on the network", async () => {
  const { clock, instance } = createWorld({ staleForMs: 0 });
  await instance.press();
  const run = { refuse: () => {} };
  expect(instance.ask(lamp, run).type).toBe("admit");
  const state = waiter(instance);
  await clock.advance(10_000);
  expect(state.isIdle).toBe(false);
  instance.ended(run, "enrolled");
  instance.connected("02:00:00:00:01:02" as typeof lamp.macAddress);
  await clock.advance(1_000);
  expect(state.isIdle).toBe(false);
  instance.connected(lamp.macAddress);
  await clock.advance(0);
  expect(state.isIdle).toBe(true);
});

test.each([
  // The last packet is on its way.
  ["failed", 200],
  ["passwordExposed", 200],
  // It may have its key all the same.
  ["credentialGiven", 5_000],
  ["enrolled", 5_000],
] as const)("a device whose run ended with %s is awaited for %i ms", async (outcome, ms) => {
  const { clock, instance } = createWorld({ staleForMs: 0 });
  await instance.press();
  const run = { refuse: () => {} };
  instance.ask(lamp, run);
  const state = waiter(instance);
  instance.ended(run, outcome);
  await clock.advance(ms - 1);
  expect(state.isIdle).toBe(false);
  await clock.advance(1);
  expect(state.isIdle).toBe(true);
});

test("whoever waits for a quiet moment waits for the next run as well, but no longer than was said", async () => {
  const { clock, instance } = createWorld({ staleForMs: 0 });
  await instance.press();
  const run = { refuse: () => {} };
  instance.ask(lamp, run);
  const state = waiter(instance, 8_000);
  instance.ended(run, "enrolled");
  await instance.press();
  instance.ask({ ...lamp, uuid: new Uint8Array(16).fill(2) }, { refuse: () => {} });
  instance.connected(lamp.macAddress);
  await clock.advance(7_999);
  expect(state.isIdle).toBe(false);
  await clock.advance(1);
  expect(state.isIdle).toBe(true);
});

test("nobody waits at an access point that is not served any more", async () => {
  const { clock, instance } = createWorld({ staleForMs: 0 });
  await instance.press();
  const run = { refuse: () => {} };
  instance.ask(lamp, run);
  const state = waiter(instance);
  instance.ended(run, "enrolled");
  await instance.close();
  await clock.advance(0);
  expect(state.isIdle).toBe(true);
});
