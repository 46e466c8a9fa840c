/**
 * The device's WPS button: an input device of the kernel (evdev) that has the key KEY_WPS_BUTTON. What a press means is
 * not known here.
 */
import { constants } from "node:fs";
import { access, readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock, Timer } from "../../clock/clock.ts";
import { Outlet } from "../../stream/queue.ts";
import { concat } from "../../wsc/bytes.ts";
import { RadioError } from "../station-radio.ts";
import { type InputDevice, parseInputDevices } from "./input-devices.ts";
import { decodeInputEvents } from "./input-event.ts";
import { type PressInput, released, stepPress } from "./press.ts";
import { readDevice } from "./reader.ts";

/** `auto`: whichever input device has the key. `path`: this one, such as `/dev/input/event0`. */
export type ButtonChoice = "auto" | { readonly path: string };

export interface Button {
  /** For the log, such as `gpio-keys (/dev/input/event0)`. */
  readonly name: string;

  /**
   * Each press from this call on, told at its release; one of 3 s or longer is none of ours, and not told. Ends with
   * the signal, or when the button is closed. A device that is unplugged is waited for.
   */
  presses(options: { readonly signal: AbortSignal }): AsyncIterable<"short">;

  /** Lets go of the device and ends all {@link presses}. */
  close(): Promise<void>;
}

export interface ButtonOptions {
  readonly choice: ButtonChoice;
  readonly clock: Clock;
  /** For tests: where the kernel shows its input devices. */
  readonly kernel?: KernelFiles;
}

export interface KernelFiles {
  /** The list of all input devices. */
  readonly list: string;
  /** The folder with their files. */
  readonly folder: string;
}

const linux: KernelFiles = { list: "/proc/bus/input/devices", folder: "/dev/input" };

/**
 * How often a device that was unplugged is looked for. There is nothing to wait for: with the last device its folder
 * goes too.
 */
const lookAgainMs = 1_000;

/** Presses that a reader may lag behind. */
const pressesKept = 8;

/**
 * Opens the button; null when `auto` finds none.
 * @throws a {@link RadioError} with sentences when the device that was named is not there or has no such key, and, also
 *   with `auto`, when the one that was found may not be read
 */
export async function openButton({ choice, clock, kernel = linux }: ButtonOptions): Promise<Button | null> {
  const device = await find(choice, kernel);
  return device && new EventButton(device, () => find(choice, kernel), clock);
}

interface Found {
  readonly name: string;
  readonly path: string;
}

/** @throws a {@link RadioError}; null only with `auto` */
async function find(choice: ButtonChoice, kernel: KernelFiles): Promise<Found | null> {
  // Where the kernel has no input devices there is no list either.
  const devices = parseInputDevices(await readFile(kernel.list, "utf8").catch(() => ""));
  const found = choice === "auto" ? foundAmong(devices, kernel) : await foundAt(choice.path, devices);
  if (found === null) return null;
  await access(found.path, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? notThere(found.path) : notReadable(found.path);
  });
  return found;
}

function foundAmong(devices: readonly InputDevice[], kernel: KernelFiles): Found | null {
  const device = devices.find(({ hasWpsButton }) => hasWpsButton);
  return device === undefined ? null : { name: device.name, path: join(kernel.folder, device.event) };
}

/** A device by its path, which may be a link such as those below `/dev/input/by-path`. */
async function foundAt(wanted: string, devices: readonly InputDevice[]): Promise<Found> {
  const path = await realpath(wanted).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? notThere(wanted) : notReadable(wanted);
  });
  const device = devices.find(({ event }) => event === basename(path));
  if (device === undefined || !device.hasWpsButton) {
    throw new RadioError(
      "unsupported",
      device === undefined
        ? `${wanted} is no input device.`
        : `The input device ${wanted} (${device.name}) has no WPS button (key KEY_WPS_BUTTON, 0x211).`,
      "Name one that has it, or have it found: --button auto. `cat /proc/bus/input/devices` lists all; gpio-keys gets its keys from the device tree (linux,code = <0x211>).",
    );
  }
  return { name: device.name, path };
}

function notThere(path: string): RadioError {
  return new RadioError(
    "gone",
    `There is no input device ${path}.`,
    "Plug the button in, name another device, or have it found: --button auto. `cat /proc/bus/input/devices` lists what there is.",
  );
}

function notReadable(path: string): RadioError {
  return new RadioError(
    "permission",
    `The button ${path} may not be read.`,
    "Input devices belong to the group `input`: add the user to it that openwps runs as (sudo usermod -aG input USER), or write SupplementaryGroups=input into its systemd unit. --button none does without a button.",
  );
}

class EventButton implements Button {
  readonly #clock: Clock;
  readonly #findAgain: () => Promise<Found | null>;
  readonly #presses = new Outlet<"short">(pressesKept);
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;
  #device: Found;
  #state = released;
  #wake: Timer | null = null;

  constructor(device: Found, findAgain: () => Promise<Found | null>, clock: Clock) {
    this.#device = device;
    this.#findAgain = findAgain;
    this.#clock = clock;
    this.#reading = this.#read();
  }

  get name(): string {
    return `${this.#device.name} (${this.#device.path})`;
  }

  presses({ signal }: { readonly signal: AbortSignal }): AsyncIterable<"short"> {
    return this.#presses.listen(signal);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#presses.end();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      let bytes: Uint8Array = new Uint8Array();
      for await (const chunk of readDevice(this.#device.path, signal)) {
        const { events, rest } = decodeInputEvents(concat(bytes, chunk));
        bytes = rest;
        for (const event of events) this.#step({ type: "event", event });
      }
      this.#step({ type: "gone" });
      await this.#lookAgain(signal);
    }
  }

  /** Ends when the device is there again, or the signal aborts. */
  async #lookAgain(signal: AbortSignal): Promise<void> {
    let found: Found | null = null;
    while (found === null && !signal.aborted) {
      await this.#clock.sleep(lookAgainMs, { signal }).catch(() => {});
      // Not there, or there and not ours to read yet: udev sees to that in a moment.
      found = await this.#findAgain().catch(() => null);
    }
    this.#device = found ?? this.#device;
  }

  #step(input: PressInput): void {
    const { state, pressed, wakeInMs } = stepPress(this.#state, input, this.#clock.now());
    this.#state = state;
    if (pressed) this.#presses.tell("short");
    if (wakeInMs === null) return;
    this.#wake?.cancel();
    this.#wake = this.#clock.after(wakeInMs, () => this.#step({ type: "tick" }));
  }
}
