import { beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { parsePin } from "../wsc/pin.ts";
import { DevicePin, type DevicePinEvent } from "./device-pin.ts";

const minute = 60_000;

let clock: VirtualClock;
let store: Store;
let told: DevicePinEvent[];
let pin: DevicePin;

const open = () => DevicePin.open({ store, clock, random: systemRandom, tell: (event) => told.push(event) });
const until = <T>(promise: Promise<T>) => clock.until(promise);
async function fail(times: number): Promise<void> {
  for (let i = 0; i < times; i++) await pin.failed();
}

beforeEach(async () => {
  clock = new VirtualClock();
  store = createMemoryStore();
  told = [];
  pin = await open();
});

describe("the device PIN", () => {
  test("is off until somebody asks for one, and again after its time", async () => {
    expect(pin.current).toBeNull();
    expect(pin.access("readAndWrite")).toEqual({ type: "none" });
    const made = await pin.generate(5 * minute);
    expect(parsePin(made).ok).toBe(true);
    expect(pin.current).toEqual({ pin: made, expiresAt: clock.now() + 5 * minute });
    expect(pin.access("read")).toMatchObject({ type: "read" });
    await until(clock.sleep(5 * minute));
    expect(pin.current).toBeNull();
    expect(told.map(({ type }) => type)).toEqual(["devicePinEnabled", "devicePinDisabled"]);
  });

  test("is off when it is taken away, and after a restart", async () => {
    await pin.generate(null);
    pin.withdraw();
    expect(pin.current).toBeNull();
    await pin.generate(null);
    expect((await open()).current).toBeNull();
    for await (const { value } of store.range("")) expect(new TextDecoder().decode(value)).not.toMatch(/\d{8}/);
  });
});

describe("the lock", () => {
  test("shuts at the third wrong PIN for a minute, and opens by itself", async () => {
    await pin.generate(null);
    await fail(2);
    expect(pin.lock).toMatchObject({ locked: false, failures: 2 });
    await fail(1);
    expect(pin.lock).toEqual({ locked: true, until: clock.now() + minute, lockedAt: clock.now(), failures: 3 });
    expect(pin.access("readAndWrite")).toEqual({ type: "none" });
    await until(clock.sleep(minute));
    expect(pin.lock).toMatchObject({ locked: false, until: null, failures: 3 });
    expect(told.at(-1)).toEqual({ type: "setupUnlocked", by: "time" });
  });

  test("is not opened by a restart, nor are the failures forgotten", async () => {
    await fail(3);
    await until(clock.sleep(30_000));
    pin = await open();
    expect(pin.lock).toMatchObject({ locked: true, failures: 3 });
    await until(clock.sleep(minute));
    expect(pin.lock.locked).toBe(false);
    await fail(1);
    expect(pin.lock.locked).toBe(true);
  });

  test("shut by ten in a row is opened by a person only, also after a restart", async () => {
    await fail(10);
    pin = await open();
    await until(clock.sleep(7 * 24 * 60 * minute));
    expect(pin.lock).toMatchObject({ locked: true, until: null });
    await pin.unlock();
    expect(pin.lock.locked).toBe(false);
    expect(told.at(-1)).toEqual({ type: "setupUnlocked", by: "person" });
  });

  test("counts a wrong PIN also when the disk does not take it", async () => {
    await store.close();
    for (let i = 0; i < 3; i++) await expect(pin.failed()).rejects.toThrow();
    expect(pin.lock.locked).toBe(true);
  });

  test("that is stored in another form is not taken for an open one", async () => {
    await store.put("registrar/setup-lock", new TextEncoder().encode('{"version":2}'));
    await expect(open()).rejects.toThrow("not in the form");
  });
});
