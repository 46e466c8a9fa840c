/** Our external Registrar meets hostapd over UPnP: finds it, reads its settings, changes them. */
import { afterEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { discover } from "../../src/upnp/discover.ts";
import type { Router } from "../../src/upnp/router.ts";
import { configure, learn, type SettingsEvent } from "../../src/upnp/settings-run.ts";
import { AUTHENTICATION_TYPE, CONFIG_ERROR, ENCRYPTION_TYPE } from "../../src/wsc/attributes.ts";
import { parsePin } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { hostapdMissing } from "../interop/hostapd.ts";
import { text } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { HostapdRouter, network, PIN, type RouterOptions } from "./hostapd-upnp.ts";

const missing = hostapdMissing();
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const running: HostapdRouter[] = [];

async function start(options: RouterOptions = {}): Promise<{ hostapd: HostapdRouter; router: Router }> {
  const hostapd = await HostapdRouter.start(options);
  running.push(hostapd);
  for await (const router of discover({ addresses: ["127.0.0.1"], clock: systemClock }))
    if (router.description.friendlyName === hostapd.name) return { hostapd, router };
  throw new Error(`${hostapd.name} was not found`);
}

const learnBy = (router: Router, pin: string, tell?: (event: SettingsEvent) => void) =>
  learn({ router, pin: must(parsePin(pin)), tell });

suite(`hostapd as a router on the network${withReason}`, () => {
  afterEach(async () => {
    for (const hostapd of running.splice(0)) await hostapd.stop();
  });

  test("is found by a search, and says who it is", async () => {
    const { hostapd, router } = await start();
    expect(router.description).toMatchObject({ friendlyName: hostapd.name, manufacturer: "Example" });
    expect(router.control.pathname).toBe("/wps_control");
  });

  test("tells its settings to whoever knows its PIN", async () => {
    const { router } = await start();
    const events: SettingsEvent[] = [];
    const settings = must(await learnBy(router, PIN, (event) => events.push(event)));
    expect(new TextDecoder().decode(settings.ssid)).toBe(network.ssid);
    expect(settings.networkKey.revealText()).toBe(network.passphrase);
    expect(settings.authenticationType).toBe(AUTHENTICATION_TYPE.wpa2Psk);
    expect(events.flatMap((event) => (event.type === "message" ? [event.message] : []))).toEqual([
      "M1",
      "M2",
      "M3",
      "M4",
      "M5",
      "M6",
      "M7",
      "WSC_NACK",
    ]);
  });

  test("takes on the settings that it is given", async () => {
    const { hostapd, router } = await start({ wpsState: 1 });
    const settings = {
      ssid: text("Given"),
      authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
      encryptionType: ENCRYPTION_TYPE.aes,
      networkKey: new Secret("another passphrase"),
    };
    must(await configure({ router, pin: must(parsePin(PIN)), settings }));
    await hostapd.says("WPS-NEW-AP-SETTINGS");
  });

  test.for([
    ["the first half", "00000000"],
    ["the second half", "12340002"],
  ] as const)("tells a wrong PIN apart: %s", async ([, pin]) => {
    const { router } = await start();
    expect(await learnBy(router, pin)).toMatchObject({
      ok: false,
      error: { kind: "run", error: { kind: "refused", configError: CONFIG_ERROR.passwordAuthenticationFailure } },
    });
  });

  test("says when its setup is locked", async () => {
    const { router } = await start({ locked: true });
    expect(await learnBy(router, PIN)).toMatchObject({
      ok: false,
      error: { kind: "run", error: { kind: "refused", configError: CONFIG_ERROR.setupLocked } },
    });
  });

  test("declines where it has no PIN", async () => {
    const { router } = await start({ pin: null });
    expect(await learnBy(router, PIN)).toMatchObject({
      ok: false,
      error: { kind: "declined", action: "GetDeviceInfo" },
    });
  });
});
