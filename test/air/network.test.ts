/** Being in a network on the simulated air: keys, addresses, distances, and what a device does when its network is gone. */
import { expect, test } from "vitest";
import { Secret } from "../../src/wsc/secret.ts";
import { linkWhere, openWorld, type TestWorld } from "./world.ts";

const home = { name: "Home", key: "correct horse battery", signal: -55 };
const bytes = (text: string) => new TextEncoder().encode(text);
const network = (ssid: string, key: string | null) => ({
  ssid: bytes(ssid),
  key: key === null ? null : new Secret(key),
  wpa1: false,
  sae: false,
});
const connected = (world: TestWorld) =>
  world.clock.until(linkWhere(world.station(), ({ state }) => state === "connected"));

test("a device with a configured network is in it soon after the start, with an address from the router", async () => {
  const world = openWorld({ accessPoints: [home], station: { connectedTo: "Home" } }, 1);
  const link = await world.clock.until(linkWhere(world.station(), ({ address }) => address !== null));
  expect(link).toMatchObject({ state: "connected", bss: { rssi: -55, authMode: "WPA2", frequency: 2412 } });
  expect(link.address).toEqual({
    ip: "192.168.1.100",
    mask: "255.255.255.0",
    gateway: "192.168.1.1",
    dns: ["192.168.1.1"],
  });
});

test("each device gets an address of its own, and the same one again", async () => {
  const world = openWorld({ accessPoints: [home] }, 1);
  const addressOf = async (name: string) => {
    const radio = world.station(name);
    await world.clock.until(radio.apply({ mode: "station", network: network("Home", home.key) }));
    return (await world.clock.until(linkWhere(radio, ({ address }) => address !== null))).address?.ip;
  };
  const first = await addressOf("A");
  expect(await addressOf("B")).not.toBe(first);
  expect(await addressOf("A")).toBe(first);
});

test("a router without DHCP connects but gives no address", async () => {
  const world = openWorld({ accessPoints: [{ ...home, dhcp: false }], station: { connectedTo: "Home" } }, 1);
  await connected(world);
  await world.clock.advance(60_000);
  expect(await world.station().link()).toMatchObject({ state: "connected", address: null });
});

test("the 64 hex digits of the PSK open the same door as the passphrase", async () => {
  // Computed with: wpa_passphrase Home "correct horse battery"
  const psk = "de443b92491739a98bf1b606463fb70af597738156efed414e693d37bb0f1ff6";
  const world = openWorld({ accessPoints: [home] }, 1);
  await world.clock.until(world.station().apply({ mode: "station", network: network("Home", psk) }));
  expect(await connected(world)).toMatchObject({ trouble: null });
});

test("no frame carries the key", async () => {
  const world = openWorld({ accessPoints: [home], station: { connectedTo: "Home" } }, 1);
  await connected(world);
  expect(world.seen.filter(({ kind }) => kind === "key")).toHaveLength(4);
});

test("losing any one message of the handshake, or of DHCP, costs a second or so", async () => {
  for (const kind of ["key", "dhcpDiscover", "dhcpAck", "associationRequest"]) {
    const world = openWorld({ accessPoints: [home] }, 1);
    world.air.loseOnce(kind);
    const start = world.clock.now();
    await world.clock.until(world.station().apply({ mode: "station", network: network("Home", home.key) }));
    await world.clock.until(linkWhere(world.station(), ({ address }) => address !== null));
    expect(world.clock.now() - start, kind).toBeLessThan(2_500);
  }
});

test("an open network needs no key, and a key does not fit it", async () => {
  const world = openWorld({ accessPoints: [{ name: "Café", security: "open" }] }, 1);
  await world.clock.until(world.station().apply({ mode: "station", network: network("Café", "12345678") }));
  await world.clock.until(linkWhere(world.station(), ({ trouble }) => trouble === "notFound"));
  await world.clock.until(world.station().apply({ mode: "station", network: network("Café", null) }));
  await connected(world);
});

