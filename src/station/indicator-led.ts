/**
 * An LED of the kernel (`/sys/class/leds/NAME`) that shows a pairing by the patterns that the WSC specification
 * recommends. The kernel blinks where it can; other patterns are blinked from here.
 */
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Timer } from "../clock/clock.ts";
import { RadioError } from "../radio/station-radio.ts";
import { WALK_TIME_MS } from "../wsc/policy/window.ts";
import type { Indicator, IndicatorOptions } from "./indicator.ts";
import type { PairingSession } from "./session.ts";

export interface Pattern {
  /** Milliseconds on, off, on, off, and again from the beginning; a single one: on. */
  readonly steps: readonly number[];
  /** How long it is shown; then the LED is as it was found. */
  readonly lastsMs: number;
}

/**
 * The specification's patterns. It says of success alone how long it is shown; an error is shown until two minutes
 * later another try has the same chances.
 */
export const PATTERNS = {
  inProgress: { steps: [200, 100], lastsMs: Number.POSITIVE_INFINITY },
  error: { steps: [100, 100], lastsMs: WALK_TIME_MS },
  overlap: { steps: [100, 100, 100, 100, 100, 100, 100, 100, 100, 600], lastsMs: WALK_TIME_MS },
  success: { steps: [300_000], lastsMs: 300_000 },
} as const satisfies Record<string, Pattern>;

/** What shows a pairing; null: nothing, when there was none or somebody cancelled it. */
export function patternOf({ active, result }: Pick<PairingSession, "active" | "result">): Pattern | null {
  if (active) return PATTERNS.inProgress;
  switch (result) {
    case "success":
      return PATTERNS.success;
    case "overlap":
      return PATTERNS.overlap;
    case "failed":
    case "timeout":
      return PATTERNS.error;
    case "cancelled":
    case null:
      return null;
  }
}

/**
 * Opens an LED. While nothing is to be shown, and at the end, it is as it was found.
 * @param path its folder, such as `/sys/class/leds/wps`
 * @param options.onTrouble told, once a pairing, when it cannot be written any more
 * @throws a {@link RadioError} with sentences when there is no such LED, or it may not be written
 */
export async function openLed(path: string, options: IndicatorOptions): Promise<Indicator> {
  const files = new LedFiles(path);
  const max = Number(await readFile(join(path, "max_brightness"), "utf8").catch(() => Number.NaN));
  if (!Number.isInteger(max) || max < 1) {
    throw new RadioError(
      "gone",
      `${path} is no LED.`,
      "Name the folder of one below /sys/class/leds; `ls /sys/class/leds` lists them.",
    );
  }
  for (const name of files.hasTriggers ? ["brightness", "trigger"] : ["brightness"]) {
    await access(join(path, name), constants.W_OK).catch(() => {
      throw new RadioError(
        "permission",
        `The LED ${path} may not be written (its file ${name}).`,
        "Run as root, or let a udev rule give its files to the user that openwps runs as.",
      );
    });
  }
  return new Led(files, String(max), options);
}

class Led implements Indicator {
  readonly #files: LedFiles;
  readonly #max: string;
  readonly #clock: Clock;
  readonly #onTrouble: (error: unknown) => void;
  #pattern: Pattern | null = null;
  /** What was there before the pattern; null while none is shown. */
  #found: LedState | null = null;
  #timers: Timer[] = [];
  #isTroubled = false;

  constructor(files: LedFiles, max: string, { clock, onTrouble = () => {} }: IndicatorOptions) {
    this.#files = files;
    this.#max = max;
    this.#clock = clock;
    this.#onTrouble = onTrouble;
    // Left by a run that was killed; nobody knows what was there before.
    this.#write(() => isOurs(files.state()) && files.restore(dark));
  }

