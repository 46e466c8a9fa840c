/** The device's service and `openwps pair` on the air: what a person does, and what must be true afterwards. */
import { describe, expect, test } from "vitest";
import { type AccessPoint, type OnAir, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { openwps, Service } from "../program.ts";

const wps = "/api/v1/wifi/wps";
const homeNetwork = 'network={\n\tssid="home"\n\tpsk="home is my castle"\n}';

interface World {
  readonly air: OnAir;
  readonly home: AccessPoint;
  readonly other: AccessPoint;
  readonly station: Station;
  readonly service: Service;
  /** It is at home, and wpa_supplicant's own file is as it was. */
  expectAtHome(): Promise<void>;
}

/**
 * Two access points that give addresses, and a station whose wpa_supplicant knows `networks`.
 * With `homeNetwork` it is at home before the story begins.
 */
async function onAir(name: string, networks: readonly string[], story: (world: World) => Promise<void>): Promise<void> {
  const air = await openAir({ name, radios: 3 });
  try {
    const [home, other, station] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
      air.accessPoint({ ssid: "other", passphrase: "the grass is greener", channel: 6 }),
      air.station({ networks }),
    ]);
    await Promise.all([home.serveAddresses(), other.serveAddresses(), station.askForAddresses()]);
    const file = station.configuration();
    if (networks.length > 0) await until(async () => (await station.linkedTo()) === home.bssid);
    const service = new Service(air, station);
    const expectAtHome = async () => {
      await until(async () => (await station.linkedTo()) === home.bssid);
      await until(async () => (await service.wifi()).ssid === "home");
      expect(station.configuration()).toBe(file);
    };
    await story({ air, home, other, station, service, expectAtHome });
  } finally {
    await air.close();
  }
}

async function searching(service: Service): Promise<void> {
  expect((await service.request("POST", wps)).status).toBe(204);
  await until(async () => (await service.session()).phase === "searching");
}

