/**
 * Real wpa_supplicant as external Registrar, on a machine of its own at the end of a cable, and `openwps registrar` as the
 * access point that it finds there, behind real hostapd. Whom it lets in comes in on the air.
 */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type AccessPoint, type OnAir, openAir, type Station } from "../on-air.ts";
import { type Process, until } from "../process.ts";
import { connected, keyOf } from "../registrar-on-air.ts";
import { RegistrarProgram, type Status } from "../registrar-program.ts";

const run = promisify(execFile);

const lampPin = "24681353";
const passphrase = "correct horse battery";

/** What it logs when it has read the settings, and breaks off because it wanted no more. */
const learned = "WPS-FAIL msg=11 config_error=0";

/** wpa_supplicant without a radio, on a machine of its own. */
class ErMachine {
  /** The cable's end here, where Registrars are to find the access point. */
  readonly cable: string;
  readonly #name: string;
  readonly #net: string;
  #process: Process | null = null;

  constructor(name: string) {
    this.#name = `er-${name}`;
    this.cable = this.#name;
    this.#net = `10.249.${name.slice(4)}`;
  }

  async lay(): Promise<void> {
    await run("ip", ["netns", "add", this.#name]);
    await run("ip", ["link", "add", this.cable, "type", "veth", "peer", "name", "eth0", "netns", this.#name]);
    await run("ip", ["addr", "add", `${this.#net}.1/24`, "dev", this.cable]);
    await run("ip", ["link", "set", this.cable, "up"]);
    await run("ip", this.#there("ip", "link", "set", "lo", "up"));
    await run("ip", this.#there("ip", "addr", "add", `${this.#net}.2/24`, "dev", "eth0"));
    await run("ip", this.#there("ip", "link", "set", "eth0", "up"));
  }

  async start(air: OnAir): Promise<void> {
    const file = `/tmp/${this.#name}.conf`;
    writeFileSync(
      file,
      `ctrl_interface=/run/${this.#name}\ndevice_name=Lab ER\nconfig_methods=label keypad virtual_push_button\n`,
    );
    this.#process = await air.start("ip", this.#there("wpa_supplicant", "-Dnone", "-ieth0", "-c", file), {
      log: `wpa_supplicant-${this.#name}.log`,
      until: "Successfully initialized wpa_supplicant",
    });
    await until(async () => (await this.#ask("PING")) === "PONG", 300);
    await this.does("WPS_ER_START");
  }

  /** Gives one command. @throws Error where it is not "OK" */
  async does(...words: readonly string[]): Promise<void> {
    const answer = await this.#ask(...words);
    if (answer !== "OK") throw new Error(`${words.join(" ")}: ${answer}`);
  }

  async says(text: string): Promise<string> {
    if (this.#process === null) throw new Error("wpa_supplicant was not started");
    return this.#process.line(text);
  }

  /** The name by which it calls the access point that it has found. */
  async found(): Promise<string> {
    const [, uuid = ""] = /WPS-ER-AP-ADD (\S+)/.exec(await this.says("WPS-ER-AP-ADD")) ?? [];
    return uuid;
  }

  async remove(): Promise<void> {
    await run("ip", ["link", "del", this.cable]).catch(() => undefined);
    await run("ip", ["netns", "del", this.#name]).catch(() => undefined);
  }

  async #ask(...words: readonly string[]): Promise<string> {
    const client = ["wpa_cli", "-p", `/run/${this.#name}`, "-i", "eth0", "raw", ...words] as const;
    return (await run("ip", this.#there(...client))).stdout.trim();
  }

  #there(...command: readonly string[]): string[] {
    return ["netns", "exec", this.#name, ...command];
  }
}

interface World {
  readonly registrar: RegistrarProgram;
  readonly accessPoint: AccessPoint;
  readonly lamp: Station;
  readonly er: ErMachine;
  /** How it calls our access point. */
  readonly uuid: string;
  readonly devicePin: string;
  /** The API's path of the instance, and what its status has been. */
  readonly instance: string;
  readonly statuses: readonly Status[];
}

async function onAir(name: string, more: readonly string[], story: (world: World) => Promise<void>): Promise<void> {
  const air = await openAir({ name, radios: 2 });
  const done = new AbortController();
  let er: ErMachine | null = null;
  try {
    const registrar = new RegistrarProgram("shared");
    const accessPoint = await air.accessPoint({
      ssid: "devices",
      passphrase,
      config: [...registrar.config, ...more],
    });
    er = new ErMachine(accessPoint.ifname);
    await er.lay();
    await registrar.start(air, accessPoint, ["--upnp", er.cable]);
    const statuses: Status[] = [];
    await registrar.follow(statuses, done.signal);
    const [{ id }] = (await registrar.ask("GET", "/wps/instances")).json as [{ readonly id: string }];
    const { pin: devicePin } = (await registrar.ask("POST", "/wps/device-pin")).json as { readonly pin: string };
    await er.start(air);
    const uuid = await er.found();
    const lamp = await air.station();
    const instance = `/wps/instances/${id}`;
    await story({ registrar, accessPoint, lamp, er, uuid, devicePin, instance, statuses });
  } finally {
    done.abort();
    await air.close();
    await er?.remove();
  }
}

/** The pairs of statuses that were shown, each once in a row. */
function steps(statuses: readonly Status[]): readonly string[] {
  const all = statuses.map((one) => `${one["WPS Operational Status"]}, ${one["Transaction Status"]}`);
  return all.filter((step, at) => step !== all[at - 1]);
}

describe.concurrent("wpa_supplicant as external Registrar, and our registrar as its access point", () => {
  test("finds it, reads its network by the device PIN, and lets a lamp in by PIN, which we pass on", async ({
    task,
  }) => {
    await onAir(task.name, [], async ({ registrar, accessPoint, lamp, er, uuid, devicePin, statuses }) => {
      await er.does("WPS_ER_LEARN", uuid, devicePin);
      await er.says(learned);
      await until(async () => statuses.at(-1)?.["Transaction Status"] === "Success", 200);
      expect(steps(statuses)).toEqual(expect.arrayContaining(["Configuring, None", "Ready, Success"]));
      const before = statuses.length;

      await er.does("WPS_ER_PIN", "any", lampPin, lamp.macAddress);
      await lamp.cli("wps_pin", "any", lampPin);
      await connected(lamp, accessPoint);
      expect(keyOf(lamp)).toBe(passphrase);
      await until(async () => statuses.slice(before).some((one) => one["WPS Operational Status"] === "Proxying"), 200);
      await until(async () => statuses.at(-1)?.["WPS Operational Status"] === "Ready", 200);
      expect(steps(statuses.slice(before))).toEqual(["Ready, Success", "Proxying, Success", "Ready, Success"]);
      const activity = JSON.stringify((await registrar.ask("GET", "/activity")).json);
      expect(activity).toContain("A Registrar on the network let it in");
      expect(activity).toContain("Lab ER");
      for (const text of [activity, registrar.log()]) expect(text).not.toContain(passphrase);
    });
  });

  test("lets a lamp in that has its button pressed, with our own Registrar off", async ({ task }) => {
    await onAir(task.name, [], async ({ registrar, accessPoint, lamp, er, uuid, devicePin, instance, statuses }) => {
      expect((await registrar.ask("PUT", instance, { builtInRegistrar: "Disabled" })).code).toBe(200);
      await er.does("WPS_ER_LEARN", uuid, devicePin);
      await er.says(learned);
      await er.does("WPS_ER_PBC", uuid);
      await lamp.cli("wps_pbc");
      await connected(lamp, accessPoint);
      expect(keyOf(lamp)).toBe(passphrase);
      await until(async () => steps(statuses).at(-1) === "Ready, Success", 200);
      expect(steps(statuses)).toContain("Proxying, Success");
    });
  });

  test("is locked out by three wrong device PINs, and gives an unconfigured access point its network when it knows the right one", async ({
    task,
  }) => {
    await onAir(task.name, ["wps_state=1"], async ({ registrar, accessPoint, lamp, er, uuid, instance, statuses }) => {
      for (const [i, wrong] of ["00000000", "11111111", "22222222"].entries()) {
        await er.does("WPS_ER_LEARN", uuid, wrong);
        await until(async () => statuses.at(-1)?.["Failed Attempts with Invalid PIN"] === i + 1, 200);
      }
      expect(statuses.at(-1)).toMatchObject({
        "AP Lockdown Status": "Locked",
        "Transaction Status": "WPS Message Error",
      });
      // A new PIN opens the lock.
      const { pin } = (await registrar.ask("POST", "/wps/device-pin")).json as { readonly pin: string };
      const hex = (text: string) => Buffer.from(text).toString("hex");
      await er.does("WPS_ER_CONFIG", uuid, pin, hex("given"), "WPA2PSK", "CCMP", hex("another passphrase"));
      await until(async () => steps(statuses).at(-1) === "Ready, Success", 200);
      expect(steps(statuses)).toContain("Configuring, WPS Message Error");
      await until(async () => {
        const { json } = await registrar.ask("GET", `${instance}/status`);
        const { SSID, "WPS Configuration State": state } = json as Record<string, unknown>;
        return SSID === "given" && state === "Configured";
      });
      await lamp.cli("add_network");
      await lamp.cli("set_network", "0", "ssid", '"given"');
      await lamp.cli("set_network", "0", "psk", '"another passphrase"');
      await lamp.cli("enable_network", "0");
      await connected(lamp, accessPoint);
    });
  });
});
