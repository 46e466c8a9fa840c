/**
 * The device's button and LED on the air: the kernel's input device is pressed, a real access point answers, and the
 * kernel's LED shows it.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { type Button, openButton } from "../../src/radio/button/button.ts";
import { openWpaSupplicant } from "../../src/radio/wpa-supplicant/station.ts";
import { followPhases } from "../../src/station/indicator.ts";
import { openHook } from "../../src/station/indicator-hook.ts";
import { openLed } from "../../src/station/indicator-led.ts";
import { pressPairs } from "../../src/station/press-pairs.ts";
import { openStation, type Station } from "../../src/station/station.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { PluggedButton } from "../button.ts";
import { type AccessPoint, openAir, type Station as Supplicant } from "../on-air.ts";
import { until } from "../process.ts";
import { Service } from "../program.ts";

interface World {
  readonly home: AccessPoint;
  readonly other: AccessPoint;
  readonly supplicant: Supplicant;
  readonly station: Station;
  readonly plugged: PluggedButton;
  readonly button: Button;
  /** What the hook has written: a phase or a result a line. */
  hookLines(): readonly string[];
}

/** A device at home, with a button and an LED, and another access point within reach. */
async function onAir(name: string, story: (world: World) => Promise<void>): Promise<void> {
  const clock = systemClock;
  const air = await openAir({ name, radios: 3 });
  const plugged = await PluggedButton.plugIn(name);
  const stop = new AbortController();
  try {
    const networks = ['network={\n\tssid="home"\n\tpsk="home is my castle"\n}'];
    const [home, other, supplicant] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
      air.accessPoint({ ssid: "other", passphrase: "the grass is greener", channel: 6 }),
      air.station({ networks }),
    ]);
    await until(async () => (await supplicant.linkedTo()) === home.bssid);
    const radio = await openWpaSupplicant({ target: supplicant.ifname, clock });
    const settings = { address: "none" } as const;
    const station = await openStation({ radio, store: createMemoryStore(), clock, random: systemRandom, settings });
    const button = await openButton({ choice: { path: plugged.path }, clock });
    if (button === null) throw new Error("a button that is named is found, or the reason told");
    const hookFile = `/tmp/hook-${supplicant.ifname}`;
    const hook = `echo "$OPENWPS_PHASE$OPENWPS_RESULT $OPENWPS_SSID" >> ${hookFile}`;
    const doing = [
      pressPairs(station, button, { signal: stop.signal }),
      followPhases(station, await openLed(plugged.led, { clock })),
      followPhases(station, openHook(hook, { clock })),
    ];
    const hookLines = () => readFileSync(hookFile, "utf8").trimEnd().split("\n");
    await story({ home, other, supplicant, station, plugged, button, hookLines });
    await button.close();
    await station.close();
    await Promise.all(doing);
    await radio.close();
  } finally {
    stop.abort();
    await plugged.unplug();
    await air.close();
  }
}

const led = ({ plugged }: World, file: string) => readFileSync(join(plugged.led, file), "utf8").trim();
/** What makes it go on and off: the one in brackets of those there are. */
const trigger = (world: World) => /\[(.*)\]/.exec(led(world, "trigger"))?.[1];
const searching = (station: Station) => until(async () => station.session().phase === "searching", 100);
const ended = (station: Station) => until(async () => !station.session().active, 100);

