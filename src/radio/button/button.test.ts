/**
 * The button against files as the kernel shows them: named pipes stand for devices, because they too have something to
 * say only now and then, and end when the other side goes away. Real devices are pressed in the lab.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../../clock/virtual-clock.ts";
import { RadioError } from "../station-radio.ts";
import { type Button, type ButtonChoice, openButton } from "./button.ts";
import { wordBytes } from "./input-event.ts";
import { bounceMs } from "./press.ts";

const keys = { wps: wordBytes === 8 ? "20000 0 0 0 0 0 0 0 0" : `20000${" 0".repeat(16)}`, power: "10000000000000 0" };

let folder: string;
let clock: VirtualClock;
let opened: Button | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openwps-button-"));
  clock = new VirtualClock();
});

afterEach(async () => {
  await opened?.close();
  opened = null;
  rmSync(folder, { recursive: true });
});

const inFolder = (name: string) => join(folder, name);

function list(...devices: readonly { readonly event: string; readonly keys: string }[]): void {
  const blocks = devices.map(
    (device) => `N: Name="${device.event}'s name"\nH: Handlers=kbd ${device.event}\nB: KEY=${device.keys}\n\n`,
  );
  writeFileSync(inFolder("devices"), blocks.join(""));
}

async function openHere(choice: ButtonChoice): Promise<Button | null> {
  opened = await openButton({ choice, clock, kernel: { list: inFolder("devices"), folder } });
  return opened;
}

/** A device that is there, and the end that makes it speak. */
async function plugIn(event: string): Promise<{ speak(): Promise<FileHandle> }> {
  execFileSync("mkfifo", [inFolder(event)]);
  list({ event: "event0", keys: keys.power }, { event, keys: keys.wps });
  // Resolves when somebody reads.
  return { speak: () => open(inFolder(event), "w") };
}

function event(type: number, code: number, value: number): Uint8Array {
  const bytes = new Uint8Array(2 * wordBytes + 8);
  const view = new DataView(bytes.buffer, 2 * wordBytes);
  view.setUint16(0, type, true);
  view.setUint16(2, code, true);
  view.setInt32(4, value, true);
  return bytes;
}

const pressed = Buffer.concat([event(1, 0x211, 1), event(0, 0, 0), event(1, 0x211, 0), event(0, 0, 0)]);

/** Whether somebody has it open to read from. */
function isRead(pipe: string): boolean {
  try {
    closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

/** Counts presses from now on. */
function count(button: Button | null): { readonly presses: number; readonly ended: Promise<void> } {
  const counted = { presses: 0, ended: Promise.resolve() };
  const presses = button?.presses({ signal: new AbortController().signal }) ?? [];
  counted.ended = (async () => {
    for await (const _ of presses) counted.presses++;
  })();
  return counted;
}

/** Lets time go by until it is so: bytes reach us by another process, at its own pace. */
async function passUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await clock.advance(bounceMs);
}

describe("the button", () => {
  test("is found by its key, and presses are heard, also when they come in pieces", async () => {
    const { speak } = await plugIn("event3");
    const button = await openHere("auto");
    expect(button?.name).toBe(`event3's name (${inFolder("event3")})`);
    const counted = count(button);
    const device = await speak();
    await device.write(pressed.subarray(0, 7));
    await device.write(pressed.subarray(7));
    await passUntil(() => counted.presses === 1);
    await device.write(pressed);
    await passUntil(() => counted.presses === 2);
    await device.close();
  });

  test("is not there, and nobody is troubled with that", async () => {
    expect(await openHere("auto")).toBeNull();
    list({ event: "event0", keys: keys.power });
    expect(await openHere("auto")).toBeNull();
  });

  test("may be named by a link", async () => {
    const { speak } = await plugIn("event3");
    symlinkSync(inFolder("event3"), inFolder("platform-gpio-keys-event"));
    const counted = count(await openHere({ path: inFolder("platform-gpio-keys-event") }));
    const device = await speak();
    await device.write(pressed);
    await passUntil(() => counted.presses === 1);
    await device.close();
  });

  test("is found again after it was unplugged, under another number too", async () => {
    const first = await plugIn("event3");
    const button = await openHere("auto");
    const counted = count(button);
    const device = await first.speak();
    await device.write(event(1, 0x211, 1));
    rmSync(inFolder("event3"));
    list();
    await device.close();
    await clock.advance(5_000);

    const second = await plugIn("event4");
    let again: FileHandle | null = null;
    void second.speak().then((handle) => {
      again = handle;
    });
    await passUntil(() => again !== null);
    expect(button?.name).toContain("event4");
    // What was held when it was unplugged is not released now.
    await (again as FileHandle | null)?.write(Buffer.concat([event(1, 0x211, 0), event(0, 0, 0), pressed]));
    await passUntil(() => counted.presses > 0);
    await clock.advance(1_000);
    expect(counted.presses).toBe(1);
    await (again as FileHandle | null)?.close();
  });

  test("says what is wrong with a device that was named, and what to do", async () => {
    const refusal = async (choice: ButtonChoice) => openHere(choice).catch((error: unknown) => error as RadioError);
    await plugIn("event3");
    writeFileSync(inFolder("event0"), "");
    writeFileSync(inFolder("passwd"), "");
    for (const [name, kind, words] of [
      ["event9", "gone", /no input device .*event9/],
      ["event0", "unsupported", /event0's name\) has no WPS button/],
      ["passwd", "unsupported", /passwd is no input device/],
    ] as const) {
      const error = await refusal({ path: inFolder(name) });
      expect(error).toBeInstanceOf(RadioError);
      expect(error).toMatchObject({ kind, message: expect.stringMatching(words), hint: expect.stringMatching(/\.$/) });
    }
  });

  test("ends its presses when it is closed, also in the middle of a press", async () => {
    const { speak } = await plugIn("event3");
    const button = await openHere("auto");
    const counted = count(button);
    const device = await speak();
    await device.write(pressed);
    await button?.close();
    await counted.ended;
    await device.close();
  });

  test("keeps no process from ending: a device that says nothing is let go of at once", async () => {
    await plugIn("event3");
    // As the package ships it: Node 20 runs no TypeScript.
    const dist = join(import.meta.dirname, "../../../dist");
    const program = `
      import { openButton } from ${JSON.stringify(join(dist, "radio/button/button.js"))};
      import { systemClock } from ${JSON.stringify(join(dist, "clock/system-clock.js"))};
      const kernel = ${JSON.stringify({ list: inFolder("devices"), folder })};
      const button = await openButton({ choice: "auto", clock: systemClock, kernel });
      console.log(button.name);
      if (process.argv[1] === "close") await button.close();
      else process.exit(0);
    `;
    for (const way of ["close", "exit"]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program, way], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const said = child.stdout.setEncoding("utf8").toArray();
      expect(await once(child, "exit"), way).toEqual([0, null]);
      expect(String(await said)).toContain("event3's name");
      await expect.poll(() => isRead(inFolder("event3"))).toBe(false);
    }
  });
});
