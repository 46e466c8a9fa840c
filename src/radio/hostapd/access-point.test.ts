/**
 * The backend against the real hostapd without any radio (`driver=wired` on a pair of virtual interfaces): by its
 * socket, by the client of this machine, and by a command. What needs the air is in the lab.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../clock/system-clock.ts";
import { systemRandom } from "../../wsc/crypto.ts";
import { Secret } from "../../wsc/secret.ts";
import type { AccessPoint } from "../access-point.ts";
import { Heard } from "../access-point-contract.ts";
import { openCli } from "../control/cli.ts";
import { datagramCarrier } from "../control/datagram.ts";
import { RadioError } from "../station-radio.ts";
import { type HostapdOptions, openHostapd } from "./access-point.ts";

const env = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };
const root = process.getuid?.() === 0;
const missing = ["hostapd", "hostapd_cli", "ip"].filter((name) => spawnSync("which", [name], { env }).status !== 0);
const reason = missing.length > 0 ? `${missing.join(" and ")} missing` : root ? null : "needs root";
if (reason !== null && process.env["CI"] && missing.length > 0)
  throw new Error(`In CI every peer must be there: ${reason}.`);

const ifname = `owt${process.pid % 10_000}`;
const peer = `${ifname}p`;
const ip = (...args: readonly string[]) => spawnSync("ip", args, { env });
/** Prints what might stand in a device's name: a line that looks like an event. */
const liar = `const { spawn } = require("node:child_process");
const child = spawn("hostapd_cli", process.argv.slice(1), { stdio: ["pipe", "inherit", "inherit"] });
process.stdin.pipe(child.stdin);
child.on("exit", () => process.exit());
setInterval(() => process.stdout.write("\\n<3>WPS-PBC-ACTIVE \\n"), 50);`;

const bySocket = (folder: string): Target => ({
  target: join(folder, ifname),
  carrier: datagramCarrier() ?? openCli,
});

type Target = Pick<HostapdOptions, "target" | "carrier">;
const ways: readonly (readonly [string, (folder: string) => Target])[] = [
  ["its socket", bySocket],
  ["the client of this machine", (folder) => ({ target: join(folder, ifname), carrier: openCli })],
  ["a command", (folder) => ({ target: ["hostapd_cli", "-p", folder, "-i", ifname] })],
];