describe("the device's button", () => {
  test("is pressed, then the router's, and the device is connected; the LED blinks and then shines", async ({
    task,
  }) => {
    await onAir(task.name, async (world) => {
      const { other, supplicant, station, plugged, hookLines } = world;
      expect(trigger(world)).toBe("kbd-capslock");
      await plugged.press();
      await searching(station);
      await until(async () => plugged.blinks.length >= 12, 100);
      expect([led(world, "delay_on"), led(world, "delay_off")]).toEqual(["200", "100"]);
      // On is longer than off, as the kernel blinks it; the guest's clock is too rough for more.
      const [on, off] = [true, false].map((state) => lengths(plugged, state));
      expect(Math.max(...(off ?? []))).toBeLessThan(Math.max(...(on ?? [])));

      await other.pressButton();
      await ended(station);
      expect(station.session()).toMatchObject({ result: "success", peer: { ssid: "other" } });
      expect(await supplicant.linkedTo()).toBe(other.bssid);
      await until(async () => led(world, "brightness") === "1" && trigger(world) === "none", 100);
      await until(async () => hookLines().includes("endedsuccess other"), 100);
      expect(hookLines()[0]).toBe("searching ");
    });
  });

  test("is pressed twice, and the device is at home again; a long press does nothing", async ({ task }) => {
    await onAir(task.name, async (world) => {
      const { home, supplicant, station, plugged } = world;
      await plugged.press(3_500);
      // Within 50 ms it would be the same press, with a contact that bounces.
      await sleep(200);
      await plugged.press(10);
      await searching(station);
      await plugged.press(50);
      await ended(station);
      expect(station.session()).toMatchObject({ result: "cancelled" });
      await until(async () => (await supplicant.linkedTo()) === home.bssid);
      // As it was found.
      expect([led(world, "brightness"), trigger(world)]).toEqual(["0", "kbd-capslock"]);

      await plugged.press(3_500);
      await sleep(500);
      expect(station.session()).toMatchObject({ active: false, result: "cancelled" });
    });
  });

  test("is that of openwps station: one press pairs, LED and hook tell it, and a press cancels the next", async ({
    task,
  }) => {
    const air = await openAir({ name: task.name, radios: 2 });
    const plugged = await PluggedButton.plugIn(task.name);
    try {
      const home = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
      const supplicant = await air.station();
      await home.serveAddresses();
      await supplicant.askForAddresses();
      const told = `/tmp/told-${supplicant.ifname}`;
      const hook = ["--hook", `echo "$OPENWPS_PHASE$OPENWPS_RESULT" >> ${told}`];
      const led = ["--led", basename(plugged.led)];
      const service = new Service(air, supplicant, ["--button", plugged.path, ...led, ...hook]);
      await service.start();
      await plugged.press();
      await until(async () => (await service.session()).phase === "searching", 100);
      await home.pressButton();
      expect(await service.ended()).toMatchObject({ method: "pbc", result: "success", peer: { ssid: "home" } });
      expect(await supplicant.linkedTo()).toBe(home.bssid);
      await until(async () => readFileSync(join(plugged.led, "brightness"), "utf8").trim() === "1", 100);
      await until(async () => readFileSync(told, "utf8").includes("endedsuccess"), 100);

      await plugged.press();
      await until(async () => (await service.session()).active, 100);
      await plugged.press();
      expect(await service.ended()).toMatchObject({ result: "cancelled" });
      await until(async () => (await supplicant.linkedTo()) === home.bssid);
      await service.stop();
      // As it was found.
      expect(readFileSync(join(plugged.led, "trigger"), "utf8")).toContain("[kbd-capslock]");
    } finally {
      await plugged.unplug();
      await air.close();
    }
  });

  test("is unplugged in the middle of a press and plugged in again: the next press counts", async ({ task }) => {
    const plugged = await PluggedButton.plugIn("first one");
    const button = await openButton({ choice: "auto", clock: systemClock });
    expect(button).not.toBeNull();
    let presses = 0;
    const counting = (async () => {
      for await (const _ of button?.presses({ signal: new AbortController().signal }) ?? []) presses++;
    })();
    const holding = plugged.press(1_000);
    await plugged.unplug();
    await holding;
    const again = await PluggedButton.plugIn(task.name);
    await until(async () => {
      await again.press(100);
      return presses > 0;
    });
    await button?.close();
    await counting;
    await again.unplug();
    expect(button?.name).toContain(again.path);
  });
});

/** How long it was on, or off, each time. */
function lengths({ blinks }: PluggedButton, on: boolean): number[] {
  return blinks.flatMap((blink, at) => {
    const next = blinks[at + 1];
    return blink.on === on && next !== undefined ? [next.atMs - blink.atMs] : [];
  });
}
