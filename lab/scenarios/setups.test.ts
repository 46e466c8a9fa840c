/** What a radio can be told to be, and what it is then: networks of every kind, the hotspot, a network kept for good. */
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { openCli } from "../../src/radio/control/cli.ts";
import { type EnrolEvent, RadioError, type StationRadio } from "../../src/radio/station-radio.ts";
import { openWpaSupplicant } from "../../src/radio/wpa-supplicant/station.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { type AccessPoint, type OnAir, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { seen } from "../seen.ts";

type OpenRadio = (station: Station) => Promise<StationRadio>;
const openRadio: OpenRadio = (station) => openWpaSupplicant({ target: station.ifname, clock: systemClock });

async function onAir(name: string, radios: number, story: (air: OnAir) => Promise<void>): Promise<void> {
  const air = await openAir({ name, radios });
  try {
    await story(air);
  } finally {
    await air.close();
  }
}

async function enrol(radio: StationRadio): Promise<Extract<EnrolEvent, { type: "enrolled" }>> {
  let last: EnrolEvent | undefined;
  for await (const event of radio.enrol({ type: "pushButton" }, { signal: new AbortController().signal })) last = event;
  if (last?.type !== "enrolled") throw new Error(JSON.stringify(last));
  return last;
}

async function joins(radio: StationRadio, station: Station, accessPoint: AccessPoint, sae = false): Promise<void> {
  const network = { ssid: accessPoint.ssid, key: accessPoint.key, wpa1: false, sae };
  await radio.apply({ mode: "station", network });
  await until(async () => (await station.linkedTo()) === accessPoint.bssid);
  await until(async () => (await radio.link()).state === "connected");
}

