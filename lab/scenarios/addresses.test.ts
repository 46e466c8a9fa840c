/**
 * IP addresses on the air: a static one that is set, works and is taken back; a DHCP client's that does not fit any
 * more; and those that the hotspot gives its guests. The other ends are machines of their own.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual, promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { hotspotAddress, type Network, type StaticAddress, type StationRadio } from "../../src/radio/station-radio.ts";
import { openWpaSupplicant } from "../../src/radio/wpa-supplicant/station.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { type AccessPoint, type OnAir, openAir, type Station } from "../on-air.ts";
import { until } from "../process.ts";
import { Service } from "../program.ts";

const run = promisify(execFile);
const openRadio = (station: Station) => openWpaSupplicant({ target: station.ifname, clock: systemClock });

type Story = (air: OnAir) => Promise<void>;
async function onAir(name: string, radios: number, story: Story): Promise<void> {
  const air = await openAir({ name, radios });
  try {
    await story(air);
  } finally {
    await air.close();
  }
}

/** An address beyond an access point that is a machine of its own; the scenario's own. */
const beyondOf = (ifname: string) => `203.0.113.${Number(ifname.slice(4)) + 1}`;

async function remoteNetwork(air: OnAir, ssid: string, channel = 1): Promise<AccessPoint> {
  const accessPoint = await air.accessPoint({ ssid, passphrase: `${ssid} is my castle`, channel, apart: true });
  await accessPoint.beGateway(beyondOf(accessPoint.ifname));
  return accessPoint;
}

function staticAddressIn({ net }: AccessPoint): StaticAddress {
  return { ip: `${net}.50`, mask: "255.255.255.0", gateway: `${net}.1`, dns: `${net}.53` };
}

function networkOf({ ssid, key }: AccessPoint, staticAddress?: StaticAddress): Network {
  return { ssid, key, wpa1: false, sae: false, staticAddress };
}

async function joins(radio: StationRadio, station: Station, accessPoint: AccessPoint, network: Network): Promise<void> {
  await radio.apply({ mode: "station", network });
  await until(async () => (await station.linkedTo()) === accessPoint.bssid);
  await until(async () => (await radio.link()).state === "connected");
}

/** What the system has of ours for an interface. */
interface Traces {
  readonly addresses: readonly string[];
  /** Gateways of default routes. */
  readonly routes: readonly string[];
  /** In the list of name servers. */
  readonly servers: readonly string[];
}

async function traces(station: Station): Promise<Traces> {
  const { ifname } = station;
  const addresses = await station.run("ip", "-4", "-o", "addr", "show", "dev", ifname);
  const routes = await station.run("ip", "-4", "route", "show", "default", "dev", ifname);
  const resolvers = readFileSync("/etc/resolv.conf", "utf8");
  return {
    addresses: [...addresses.matchAll(/ inet (\S+) metric 599/g)].map((match) => match[1] ?? ""),
    routes: [...routes.matchAll(/default via (\S+) metric 599/g)].map((match) => match[1] ?? ""),
    servers: [...resolvers.matchAll(new RegExp(`^# openwps .*${ifname}:\nnameserver (\\S+)`, "gm"))].map(
      (match) => match[1] ?? "",
    ),
  };
}

/** They change one by one, when the link does. */
async function tracesBecome(station: Station, wanted: Traces): Promise<void> {
  await until(async () => isDeepStrictEqual(await traces(station), wanted));
}

const nothing: Traces = { addresses: [], routes: [], servers: [] };

async function answers(station: Station, host: string): Promise<boolean> {
  const ping = run("busybox", ["ping", "-c", "1", "-W", "2", "-I", station.ifname, host]);
  return ping.then(
    () => true,
    () => false,
  );
}