describe.concurrent("openwps station", () => {
  test("POST, a button is pressed, and it is connected, also after the service and wpa_supplicant were restarted", async ({
    task,
  }) => {
    await onAir(task.name, [], async ({ home, other, station, service }) => {
      await service.start();
      const answer = await service.request("POST", wps);
      expect(answer.status).toBe(204);
      expect(answer.headers.get("content-length")).toBe("0");
      await home.pressButton();
      expect(await service.ended()).toMatchObject({ result: "success", peer: { ssid: "home" } });
      expect(await station.linkedTo()).toBe(home.bssid);
      expect(await service.wifi()).toMatchObject({ ssid: "home", status: "OK", ip: expect.stringMatching(/^10\./) });

      await service.stop();
      await service.start();
      await until(async () => (await service.wifi()).status === "OK");
      expect(await station.linkedTo()).toBe(home.bssid);

      await station.stop();
      await station.start();
      await until(async () => (await station.linkedTo()) === home.bssid);
      await until(async () => (await service.wifi()).status === "OK");

      // A pairing that is cancelled brings the paired network back, and another one replaces it.
      await searching(service);
      expect((await service.request("DELETE", wps)).status).toBe(204);
      expect(await service.ended()).toMatchObject({ result: "cancelled" });
      await until(async () => (await station.linkedTo()) === home.bssid);
      expect((await service.request("POST", wps)).status).toBe(204);
      await other.pressButton();
      expect(await service.ended()).toMatchObject({ result: "success", peer: { ssid: "other" } });
      expect(await station.linkedTo()).toBe(other.bssid);
      expect(station.configuration()).not.toContain("network={");
    });
  });

  test("at home, and nobody presses a button: after two minutes it says so and is at home again", async ({ task }) => {
    await onAir(task.name, [homeNetwork], async ({ service, expectAtHome }) => {
      await service.start();
      await searching(service);
      expect((await service.request("POST", wps)).status).toBe(409);
      expect(await service.ended()).toMatchObject({ result: "timeout", hint: expect.stringMatching(/\.$/) });
      await expectAtHome();
    });
  });

  test("at home, and the person cancels: it is at home again", async ({ task }) => {
    await onAir(task.name, [homeNetwork], async ({ service, expectAtHome }) => {
      await service.start();
      await searching(service);
      expect((await service.request("DELETE", wps)).status).toBe(204);
      expect(await service.ended()).toMatchObject({ result: "cancelled" });
      await expectAtHome();
    });
  });

  test("at home, and the service is killed in the middle of a pairing: a new one is at home again", async ({
    task,
  }) => {
    await onAir(task.name, [homeNetwork], async ({ station, service, expectAtHome }) => {
      const settings = async () => `${await station.cli("get", "update_config")}${await station.cli("log_level")}`;
      const before = await settings();
      await service.start();
      await searching(service);
      await until(async () => (await station.linkedTo()) === null);
      await service.stop("SIGKILL");
      await service.start();
      expect(await service.session()).toMatchObject({ active: false, result: "failed" });
      await expectAtHome();
      expect(await settings()).toBe(before);
    });
  });

  test("at home, and the service is told to stop in the middle of a pairing: it ends with 0 and leaves it at home", async ({
    task,
  }) => {
    await onAir(task.name, [homeNetwork], async ({ home, station, service, expectAtHome }) => {
      await service.start();
      await searching(service);
      expect(await service.stop()).toBe(0);
      await until(async () => (await station.linkedTo()) === home.bssid);
      await service.start();
      expect(await service.session()).toMatchObject({ active: false, result: "cancelled", reason: "stopped" });
      await expectAtHome();
    });
  });

  test("at home, and two buttons are pressed: it says overlap, is at home again, and the next pairing succeeds", async ({
    task,
  }) => {
    await onAir(task.name, [homeNetwork], async ({ home, other, station, service, expectAtHome }) => {
      await service.start();
      await home.pressButton();
      await other.pressButton();
      expect((await service.request("POST", wps)).status).toBe(204);
      expect(await service.ended()).toMatchObject({ result: "overlap", reason: "overlap" });
      await expectAtHome();
      expect((await service.request("POST", wps, { method: "pbc", bssid: other.bssid })).status).toBe(204);
      expect(await service.ended()).toMatchObject({ result: "success", peer: { ssid: "other" } });
      expect(await station.linkedTo()).toBe(other.bssid);
    });
  });

  test("at home, and wpa_supplicant is killed in the middle of a pairing: it says so, and is at home when it is back", async ({
    task,
  }) => {
    await onAir(task.name, [homeNetwork], async ({ station, service, expectAtHome }) => {
      await service.start();
      await searching(service);
      await station.kill();
      expect(await service.ended()).toMatchObject({
        result: "failed",
        reason: "radio-gone",
        hint: expect.stringMatching(/wpa_supplicant.*\.$/),
      });
      await station.start();
      await expectAtHome();
    });
  });
});

describe.concurrent("openwps pair", () => {
  test("joins by PIN and leaves the network in wpa_supplicant's own file", async ({ task }) => {
    await onAir(task.name, [], async ({ air, home, station }) => {
      await home.enterPin("12345670");
      const args = ["pair", "--radio", `wpa_supplicant:${station.ifname}`, "--pin", "12345670", "--json"];
      const command = await openwps(air, station, args);
      expect(await command.ended, command.log()).toBe(0);
      expect(command.log()).not.toContain("home is my castle");
      expect(await station.linkedTo()).toBe(home.bssid);
      expect(station.configuration()).toContain('psk="home is my castle"');
      await station.stop();
      await station.start();
      await until(async () => (await station.linkedTo()) === home.bssid);
    });
  });

  test("interrupted by the person it ends with 130, and the device is at home again", async ({ task }) => {
    await onAir(task.name, [homeNetwork], async ({ air, home, station }) => {
      const file = station.configuration();
      const command = await openwps(air, station, ["pair", "--radio", `wpa_supplicant:${station.ifname}`]);
      await until(async () => (await station.linkedTo()) === null);
      await command.stop("SIGINT");
      expect(await command.ended, command.log()).toBe(130);
      await until(async () => (await station.linkedTo()) === home.bssid);
      expect(station.configuration()).toBe(file);
    });
  });

  test("without wpa_supplicant it says what is missing and what to do", async ({ task }) => {
    await onAir(task.name, [], async ({ air, station }) => {
      await station.stop();
      const command = await openwps(air, station, ["pair", "--radio", `wpa_supplicant:${station.ifname}`]);
      expect(await command.ended).toBe(1);
      expect(command.log()).toMatch(/no wpa_supplicant at .*\n?.*Start wpa_supplicant/);
      expect(command.log()).not.toMatch(/^\s+at /m);
    });
  });
});
