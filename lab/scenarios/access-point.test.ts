/**
 * What hostapd does by itself while a Registrar shows windows, keeps keys and sends stations away: each thing that the
 * backend has to know, on the air.
 */
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import type { AccessPoint } from "../../src/radio/access-point.ts";
import { Heard } from "../../src/radio/access-point-contract.ts";
import { openControlSocket } from "../../src/radio/control/control-socket.ts";
import { WPA_SUPPLICANT } from "../../src/radio/control/endpoint.ts";
import { openHostapd } from "../../src/radio/hostapd/access-point.ts";
import { Siblings } from "../../src/radio/hostapd/siblings.ts";
import { parseEvent as parseStationEvent } from "../../src/radio/wpa-supplicant/events.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { toHex } from "../../src/wsc/bytes.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { type AccessPointOptions, type OnAir, openAir, type AccessPoint as Peer, type Station } from "../on-air.ts";
import { until } from "../process.ts";

/** A Registrar behind it that nobody has started: runs stay where they are. */
const relayed = [
  "eap_server=0",
  "own_ip_addr=127.0.0.1",
  "auth_server_addr=127.0.0.1",
  "auth_server_port=17999",
  "auth_server_shared_secret=secret",
];
const home: AccessPointOptions = { ssid: "home", passphrase: "home is my castle", config: relayed };
const pushButton = { method: "pushButton" } as const;

interface Opened {
  readonly accessPoint: AccessPoint;
  readonly heard: Heard;
}

/** A story on an air of its own; everything that `open` gave is closed behind it. */
async function onAir(
  name: string,
  radios: number,
  story: (air: OnAir, open: (target: string, siblings?: Siblings) => Promise<Opened>) => Promise<void>,
): Promise<void> {
  const air = await openAir({ name, radios });
  const opened: Opened[] = [];
  try {
    await story(air, async (target, siblings) => {
      const accessPoint = await openHostapd({ target, clock: systemClock, random: systemRandom, siblings });
      const one = { accessPoint, heard: new Heard(accessPoint) };
      opened.push(one);
      return one;
    });
  } finally {
    for (const { accessPoint, heard } of opened) {
      heard.stop();
      await accessPoint.close();
    }
    await air.close();
  }
}

/** What a station reads in the beacons of an access point: `wps_…` values as wpa_supplicant shows them, and all elements. */
async function beacon(station: Station, bssid: MacAddress): Promise<string> {
  const { socket: path } = station;
  const control = await openControlSocket({
    daemon: WPA_SUPPLICANT,
    path,
    clock: systemClock,
    readEvent: parseStationEvent,
  });
  try {
    let seen = "";
    // One scan may miss a beacon.
    await until(async () => {
      // Neither wpa_supplicant nor the kernel is to tell what an earlier scan has heard; none is under way. And none asks:
      // where an answer was heard once, the kernel goes on to show it in the place of newer beacons.
      await control.request("BSS_FLUSH 0");
      const results = new Promise<void>((resolve) => control.listen(({ type }) => type === "scanResults" && resolve()));
      if (!(await control.request("SCAN only_new=1 passive=1")).startsWith("OK")) return false;
      await results;
      seen = await control.request(`BSS ${bssid}`);
      return seen.includes("bssid=");
    }, 500);
    return seen;
  } finally {
    control.close();
  }
}

function authorizedMacs(beacon: string): string | null {
  // WFA Vendor Extension with the subelements Version2 (0) and AuthorizedMACs (1), the latter with one address.
  return /1049000e00372a0001200106([0-9a-f]{12})/.exec(beacon)?.[1] ?? null;
}

function network(ssid: string, key: string): readonly string[] {
  return [`network={\n\tssid="${ssid}"\n\tpsk=${key.length === 64 ? key : `"${key}"`}\n}`];
}

