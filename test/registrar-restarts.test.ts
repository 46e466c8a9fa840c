/** What people brought to the air by a restart, and an access point has forgotten because it was started anew. */
import { beforeEach, expect, test } from "vitest";
import { AirAccessPoint } from "../src/radio/air/access-point.ts";
import type { RegistrarService } from "../src/registrar/service.ts";
import { Secret } from "../src/wsc/secret.ts";
import { home, homeKey, mac, RegistrarWorld } from "./registrar-world.ts";

let world: RegistrarWorld;
let service: RegistrarService;
beforeEach(async () => {
  world = new RegistrarWorld();
  service = await world.start();
});

const facts = () => world.accessPoint.facts;
const restarts = () => service.activity.flatMap((entry) => (entry.type === "audit" ? [entry] : [])).map(detailOf);
const detailOf = ({ action, detail }: { readonly action: string; readonly detail: string | null }) =>
  action === "radio-restarted" ? detail : action;
const again = (what: string) => `${what}, brought again after it was started anew`;

/** As hostapd does when it is started anew: what it was told is forgotten, and its configuration says this. */
async function startAnew(): Promise<void> {
  world.accessPoint.powerOff();
  await world.clock.advance(10);
  world.accessPoint.powerOn();
  // It has forgotten before anybody can hear that it is back.
  await world.until(world.accessPoint.restart({ deviceName: "Home", wps: "configured" }));
  await world.clock.advance(10);
}

/** The registrar was down meanwhile. */
async function startAgain(): Promise<void> {
  service = await world.start();
  await world.until(service.bringAgain());
}

async function join(): Promise<void> {
  const network = { ssid: facts().ssid, key: new Secret(homeKey), wpa1: false, sae: false };
  await world.until(world.station("Lamp").apply({ mode: "station", network }));
  while ((await world.until(world.accessPoint.stations())).length === 0) await world.clock.advance(100);
}

test("the device name is brought to the air again when the access point is back", async () => {
  await world.until(service.restart(home, { deviceName: "Attic" }));
  await startAnew();
  expect(facts().deviceName).toBe("Attic");
  expect(restarts()).toEqual(["deviceName", again("deviceName")]);
});

test("and when it was started anew while the registrar was down", async () => {
  await world.until(service.restart(home, { deviceName: "Attic" }));
  await world.until(service.close());
  await startAnew();
  expect(facts().deviceName).toBe("Home");
  await startAgain();
  expect(facts().deviceName).toBe("Attic");
  expect(restarts()).toEqual(["deviceName", again("deviceName")]);
});

test("WPS that was switched off on the air stays off, and on after it was switched on again", async () => {
  await world.until(service.restart(home, { wps: "disabled" }));
  await startAnew();
  expect(facts().wps).toBe("disabled");
  await world.until(service.restart(home, { wps: "configured" }));
  await startAnew();
  expect(facts().wps).toBe("configured");
});

test("an access point that was unconfigured is not made so again: whoever has the device PIN could change it", async () => {
  await world.until(service.restart(home, { wps: "unconfigured" }));
  await startAnew();
  expect(facts().wps).toBe("configured");
});

test("a name that nobody has brought to the air is not brought there", async () => {
  await world.until(service.changeCommon({ deviceName: "Attic" }));
  await startAnew();
  await startAgain();
  expect(facts().deviceName).toBe("Home");
  expect(restarts()).toEqual(["settings-changed"]);
});

test("what is on the air already needs no restart", async () => {
  await world.until(service.restart(home, { deviceName: "Attic" }));
  await startAgain();
  expect(restarts()).toEqual(["deviceName"]);
});

test("nobody is sent away for it", async () => {
  await world.until(service.restart(home, { deviceName: "Attic" }));
  await world.until(service.close());
  await startAnew();
  await join();
  await startAgain();
  expect(facts().deviceName).toBe("Home");
  expect(await world.until(world.accessPoint.stations())).toHaveLength(1);
});

test("nor from another network of the same radio", async () => {
  await world.until(service.restart(home, { deviceName: "Attic" }));
  await world.until(service.close());
  await startAnew();
  await join();
  const upstairs = new AirAccessPoint({
    air: world.air,
    desk: { open: (peer, instance) => service.open(peer, instance) },
    settings: {
      ...{ name: "Upstairs", ssid: new TextEncoder().encode("Upstairs"), bssid: mac("02:00:00:00:00:02") },
      ...{ uuid: "22".repeat(16), security: "WPA2", key: new Secret(homeKey) },
      ...{ channel: 6, signal: -60, subnet: 2, dhcp: true },
    },
  });
  service = await world.start();
  await service.serve(upstairs);
  await world.until(service.restart(upstairs.instance, { deviceName: "Attic" }));
  await world.until(upstairs.restart({ deviceName: "Upstairs" }));
  await world.until(service.bringAgain());
  expect(upstairs.facts.deviceName).toBe("Upstairs");
});

test("an access point that goes away again at once is not restarted over and over", async () => {
  await world.until(service.restart(home, { deviceName: "Attic" }));
  await startAnew();
  await startAnew();
  expect(facts().deviceName).toBe("Home");
  await world.clock.advance(60_000);
  await startAnew();
  expect(facts().deviceName).toBe("Attic");
});