test("WPA3 alone wants a network that may use SAE", async () => {
  const world = openWorld({ accessPoints: [{ ...home, security: "WPA3" }] }, 1);
  const wanted = network("Home", home.key);
  await world.clock.until(world.station().apply({ mode: "station", network: wanted }));
  await world.clock.until(linkWhere(world.station(), ({ trouble }) => trouble === "notFound"));
  await world.clock.until(world.station().apply({ mode: "station", network: { ...wanted, sae: true } }));
  expect((await connected(world)).bss).toMatchObject({ authMode: "WPA3", wps: null });
});

test("a device notices that its access point is gone, and comes back by itself when it is", async () => {
  const world = openWorld({ accessPoints: [home], station: { connectedTo: "Home" } }, 1);
  await connected(world);
  world.home.powerOff();
  await world.clock.until(linkWhere(world.station(), ({ trouble }) => trouble === "notFound"));
  world.home.powerOn();
  await connected(world);
});

test("an access point that restarts sends its devices away, and they are back at once", async () => {
  const world = openWorld({ accessPoints: [home], station: { connectedTo: "Home" } }, 1);
  await connected(world);
  world.home.powerOff();
  world.home.powerOn();
  await world.clock.until(linkWhere(world.station(), ({ state }) => state === "disconnected"));
  const start = world.clock.now();
  await connected(world);
  expect(world.clock.now() - start).toBeLessThan(2_000);
});

test("out of range is as good as gone, and of two access points with one name the nearer is taken", async () => {
  const accessPoints = [
    { ...home, channel: 6 },
    { ...home, channel: 36, signal: -70 },
  ];
  const world = openWorld({ accessPoints, station: { connectedTo: "Home" } }, 1);
  const [near, far] = world.accessPoints;
  expect((await connected(world)).bss?.bssid).toBe(near?.bssid);
  near?.move(null);
  await world.clock.until(linkWhere(world.station(), ({ bss }) => bss?.bssid === far?.bssid));
});

test("what was kept is joined by the radio itself, the latest key of a name winning", async () => {
  const world = openWorld({ accessPoints: [home] }, 1);
  const radio = world.station();
  await radio.keep(network("Home", "an old passphrase"));
  await radio.keep(network("Home", home.key));
  expect(await radio.keepTrouble()).toBeNull();
  await world.clock.until(radio.apply({ mode: "station", network: null }));
  await connected(world);
});

test("a hotspot lets another device in, and cannot scan meanwhile", async () => {
  const world = openWorld({ accessPoints: [home] }, 1);
  const hotspot = { ssid: bytes("openwps-set-up"), key: new Secret("show me the way") };
  const device = world.station();
  await world.clock.until(device.apply({ mode: "accessPoint", hotspot }));
  expect(await device.link()).toMatchObject({ state: "accessPoint", address: { ip: "192.168.4.1" } });
  await expect(device.scan()).rejects.toThrow("hotspot");

  const phone = world.station("Phone");
  await world.clock.until(phone.apply({ mode: "station", network: network("openwps-set-up", "show me the way") }));
  const link = await world.clock.until(linkWhere(phone, ({ address }) => address !== null));
  expect(link).toMatchObject({ address: { ip: "192.168.4.100" }, bss: { wps: null } });

  await world.clock.until(device.apply({ mode: "off" }));
  await world.clock.until(linkWhere(phone, ({ trouble }) => trouble === "notFound"));
});

test("what a scenario says happens at its time", async () => {
  const script = [
    { at: 2, press: "Home" },
    { at: 3, move: "Home", signal: -80 },
    { at: 4, stop: "Home" },
    { at: 5, off: "Home" },
    { at: 20, on: "Home" },
  ];
  const world = openWorld({ accessPoints: [home], happenings: script }, 1);
  const sight = async () => {
    const [bss] = await world.clock.until(world.station().scan());
    return bss === undefined ? null : [bss.wps?.selectedRegistrar, bss.rssi];
  };
  const history = [];
  for (const seconds of [1, 1.5, 1, 1, 10, 6]) {
    await world.clock.advance(seconds * 1000);
    history.push(await sight());
  }
  expect(history).toEqual([[false, -55], [true, -55], [true, -80], [false, -80], null, [false, -80]]);
});
