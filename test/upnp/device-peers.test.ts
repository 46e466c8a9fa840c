/**
 * Our UPnP device with programs of others on loopback: Debian's gssdp-discover finds it, and wpa_supplicant as external
 * Registrar finds it, reads and changes the settings of the access point, and lets a station in.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { UpnpDevice } from "../../src/upnp/device.ts";
import { opCodeOf } from "../../src/upnp/op-code.ts";
import { DEVICE_TYPE, uuidName } from "../../src/upnp/wlan-config.ts";
import { toHex } from "../../src/wsc/bytes.ts";
import { parse } from "../../src/wsc/codec.ts";
import type { NetworkSettings } from "../../src/wsc/credential.ts";
import { systemRandom as random } from "../../src/wsc/crypto.ts";
import { messageTypeOf } from "../../src/wsc/messages.ts";
import { parsePin, pinPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import {
  type AccessPointState,
  openAccessPoint,
  stepAccessPoint,
} from "../../src/wsc/session/access-point-enrollee.ts";
import { drawEnrollee, type EnrolleeState, openEnrollee, stepEnrollee } from "../../src/wsc/session/enrollee.ts";
import { devices } from "../access-point-pair.ts";
import { programsMissing } from "../interop/program.ts";
import { deviceOf, mac, text } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { ErSupplicant } from "./er-supplicant.ts";
import { identity, loopback, openDevice, PlayedAccessPoint } from "./played-access-point.ts";

const missing = programsMissing(
  ["wpa_supplicant", "-v", "wpasupplicant"],
  ["gssdp-discover", "--version", "gssdp-tools"],
);
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const PIN = "12345670";
const uuid = random("key", 16);
/** Of its own: wpa_supplicant takes all that come from one address for one access point, and others here have 127.0.0.1. */
const address = `127.${uuid[0]}.${uuid[1]}.2`;
const uuidText = uuidName(uuid).slice(5);
const home: NetworkSettings = {
  ssid: text("Home of ours"),
  authenticationType: 0x20,
  encryptionType: 0x08,
  networkKey: new Secret("correct horse battery"),
};

/** An access point, and a station that asks. Tests in other files search on loopback, too, and ask whomever they find. */
class World {
  settings = home;
  station: EnrolleeState | null = null;
  device: UpnpDevice | null = null;
  readonly address = mac("02:00:00:00:05:01");
  /** By their nonces. */
  readonly #runs = new Map<string, AccessPointState>();
  readonly service = new PlayedAccessPoint({
    onInfo: async () => {
      const access = { type: "readAndWrite", passwords: [pinPassword(must(parsePin(PIN)))] } as const;
      const config = { device: { ...devices.accessPoint, uuid }, wscState: 2, access, settings: this.settings };
      const { state, send } = openAccessPoint(config, drawEnrollee(random));
      if (send !== null) this.#runs.set(nonceIn(send.bytes), state);
      return send?.bytes ?? null;
    },
    onMessage: async (bytes) => {
      const run = this.#runs.get(nonceIn(bytes));
      if (run === undefined) return null;
      let step = stepAccessPoint(run, { type: "message", message: { opCode: opCodeOf(bytes), bytes } });
      if (step.state.name === "deciding") {
        this.settings = step.state.settings;
        step = stepAccessPoint(step.state, { type: "apply" });
      }
      this.#runs.set(nonceIn(bytes), step.state);
      return step.send?.bytes ?? null;
    },
  });