describe.skipIf(reason !== null)(`hostapd without a radio${reason ? ` (${reason})` : ""}`, () => {
  let folder: string;
  let daemon: ChildProcess;
  const open = (target: Target) => openHostapd({ ...target, clock: systemClock, random: systemRandom });

  beforeAll(() => {
    process.env["PATH"] = env.PATH;
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "openwps-test-"));
    ip("link", "add", ifname, "type", "veth", "peer", "name", peer);
    ip("link", "set", ifname, "up");
    await start();
  });
  afterEach(async () => {
    await stop("SIGKILL");
    ip("link", "del", ifname);
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    const file = join(folder, "hostapd.conf");
    const lines = [`interface=${ifname}`, "driver=wired", `ctrl_interface=${folder}`, "ssid=Home", "wpa=2"];
    const wps = ["rsn_pairwise=CCMP", "wpa_passphrase=home is my castle", "wps_state=2", "eap_server=1", ""];
    writeFileSync(file, [...lines, ...wps].join("\n"));
    daemon = spawn("hostapd", [file], { stdio: ["ignore", "pipe", "ignore"], env });
    await new Promise<void>((resolve) => {
      daemon.stdout?.on("data", (bytes: Uint8Array) => {
        if (new TextDecoder().decode(bytes).includes("AP-ENABLED")) resolve();
      });
    });
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill(signal);
    await ended;
  }

  function byHand(...command: readonly string[]): void {
    spawnSync("hostapd_cli", ["-p", folder, "-i", ifname, ...command], { env });
  }

  async function withAccessPoint(target: Target, story: (accessPoint: AccessPoint, heard: Heard) => Promise<void>) {
    const accessPoint = await open(target);
    const heard = new Heard(accessPoint);
    try {
      await story(accessPoint, heard);
    } finally {
      heard.stop();
      await accessPoint.close();
    }
  }

  test("windows of a person and our own are told apart, and both can be closed", async () => {
    await withAccessPoint(bySocket(folder), async (accessPoint, heard) => {
      expect(await accessPoint.advertise({ method: "pushButton" })).toEqual({ type: "shown" });
      expect((await accessPoint.status()).pushButton).toBe("active");
      await accessPoint.advertise(null);
      expect((await accessPoint.status()).pushButton).toBe("timedOut");
      expect(heard.types()).toEqual([]);
      byHand("wps_pbc");
      await heard.next("buttonPressed");
      byHand("wps_cancel");
      expect(await heard.next("windowEnded")).toEqual({ type: "windowEnded", reason: "cancelled" });
      await accessPoint.advertise({ method: "pin", authorized: null, pin: null });
      byHand("wps_cancel");
      expect(await heard.next("windowEnded")).toEqual({ type: "windowEnded", reason: "cancelled" });
      expect(heard.types()).toHaveLength(3);
    });
  });

  // By a command, events may wait for the next question: its client writes to a pipe when it has to say more.
  describe.each(ways)("by %s", (_name, targetIn) => {
    test("replies without a line break, and settings, are understood", async () => {
      await withAccessPoint(targetIn(folder), async (accessPoint, heard) => {
        expect(await accessPoint.devicePin()).toBeNull();
        await accessPoint.setDevicePin(new Secret("12345670"), 0);
        expect((await accessPoint.devicePin())?.revealText()).toBe("12345670");
        expect((await accessPoint.sharedKey())?.revealText()).toBe("home is my castle");
        await accessPoint.restart({ deviceName: "Wohnzimmer äöü", wps: "unconfigured" });
        await heard.next("changed");
        expect(accessPoint.facts).toMatchObject({
          ...{ on: true, ifname, wps: "unconfigured", deviceName: "Wohnzimmer äöü" },
          ...{ registrar: "own", software: "hostapd 2.10", ssid: new TextEncoder().encode("Home") },
        });
        await expect(accessPoint.restart({ deviceName: "x\nSET ap_pin 1" })).rejects.toBeInstanceOf(RangeError);
      });
    });

    test("one that ends is told with sentences, and is there again when it is started again", async () => {
      await withAccessPoint(targetIn(folder), async (accessPoint, heard) => {
        await accessPoint.advertise({ method: "pushButton" });
        await stop("SIGTERM");
        const { trouble } = await heard.next("gone");
        expect(`${trouble.message} ${trouble.hint}`).toMatch(/^.*hostapd.*\. .*\.$/);
        expect(heard.types()).toContain("windowEnded");
        await expect(accessPoint.advertise(null)).resolves.toEqual({ type: "shown" });
        await expect(accessPoint.status()).rejects.toMatchObject({ kind: "gone" });
        await start();
        await heard.next("back");
        expect(await accessPoint.advertise({ method: "pushButton" })).toEqual({ type: "shown" });
      });
    });
  });

  test("a PIN or key stands in no program's arguments", async () => {
    await withAccessPoint({ target: ["hostapd_cli", "-p", folder, "-i", ifname] }, async (accessPoint) => {
      await accessPoint.advertise({ method: "pin", authorized: null, pin: new Secret("12345670") });
      const lines = readdirSync("/proc").flatMap((pid) => {
        try {
          return /^\d+$/.test(pid) ? [readFileSync(`/proc/${pid}/cmdline`, "utf8")] : [];
        } catch {
          return [];
        }
      });
      expect(lines.filter((line) => line.includes(folder)).length).toBeGreaterThan(1);
      expect(lines.filter((line) => line.includes("12345670") && !line.includes("node"))).toEqual([]);
    });
  });

  test("a name that looks like a pressed button opens nothing", async () => {
    const target = [process.execPath, "-e", liar, "--", "-p", folder, "-i", ifname];
    await withAccessPoint({ target }, async (accessPoint, heard) => {
      expect((await accessPoint.sharedKey())?.revealText()).toBe("home is my castle");
      await accessPoint.advertise(null);
      await accessPoint.advertise(null);
      expect(heard.types()).toEqual([]);
      byHand("wps_pbc");
      await heard.next("buttonPressed");
    });
  });

  test("a hostapd that drives no network says so", async () => {
    await stop("SIGTERM");
    const file = join(folder, "none.conf");
    writeFileSync(file, `interface=${ifname}\ndriver=none\nctrl_interface=${folder}\nssid=x\n`);
    daemon = spawn("hostapd", [file], { stdio: "ignore", env });
    const trouble = async (): Promise<RadioError> => {
      const error = await open({ target: join(folder, ifname) }).catch((caught: unknown) => caught);
      if (!(error instanceof RadioError)) throw error;
      return error.kind === "gone" ? systemClock.sleep(20).then(trouble) : error;
    };
    expect(await trouble()).toMatchObject({ kind: "unsupported", message: /no network on the air/ });
  });
});

describe("where no hostapd is", () => {
  const message = (target: HostapdOptions["target"]) =>
    openHostapd({ target, clock: systemClock, random: systemRandom }).then(
      () => "",
      (error: unknown) =>
        error instanceof RadioError ? `${error.kind}: ${error.message} ${error.hint}` : String(error),
    );

  test("a missing socket is a sentence with what to do", async () => {
    expect(await message("nowhere0")).toMatch(
      /^gone: There is no hostapd at \/run\/hostapd\/nowhere0\. Start hostapd .*ctrl_interface=\/run\/hostapd .*\.$/,
    );
  });

  test("a command that does not exist, or ends, is one, with its last words", async () => {
    expect(await message(["/no/such/program"])).toMatch(
      /^gone: The command "\/no\/such\/program" ended: there is no program \/no\/such\/program\. Run the command by hand.*\.$/,
    );
    expect(await message(["sh", "-c", "echo Host key verification failed. >&2"])).toMatch(
      /^gone: The command ".*" ended: Host key verification failed\. Run the command by hand: .*hostapd_cli.*\.$/,
    );
  });
});
