/**
 * The control interface against the real wpa_supplicant, which also runs without any radio (`-D none`, on the loopback
 * interface); by both carriers.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../clock/system-clock.ts";
import { Secret } from "../../wsc/secret.ts";
import { openCli } from "../control/cli.ts";
import { type ControlSocket, openControlSocket } from "../control/control-socket.ts";
import { datagramCarrier } from "../control/datagram.ts";
import { type OpenEndpoint, WPA_SUPPLICANT } from "../control/endpoint.ts";
import { RadioError } from "../station-radio.ts";
import { type ControlEvent, type ControlNews, parseEvent } from "./events.ts";
import { openWpaSupplicant } from "./station.ts";

const env = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };
const root = process.getuid?.() === 0;
const missing = ["wpa_supplicant", "wpa_cli"].filter((name) => spawnSync("which", [name], { env }).status !== 0);
const reason = missing.length > 0 ? `${missing.join(" and ")} missing` : root ? null : "needs root";
if (reason !== null && process.env["CI"] && missing.length > 0)
  throw new Error(`In CI every peer must be there: ${reason}.`);

const carriers: readonly (readonly [string, OpenEndpoint | null])[] = [
  ["a datagram socket", datagramCarrier()],
  ["wpa_cli", openCli],
];

for (const [name, carrier] of carriers)
  describe.skipIf(reason !== null || carrier === null)(
    `wpa_supplicant by ${name}${reason ? ` (${reason})` : ""}`,
    () => {
      let folder: string;
      let path: string;
      let daemon: ChildProcess;
      let control: ControlSocket<ControlEvent>;
      const opened = () =>
        openControlSocket({
          daemon: WPA_SUPPLICANT,
          path,
          clock: systemClock,
          readEvent: parseEvent,
          ...(carrier === null ? {} : { carrier }),
        });

      beforeAll(() => {
        process.env["PATH"] = env.PATH;
      });
      beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "openwps-test-"));
        path = join(folder, "ctrl", "lo");
        await start();
        control = await opened();
      });
      afterEach(async () => {
        control.close();
        await stop("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
      });

      async function start(): Promise<void> {
        const file = join(folder, "wpa.conf");
        writeFileSync(file, `ctrl_interface=${join(folder, "ctrl")}\nupdate_config=1\n`);
        daemon = spawn("wpa_supplicant", ["-D", "none", "-i", "lo", "-c", file], { stdio: "ignore", env });
        for (;;) {
          try {
            (await opened()).close();
            return;
          } catch {
            await systemClock.sleep(20);
          }
        }
      }

      async function stop(signal: NodeJS.Signals): Promise<void> {
        if (daemon.exitCode !== null || daemon.signalCode !== null) return;
        const ended = new Promise((resolve) => daemon.once("exit", resolve));
        daemon.kill(signal);
        await ended;
      }

      function heard(type: ControlNews["type"]): Promise<ControlNews> {
        return new Promise((resolve) => {
          const quiet = control.listen((news) => {
            if (news.type !== type) return;
            quiet();
            resolve(news);
          });
        });
      }

      test("each question gets its own answer, in order", async () => {
        const [id, status, setting, unknown] = await Promise.all(
          ["ADD_NETWORK", "STATUS", "GET update_config", "NO_SUCH_COMMAND"].map((command) => control.request(command)),
        );
        expect(id).toBe("0");
        expect(status).toMatch(/^wpa_state=/m);
        expect(setting).toBe("1");
        expect(unknown).toBe("UNKNOWN COMMAND");
      });

      test("events come beside the answers", async () => {
        const added = heard("other");
        expect(await control.request("ADD_NETWORK")).toBe("0");
        expect(await added).toEqual({ type: "other", name: "CTRL-EVENT-NETWORK-ADDED" });
      });

      test("one that is stopped is gone at once, and found again when it is started again", async () => {
        const gone = heard("gone");
        await stop("SIGTERM");
        await gone;
        await expect(control.request("PING")).rejects.toBeInstanceOf(RadioError);
        const back = heard("back");
        await start();
        await back;
        expect(await control.request("PING")).toMatch(/^(PONG)?$/);
        const added = heard("other");
        await control.request("ADD_NETWORK");
        await added;
      });

      test("one that is killed is missed within seconds, without another word from us", async () => {
        const gone = heard("gone");
        await stop("SIGKILL");
        await gone;
      });

      test("a radio's settings come back as they were, and its own networks stay", async () => {
        const radio = await openWpaSupplicant({ target: path, clock: systemClock, ...(carrier && { carrier }) });
        await control.request("ADD_NETWORK");
        const before = await radio.residue();
        expect(before).toEqual({ wps_cred_processing: "0", update_config: "1", logLevel: "INFO" });
        await control.request("SET wps_cred_processing 1");
        await control.request("SET update_config 0");
        await control.request("LOG_LEVEL WARNING");
        await radio.clearAfterCrash(before);
        expect(await radio.residue()).toEqual(before);

        const key = new Secret('pass "phrase" \\ ');
        const network = { ssid: Uint8Array.of(0, 0x22, 0xff, 0x5c), key, wpa1: true, sae: true };
        await radio.apply({ mode: "station", network });
        expect(await control.request("GET_NETWORK 1 ssid")).toBe("0022ff5c");
        await radio.apply({ mode: "station", network: null });
        expect((await control.request("LIST_NETWORKS")).split("\n")).toHaveLength(2);
        await radio.close();
      });
    },
  );

describe("where no wpa_supplicant is", () => {
  const message = (target: string) =>
    openWpaSupplicant({ target, clock: systemClock }).then(
      () => "",
      (error: unknown) =>
        error instanceof RadioError ? `${error.kind}: ${error.message} ${error.hint}` : String(error),
    );

  test("a missing socket is a sentence with what to do", async () => {
    expect(await message("nowhere0")).toMatch(
      /^gone: There is no wpa_supplicant at \/run\/wpa_supplicant\/nowhere0\. Start wpa_supplicant .*\.$/,
    );
  });

  test.skipIf(datagramCarrier() === null)("something else behind the path is one, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "openwps-test-"));
    const path = join(folder, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await message(path)).toMatch(/^gone: wpa_supplicant does not answer at .*socket\. Start .*\.$/);
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
