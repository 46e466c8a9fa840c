/** The LED against a folder that looks like one; the kernel's own is blinked in the lab. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { RadioError } from "../radio/station-radio.ts";
import type { Indicator } from "./indicator.ts";
import { openLed, PATTERNS, patternOf } from "./indicator-led.ts";
import type { PairingSession } from "./session.ts";

const never: PairingSession = {
  active: false,
  method: null,
  phase: null,
  message: null,
  peer: null,
  secondsLeft: 0,
  result: null,
  reason: null,
  hint: null,
  hintKey: null,
};
const searching: PairingSession = { ...never, active: true, method: "pbc", phase: "searching", secondsLeft: 120 };
const ended = (result: PairingSession["result"]): PairingSession => ({ ...never, phase: "ended", result });

let folder: string;
let clock: VirtualClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openwps-led-"));
  clock = new VirtualClock();
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
};
const file = (name: string) => readFileSync(join(folder, name), "utf8").trim();
const plain = { brightness: "0", max_brightness: "255", trigger: "[none] heartbeat", uevent: "" };
/** With a trigger that blinks; the kernel shows `delay_on` and `delay_off` only while it is in force. */
const blinking = { ...plain, trigger: "[none] timer heartbeat", delay_on: "500", delay_off: "500" };

/** How long it is on and off, in turns of 10 ms, for `ms`. */
async function watch(ms: number): Promise<string> {
  const runs: [state: string, ms: number][] = [];
  for (let at = 0; at < ms; at += 10) {
    const state = file("brightness") === "0" ? "off" : "on";
    const last = runs.at(-1);
    if (last?.[0] === state) last[1] += 10;
    else runs.push([state, 10]);
    await clock.advance(10);
  }
  return runs.map(([state, length]) => `${state} ${length}`).join(", ");
}

async function open(onTrouble: (error: unknown) => void = () => {}): Promise<Indicator> {
  return openLed(folder, { clock, onTrouble });
}

describe("the patterns", () => {
  test("are the specification's for progress, error, overlap and success, and none for a cancel", () => {
    expect(patternOf(searching)).toBe(PATTERNS.inProgress);
    expect(patternOf(ended("failed"))).toBe(PATTERNS.error);
    expect(patternOf(ended("timeout"))).toBe(PATTERNS.error);
    expect(patternOf(ended("overlap"))).toBe(PATTERNS.overlap);
    expect(patternOf(ended("success"))).toBe(PATTERNS.success);
    expect(patternOf(ended("cancelled"))).toBeNull();
    expect(patternOf(never)).toBeNull();
  });
});

describe("an LED that the kernel cannot blink", () => {
  beforeEach(() => put(plain));

  test("shows progress, and is dark again after a cancel", async () => {
    const led = await open();
    led.show(searching);
    expect(await watch(700)).toBe("on 200, off 100, on 200, off 100, on 100");
    led.show({ ...searching, phase: "exchanging" });
    expect(await watch(200)).toBe("on 100, off 100");
    led.show(ended("cancelled"));
    expect(await watch(500)).toBe("off 500");
    await led.close();
  });

  test("shows success for five minutes", async () => {
    const led = await open();
    led.show(searching);
    await clock.advance(1_234);
    led.show(ended("success"));
    expect(await watch(1_000)).toBe("on 1000");
    await clock.advance(298_990);
    expect(file("brightness")).toBe("255");
    await clock.advance(10);
    expect(file("brightness")).toBe("0");
    await led.close();
  });

  test("shows an error fast, and an overlap five times fast and then a pause, for two minutes", async () => {
    const led = await open();
    led.show(searching);
    led.show(ended("timeout"));
    expect(await watch(400)).toBe("on 100, off 100, on 100, off 100");
    await clock.advance(119_600);
    expect(await watch(1_000)).toBe("off 1000");
    led.show(searching);
    led.show(ended("overlap"));
    const five = Array(4).fill("on 100, off 100, ").join("");
    expect(await watch(3_000)).toBe(`${five}on 100, off 600, ${five}on 100, off 600`);
    await led.close();
    expect(await watch(500)).toBe("off 500");
  });

  test("is put back as it was found, with what its trigger was told", async () => {
    put({ ...plain, trigger: "none [netdev]", brightness: "7", device_name: "eth0", link: "1" });
    const led = await open();
    led.show(searching);
    expect(file("trigger")).toBe("none");
    put({ device_name: "", link: "0" });
    led.show(ended("cancelled"));
    expect([file("trigger"), file("device_name"), file("link")]).toEqual(["netdev", "eth0", "1"]);
    await led.close();
  });

  test("that shone before shines afterwards", async () => {
    put({ brightness: "128" });
    const led = await open();
    led.show(searching);
    await clock.advance(250);
    expect(file("brightness")).toBe("0");
    await led.close();
    expect(file("brightness")).toBe("128");
  });

  test("without triggers in the kernel works the same", async () => {
    rmSync(join(folder, "trigger"));
    const led = await open();
    led.show(searching);
    expect(await watch(300)).toBe("on 200, off 100");
    await led.close();
    expect(file("brightness")).toBe("0");
  });
});

