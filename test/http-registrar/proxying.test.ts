/** External Registrars on the network, by the port that UPnP serves them through: what the API tells at each step. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { registrarDevice } from "../../src/registrar/device.ts";
import type { OnNetwork } from "../../src/registrar/on-network.ts";
import { opCodeOf } from "../../src/upnp/op-code.ts";
import { readSelection } from "../../src/upnp/selected-registrar.ts";
import type { WlanEvent } from "../../src/upnp/wlan-event.ts";
import { fromHex } from "../../src/wsc/bytes.ts";
import { type MessageType, messageTypeOf } from "../../src/wsc/messages.ts";
import { pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { selectedByButton, selectedByPassword } from "../../src/wsc/policy/authorized-macs.ts";
import {
  type ExternalRegistrarConfig,
  openExternalRegistrar,
  stepExternalRegistrar,
} from "../../src/wsc/session/external-registrar.ts";
import { drawRegistrar, openRegistrar, type RegistrarState, stepRegistrar } from "../../src/wsc/session/registrar.ts";
import type { DevicePassword } from "../../src/wsc/session/session.ts";
import { credentials } from "../engine-pair.ts";
import { home, mac, pin } from "../registrar-world.ts";
import { must } from "../vectors.ts";
import { instance, laptop, openRegistrarApi, otherSettings, type RegistrarApi } from "./registrar-api.ts";

const lampPin = pinPassword(pin("12345670"));
const elsewhere = mac("02:00:00:00:0e:01");

let api: RegistrarApi;
let onNetwork: OnNetwork;
beforeEach(async () => {
  api = await openRegistrarApi();
  const found = api.service.onNetwork(home);
  if (found === null) throw new Error("expected Registrars to be answered");
  onNetwork = found;
});
afterEach(() => api.close());

const operational = async () => (await api.status())["WPS Operational Status"];
const transaction = async () => (await api.status())["Transaction Status"];
const activity = async () => (await api.ask("GET", "/api/v1/activity")).body;

/** A Registrar on the network that has subscribed, and answers at once what it hears. */
class Subscriber {
  readonly subscribers = 1;
  readonly from: string;
  readonly heard: (MessageType | "probe")[] = [];
  /** What it lets a device in by; null: it has nothing for anybody. */
  password: DevicePassword | null;
  /** It says nothing to this message, nor to what follows. */
  silentAt: MessageType | null = null;
  #state: RegistrarState | null = null;

  constructor(from: string, password: DevicePassword | null) {
    this.from = from;
    this.password = password;
    onNetwork.reach(this);
  }

  state(): void {}

