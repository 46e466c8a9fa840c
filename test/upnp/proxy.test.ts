/** Our external Registrar and our own access point over UPnP on loopback: devices that it lets in through the registrar. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock as clock } from "../../src/clock/system-clock.ts";
import { UpnpDevice } from "../../src/upnp/device.ts";
import { type EnrolEvent, type EnrolMethod, enrol } from "../../src/upnp/enrol.ts";
import { meetRouter, type Router } from "../../src/upnp/router.ts";
import { learn } from "../../src/upnp/settings-run.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { systemRandom as random } from "../../src/wsc/crypto.ts";
import { pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { instance, openRegistrarApi, type RegistrarApi } from "../http-registrar/registrar-api.ts";
import { home, homeKey, mac, pin } from "../registrar-world.ts";
import { must } from "../vectors.ts";

// Time passes for the network, and stands still for the access point.
let api: RegistrarApi;
let device: UpnpDevice;
let router: Router;
beforeEach(async () => {
  api = await openRegistrarApi();
  const onNetwork = api.service.onNetwork(home);
  if (onNetwork === null) throw new Error("expected Registrars to be answered");
  const address = { address: "127.0.0.1", netmask: "255.0.0.0" };
  const onTrouble = (trouble: unknown) => void api.world.troubles.push(trouble);
  const { identity } = onNetwork;
  device = await UpnpDevice.open({ identity, address, service: onNetwork, clock, random, onTrouble });
  onNetwork.reach(device);
  router = must(await meetRouter(new URL(`http://127.0.0.1:${device.port}/wps_device.xml`), { clock }));
});
afterEach(async () => {
  await device.close();
  await api.close();
});

const generate = () => api.service.generateDevicePin();
const operational = async () => (await api.status())["WPS Operational Status"];

/** A Registrar expects a device; resolves when that is announced. */
async function expects(
  method: EnrolMethod,
  more: { readonly station?: MacAddress; readonly signal?: AbortSignal } = {},
) {
  const network = must(await learn({ router, pin: await generate(), clock, random }));
  const events = enrol({ router, method, network, clock, random, ...more });
  const waiting = await events.next();
  const rest = (async () => {
    let last: EnrolEvent | undefined;
    for await (const event of events) last = event;
    return last;
  })();
  return { waiting: waiting.value, ended: rest };
}

test.each([
  ["PIN", { type: "pin", pin: pin("12345670") }, pinPassword(pin("12345670"))],
  ["button", { type: "pushButton" }, pushButtonPassword],
] as const)("it lets a device in by %s, with the network that it has read by the device PIN", async (_how, method, password) => {
  await api.ask("PUT", instance, { builtInRegistrar: "Disabled" });
  const registrar = await expects(method);
  expect(registrar.waiting).toMatchObject({ type: "waiting" });
  expect(await api.status()).toMatchObject({ "WPS Operational Status": "Ready", "Transaction Status": "Success" });
  const visit = api.comeAsDevice(password);
  expect(await visit.until("M3")).toBe(true);
  expect(await operational()).toBe("Proxying");
  await visit.finish();
  expect(visit.credentials()).toMatchObject([{ ssid: new TextEncoder().encode("Home") }]);
  expect(visit.credentials()[0]?.networkKey.revealText()).toBe(homeKey);
  expect(await registrar.ended).toMatchObject({ type: "enrolled" });
  expect(await api.status()).toMatchObject({ "WPS Operational Status": "Ready", "Transaction Status": "Success" });
});

test("of two, side by side, the one that expects this device lets it in", async () => {
  const stop = new AbortController();
  const station = mac("02:00:00:00:0f:01");
  const other = await expects({ type: "pin", pin: pin("24681353") }, { station, signal: stop.signal });
  const right = await expects({ type: "pin", pin: pin("12345670") });
  await api.comeAsDevice(pinPassword(pin("12345670"))).finish();
  expect(await right.ended).toMatchObject({ type: "enrolled" });
  stop.abort();
  await expect(other.ended).rejects.toThrow();
});

test("wrong PINs of the access point are told from a lock, and are those of the air", async () => {
  await generate();
  for (let i = 0; i < 3; i++)
    expect(await learn({ router, pin: pin("0000"), clock, random })).toMatchObject({
      error: { kind: "run", error: { kind: "refused", configError: 18 } },
    });
  expect(await api.status()).toMatchObject({ "AP Lockdown Status": "Locked", "Failed Attempts with Invalid PIN": 3 });
  expect(await learn({ router, pin: pin("0000"), clock, random })).toMatchObject({
    error: { kind: "run", error: { kind: "refused", configError: 15 } },
  });
  await api.service.withdrawDevicePin();
  expect(await learn({ router, pin: pin("0000"), clock, random })).toMatchObject({
    error: { kind: "declined", action: "GetDeviceInfo" },
  });
  expect(api.world.troubles).toEqual([]);
});
