/** A registrar in front of an access point whose own Registrar lets devices in: what people read of it all the same. */
import { beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../src/clock/virtual-clock.ts";
import type {
  AccessPoint,
  AccessPointEvent,
  AccessPointFacts,
  AdvertisedWindow,
  Shown,
} from "../src/radio/access-point.ts";
import { seededRandom } from "../src/radio/air/chance.ts";
import type { KeyPolicy } from "../src/registrar/key-policy.ts";
import { Seal } from "../src/registrar/seal.ts";
import { RegistrarService } from "../src/registrar/service.ts";
import { createMemoryStore } from "../src/store/memory-store.ts";
import { Outlet } from "../src/stream/queue.ts";
import { Secret } from "../src/wsc/secret.ts";
import { home, homeKey, mac, pin } from "./registrar-world.ts";

const lamp = mac("02:00:00:00:01:01");
const uuid = "11".repeat(16);

/** As hostapd with `eap_server=1`: it is told of windows and tells of their ends. The simulated air has no such one. */
class OwnAccessPoint implements AccessPoint {
  readonly name = "hostapd:wlan0";
  readonly instance = home;
  readonly facts: AccessPointFacts = {
    on: true,
    ssid: new TextEncoder().encode("Home"),
    radio: "phy0",
    vap: 0,
    ifname: "wlan0",
    frequency: 2412,
    security: "WPA2",
    pairwiseCipher: "CCMP",
    groupCipher: "CCMP",
    wps: "configured",
    wpsVersion: "2.0",
    software: "hostapd",
    registrar: "own",
    independent: null,
    deviceName: null,
  };
  readonly outlet = new Outlet<AccessPointEvent>(100);
  readonly shown: (AdvertisedWindow | null)[] = [];
  readonly pins: [pin: string | null, seconds: number][] = [];

  events({ signal }: { readonly signal: AbortSignal }) {
    return this.outlet.listen(signal);
  }
  async advertise(window: AdvertisedWindow | null): Promise<Shown> {
    this.shown.push(window);
    return { type: "shown" };
  }
  async setDevicePin(secret: Secret | null, seconds: number) {
    this.pins.push([secret?.revealText() ?? null, seconds]);
  }
  async sharedKey() {
    return new Secret(homeKey);
  }
  async stations() {
    return [];
  }
  async status() {
    return { pushButton: "idle", lastResult: "none", failure: null, peer: null } as const;
  }
  async devicePin() {
    return null;
  }
  async deauthenticate() {}
  async deny() {}
  async allow() {}
  async reloadKeys() {}
  async configure() {}
  async restart() {}
  async close() {}
}

let clock: VirtualClock;
let accessPoint: OwnAccessPoint;
let service: RegistrarService;

async function start(keys: KeyPolicy = "shared"): Promise<void> {
  clock = new VirtualClock();
  accessPoint = new OwnAccessPoint();
  const random = seededRandom(1);
  const seal = new Seal(new Secret(new Uint8Array(32)), random);
  const onTrouble = (trouble: unknown) => {
    throw trouble;
  };
  service = await RegistrarService.open({ store: createMemoryStore(), seal, clock, random, keys, onTrouble });
  await service.serve(accessPoint);
  await clock.advance(0);
}
beforeEach(() => start());

async function hear(event: AccessPointEvent): Promise<void> {
  accessPoint.outlet.tell(event);
  await clock.advance(0);
}

test("a PIN is passed on to it, and a device that it lets in is in the list and the activity", async () => {
  const device = {
    ...{ deviceName: "Lamp", manufacturer: "Example", modelName: "L" },
    ...{ modelNumber: "1", serialNumber: "7", primaryDeviceType: "1-0050F204-1" },
  };
  await hear({ type: "pinNeeded", macAddress: lamp, uuid, device });
  expect(service.requests).toMatchObject([{ macAddress: lamp, method: "pin", deviceName: "Lamp" }]);
  await service.admit(lamp, pin("12345670"));
  const shown = accessPoint.shown.at(-1);
  expect(shown).toMatchObject({ method: "pin", authorized: lamp });
  expect(shown?.method === "pin" && shown.pin?.revealText()).toBe("12345670");

  await hear({ type: "enrolled", macAddress: lamp, uuid });
  expect(service.status(home)).toMatchObject({ transactionStatus: "Success", window: null });
  expect(service.devices.get(lamp)).toMatchObject({ deviceName: "Lamp", method: "pin", confirmed: true });
  expect(service.requests).toEqual([]);
  expect(service.activity).toContainEqual(
    expect.objectContaining({
      type: "enrolment",
      method: "pin",
      outcome: expect.objectContaining({ result: "success" }),
    }),
  );
  expect(JSON.stringify(service.activity)).not.toContain("12345670");
});

test("its failures, overlaps and the end of its two minutes are the last transaction", async () => {
  await service.pressButton(home);
  await hear({ type: "enrolmentFailed", message: 11, configError: 18 });
  expect(service.status(home)).toMatchObject({ transactionStatus: "WPS Message Error" });
  expect(service.activity.at(-1)).toMatchObject({ action: "enrolment-failed-there", detail: "the PIN was wrong" });
  await hear({ type: "windowEnded", reason: "timeout" });
  expect(service.status(home)).toMatchObject({ transactionStatus: "Timed Out", window: null });
  await hear({ type: "overlap" });
  expect(service.status(home)).toMatchObject({ transactionStatus: "WPS Message Error" });
  expect(service.status(home)?.lockdown).toBeNull();
});

test("the device PIN is its own to check: it is told each one, for how long, and again when it was away", async () => {
  const made = await service.generateDevicePin(60_000);
  await clock.advance(20_000);
  await hear({ type: "back" });
  await service.withdrawDevicePin();
  expect(accessPoint.pins).toEqual([
    [null, 0],
    [made, 60],
    [made, 40],
    [null, 0],
  ]);
});

test("no window opens where each device is to have a key of its own, which it cannot give", async () => {
  await start("per-device");
  await expect(service.pressButton(home)).rejects.toThrow("gives all of them the same key");
  await expect(service.enterPin(home, pin("12345670"))).rejects.toMatchObject({ hint: expect.stringMatching(/\.$/) });
  expect(accessPoint.shown).toEqual([null]);
});