describe.concurrent("a radio", () => {
  test("joins a network whose name and passphrase have every awkward character", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const ssid = "a\"b'c\\d\te \u{1f4e1}";
      const passphrase = "\"quoted\" \\n 'and' #=%";
      const hex = Buffer.from(ssid).toString("hex");
      const accessPoint = await air.accessPoint({ ssid: "replaced", passphrase, config: [`ssid2=${hex}`] });
      const station = await air.station();
      const radio = await openRadio(station);
      const name = new TextEncoder().encode(ssid);
      expect((await seen(radio, [accessPoint.bssid]))[0].ssid).toEqual(name);
      await accessPoint.pressButton();
      const { peer, credentials } = await enrol(radio);
      expect(peer.ssid).toEqual(name);
      expect(credentials[0]?.ssid).toEqual(name);
      const network = { ssid: name, key: credentials[0]?.networkKey ?? null, wpa1: false, sae: false };
      await radio.apply({ mode: "station", network });
      await until(async () => (await station.linkedTo()) === accessPoint.bssid);
      expect((await radio.link()).bss?.ssid).toEqual(name);
      await radio.close();
    });
  });

  test("enrols at a WPA3-transition access point and joins it by WPA3", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const accessPoint = await air.accessPoint({
        ssid: "transition",
        passphrase: "between two ages",
        config: ["wpa_key_mgmt=WPA-PSK SAE", "ieee80211w=1"],
      });
      const station = await air.station();
      const radio = await openRadio(station);
      const [bss] = await seen(radio, [accessPoint.bssid]);
      expect(bss).toMatchObject({ authMode: "WPA2-WPA3", pairwiseCipher: "CCMP" });
      await accessPoint.pressButton();
      expect((await enrol(radio)).credentials[0]?.networkKey.revealText()).toBe("between two ages");
      await joins(radio, station, accessPoint, true);
      expect(await station.status("key_mgmt")).toBe("SAE");
      expect(await station.status("pmf")).toBe("1");
      await radio.close();
    });
  });

  test("that does not claim a display is given the PSK itself, and joins with it", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const accessPoint = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
      const station = await air.station({ config: ["config_methods=virtual_push_button"] });
      const radio = await openRadio(station);
      await accessPoint.pressButton();
      const key = (await enrol(radio)).credentials[0]?.networkKey ?? null;
      expect(key?.revealText()).toMatch(/^[0-9a-f]{64}$/);
      await radio.apply({ mode: "station", network: { ssid: accessPoint.ssid, key, wpa1: false, sae: true } });
      await until(async () => (await station.linkedTo()) === accessPoint.bssid);
      expect(await station.status("key_mgmt")).toBe("WPA2-PSK");
      await radio.close();
    });
  });

  test("joins an open network, and an old one with TKIP", async ({ task }) => {
    await onAir(task.name, 3, async (air) => {
      const [open, old] = await Promise.all([
        air.accessPoint({ ssid: "open", passphrase: "not used at all", config: ["wpa=0", "wps_state=0"] }),
        air.accessPoint({
          ssid: "old",
          passphrase: "from the old days",
          channel: 6,
          config: ["wpa=3", "wpa_pairwise=TKIP CCMP", "rsn_pairwise=TKIP CCMP"],
        }),
      ]);
      const station = await air.station();
      const radio = await openRadio(station);
      const [openBss, oldBss] = await seen(radio, [open.bssid, old.bssid]);
      expect(openBss).toMatchObject({ authMode: "open", pairwiseCipher: "none", groupCipher: "none", wps: null });
      expect(oldBss).toMatchObject({
        authMode: "WPA-WPA2",
        pairwiseCipher: "TKIP-CCMP",
        groupCipher: "TKIP",
      });
      await radio.apply({ mode: "station", network: { ssid: open.ssid, key: null, wpa1: false, sae: false } });
      await until(async () => (await station.linkedTo()) === open.bssid);
      await radio.apply({ mode: "station", network: { ssid: old.ssid, key: old.key, wpa1: true, sae: false } });
      await until(async () => (await station.linkedTo()) === old.bssid);
      await radio.close();
    });
  });

  test("finds a hidden network that it is told to join", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const hidden = await air.accessPoint({
        ssid: "hidden",
        passphrase: "nobody sees me",
        config: ["wps_state=0", "ignore_broadcast_ssid=1"],
      });
      const station = await air.station();
      const radio = await openRadio(station);
      expect((await seen(radio, [hidden.bssid]))[0].ssid).toEqual(new Uint8Array());
      await joins(radio, station, hidden);
      expect((await radio.link()).bss?.ssid).toEqual(hidden.ssid);
      await radio.close();
    });
  });

  test("says that a network it is told to join is not there, and joins it when it comes, scans or not", async ({
    task,
  }) => {
    await onAir(task.name, 2, async (air) => {
      const station = await air.station();
      const radio = await openRadio(station);
      const network = {
        ssid: new TextEncoder().encode("elsewhere"),
        key: new Secret("whatever it is"),
        wpa1: false,
        sae: false,
      };
      await radio.apply({ mode: "station", network });
      await until(async () => (await radio.link()).trouble === "notFound");
      expect((await radio.scan()).map(({ ssid }) => ssid)).not.toContainEqual(network.ssid);
      await radio.scan();
      const late = await air.accessPoint({ ssid: "elsewhere", passphrase: "whatever it is" });
      await until(async () => (await station.linkedTo()) === late.bssid);
      await until(async () => (await radio.link()).trouble === null);
      await radio.close();
    });
  });

  test("opens a hotspot without WPS, and goes home from it with every own network as it was", async ({ task }) => {
    await onAir(task.name, 3, async (air) => {
      const home = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
      const station = await air.station({
        networks: [
          'network={\n\tssid="home"\n\tpsk="home is my castle"\n}',
          'network={\n\tssid="never switched on"\n\tpsk="some passphrase"\n\tdisabled=1\n}',
        ],
      });
      const guest = await air.station();
      await until(async () => (await station.linkedTo()) === home.bssid);
      const before = (await station.cli("list_networks")).replaceAll("[CURRENT]", "");
      const radio = await openRadio(station);
      const hotspot = { ssid: new TextEncoder().encode("set me up"), key: new Secret("twelve monkeys") };
      await radio.apply({ mode: "accessPoint", hotspot });
      await until(async () => (await radio.link()).state === "accessPoint");

      const visitor = await openRadio(guest);
      const [bss] = await seen(visitor, [station.macAddress]);
      expect(bss).toMatchObject({ ssid: hotspot.ssid, authMode: "WPA2", pairwiseCipher: "CCMP", wps: null });
      await visitor.apply({ mode: "station", network: { ...hotspot, wpa1: false, sae: false } });
      await until(async () => (await guest.linkedTo()) === station.macAddress);

      // A pairing leaves the hotspot, and its end does not bring it back by itself.
      await home.pressButton();
      expect((await enrol(radio)).peer.bssid).toBe(home.bssid);
      await radio.apply({ mode: "accessPoint", hotspot });
      await until(async () => (await radio.link()).state === "accessPoint");

      // Another process finds it, as after a crash.
      const next = await openRadio(station);
      await next.apply({ mode: "station", network: null });
      await until(async () => (await station.linkedTo()) === home.bssid);
      expect((await station.cli("list_networks")).replaceAll("[CURRENT]", "")).toBe(before);
      await Promise.all([radio, visitor, next].map((each) => each.close()));
    });
  });

  test("keeps a network in wpa_supplicant's own file, in place of an older one of that name", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
      const station = await air.station({ networks: ['network={\n\tssid="home"\n\tpsk="the former passphrase"\n}'] });
      const radio = await openRadio(station);
      await joins(radio, station, home);
      expect(await radio.keepTrouble()).toBeNull();
      await radio.keep({ ssid: home.ssid, key: home.key, wpa1: false, sae: false });
      expect(await station.linkedTo()).toBe(home.bssid);
      expect(station.configuration().match(/network=\{/g)).toHaveLength(1);
      expect(station.configuration()).toContain('psk="home is my castle"');
      expect(station.configuration()).not.toMatch(/openwps|disabled=1|wps_cred_processing/);
      await radio.close();
      await station.stop();
      await station.start();
      await until(async () => (await station.linkedTo()) === home.bssid);
    });
  });

  test("says beforehand that wpa_supplicant may not write its file, and leaves the link alone when it cannot", async ({
    task,
  }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
      const station = await air.station({ config: ["update_config=0"] });
      const radio = await openRadio(station);
      const before = station.configuration();
      await joins(radio, station, home);
      expect(await radio.keepTrouble()).toMatch(/update_config=1/);
      const kept = radio.keep({ ssid: home.ssid, key: home.key, wpa1: false, sae: false });
      await expect(kept).rejects.toBeInstanceOf(RadioError);
      expect(station.configuration()).toBe(before);
      expect(await station.linkedTo()).toBe(home.bssid);
      await radio.close();
    });
  });

  test("stays connected while a service in front of it is restarted", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
      const station = await air.station();
      const first = await openRadio(station);
      await joins(first, station, home);
      await first.close();
      const drops = () => station.log().match(/CTRL-EVENT-DISCONNECTED/g)?.length ?? 0;
      const before = drops();
      const second = await openRadio(station);
      await joins(second, station, home);
      expect(drops()).toBe(before);
      expect((await station.cli("list_networks")).trim().split("\n")).toHaveLength(2);
      await second.close();
    });
  });

  test("works by wpa_cli where the native socket module is missing", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await air.accessPoint({ ssid: "home", passphrase: "home \"is\" my 'castle'" });
      const station = await air.station();
      const radio = await openWpaSupplicant({ target: station.ifname, clock: systemClock, carrier: openCli });
      expect((await seen(radio, [home.bssid]))[0].ssid).toEqual(home.ssid);
      await home.pressButton();
      expect((await enrol(radio)).credentials[0]?.networkKey.revealText()).toBe(home.key.revealText());
      await joins(radio, station, home);
      const watching = (async () => {
        for await (const _ of radio.watch({ signal: new AbortController().signal }));
      })();
      const ended = expect(watching).rejects.toMatchObject({ kind: "gone" });
      await station.kill();
      await ended;
      await radio.close();
    });
  });

  test("is told what address the network gave it", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
      await home.serveAddresses();
      const station = await air.station();
      const radio = await openRadio(station);
      await joins(radio, station, home);
      expect((await radio.link()).address).toBeNull();
      await station.askForAddresses();
      const stop = new AbortController();
      for await (const link of radio.watch({ signal: stop.signal }))
        if (link.address !== null) {
          expect(link.address).toMatchObject({ ip: expect.stringMatching(/^10\.\d+\.0\.\d+$/), mask: "255.255.255.0" });
          stop.abort();
        }
      await radio.close();
    });
  });
});