describe("an LED that the kernel can blink", () => {
  beforeEach(() => put(blinking));

  test("is left to it for progress and error, not for an overlap", async () => {
    const led = await open();
    led.show(searching);
    expect([file("trigger"), file("delay_on"), file("delay_off"), file("brightness")]).toEqual([
      ...["timer", "200", "100", "255"],
    ]);
    expect(await watch(500)).toBe("on 500");
    led.show(ended("failed"));
    // The kernel shows the one in force in brackets.
    put({ trigger: "none [timer] heartbeat" });
    led.show(searching);
    led.show(ended("failed"));
    expect([file("delay_on"), file("delay_off")]).toEqual(["100", "100"]);
    put({ trigger: "none [timer] heartbeat" });
    led.show(ended("overlap"));
    expect(file("trigger")).toBe("none");
    expect(await watch(300)).toBe("on 100, off 100, on 100");
    await led.close();
    expect([file("trigger"), file("brightness")]).toEqual(["none", "0"]);
  });

  test("that still blinks for a run that was killed is dark", async () => {
    put({ trigger: "none [timer] heartbeat", delay_on: "200", delay_off: "100", brightness: "255" });
    await open();
    expect([file("trigger"), file("brightness")]).toEqual(["none", "0"]);
  });

  test("that blinks for somebody else blinks afterwards", async () => {
    put({ trigger: "none [timer] heartbeat", delay_on: "1000", delay_off: "3000" });
    const led = await open();
    led.show(searching);
    led.show(ended("cancelled"));
    expect([file("trigger"), file("delay_on"), file("delay_off")]).toEqual(["timer", "1000", "3000"]);
    await led.close();
  });

  test("is blinked from here when its files are not ours to write", async () => {
    rmSync(join(folder, "delay_on"));
    const led = await open();
    led.show(searching);
    put({ trigger: "none [timer] heartbeat" });
    expect(await watch(300)).toBe("on 200, off 100");
    await led.close();
  });
});

describe("what is wrong with an LED", () => {
  test("is said when it is opened", async () => {
    const refusal = async (path: string) => openLed(path, { clock }).catch((error: unknown) => error as RadioError);
    expect(await refusal(join(folder, "none"))).toMatchObject({
      kind: "gone",
      message: expect.stringMatching(/is no LED/),
    });
    mkdirSync(join(folder, "led"));
    writeFileSync(join(folder, "led", "max_brightness"), "0");
    expect(await refusal(join(folder, "led"))).toMatchObject({ kind: "gone" });
  });

  test.skipIf(process.getuid?.() === 0)("is said when it may not be written", async () => {
    put(plain);
    chmodSync(join(folder, "brightness"), 0o444);
    await expect(openLed(folder, { clock })).rejects.toMatchObject({ kind: "permission" });
  });

  test("is told once a pairing when it has gone away", async () => {
    put(plain);
    const troubles: unknown[] = [];
    const led = await open((trouble) => troubles.push(trouble));
    led.show(searching);
    for (const name of Object.keys(plain)) rmSync(join(folder, name));
    await clock.advance(1_000);
    led.show(ended("success"));
    expect(troubles).toMatchObject([
      { kind: "gone", message: expect.stringMatching(/cannot be written any more \(ENOENT\)/) },
    ]);
    await led.close();
  });
});