  tell({ type, station, bytes }: WlanEvent): void {
    const message = type === "message" ? messageTypeOf(bytes) : null;
    this.heard.push(message ?? "probe");
    if (message === null || message === this.silentAt) return;
    if (message === "M1")
      this.#state = openRegistrar({ device: registrarDevice(this.from, elsewhere) }, drawRegistrar(api.world.random));
    if (this.#state === null) return;
    let step = stepRegistrar(this.#state, { type: "message", message: { opCode: opCodeOf(bytes), bytes } });
    if (step.state.name === "deciding")
      step = stepRegistrar(
        step.state,
        this.password === null
          ? { type: "refuse", configError: 0 }
          : { type: "admit", password: this.password, credentials },
      );
    this.#state = step.state;
    if (step.send !== null) onNetwork.putWlanResponse(station, step.send.bytes, this.from);
  }
}

describe("a device that an external Registrar lets in", () => {
  test.each([
    ["by PIN", lampPin],
    ["by button", pushButtonPassword],
  ])("%s: Proxying from its M2 to the end of the run, and then Ready with Success", async (_how, password) => {
    const registrar = new Subscriber("192.0.2.7", password);
    const visit = api.comeAsDevice(password);
    expect(await visit.until("M1")).toBe(true);
    expect(registrar.heard).toEqual(["M1"]);
    expect(await operational()).toBe("Ready");
    expect(await visit.until("WSC_ACK")).toBe(true);
    expect(await operational()).toBe("Proxying");
    expect(await visit.until("M7")).toBe(true);
    expect(await operational()).toBe("Proxying");
    expect(await transaction()).toBe("None");
    await visit.finish();
    expect(await api.status()).toMatchObject({ "WPS Operational Status": "Ready", "Transaction Status": "Success" });
    expect(registrar.heard).toEqual(["M1", "M3", "M5", "M7", "WSC_Done"]);
    expect((await activity())[0]).toMatchObject({ type: "enrolment", result: "success", reason: null });
    expect((await api.ask("GET", "/api/v1/devices")).body).toMatchObject([{ mac: "020000000201", confirmed: true }]);
    expect((await api.ask("GET", "/api/v1/requests")).body).toEqual([]);
  });

  test("its button counts no more: the next device may be let in here at once", async () => {
    new Subscriber("192.0.2.7", pushButtonPassword);
    await api.comeAsDevice().finish();
    const run = api.world.enrol(api.world.station());
    await api.world.clock.advance(3_000);
    expect((await api.press()).status).toBe(204);
    expect(await run).toMatchObject({ type: "enrolled" });
  });

  test("two Registrars side by side: the one that has its PIN", async () => {
    const [stranger, friend] = [new Subscriber("192.0.2.7", null), new Subscriber("192.0.2.8", lampPin)];
    const visit = api.comeAsDevice(lampPin);
    await visit.finish();
    expect(await transaction()).toBe("Success");
    expect(friend.heard).toEqual(["M1", "M3", "M5", "M7", "WSC_Done"]);
    expect(stranger.heard).toEqual(friend.heard);
  });

  test("our own Registrar has a window for it: the others hear M1, and are out of it", async () => {
    const registrar = new Subscriber("192.0.2.7", pushButtonPassword);
    await api.press();
    const visit = api.comeAsDevice();
    expect(await visit.until("M1")).toBe(true);
    expect(await operational()).toBe("Adding Enrollee");
    await visit.finish();
    expect(await transaction()).toBe("Success");
    expect(registrar.heard).toEqual(["M1"]);
  });

  test("our own Registrar is off: only the others let devices in", async () => {
    expect((await api.ask("PUT", instance, { builtInRegistrar: "Disabled" })).status).toBe(200);
    expect((await api.press()).status).toBe(409);
    new Subscriber("192.0.2.7", pushButtonPassword);
    await api.comeAsDevice().finish();
    expect(await transaction()).toBe("Success");
  });
});

describe("a run that comes to nothing", () => {
  test("nobody has its PIN: it asked in vain, and may be admitted here", async () => {
    new Subscriber("192.0.2.7", null);
    const visit = api.comeAsDevice();
    expect(await visit.until("WSC_ACK")).toBe(true);
    const before = api.world.clock.now();
    await api.world.until(visit.finish());
    expect(api.world.clock.now() - before).toBeLessThan(7_000);
    expect(await transaction()).toBe("None");
    expect((await activity())[0]).toMatchObject({ result: "refused", reason: "no-window" });
    expect((await api.ask("GET", "/api/v1/requests")).body).toHaveLength(1);
  });

  test("the PIN is wrong: WPS Message Error, which counts for no lock of ours", async () => {
    new Subscriber("192.0.2.7", pinPassword(pin("0000")));
    await api.comeAsDevice(lampPin).finish();
    expect(await api.status()).toMatchObject({
      "WPS Operational Status": "Ready",
      "Transaction Status": "WPS Message Error",
      "Failed Attempts with Invalid PIN": 0,
    });
  });

  test("the Registrar falls silent: Timed Out after five seconds", async () => {
    const registrar = new Subscriber("192.0.2.7", lampPin);
    registrar.silentAt = "M5";
    const visit = api.comeAsDevice(lampPin);
    expect(await visit.until("M3")).toBe(true);
    const before = api.world.clock.now();
    await api.world.until(visit.finish());
    expect(api.world.clock.now() - before).toBeLessThan(7_000);
    expect(await transaction()).toBe("Timed Out");
  });

  test("the device walks away: Timed Out", async () => {
    new Subscriber("192.0.2.7", lampPin);
    const visit = api.comeAsDevice(lampPin);
    await visit.until("M5");
    expect(await operational()).toBe("Proxying");
    await visit.leave();
    expect(await api.status()).toMatchObject({ "WPS Operational Status": "Ready", "Transaction Status": "Timed Out" });
  });

  test("what others say in between does not disturb it", async () => {
    const registrar = new Subscriber("192.0.2.7", lampPin);
    const said: Uint8Array[] = [];
    const disturb = {
      subscribers: 1,
      state: () => {},
      tell: ({ station, bytes }: WlanEvent) => {
        said.push(bytes);
        // What was heard, from another address and from the same one, and to an address that nobody has.
        for (const heard of said) {
          onNetwork.putWlanResponse(station, heard, "192.0.2.66");
          onNetwork.putWlanResponse(elsewhere, heard, registrar.from);
        }
        onNetwork.putWlanResponse(station, new Uint8Array(2_000), registrar.from);
      },
    };
    onNetwork.reach(disturb);
    await api.comeAsDevice(lampPin).finish();
    expect(await transaction()).toBe("Success");
  });
});

describe("whom Registrars expect", () => {
  const select = (name: string, selected: ReturnType<typeof selectedByButton> | null) =>
    onNetwork.select(name, { selected, uuid: new Uint8Array(16).fill(1) }, "192.0.2.7");
  const shown: unknown[] = [];
  beforeEach(() => {
    shown.length = 0;
    const { accessPoint } = api.world;
    const advertise = accessPoint.advertise.bind(accessPoint);
    accessPoint.advertise = (window) => {
      shown.push(window);
      return advertise(window);
    };
  });
  const anybody = { method: "pin", authorized: null, pin: null };

  test("is announced as one, the button before any PIN, until none expects anybody; and noted", async () => {
    select("a", selectedByPassword(0x0280, [laptop]));
    await api.world.clock.advance(0);
    select("b", selectedByPassword(0x0280, [elsewhere]));
    await api.world.clock.advance(0);
    select("c", selectedByButton(0x0280));
    await api.world.clock.advance(0);
    for (const name of ["c", "b", "a"]) select(name, null);
    await api.world.clock.advance(0);
    expect(shown).toEqual([
      { ...anybody, authorized: laptop },
      anybody,
      { method: "pushButton" },
      anybody,
      { ...anybody, authorized: laptop },
      null,
    ]);
    expect((await activity()).slice(0, 6).map(({ action }: { action: string }) => action)).toEqual([
      ...Array(3).fill("registrar-unselected"),
      ...Array(3).fill("registrar-selected"),
    ]);
    expect((await activity())[0].detail).toBe(`192.0.2.7, UUID ${"01".repeat(16)}`);
  });

  test("is anybody for a Registrar of WPS 1.0, which names nobody, and lets a device in all the same", async () => {
    const said = readSelection(fromHex("104a0001101041000101101200020000105300020280"));
    onNetwork.select("a", must(said), "192.0.2.7");
    await api.world.clock.advance(0);
    expect(shown).toEqual([anybody]);
    new Subscriber("192.0.2.7", lampPin);
    await api.comeAsDevice(lampPin).finish();
    expect(await transaction()).toBe("Success");
  });

  test("stays announced beside a window of our own, and after it; what is the same is not announced anew", async () => {
    select("a", selectedByPassword(0x0280, [null]));
    await api.world.clock.advance(0);
    select("a", selectedByPassword(0x0280, [null]));
    await api.press();
    await api.world.clock.advance(120_000);
    expect(shown).toEqual([anybody, { method: "pushButton" }, anybody]);
  });

  test("does not change in the middle of a run that they serve, but when it is over", async () => {
    select("a", selectedByPassword(0x0280, [null]));
    await api.world.clock.advance(0);
    new Subscriber("192.0.2.7", lampPin);
    const visit = api.comeAsDevice(lampPin);
    await visit.until("M7");
    select("a", null);
    await api.world.clock.advance(0);
    expect(shown).toEqual([anybody]);
    await visit.finish();
    expect(shown).toEqual([anybody, null]);
  });

  test("is nobody while WPS is switched off", async () => {
    select("a", selectedByButton(0x0280));
    await api.ask("PUT", instance, { mode: "Disabled" });
    select("b", selectedByButton(0x0280));
    await api.world.clock.advance(0);
    expect(shown.at(-1)).toBeNull();
    expect(await onNetwork.deviceInfo("192.0.2.7")).toBeNull();
  });
});

describe("an external Registrar with the device PIN", () => {
  /** Comes from the network; gives how it went. @param until it walks away after this message of the access point */
  async function come(password: DevicePassword, task: ExternalRegistrarConfig["task"], until?: MessageType) {
    const device = registrarDevice("Laptop", elsewhere);
    let state = openExternalRegistrar({ device, password, task }, drawRegistrar(api.world.random));
    let heard = await onNetwork.deviceInfo("192.0.2.7");
    while (heard !== null && (until === undefined || messageTypeOf(heard) !== until)) {
      const step = stepExternalRegistrar(state, {
        opCode: opCodeOf(heard),
        bytes: heard,
      });
      state = step.state;
      heard = step.send === null ? null : await onNetwork.putMessage(step.send.bytes);
    }
    await api.world.clock.advance(0);
    return state;
  }
  const devicePin = async () => pinPassword(await api.service.generateDevicePin());

  test("reads the settings, and is noted by its address and UUID", async () => {
    expect(await come(await devicePin(), { type: "learn" })).toMatchObject({ name: "learned" });
    expect((await activity())[0]).toMatchObject({
      type: "configuration",
      result: "success",
      station: {
        macAddress: null,
        address: "192.0.2.7",
        deviceName: "Laptop",
        uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    expect(await transaction()).toBe("Success");
  });

  test("may not change a configured access point, and may set one that is not: Configuring meanwhile", async () => {
    const password = await devicePin();
    expect(await come(password, otherSettings)).toMatchObject({ name: "failed", error: { configError: 15 } });
    await api.world.until(api.world.accessPoint.restart({ wps: "unconfigured" }));
    const state = await come(password, otherSettings, "WSC_Done");
    expect(state.name).toBe("awaitDone");
    expect(await operational()).toBe("Configuring");
    // wpa_supplicant leaves it at that.
    await api.world.clock.advance(2_000);
    expect(await api.status()).toMatchObject({
      "WPS Operational Status": "Ready",
      "Transaction Status": "Success",
      "WPS Configuration State": "Configured",
      SSID: "Other",
    });
  });

  test("with a wrong PIN counts as on the air, and is locked out there as here", async () => {
    const password = await devicePin();
    const wrong = pinPassword(pin("0000"));
    for (let i = 0; i < 2; i++)
      expect(await come(wrong, { type: "learn" })).toMatchObject({ name: "failed", error: { configError: 18 } });
    await api.comeAsRegistrar(pin("0000")).finish();
    expect(await api.status()).toMatchObject({
      "AP Lockdown Status": "Locked",
      "Failed Attempts with Invalid PIN": 3,
      "Transaction Status": "WPS Message Error",
    });
    expect(await come(password, { type: "learn" })).toMatchObject({ name: "failed", error: { configError: 15 } });
  });

  test("gets no more tries by beginning many runs at once", async () => {
    await devicePin();
    const wrong = pinPassword(pin("0000"));
    const device = registrarDevice("Laptop", elsewhere);
    const runs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const state = openExternalRegistrar(
          { device, password: wrong, task: { type: "learn" } },
          drawRegistrar(api.world.random),
        );
        return { state, heard: await onNetwork.deviceInfo("192.0.2.7") };
      }),
    );
    const ends = [];
    for (const { state: opened, heard: m1 } of runs) {
      let [state, heard] = [opened, m1];
      while (heard !== null) {
        const step = stepExternalRegistrar(state, { opCode: opCodeOf(heard), bytes: heard });
        state = step.state;
        heard = step.send === null ? null : await onNetwork.putMessage(step.send.bytes);
      }
      ends.push(state);
    }
    expect(
      ends.map((end) => (end.name === "failed" && end.error.kind === "refused" ? end.error.configError : end)),
    ).toEqual([18, 18, 18, 15]);
    expect(api.service.lock.failures).toBe(3);
  });

  test("is not pushed out in mid-run by those who only look what the access point is", async () => {
    const device = registrarDevice("Laptop", elsewhere);
    const password = await devicePin();
    let state = openExternalRegistrar({ device, password, task: { type: "learn" } }, drawRegistrar(api.world.random));
    let heard = await onNetwork.deviceInfo("192.0.2.7");
    while (heard !== null) {
      const step = stepExternalRegistrar(state, { opCode: opCodeOf(heard), bytes: heard });
      state = step.state;
      heard = step.send === null ? null : await onNetwork.putMessage(step.send.bytes);
      for (let i = 0; i < 5; i++) await onNetwork.deviceInfo("192.0.2.8");
    }
    expect(state).toMatchObject({ name: "learned" });
  });

  test("gets nothing without a PIN, and only the latest runs are remembered", async () => {
    expect(await onNetwork.deviceInfo("192.0.2.7")).toBeNull();
    const password = await devicePin();
    for (let i = 0; i < 5; i++) await onNetwork.deviceInfo("192.0.2.7");
    expect(await onNetwork.putMessage(new Uint8Array(20))).toBeNull();
    expect(await come(password, { type: "learn" })).toMatchObject({ name: "learned" });
    expect(await activity()).not.toContainEqual(expect.objectContaining({ result: "failed" }));
  });
});

test("where each device has a key of its own, no external Registrar is answered", async () => {
  const own = await openRegistrarApi({ keys: "per-device" });
  expect(own.service.onNetwork(home)).toBeNull();
  await own.close();
});
