/** `openwps registrar` behind a stock hostapd, by its API alone: what a person clicks, and what must be true on the air. */
import { describe, expect, test } from "vitest";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { generatePin, type Pin } from "../../src/wsc/pin.ts";
import { type AccessPoint, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { connected, keyOf } from "../registrar-on-air.ts";
import { type ListedDevice, RegistrarProgram, type Status } from "../registrar-program.ts";

interface World {
  readonly registrar: RegistrarProgram;
  readonly accessPoint: AccessPoint;
  readonly lamp: Station;
  /** The API's path of its instance. */
  readonly instance: string;
  /** What its status has been since the registrar listens. */
  readonly statuses: readonly Status[];
  restart(): Promise<void>;
}

async function onAir(
  name: string,
  way: "shared" | "radius" | "own",
  passphrase: string | null,
  story: (world: World) => Promise<void>,
): Promise<void> {
  const registrar = new RegistrarProgram(way);
  const air = await openAir({ name, radios: 2 });
  const done = new AbortController();
  try {
    const accessPoint = await air.accessPoint({ ssid: "devices", passphrase, config: registrar.config });
    const lamp = await air.station();
    const statuses: Status[] = [];
    const restart = async () => {
      expect(await registrar.stop()).toBe(0);
      await registrar.start(air, accessPoint);
    };
    await registrar.start(air, accessPoint);
    await registrar.follow(statuses, done.signal);
    const [{ id }] = (await registrar.ask("GET", "/wps/instances")).json as [{ readonly id: string }];
    await story({ registrar, accessPoint, lamp, instance: `/wps/instances/${id}`, statuses, restart });
  } finally {
    done.abort();
    await air.close();
  }
}

/** The pairs of statuses that were shown, each once in a row. */
function steps(statuses: readonly Status[]): readonly string[] {
  const all = statuses.map((one) => `${one["WPS Operational Status"]}, ${one["Transaction Status"]}`);
  return all.filter((step, at) => step !== all[at - 1]);
}

describe.concurrent("openwps registrar", () => {
  test("by a click a lamp comes in with a key of its own, each step is told, and another click takes it back", async ({
    task,
  }) => {
    await onAir(task.name, "radius", null, async ({ registrar, accessPoint, lamp, instance, statuses, restart }) => {
      expect((await registrar.ask("GET", `${instance}/status`)).json).toMatchObject({
        "WPS Status": "Enabled",
        "WPS Configuration State": "Configured",
        "WPS Operational Status": "Ready",
        "Transaction Status": "None",
        SSID: "devices",
        window: null,
      });
      expect(await registrar.ask("POST", `${instance}/enrolment`, { method: "pbc" })).toEqual({
        code: 204,
        json: null,
      });
      await lamp.cli("wps_pbc");
      await connected(lamp, accessPoint);
      await until(async () => statuses.at(-1)?.["Transaction Status"] === "Success", 200);
      expect(steps(statuses)).toEqual(["Ready, None", "Adding Enrollee, None", "Ready, Success"]);
      expect(statuses.at(-1)?.window).toBeNull();
      const key = keyOf(lamp);
      expect(key).toMatch(/^[0-9a-f]{64}$/);

      // It is connected soon after its run, and the activity has it with every message and no key.
      const [device] = (await registrar.ask("GET", "/devices")).json as readonly ListedDevice[];
      expect(device).toMatchObject({ mac: lamp.macAddress.replaceAll(":", "").toUpperCase(), method: "pbc" });
      const activity = JSON.stringify((await registrar.ask("GET", "/activity")).json);
      expect(activity).toContain("Lab station");
      for (const text of [activity, registrar.log()]) expect(text.toLowerCase()).not.toContain(key);

      await restart();
      expect((await registrar.ask("GET", "/devices")).json).toHaveLength(1);
      expect((await registrar.ask("DELETE", `/devices/${device?.mac}`)).code).toBe(204);
      await until(async () => (await lamp.linkedTo()) === null);
      expect((await registrar.ask("GET", "/devices")).json).toEqual([]);
    });
  });

  test("a wrong PIN is told as WPS Message Error, stop closes a window, and with the right PIN the lamp comes in", async ({
    task,
  }) => {
    const passphrase = "correct horse battery";
    await onAir(task.name, "shared", passphrase, async ({ registrar, accessPoint, lamp, instance, statuses }) => {
      const enrol = (pin: string) => registrar.ask("POST", `${instance}/enrolment`, { method: "pin", pin });
      expect((await enrol("12345678")).code).toBe(400);
      expect((await enrol("1234-5670")).code).toBe(204);
      expect((await enrol("stop")).code).toBe(204);
      expect((await registrar.ask("GET", `${instance}/status`)).json).toMatchObject({ window: null });

      expect((await enrol("1234 5670")).code).toBe(204);
      await lamp.cli("wps_pin", "any", "12340002");
      await until(async () => statuses.at(-1)?.["Transaction Status"] === "WPS Message Error", 200);
      await lamp.cli("wps_cancel");
      await enrol("12340002");
      await lamp.cli("wps_pin", "any", "12340002");
      await connected(lamp, accessPoint);
      await until(async () => statuses.at(-1)?.["Transaction Status"] === "Success", 200);
      expect(steps(statuses)).toEqual([
        ...["Ready, None", "Adding Enrollee, None", "Ready, WPS Message Error"],
        ...["Adding Enrollee, WPS Message Error", "Ready, Success"],
      ]);
      expect(keyOf(lamp)).toBe(passphrase);
      expect(registrar.log()).not.toContain(passphrase);
    });
  });

  test("whoever guesses at the device PIN is locked out, and with the right one reads the settings later", async ({
    task,
  }) => {
    const passphrase = "correct horse battery";
    await onAir(task.name, "shared", passphrase, async (world) => {
      const { registrar, accessPoint, lamp, instance, restart } = world;
      const devicePin = async () =>
        (await registrar.ask("POST", "/wps/device-pin", { seconds: 900 })).json as { readonly pin: string };
      const status = async () => (await registrar.ask("GET", `${instance}/status`)).json as Status;
      const { pin } = await devicePin();
      for (let count = 1; count <= 3; count++) {
        await lamp.cli("wps_reg", accessPoint.bssid, wrongPin(pin));
        await until(async () => (await status())["Failed Attempts with Invalid PIN"] === count, 300);
        await lamp.cli("wps_cancel");
      }
      expect(await status()).toMatchObject({ "AP Lockdown Status": "Locked" });
      await restart();
      expect(await status()).toMatchObject({ "Failed Attempts with Invalid PIN": 3 });
      expect(JSON.stringify((await registrar.ask("GET", "/activity")).json)).toContain('"setup-locked"');

      expect((await registrar.ask("POST", `${instance}/unlock`)).code).toBe(204);
      await lamp.cli("wps_reg", accessPoint.bssid, (await devicePin()).pin);
      await connected(lamp, accessPoint);
      expect(keyOf(lamp)).toBe(passphrase);
      for (const one of [pin, passphrase]) expect(registrar.log()).not.toContain(one);
    });
  });

  test("an access point's own Registrar lets a lamp in at a click as well, and tells how it went", async ({ task }) => {
    const passphrase = "correct horse battery";
    await onAir(task.name, "own", passphrase, async ({ registrar, accessPoint, lamp, instance, statuses }) => {
      const enrol = (body: object) => registrar.ask("POST", `${instance}/enrolment`, body);
      expect((await enrol({ method: "pin", pin: "12345670" })).code).toBe(204);
      await lamp.cli("wps_pin", "any", "12345670");
      await connected(lamp, accessPoint);
      await until(async () => statuses.at(-1)?.["Transaction Status"] === "Success", 200);

      // hostapd remembers whom it has let in by PIN, and a button is another matter.
      expect((await enrol({ method: "pbc" })).code).toBe(204);
      await until(async () => statuses.at(-1)?.window?.method === "pbc", 200);
      await lamp.cli("wps_pbc");
      await until(async () => statuses.at(-1)?.window === null, 200);
      await connected(lamp, accessPoint);
      expect(steps(statuses)).toEqual([
        ...["Ready, None", "Adding Enrollee, None", "Ready, Success"],
        ...["Adding Enrollee, Success", "Ready, Success"],
      ]);
      expect((await registrar.ask("GET", "/devices")).json).toMatchObject([
        { mac: lamp.macAddress.replaceAll(":", "").toUpperCase() },
      ]);
    });
  });
});

/** A PIN that a person could have, and whose first half is another one. */
function wrongPin(pin: string): Pin {
  for (;;) {
    const other = generatePin(systemRandom);
    if (other.slice(0, 4) !== pin.slice(0, 4)) return other;
  }
}
