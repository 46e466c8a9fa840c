/** A network that gives each device a key of its own: a stock hostapd without a passphrase, and our registrar behind it. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { RegistrarService } from "../../src/registrar/service.ts";
import { type Pin, parsePin } from "../../src/wsc/pin.ts";
import { type AccessPoint, type OnAir, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { connected, filed, keyOf, LabRegistrar } from "../registrar-on-air.ts";

interface Scene {
  readonly air: OnAir;
  readonly registrar: LabRegistrar;
  readonly accessPoint: AccessPoint;
  readonly service: RegistrarService;
}

/** A scene with one access point, and our registrar behind it. */
async function scene(
  name: string,
  stations: number,
  registrar: LabRegistrar,
  play: (scene: Scene) => Promise<void>,
  config: readonly string[] = [],
  passphrase: string | null = null,
): Promise<void> {
  const air = await openAir({ name, radios: stations + 1 });
  try {
    const accessPoint = await air.accessPoint({
      ssid: "devices",
      passphrase,
      config: [...registrar.config, ...config],
    });
    await play({ air, registrar, accessPoint, service: await registrar.start([accessPoint]) });
  } finally {
    await registrar.stop();
    await air.close();
  }
}

const press = (station: Station) => station.cli("wps_pbc");

async function enrol(station: Station, { accessPoint, service }: Scene): Promise<void> {
  expect(await service.pressButton(accessPoint.bssid)).toBe("open");
  await press(station);
  await connected(station, accessPoint);
}

/** The PIN that wpa_supplicant makes up. */
async function pinOf(station: Station): Promise<Pin> {
  const text = (await station.cli("wps_pin", "get")).trim().split("\n").at(-1) ?? "";
  const parsed = parsePin(text);
  if (!parsed.ok) throw new Error(`wpa_supplicant made up a PIN that is none: ${text}`);
  return parsed.value;
}

const perDevice = () => new LabRegistrar({ keys: "per-device" });
const byFile = () => new LabRegistrar({ keys: "per-device", delivery: "file" });

describe.concurrent("a network with a key for each device", () => {
  test("lets in two devices, by button and by PIN, each with its own key; they pass traffic; one is revoked and stays out", async ({
    task,
  }) => {
    await scene(task.name, 2, perDevice(), async (all) => {
      const { air, registrar, accessPoint, service } = all;
      const lamp = await air.station();
      const meter = await air.station();
      await enrol(lamp, all);
      expect(service.status(accessPoint.bssid)).toMatchObject({ transactionStatus: "Success", window: null });

      const pin = await pinOf(meter);
      await service.enterPin(accessPoint.bssid, pin);
      await meter.cli("wps_pin", "any", pin);
      await connected(meter, accessPoint);

      expect(keyOf(lamp)).toMatch(/^[0-9a-f]{64}$/);
      expect(keyOf(meter)).toMatch(/^[0-9a-f]{64}$/);
      expect(keyOf(lamp)).not.toBe(keyOf(meter));
      expect(service.devices.get(meter.macAddress)).toMatchObject({ method: "pin", confirmed: true });

      // An address that came over the air takes traffic both ways.
      await accessPoint.serveAddresses();
      for (const station of [lamp, meter]) {
        await station.askForAddresses();
        await until(async () => (await station.status("ip_address"))?.startsWith("10.") === true);
      }

      await service.revoke(lamp.macAddress);
      await until(async () => (await lamp.linkedTo()) === null);
      for (let second = 0; second < 60; second += 5) {
        await sleep(5_000);
        expect(await lamp.status("wpa_state")).not.toBe("COMPLETED");
        expect(await meter.linkedTo()).toBe(accessPoint.bssid);
      }
      expect([...service.devices.all()].map(({ macAddress }) => macAddress)).toEqual([meter.macAddress]);
      expect(registrar.troubles).toEqual([]);
    });
  });

  test("gives a device that enrols again a new key, and it comes with the new one only", async ({ task }) => {
    await scene(task.name, 1, perDevice(), async (all) => {
      const { air, accessPoint, service } = all;
      const lamp = await air.station();
      await enrol(lamp, all);
      const first = keyOf(lamp);
      await enrol(lamp, all);
      const second = keyOf(lamp);
      expect(second).not.toBe(first);
      const keys = service.keys(lamp.macAddress, accessPoint.bssid).map((key) => key.revealText());
      expect(keys[0]).toBe(second);
      expect(keys).not.toContain(first);
      // hostapd went by what it had been answered before the second key was handed out.
      expect(lamp.log()).not.toContain("WRONG_KEY");
    });
  });

  test("loses nothing when the registrar is started again, and the devices come back", async ({ task }) => {
    await scene(task.name, 1, perDevice(), async (all) => {
      const { air, registrar, accessPoint } = all;
      const lamp = await air.station();
      await enrol(lamp, all);
      await registrar.stop();
      const service = await registrar.start([accessPoint]);
      expect(service.devices.size).toBe(1);
      await lamp.cli("disconnect");
      // hostapd remembers the last answer for half a minute; this is one that it has to ask for.
      await sleep(31_000);
      await lamp.cli("reconnect");
      await connected(lamp, accessPoint);
    });
  });

  test("delivers keys by a file, which works while the registrar is down, and revokes by it at once", async ({
    task,
  }) => {
    await scene(task.name, 2, byFile(), async (all) => {
      const { air, registrar, accessPoint, service } = all;
      const lamp = await air.station();
      const meter = await air.station();
      await enrol(lamp, all);
      await enrol(meter, all);
      await until(async () => filed(registrar).length === 2);
      await registrar.stop();
      await lamp.cli("disconnect");
      await until(async () => (await lamp.linkedTo()) === null);
      await lamp.cli("reconnect");
      await connected(lamp, accessPoint);

      const again = await registrar.start([accessPoint]);
      await again.revoke(lamp.macAddress);
      await until(async () => (await lamp.linkedTo()) === null);
      expect(filed(registrar)).toHaveLength(1);
      // For half of that it is kept out by its address, and then by its key.
      for (let second = 0; second < 60; second += 5) {
        await sleep(5_000);
        expect(await lamp.status("wpa_state")).not.toBe("COMPLETED");
        expect(await meter.linkedTo()).toBe(accessPoint.bssid);
      }
      expect(service.devices.size).toBe(2);
    });
  });
});