describe.concurrent("a static address", () => {
  test("works, also beyond its gateway, and is taken back by the next network and by off", async ({ task }) => {
    await onAir(task.name, 3, async (air) => {
      const [home, office] = await Promise.all([remoteNetwork(air, "home"), remoteNetwork(air, "office", 6)]);
      const station = await air.station();
      const radio = await openRadio(station);
      const address = staticAddressIn(home);
      await joins(radio, station, home, networkOf(home, address));
      await tracesBecome(station, {
        addresses: [`${address.ip}/24`],
        routes: [`${home.net}.1`],
        servers: [`${home.net}.53`],
      });
      expect((await radio.link()).address).toEqual({ ...address, dns: [address.dns] });
      await until(() => answers(station, `${home.net}.1`));
      await until(() => answers(station, beyondOf(home.ifname)));

      const elsewhere = staticAddressIn(office);
      await joins(radio, station, office, networkOf(office, { ...elsewhere, gateway: null, dns: null }));
      await tracesBecome(station, { ...nothing, addresses: [`${elsewhere.ip}/24`] });
      await until(() => answers(station, `${office.net}.1`));
      expect(await answers(station, beyondOf(office.ifname))).toBe(false);

      await radio.apply({ mode: "off" });
      expect(await traces(station)).toEqual(nothing);
      await radio.close();
    });
  });

  test("is given up for DHCP without a drop of the link, and another one's address is left alone", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await remoteNetwork(air, "home");
      const station = await air.station();
      const radio = await openRadio(station);
      await joins(radio, station, home, networkOf(home, staticAddressIn(home)));
      await until(async () => (await traces(station)).routes.length > 0);
      // As a DHCP client would: of the same network, and so secondary to ours.
      await run("ip", ["addr", "add", `${home.net}.77/24`, "dev", station.ifname]);
      const drops = () => station.log().match(/CTRL-EVENT-DISCONNECTED/g)?.length ?? 0;
      const before = drops();
      await radio.apply({ mode: "station", network: networkOf(home) });
      expect(await traces(station)).toEqual(nothing);
      expect(await station.addresses()).toEqual([`${home.net}.77/24`]);
      expect((await radio.link()).address?.ip).toBe(`${home.net}.77`);
      expect(drops()).toBe(before);
      await radio.close();
    });
  });

  test("keeps its gateway and name server only while its network is there, and has them again with it", async ({
    task,
  }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await remoteNetwork(air, "home");
      const station = await air.station();
      const radio = await openRadio(station);
      const address = staticAddressIn(home);
      await joins(radio, station, home, networkOf(home, address));
      await until(async () => (await traces(station)).servers.length > 0);
      await home.stop();
      await tracesBecome(station, { ...nothing, addresses: [`${address.ip}/24`] });
      await home.start();
      await until(() => answers(station, beyondOf(home.ifname)));
      await until(async () => (await traces(station)).servers.includes(`${home.net}.53`));
      await radio.apply({ mode: "off" });
      await radio.close();
    });
  });

  test("is gone while a pairing runs, and back with the network after it", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await remoteNetwork(air, "home");
      const station = await air.station();
      const radio = await openRadio(station);
      const network = networkOf(home, staticAddressIn(home));
      await joins(radio, station, home, network);
      await until(async () => (await traces(station)).servers.length > 0);
      const stop = new AbortController();
      for await (const event of radio.enrol({ type: "pushButton" }, { signal: stop.signal })) {
        expect(event.type).toBe("searching");
        expect(await traces(station)).toEqual(nothing);
        stop.abort();
      }
      await joins(radio, station, home, network);
      await until(async () => (await traces(station)).servers.length > 0);
      await until(() => answers(station, `${home.net}.1`));

      // Another process finds it, as after a crash, and need not know what it was.
      await radio.close();
      const next = await openRadio(station);
      await next.apply({ mode: "station", network: null });
      expect(await traces(station)).toEqual(nothing);
      await next.close();
    });
  });

  test("that cannot be is refused in a sentence", async ({ task }) => {
    await onAir(task.name, 1, async (air) => {
      const station = await air.station();
      const radio = await openRadio(station);
      const network = { ssid: new TextEncoder().encode("home"), key: null, wpa1: false, sae: false };
      const staticAddress = { ip: "10.0.0.5", mask: "255.0.255.0", gateway: null, dns: null };
      const applied = radio.apply({ mode: "station", network: { ...network, staticAddress } });
      await expect(applied).rejects.toMatchObject({ kind: "refused", message: expect.stringContaining("255.0.255.0") });
      expect(await traces(station)).toEqual(nothing);
      await radio.close();
    });
  });

  test("of a service outlives its kill -9 as the link does, and goes when its settings go", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const home = await remoteNetwork(air, "home");
      const station = await air.station();
      const service = new Service(air, station);
      await service.start();
      const { ip, mask, gateway, dns } = staticAddressIn(home);
      const settings = {
        enable: true,
        name: "home",
        password: home.key.revealText(),
        static_ip: true,
        ip,
        gateway,
        dns,
      };
      const put = await service.request("PUT", "/api/v1/wifi/sta/settings", { ...settings, netmask: mask });
      expect([put.status, await put.json()]).toEqual([200, expect.objectContaining({ ip, gateway, dns })]);
      await until(async () => (await service.wifi()).ip === ip);
      const all = { addresses: [`${ip}/24`], routes: [`${home.net}.1`], servers: [`${home.net}.53`] };
      await tracesBecome(station, all);
      await until(() => answers(station, beyondOf(home.ifname)));
      await service.stop("SIGKILL");
      expect(await traces(station)).toEqual(all);
      await service.start();
      await until(async () => (await service.wifi()).ip === ip);
      await tracesBecome(station, all);
      expect((await service.request("DELETE", "/api/v1/wifi/sta/settings")).status).toBe(204);
      expect(await traces(station)).toEqual(nothing);
      await service.stop();
    });
  });
});

