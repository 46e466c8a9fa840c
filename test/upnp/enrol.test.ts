/**
 * Our external Registrar as a subscriber of hostapd: it is announced, hears stations, and hostapd takes its answers.
 * hostapd passes them on to stations of its own radio only; a whole enrolment is played in client.test.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { RadiusClient } from "../../src/radius/client.ts";
import { discover } from "../../src/upnp/discover.ts";
import { type EnrolEvent, enrol } from "../../src/upnp/enrol.ts";
import { type Router, selectRegistrar } from "../../src/upnp/router.ts";
import { subscribe } from "../../src/upnp/subscription.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE } from "../../src/wsc/attributes.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { parsePin, pinPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { hostapdMissing } from "../interop/hostapd.ts";
import { deviceOf, mac, RadiusStation, text } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { HostapdRouter, network } from "./hostapd-upnp.ts";

const missing = hostapdMissing();
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const methods = CONFIG_METHOD.label | CONFIG_METHOD.keypad | CONFIG_METHOD.virtualPushButton;
const device = deviceOf(mac("02:00:00:00:00:ef"), methods);
const settings = {
  ssid: text("Handed out"),
  authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
  encryptionType: ENCRYPTION_TYPE.aes,
  networkKey: new Secret(network.passphrase),
};
const pin = must(parsePin("24681353"));
const clock = systemClock;
const random = systemRandom;

suite(`hostapd with a subscriber${withReason}`, () => {
  let hostapd: HostapdRouter;
  let router: Router;

  beforeAll(async () => {
    hostapd = await HostapdRouter.start();
    for await (const found of discover({ addresses: ["127.0.0.1"], clock })) {
      router = found;
      if (found.description.friendlyName === hostapd.name) break;
    }
  });
  afterAll(() => hostapd.stop());

  test("announces it, tells it of a station, and takes its answer", async () => {
    const secret = new Secret(hostapd.secret);
    const client = await RadiusClient.open({ host: "127.0.0.1", port: hostapd.port, secret, clock });
    const macAddress = mac("02:00:00:00:05:01");
    const station = new RadiusStation(client, {
      macAddress,
      instance: mac("02:00:00:00:00:01"),
      password: pinPassword(pin),
    });
    const events: EnrolEvent[] = [];
    for await (const event of enrol({
      router,
      device,
      method: { type: "pin", pin },
      network: settings,
      clock,
      random,
    })) {
      events.push(event);
      if (event.type === "waiting") {
        // Identity and M1; what hostapd makes of M2 is for a radio to see.
        await station.step();
        await station.step();
      }
      if (event.type === "message" && event.direction === "out") break;
    }
    client.close();
    expect(events).toMatchObject([
      { type: "waiting" },
      { type: "message", station: macAddress, direction: "in", message: "M1" },
      { type: "asked", admitted: true, enrollee: { macAddress, deviceName: "Interop device" } },
      { type: "message", station: macAddress, direction: "out", message: "M2" },
    ]);
  });

  test("does not announce who has not subscribed", async () => {
    expect(await selectRegistrar(router, { selected: null, uuid: device.uuid }, { clock })).toEqual({
      ok: false,
      error: { kind: "declined", action: "SetSelectedRegistrar", code: 501 },
    });
  });

  test("tells a new subscriber the status, and one that left nothing more", async () => {
    const subscription = must(await subscribe({ router, clock, random }));
    const events = subscription.events[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: "status", accessPoint: 1 });
    await subscription.close();
    expect((await events.next()).done).toBe(true);
  });
});