  show(session: PairingSession): void {
    const pattern = patternOf(session);
    if (pattern === this.#pattern) return;
    this.#pattern = pattern;
    if (session.active) this.#isTroubled = false;
    this.#stop();
    if (pattern === null) this.#putBack();
    else this.#play(pattern);
  }

  async close(): Promise<void> {
    this.#stop();
    this.#putBack();
  }

  #play({ steps, lastsMs }: Pattern): void {
    this.#write(() => {
      this.#found ??= this.#files.state();
    });
    const [onMs = 0, offMs] = steps;
    if (steps.length !== 2 || offMs === undefined || !this.#files.blink(this.#max, onMs, offMs)) {
      this.#write(() => this.#files.trigger("none"));
      this.#step(steps, 0);
    }
    if (Number.isFinite(lastsMs)) this.#after(lastsMs, () => this.#endPattern());
  }

  #step(steps: readonly number[], at: number): void {
    this.#write(() => this.#files.brightness(at % 2 === 0 ? this.#max : "0"));
    const next = () => this.#step(steps, (at + 1) % steps.length);
    if (steps.length > 1) this.#after(steps[at] ?? 0, next);
  }

  #endPattern(): void {
    this.#stop();
    this.#putBack();
  }

  #after(ms: number, ring: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      ring();
    });
    this.#timers.push(timer);
  }

  #stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }

  #putBack(): void {
    const found = this.#found;
    this.#found = null;
    if (found !== null) this.#write(() => this.#files.restore(isOurs(found) ? dark : found));
  }

  /** An LED that is unplugged, or taken away, keeps no pairing from its way. */
  #write(work: () => unknown): void {
    try {
      work();
    } catch (error) {
      if (!this.#isTroubled) this.#onTrouble(notWritten(this.#files.path, error));
      this.#isTroubled = true;
    }
  }
}

function notWritten(path: string, error: unknown): RadioError {
  const why = error instanceof Error && "code" in error ? ` (${error.code})` : "";
  return new RadioError("gone", `The LED ${path} cannot be written any more${why}.`, "Check that it is plugged in.");
}

/** What an LED does. */
interface LedState {
  /** Who makes it go on and off; null where the kernel has no triggers. */
  readonly trigger: string | null;
  readonly brightness: string;
  /** What its trigger was told besides, such as `delay_on`. */
  readonly settings: readonly (readonly [file: string, value: string])[];
}

const dark: LedState = { trigger: "none", brightness: "0", settings: [] };

/** It blinks as we have the kernel blink. */
function isOurs({ trigger, settings }: LedState): boolean {
  const told = new Map(settings);
  return (
    trigger === "timer" &&
    [PATTERNS.inProgress, PATTERNS.error].some(
      ({ steps: [onMs, offMs] }) => told.get("delay_on") === `${onMs}` && told.get("delay_off") === `${offMs}`,
    )
  );
}

/**
 * The files of one LED. They are written at once, without waiting: they are the kernel's memory and not a disk, and what
 * is shown comes in the order in which it was asked for.
 */
class LedFiles {
  readonly path: string;
  /** A kernel may be built without. */
  readonly hasTriggers: boolean;

  constructor(path: string) {
    this.path = path;
    this.hasTriggers = existsSync(join(path, "trigger"));
  }

  state(): LedState {
    const trigger = /\[(.+?)\]/.exec(this.#triggers())?.[1] ?? null;
    const settings: [string, string][] = [];
    for (const entry of readdirSync(this.path, { withFileTypes: true })) {
      if (!entry.isFile() || ["brightness", "max_brightness", "trigger", "uevent"].includes(entry.name)) continue;
      try {
        settings.push([entry.name, this.#read(entry.name)]);
      } catch {
        // Some have nothing to say.
      }
    }
    return { trigger, brightness: this.#read("brightness"), settings };
  }

  restore({ trigger, brightness, settings }: LedState): void {
    if (trigger !== null) this.trigger(trigger);
    for (const [name, value] of settings) {
      try {
        this.#write(name, value);
      } catch {
        // Only to be read.
      }
    }
    // With a trigger it is what the LED happened to be just then.
    if (trigger === null || trigger === "none") this.brightness(brightness);
  }

  /** Lets the kernel blink; false when it cannot, or we may not. */
  blink(brightness: string, onMs: number, offMs: number): boolean {
    try {
      if (!/\btimer\b/.test(this.#triggers())) return false;
      this.#write("trigger", "timer");
      this.#write("brightness", brightness);
      this.#write("delay_on", `${onMs}`);
      this.#write("delay_off", `${offMs}`);
      return true;
    } catch {
      return false;
    }
  }

  trigger(name: string): void {
    if (this.hasTriggers) this.#write("trigger", name);
  }

  brightness(value: string): void {
    this.#write("brightness", value);
  }

  /** `none [timer] heartbeat`: those there are, and the one in force. */
  #triggers(): string {
    return this.hasTriggers ? this.#read("trigger") : "";
  }

  #read(name: string): string {
    return readFileSync(join(this.path, name), "utf8").trim();
  }

  #write(name: string, value: string): void {
    // Never makes a file: what an LED does not have it cannot do.
    const file = openSync(join(this.path, name), constants.O_WRONLY | constants.O_TRUNC);
    try {
      writeSync(file, value);
    } finally {
      closeSync(file);
    }
  }
}