test.concurrent("an address that a DHCP client keeps over a change of networks is not taken for the new one's", async ({
  task,
}) => {
  await onAir(task.name, 3, async (air) => {
    const [home, silent] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase: "home is my castle", apart: true }),
      remoteNetwork(air, "silent", 6),
    ]);
    await home.serveAddresses();
    const station = await air.station();
    const radio = await openRadio(station);
    await joins(radio, station, home, networkOf(home));
    await station.askForAddresses({ expiring: true });
    await until(async () => (await radio.link()).address !== null);
    const [lent] = await station.addresses();

    await joins(radio, station, silent, networkOf(silent));
    expect(await station.addresses()).toEqual([lent]);
    expect((await radio.link()).address).toBeNull();
    await joins(radio, station, home, networkOf(home));
    expect((await radio.link()).address?.ip).toBe(lent?.split("/")[0]);

    // The same in a pairing, where it decides whether there is a success.
    await silent.pressButton();
    for await (const _ of radio.enrol({ type: "pushButton" }, { signal: new AbortController().signal }));
    await joins(radio, station, silent, networkOf(silent));
    expect(await station.addresses()).toEqual([lent]);
    expect((await radio.link()).address).toBeNull();
    await radio.close();
  });
});

/** A device with a cable, by which it is reached, and a hotspot. */
async function deviceWithHotspot(air: OnAir, key: Secret | null) {
  const station = await air.station({ apart: true });
  const cable = await station.cable();
  const file = `/tmp/hotspot-key-${station.ifname}`;
  if (key !== null) writeFileSync(file, key.reveal(), { mode: 0o600 });
  const options = [
    "--hotspot-ssid",
    "set me up",
    ...(key === null ? ["--hotspot-open"] : ["--hotspot-key-file", file]),
  ];
  const service = new Service(air, station, options, cable.there);
  await service.start();
  const goTo = async (mode: "AP" | "OFF") => {
    const put = await service.request("PUT", "/api/v1/wifi/mode", { mode });
    expect([put.status, await put.text()]).toEqual([200, expect.anything()]);
  };
  await goTo("AP");
  await until(async () => (await service.wifi()).mode === "AP");
  await until(async () => (await service.wifi()).ip === hotspotAddress.ip);
  const dhcpSockets = async () =>
    (await station.run("cat", "/proc/net/udp")).match(/^\s*\d+: [0-9A-F]{8}:0043 /gm)?.length ?? 0;
  const network: Network = { ssid: new TextEncoder().encode("set me up"), key, wpa1: false, sae: false };
  return { station, cable, service, network, goTo, dhcpSockets };
}