describe.concurrent("a window", () => {
  test("that nobody opened lets nobody in: the device asks in vain and waits among the requests, and is admitted", async ({
    task,
  }) => {
    await scene(task.name, 1, perDevice(), async ({ air, accessPoint, service }) => {
      const lamp = await air.station();
      await press(lamp);
      await until(async () => service.requests.some(({ macAddress }) => macAddress === lamp.macAddress));
      expect(service.devices.size).toBe(0);
      expect(await service.admit(lamp.macAddress, null)).toBe("open");
      await connected(lamp, accessPoint);
      expect(service.requests).toEqual([]);
    });
  });

  test("is an overlap where two devices press at once, and nobody gets a key", async ({ task }) => {
    await scene(task.name, 2, perDevice(), async ({ air, accessPoint, service }) => {
      const lamp = await air.station();
      const meter = await air.station();
      await press(lamp);
      await press(meter);
      await until(async () => service.requests.length === 2);
      expect(await service.pressButton(accessPoint.bssid)).toBe("overlap");
      await until(async () => service.status(accessPoint.bssid)?.transactionStatus === "WPS Message Error");
      await sleep(10_000);
      expect(service.devices.size).toBe(0);
    });
  });

  test("opens for the next device right after the last one came in", async ({ task }) => {
    await scene(task.name, 2, perDevice(), async (all) => {
      const lamp = await all.air.station();
      const meter = await all.air.station();
      await enrol(lamp, all);
      await enrol(meter, all);
      expect(all.service.devices.size).toBe(2);
      expect(await lamp.linkedTo()).toBe(all.accessPoint.bssid);
    });
  });

  test("opens by the access point's own button", async ({ task }) => {
    await scene(task.name, 1, perDevice(), async ({ air, accessPoint, service }) => {
      const lamp = await air.station();
      await accessPoint.pressButton();
      await until(async () => service.status(accessPoint.bssid)?.window?.method === "pushButton");
      await press(lamp);
      await connected(lamp, accessPoint);
      expect(service.activity.some((entry) => entry.type === "audit" && entry.action === "button-pressed-there")).toBe(
        true,
      );
    });
  });

  test("closes after two minutes, on the air as in the status, and stop closes it at once", async ({ task }) => {
    await scene(task.name, 0, perDevice(), async ({ accessPoint, service }) => {
      const shown = async () => /PBC Status: Active/.test(await accessPoint.cli("wps_get_status"));
      await service.pressButton(accessPoint.bssid);
      expect(await shown()).toBe(true);
      await service.stop(accessPoint.bssid);
      expect(await shown()).toBe(false);
      expect(service.status(accessPoint.bssid)).toMatchObject({ transactionStatus: "None", window: null });
      await service.pressButton(accessPoint.bssid);
      await until(async () => service.status(accessPoint.bssid)?.window === null);
      expect(service.status(accessPoint.bssid)?.transactionStatus).toBe("Timed Out");
      await until(async () => !(await shown()));
    });
  });

  test("on one of two networks of a hostapd lets nobody into the other", async ({ task }) => {
    const registrar = perDevice();
    const air = await openAir({ name: task.name, radios: 2 });
    try {
      const accessPoint = await air.accessPoint((ifname) => ({
        ssid: "devices",
        passphrase: null,
        config: [
          ...registrar.config,
          ...[`bss=${ifname}_1`, "ssid=guests", "wpa=2", "wpa_key_mgmt=WPA-PSK", "rsn_pairwise=CCMP"],
          ...["ctrl_interface=/run/hostapd", "wps_state=2", "wps_independent=1", ...registrar.config],
        ],
      }));
      const bssid = readFileSync(`/sys/class/net/${accessPoint.ifname}_1/address`, "utf8").trim();
      const guests = Object.assign(Object.create(accessPoint), { ifname: `${accessPoint.ifname}_1`, bssid });
      const service = await registrar.start([accessPoint, guests]);
      expect(service.instances).toHaveLength(2);
      const lamp = await air.station();
      await service.pressButton(guests.bssid);
      await lamp.cli("wps_pbc", accessPoint.bssid);
      await sleep(15_000);
      expect(service.devices.size).toBe(0);
      await lamp.cli("wps_cancel");
      await sleep(3_000);
      await lamp.cli("wps_pbc", bssid);
      await connected(lamp, guests);
    } finally {
      await registrar.stop();
      await air.close();
    }
  });
});

test("a network whose key all share hands out the passphrase of hostapd's own file", async ({ task }) => {
  const registrar = new LabRegistrar({ keys: "shared" });
  const passphrase = "correct horse battery";
  await scene(
    task.name,
    1,
    registrar,
    async (all) => {
      const lamp = await all.air.station();
      await enrol(lamp, all);
      expect(keyOf(lamp)).toBe(passphrase);
      expect((await all.service.revealKey(all.accessPoint.bssid))?.revealText()).toBe(passphrase);
    },
    [],
    passphrase,
  );
});