describe.concurrent("hostapd", () => {
  test("refuses the button for a presser that has gone, says when, and takes it then", async ({ task }) => {
    await onAir(task.name, 3, async (air, open) => {
      const [peer, first, second] = await Promise.all([air.accessPoint(home), air.station(), air.station()]);
      const { accessPoint, heard } = await open(peer.ifname);
      await first.cli("wps_pbc");
      expect((await heard.next("enrolleeSeen")).macAddress).toBe(first.macAddress);
      await first.cli("wps_cancel");
      await second.cli("wps_pbc");
      while ((await heard.next("enrolleeSeen")).macAddress !== second.macAddress);
      const shown = await accessPoint.advertise(pushButton);
      if (shown.type !== "pending") throw new Error("it was shown");
      expect(shown.readyInMs).toBeGreaterThan(100_000);
      expect(shown.readyInMs).toBeLessThanOrEqual(121_000);
      await systemClock.sleep(shown.readyInMs - 5_000);
      expect((await accessPoint.advertise(pushButton)).type).toBe("pending");
      await systemClock.sleep(5_100);
      expect(await accessPoint.advertise(pushButton)).toEqual({ type: "shown" });
    });
  });

  test("presses and cancels on all networks of its process, which is not taken for a person's doing", async ({
    task,
  }) => {
    await onAir(task.name, 2, async (air, open) => {
      const { peer, guest, station } = await twoNetworks(air, []);
      const siblings = new Siblings();
      const [a, b] = [await open(peer.ifname, siblings), await open(guest, siblings)];
      expect([a.accessPoint.facts.vap, b.accessPoint.facts.vap]).toEqual([0, 1]);
      expect(await a.accessPoint.advertise(pushButton)).toEqual({ type: "shown" });
      await b.heard.next("changed");
      expect(b.accessPoint.facts.independent).toBe(false);
      expect(await beacon(station, b.accessPoint.instance)).toContain("wps_device_password_id=4");
      expect(await b.accessPoint.advertise({ method: "pin", authorized: null, pin: null })).toEqual({ type: "shown" });
      expect((await a.heard.next("windowEnded")).reason).toBe("sibling");
      expect(await b.accessPoint.advertise(null)).toEqual({ type: "shown" });
      expect(await a.accessPoint.advertise({ method: "pin", authorized: null, pin: null })).toEqual({ type: "shown" });
      expect(await b.accessPoint.advertise(pushButton)).toEqual({ type: "shown" });
      expect((await a.heard.next("windowEnded")).reason).toBe("sibling");
      for (const { heard } of [a, b]) expect(heard.types()).not.toContain("buttonPressed");
      await peer.pressButton();
      await Promise.all([a.heard.next("buttonPressed"), b.heard.next("buttonPressed")]);
    });
  });

  test("with wps_independent=1 keeps its networks apart", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const { peer, guest, station } = await twoNetworks(air, ["wps_independent=1"]);
      const siblings = new Siblings();
      const [a, b] = [await open(peer.ifname, siblings), await open(guest, siblings)];
      expect(await a.accessPoint.advertise(pushButton)).toEqual({ type: "shown" });
      expect(await b.accessPoint.advertise({ method: "pin", authorized: null, pin: null })).toEqual({ type: "shown" });
      expect(await beacon(station, a.accessPoint.instance)).toContain("wps_device_password_id=4");
      expect(await beacon(station, b.accessPoint.instance)).toContain("wps_device_password_id=0");
      await a.accessPoint.advertise(null);
      expect(await beacon(station, a.accessPoint.instance)).not.toContain("wps_selected_registrar=1");
      expect(await beacon(station, b.accessPoint.instance)).toContain("wps_device_password_id=0");
      for (const { heard, accessPoint } of [a, b]) {
        expect(heard.types()).not.toContain("windowEnded");
        expect(accessPoint.facts.independent).toBeNull();
      }
    });
  });

  test("tells one network of a radio that it is off, and the others learn of it", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const { peer, guest } = await twoNetworks(air, ["wps_independent=1"]);
      const siblings = new Siblings();
      const [a, b] = [await open(peer.ifname, siblings), await open(guest, siblings)];
      await b.accessPoint.advertise(pushButton);
      await peer.cli("disable");
      await a.heard.next("changed");
      expect((await b.heard.next("windowEnded")).reason).toBe("off");
      await peer.cli("enable");
      await until(async () => a.accessPoint.facts.on && b.accessPoint.facts.on);
      expect(await b.accessPoint.advertise(pushButton)).toEqual({ type: "shown" });
    });
  });

  test("says whether a Registrar is behind it, and what its network's key is, if there is one", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const own = await open((await air.accessPoint({ ...home, config: [] })).ifname);
      expect(own.accessPoint.facts).toMatchObject({ registrar: "own", radio: expect.stringMatching(/^phy\d+$/) });
      expect(own.accessPoint.facts).toMatchObject({ frequency: 2412, software: "hostapd 2.10", independent: null });
      const fleet = [...relayed, "macaddr_acl=2", "wpa_psk_radius=2"];
      const peer = await air.accessPoint({ ssid: 'fleet "\\ é', passphrase: null, config: fleet });
      const behind = await open(peer.ifname);
      expect(behind.accessPoint.facts).toMatchObject({ registrar: "relayed", ssid: peer.ssid, security: "WPA2" });
      expect(await behind.accessPoint.sharedKey()).toBeNull();
    });
  });

  test("names the one station that a PIN is for, and nobody behind it", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const [peer, station] = await Promise.all([air.accessPoint(home), air.station()]);
      const { accessPoint } = await open(peer.ifname);
      const one = "02:11:22:33:44:55" as MacAddress;
      await accessPoint.advertise({ method: "pin", authorized: one, pin: null });
      expect(authorizedMacs(await beacon(station, peer.bssid))).toBe("021122334455");
      await accessPoint.advertise({ method: "pin", authorized: null, pin: null });
      expect(authorizedMacs(await beacon(station, peer.bssid))).toBe("ffffffffffff");
      await accessPoint.advertise(null);
      expect(authorizedMacs(await beacon(station, peer.bssid))).toBeNull();
      await accessPoint.advertise(pushButton);
      expect(authorizedMacs(await beacon(station, peer.bssid))).toBe("ffffffffffff");
    });
  });

  test("drops stations whose key has vanished from its file, and those that are about to enrol, and no other", async ({
    task,
  }) => {
    await onAir(task.name, 4, async (air, open) => {
      const file = `/tmp/${air.name}.psk`;
      const keys = [toHex(new Uint8Array(32).fill(1)), toHex(new Uint8Array(32).fill(2))] as const;
      const [a, b, enrolling] = await Promise.all([
        air.station({ networks: network("home", keys[0]) }),
        air.station({ networks: network("home", keys[1]) }),
        air.station(),
      ]);
      const lineOf = (station: Station, index: 0 | 1) => `keyid=key-${index} ${station.macAddress} ${keys[index]}\n`;
      writeFileSync(file, lineOf(a, 0) + lineOf(b, 1));
      const peer = await air.accessPoint({ ...home, passphrase: null, config: [...relayed, `wpa_psk_file=${file}`] });
      const { accessPoint, heard } = await open(peer.ifname);
      await until(async () => (await accessPoint.stations()).length === 2);
      expect(new Set((await accessPoint.stations()).map(({ keyId }) => keyId))).toEqual(new Set(["key-0", "key-1"]));
      await accessPoint.advertise(pushButton);
      await enrolling.cli("wps_pbc");
      await until(async () => (await peer.cli("sta", enrolling.macAddress)).includes("[ASSOC]"), 200);
      writeFileSync(file, lineOf(b, 1));
      await accessPoint.reloadKeys();
      expect((await heard.next("stationLeft")).macAddress).toBe(a.macAddress);
      // It has not shown a key yet, so it has none that is in the file. It may be on its way back already.
      await until(async () => enrolling.log().includes("CTRL-EVENT-DISCONNECTED"), 200);
      expect(await accessPoint.stations()).toEqual([{ macAddress: b.macAddress, keyId: "key-1" }]);
      writeFileSync(file, `${lineOf(b, 1)}not a line\n${lineOf(a, 0)}`);
      await expect(accessPoint.reloadKeys()).rejects.toMatchObject({ kind: "refused" });
      expect(await accessPoint.stations()).toEqual([{ macAddress: b.macAddress, keyId: "key-1" }]);
    });
  });

  test("keeps a denied station out although its key is good, until it is restarted", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const [peer, station] = await Promise.all([
        air.accessPoint(home),
        air.station({ networks: network("home", "home is my castle") }),
      ]);
      const { accessPoint, heard } = await open(peer.ifname);
      await until(async () => (await accessPoint.stations()).length === 1);
      await accessPoint.deny(station.macAddress);
      await heard.next("stationLeft");
      await systemClock.sleep(20_000);
      expect(await accessPoint.stations()).toEqual([]);
      await peer.stop();
      await heard.next("gone");
      await peer.start();
      await heard.next("back");
      // It may have come back before we did.
      await until(async () => (await accessPoint.stations()).length === 1);
    });
  });

  test("with its own Registrar enrols, and tells of it", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const [peer, station] = await Promise.all([air.accessPoint({ ...home, config: [] }), air.station()]);
      const { accessPoint, heard } = await open(peer.ifname);
      await station.cli("wps_pin", peer.bssid, "12345670");
      expect(await heard.next("pinNeeded")).toMatchObject({
        macAddress: station.macAddress,
        device: { deviceName: "Lab station" },
      });
      await station.cli("wps_cancel");
      await accessPoint.advertise({ method: "pin", authorized: null, pin: new Secret("99956042") });
      await station.cli("wps_pin", peer.bssid, "12345670");
      expect(await heard.next("enrolmentFailed")).toMatchObject({ configError: 18 });
      await station.cli("wps_cancel");
      await accessPoint.advertise({ method: "pin", authorized: null, pin: new Secret("12345670") });
      await station.cli("wps_pin", peer.bssid, "12345670");
      expect((await heard.next("enrolled")).macAddress).toBe(station.macAddress);
      await heard.next("stationConnected");
      expect(await accessPoint.status()).toMatchObject({ lastResult: "success", peer: station.macAddress });
      await accessPoint.advertise(pushButton);
      await station.cli("wps_pbc");
      await heard.next("enrolled");
      expect((await heard.next("windowEnded")).reason).toBe("enrolled");
      // A PIN that nobody was given lets nobody in.
      await accessPoint.advertise({ method: "pin", authorized: null, pin: null });
      await station.cli("wps_pin", peer.bssid, "12345670");
      await heard.next("enrolmentFailed");
    });
  });

  test("locks its own setup after wrong device PINs, and tells of it", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const [peer, station] = await Promise.all([air.accessPoint({ ...home, config: [] }), air.station()]);
      const { accessPoint, heard } = await open(peer.ifname);
      await accessPoint.setDevicePin(new Secret("12345670"), 0);
      for (const pin of ["00000000", "11111115", "22222220"]) {
        if (pin !== "00000000") await heard.next("enrolmentFailed");
        await station.cli("wps_cancel");
        await station.cli("wps_reg", peer.bssid, pin);
      }
      expect(await heard.next("setupLocked")).toEqual({ type: "setupLocked", locked: true });
      await accessPoint.setDevicePin(new Secret("99956042"), 0);
      expect(await heard.next("setupLocked")).toEqual({ type: "setupLocked", locked: false });
    });
  });

  test("takes another name and key for good, and becomes configured", async ({ task }) => {
    await onAir(task.name, 2, async (air, open) => {
      const [peer, station] = await Promise.all([
        air.accessPoint({ ...home, config: [...relayed, "wps_state=1"] }),
        air.station({ networks: network("new name", "quite another key") }),
      ]);
      const { accessPoint, heard } = await open(peer.ifname);
      expect(accessPoint.facts.wps).toBe("unconfigured");
      const ssid = new TextEncoder().encode("new name");
      await accessPoint.configure({ ssid, key: new Secret("quite another key") });
      await until(async () => accessPoint.facts.wps === "configured");
      expect(accessPoint.facts).toMatchObject({ ssid, on: true });
      expect((await accessPoint.sharedKey())?.revealText()).toBe("quite another key");
      expect((await heard.next("stationConnected")).macAddress).toBe(station.macAddress);
    });
  });

  test("that reads its file anew forgets whom it was told to deny, keeps its window, and says nothing", async ({
    task,
  }) => {
    await onAir(task.name, 2, async (air, open) => {
      const [peer, station] = await Promise.all([air.accessPoint(home), air.station()]);
      const { accessPoint, heard } = await open(peer.ifname);
      await accessPoint.deny(station.macAddress);
      await accessPoint.advertise(pushButton);
      expect(await peer.cli("deny_acl", "SHOW")).toContain(station.macAddress);
      peer.hangUp();
      await until(async () => !(await peer.cli("deny_acl", "SHOW")).includes(station.macAddress));
      expect(await beacon(station, peer.bssid)).toContain("wps_device_password_id=4");
      expect(await accessPoint.status()).toMatchObject({ pushButton: "active" });
      expect(heard.types().filter((type) => type !== "enrolleeSeen")).toEqual([]);
    });
  });
});

/** One hostapd with two networks on one radio, and a station. */
async function twoNetworks(
  air: OnAir,
  config: readonly string[],
): Promise<{ peer: Peer; guest: string; station: Station }> {
  const station = await air.station();
  const peer = await air.accessPoint((ifname) => ({
    ...home,
    config: [
      ...relayed,
      "wps_independent=0",
      ...config,
      `bss=${ifname}_1`,
      ...[
        "ssid=guest",
        "ctrl_interface=/run/hostapd",
        "wpa=2",
        "rsn_pairwise=CCMP",
        "wpa_passphrase=guests are welcome",
      ],
      ...["wps_state=2", "config_methods=virtual_push_button keypad", ...relayed, ...config],
    ],
  }));
  return { peer, guest: `${peer.ifname}_1`, station };
}