  /** Where each of its runs stands. */
  get runs(): readonly string[] {
    return [...this.#runs.values()].map(({ name }) => name);
  }

  constructor() {
    const put = this.service.putWlanResponse.bind(this.service);
    this.service.putWlanResponse = (station, bytes, from) => {
      put(station, bytes, from);
      // Registrars of other tests that hear it, too, have no PIN for it.
      if (this.station === null || messageTypeOf(bytes) === "M2D") return;
      const step = stepEnrollee(this.station, { opCode: opCodeOf(bytes), bytes });
      this.station = step.state;
      if (step.send !== null) this.hear(step.send.bytes);
    };
  }

  hear(bytes: Uint8Array): void {
    this.device?.tell({ type: "message", station: this.address, bytes });
  }

  ask(pin: string): void {
    const password = pinPassword(must(parsePin(pin)));
    const { state, send } = openEnrollee({ device: deviceOf(this.address), password }, drawEnrollee(random));
    this.station = state;
    if (send !== null) this.hear(send.bytes);
  }
}

/** As text, the Enrollee Nonce of a message. */
function nonceIn(bytes: Uint8Array): string {
  const nonce = must(parse(bytes)).enrolleeNonce?.[0];
  return nonce === undefined ? "" : toHex(nonce);
}

suite(`on loopback${withReason}`, () => {
  const world = new World();
  let device: UpnpDevice;
  let supplicant: ErSupplicant;

  beforeAll(async () => {
    device = await openDevice(world.service, {
      identity: { ...identity, uuid },
      address: { ...loopback, address },
    });
    world.device = device;
    supplicant = await ErSupplicant.start(address);
  });
  afterAll(async () => {
    await supplicant.stop();
    await device.close();
  });

  test("gssdp-discover finds the access point by its kind", async () => {
    const options = ["-i", "lo", "-n", "2", "-t", DEVICE_TYPE];
    const { stdout } = await promisify(execFile)("gssdp-discover", options);
    expect(stdout).toContain(`http://${address}:${device.port}/wps_device.xml`);
    expect(stdout).toContain(`${uuidName(uuid)}::${DEVICE_TYPE}`);
  });

  test("wpa_supplicant finds it, subscribes, and learns its settings with the PIN", async () => {
    // It shows what is in the document as it is, entities and all.
    const shown = "|Ours &amp; &lt;&quot;others&quot;&gt;|Example|An access point|Example|";
    expect(await supplicant.says(`WPS-ER-AP-ADD ${uuidText}`)).toContain(shown);
    await expect.poll(() => device.subscribers).toBeGreaterThan(0);
    await supplicant.does("WPS_ER_LEARN", uuidText, PIN);
    // What it learned it tells its clients alone; it shows when it lets a station in.
    await supplicant.says("Received old AP configuration");
    await supplicant.says("WPS-FAIL msg=11 config_error=0");
    await expect.poll(() => world.runs).toContain("read");
  });

  test("wpa_supplicant with a wrong PIN learns nothing", async () => {
    await expect
      .poll(() => supplicant.does("WPS_ER_LEARN", uuidText, "76543210").then(() => "done", String))
      .toBe("done");
    expect(await supplicant.says("WPS-FAIL")).toContain("config_error=18");
    await expect.poll(() => world.runs).toContain("failed");
  });

  test("wpa_supplicant is announced, and lets a station in that knows the PIN that was entered there", async () => {
    await supplicant.does("WPS_ER_PIN", "any", "24681353");
    await expect
      .poll(() => world.service.asked.at(-1))
      .toMatchObject({
        action: "SetSelectedRegistrar",
        selection: { selected: { devicePasswordId: 0 } },
      });
    world.ask("24681353");
    await expect.poll(() => world.station?.name).toBe("paired");
    await supplicant.says("WPS-SUCCESS");
    expect(world.station).toMatchObject({ credentials: [{ ssid: home.ssid, networkKey: home.networkKey }] });
  });

  test("wpa_supplicant gives it new settings", async () => {
    const key = toHex(text("another passphrase"));
    const command = ["WPS_ER_CONFIG", uuidText, PIN, toHex(text("Fresh")), "WPA2PSK", "CCMP", key];
    // It declines for as long as it has not heard our last answer.
    await expect.poll(() => supplicant.does(...command).then(() => "done", String)).toBe("done");
    // It ends without the acknowledgement of WSC_Done.
    await expect.poll(() => world.runs).toContain("awaitAck");
    expect(world.settings).toMatchObject({ ssid: text("Fresh"), networkKey: new Secret("another passphrase") });
  });

  test("wpa_supplicant hears it leave", async () => {
    await device.close();
    await supplicant.says(`WPS-ER-AP-REMOVE ${uuidText}`);
    expect(device.subscribers).toBe(0);
  });
});