/** Joins the hotspot and is given an address there. */
async function visit(guest: Station, device: Station, network: Network) {
  const radio = await openRadio(guest);
  await radio.apply({ mode: "station", network });
  await until(async () => (await guest.linkedTo()) === device.macAddress);
  await radio.close();
  const client = await guest.askForAddresses();
  await client.line("obtained");
  await until(async () => (await guest.addresses()).length > 0);
  const [address] = await guest.addresses();
  expect(address).toMatch(/^192\.168\.4\.\d+\/24$/);
  return { client, address };
}

describe.concurrent("the hotspot", () => {
  test("gives its guests addresses of their own, and they reach the device", async ({ task }) => {
    await onAir(task.name, 3, async (air) => {
      const { station, service, network, goTo, dhcpSockets } = await deviceWithHotspot(
        air,
        new Secret("twelve monkeys"),
      );
      const guests = await Promise.all([air.station({ apart: true }), air.station({ apart: true })]);
      const addresses = await Promise.all(
        guests.map(async (guest) => {
          const { client, address } = await visit(guest, station, network);
          const page = `http://${hotspotAddress.ip}:${service.port}/api/v1/system`;
          const get = `fetch(${JSON.stringify(page)}).then((answer) => answer.text()).then(console.log)`;
          expect(JSON.parse(await guest.run("node", "-e", get))).toMatchObject({
            wifi: { mode: "AP", ip: hotspotAddress.ip, mask: hotspotAddress.mask },
          });
          expect(await guest.run("ip", "route", "show", "default")).toBe("");
          // Renewed by a packet to the server alone.
          const leases = () => client.log().match(/obtained/g)?.length ?? 0;
          const before = leases();
          process.kill(client.pid, "SIGUSR1");
          await until(async () => leases() > before);
          return address;
        }),
      );
      expect(new Set(addresses).size).toBe(2);

      expect(await dhcpSockets()).toBe(2);
      await goTo("OFF");
      expect(await station.addresses()).toEqual([]);
      expect(await traces(station)).toEqual(nothing);
      expect(await dhcpSockets()).toBe(0);
      await service.stop();
    });
  });

  test("does so without a key too", async ({ task }) => {
    await onAir(task.name, 2, async (air) => {
      const { station, service, network } = await deviceWithHotspot(air, null);
      await visit(await air.station({ apart: true }), station, network);
      await service.stop();
    });
  });

  test("answers no client at the device's cable, and is taken back whole after kill -9", async ({ task }) => {
    await onAir(task.name, 1, async (air) => {
      const { station, cable, service, goTo, dhcpSockets } = await deviceWithHotspot(air, new Secret("twelve monkeys"));
      const ask = ["udhcpc", "-n", "-q", "-f", "-i", cable.here, "-s", "/bin/true", "-t", "3", "-T", "1"];
      const asked = await run("busybox", ask).catch((error: { readonly stderr: string }) => error);
      expect(asked.stderr).toContain("broadcasting discover");
      expect(asked.stderr).toMatch(/no lease/);

      await service.stop("SIGKILL");
      expect(await station.addresses()).toEqual([`${hotspotAddress.ip}/24`]);
      await service.start();
      await until(async () => (await service.wifi()).ip === hotspotAddress.ip);
      await until(async () => (await dhcpSockets()) === 2);
      await service.stop("SIGKILL");
      await service.start();
      await goTo("OFF");
      expect(await traces(station)).toEqual(nothing);
      expect(await station.addresses()).toEqual([]);
      expect(await dhcpSockets()).toBe(0);
      await service.stop();
    });
  });
});

test.concurrent("the power of a radio is limited, half steps downwards, and let go again", async ({ task }) => {
  await onAir(task.name, 2, async (air) => {
    const [home, station] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
      air.station(),
    ]);
    const radio = await openRadio(station);
    // Without a link the driver has no power to tell of.
    await joins(radio, station, home, networkOf(home));
    const power = async () => /txpower (\S+) dBm/.exec(await station.run("iw", "dev", station.ifname, "info"))?.[1];
    const before = await power();
    await radio.limitPower(10.5);
    expect(await power()).toBe("10.00");
    await radio.limitPower(null);
    expect(await power()).toBe(before);
    await radio.close();
  });
});
