/**
 * A pairing begun in each of the three modes (client of a network, set-up hotspot, Wi-Fi off), and each of its ends: what
 * it leaves behind is what the device's documentation promises.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type AccessPoint, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { Service } from "../program.ts";

const run = promisify(execFile);
const wps = "/api/v1/wifi/wps";
const passphrase = "home is my castle";

type Mode = "STA" | "AP" | "OFF";

interface World {
  readonly home: AccessPoint;
  readonly other: AccessPoint;
  readonly station: Station;
  readonly service: Service;
  /** Waits until the device is in this mode in truth: connected to its network, a hotspot on the air, or neither. */
  expectIn(mode: Mode, accessPoint?: AccessPoint): Promise<void>;
}

/** What the kernel says that the interface is. */
async function kindOf(station: Station): Promise<string> {
  const { stdout } = await run("iw", ["dev", station.ifname, "info"]);
  return /^\ttype (.*)$/m.exec(stdout)?.[1] ?? "";
}

async function begunIn(mode: Mode, name: string, story: (world: World) => Promise<void>): Promise<void> {
  const air = await openAir({ name, radios: 3 });
  try {
    const [home, other, station] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase }),
      air.accessPoint({ ssid: "other", passphrase: "the grass is greener", channel: 6 }),
      air.station(),
    ]);
    await Promise.all([home.serveAddresses(), other.serveAddresses(), station.askForAddresses()]);
    const key = `/tmp/hotspot-key-${station.ifname}`;
    writeFileSync(key, "set me up please\n", { mode: 0o600 });
    const service = new Service(air, station, ["--hotspot-ssid", "set-up", "--hotspot-key-file", key]);
    await service.start();
    const expectIn = async (wanted: Mode, accessPoint = home) => {
      await until(async () => (await service.wifi()).mode === wanted);
      if (wanted === "STA") {
        await until(async () => (await station.linkedTo()) === accessPoint.bssid);
        await until(async () => (await service.wifi()).status === "OK");
      } else {
        await until(async () => (await kindOf(station)) === (wanted === "AP" ? "AP" : "managed"));
        expect(await station.linkedTo()).toBeNull();
      }
    };
    const network = { enable: true, name: "home", password: passphrase };
    const asked =
      mode === "STA"
        ? await service.request("POST", "/api/v1/wifi/sta/settings", network)
        : await service.request("PUT", "/api/v1/wifi/mode", { mode });
    expect(asked.status, await asked.text()).toBe(200);
    await expectIn(mode);
    await story({ home, other, station, service, expectIn });
  } finally {
    await air.close();
  }
}

async function searching(service: Service): Promise<void> {
  expect((await service.request("POST", wps)).status).toBe(204);
  await until(async () => (await service.session()).phase === "searching");
}

/** Out of the hotspot a failure switches Wi-Fi off; everywhere else it leads back. */
const afterFailure: Record<Mode, Mode> = { STA: "STA", AP: "OFF", OFF: "OFF" };

describe.concurrent.each(["STA", "AP", "OFF"] as const)("a pairing begun in mode %s", (mode) => {
  test(`${mode}: that succeeds leaves the device a client of the new network`, async ({ task }) => {
    await begunIn(mode, task.name, async ({ other, service, expectIn }) => {
      await searching(service);
      await other.pressButton();
      expect(await service.ended()).toMatchObject({ result: "success", peer: { ssid: "other" } });
      await expectIn("STA", other);
    });
  });

  test(`${mode}: that runs out of time leads to ${afterFailure[mode]}`, async ({ task }) => {
    await begunIn(mode, task.name, async ({ service, expectIn }) => {
      await searching(service);
      expect(await service.ended()).toMatchObject({ result: "timeout" });
      await expectIn(afterFailure[mode]);
    });
  });

  test(`${mode}: that a person cancels leads back to it`, async ({ task }) => {
    await begunIn(mode, task.name, async ({ service, expectIn }) => {
      await searching(service);
      expect((await service.request("DELETE", wps)).status).toBe(204);
      expect(await service.ended()).toMatchObject({ result: "cancelled" });
      await expectIn(mode);
    });
  });

  test(`${mode}: whose service is killed leads to ${afterFailure[mode]} after its start`, async ({ task }) => {
    await begunIn(mode, task.name, async ({ service, expectIn }) => {
      await searching(service);
      await service.stop("SIGKILL");
      await service.start();
      expect(await service.ended()).toMatchObject({ result: "failed", reason: "interrupted" });
      await expectIn(afterFailure[mode]);
    });
  });
});
