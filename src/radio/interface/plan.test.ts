import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RadioError } from "../station-radio.ts";
import { hasDependents, hasOwn, type Present, parseAddresses, parseDefaultRoutes, plan } from "./plan.ts";
import { readStaticAddress } from "./static-address.ts";

/** As iproute2 6.1 prints it. */
const shown = `[{"ifindex":3,"ifname":"wlan0","flags":["BROADCAST","UP"],"addr_info":[
  {"family":"inet","local":"10.1.2.3","prefixlen":24,"metric":599,"broadcast":"10.1.2.255","scope":"global",
   "label":"wlan0","valid_life_time":4294967295,"preferred_life_time":4294967295},
  {"family":"inet","local":"10.1.2.4","prefixlen":24,"scope":"global","secondary":true,"dynamic":true,
   "valid_life_time":100,"preferred_life_time":100},
  {"family":"inet6","local":"fd00::1","prefixlen":64,"scope":"global","valid_life_time":3600}]}]`;

const nothing: Present = { addresses: [], routes: [] };
const given = { ip: "10.1.2.3", mask: "255.255.255.0", gateway: "10.1.2.1", dns: null };
const own = readStaticAddress(given);
const there: Present = {
  addresses: [{ ip: "10.1.2.3", prefixLength: 24, metric: 599, secondary: false, lifetime: null }],
  routes: [{ gateway: "10.1.2.1", metric: 599 }],
};
const dhcp: Present = {
  addresses: [{ ip: "10.1.2.77", prefixLength: 24, metric: 600, secondary: false, lifetime: 3600 }],
  routes: [{ gateway: "10.1.2.1", metric: 600 }],
};
const lines = (commands: readonly (readonly string[])[]) => commands.map((command) => command.join(" "));

describe("what an interface has", () => {
  test("is read as ip prints it, with what tells ours from others'", () => {
    expect(parseAddresses(shown)).toEqual([
      { ip: "10.1.2.3", prefixLength: 24, metric: 599, secondary: false, lifetime: null },
      { ip: "10.1.2.4", prefixLength: 24, metric: 0, secondary: true, lifetime: 100 },
      { ip: "fd00::1", prefixLength: 64, metric: 0, secondary: false, lifetime: 3600 },
    ]);
    const present = { addresses: parseAddresses(shown), routes: [] };
    expect([hasOwn(present), hasDependents(present)]).toEqual([true, true]);
    expect(
      parseDefaultRoutes(
        '[{"dst":"default","gateway":"10.1.2.1","flags":["onlink"],"metric":599},{"dst":"10.1.2.0/24"}]',
      ),
    ).toEqual(there.routes);
  });

  test("is nothing where nothing can be read, whatever the text", () => {
    for (const text of ["", "[]", "{}", "null", "[1]", '[{"addr_info":7}]', '[{"addr_info":[{"local":1}]}]']) {
      expect(parseAddresses(text)).toEqual([]);
      expect(parseDefaultRoutes(text)).toEqual([]);
    }
    fc.assert(fc.property(fc.json(), (text) => void [parseAddresses(text), parseDefaultRoutes(text)]));
  });
});

describe("a static address", () => {
  test("is read with the length of its mask", () => {
    expect(own).toEqual({ ip: "10.1.2.3", prefixLength: 24, gateway: "10.1.2.1" });
    expect(readStaticAddress({ ...given, mask: "255.255.255.255" }).prefixLength).toBe(32);
    expect(readStaticAddress({ ...given, mask: "128.0.0.0" }).prefixLength).toBe(1);
  });

  test.each([
    { ip: "10.1.2" },
    { ip: "10.1.2.256" },
    { ip: "0.0.0.0" },
    { ip: "224.0.0.1" },
    { ip: "127.0.0.1" },
    { ip: "dev" },
    { mask: "255.0.255.0" },
    { mask: "0.0.0.0" },
    { mask: "24" },
    { gateway: "fd00::1" },
    { gateway: "" },
    { dns: "1.1.1" },
  ])("that no interface can have is none: %j", (change) => {
    expect(() => readStaticAddress({ ...given, ...change })).toThrow(RadioError);
  });

  test("is set with its gateway, marked as ours", () => {
    const { remove, add } = plan("wlan0", nothing, own);
    expect(remove).toEqual([]);
    expect(lines(add)).toEqual([
      "address replace 10.1.2.3/24 broadcast + dev wlan0 metric 599",
      "-4 route append default via 10.1.2.1 dev wlan0 metric 599 onlink",
    ]);
  });

  test("that is there already is left as it is", () => {
    expect(plan("wlan0", there, own)).toEqual({ remove: [], add: [] });
  });

  test("is taken back whole, and what a DHCP client gave is left alone", () => {
    const both = {
      addresses: [...there.addresses, ...dhcp.addresses],
      routes: [...there.routes, ...dhcp.routes],
    };
    const { remove, add } = plan("wlan0", both, null);
    expect(add).toEqual([]);
    expect(lines(remove)).toEqual(["-4 route del default dev wlan0 metric 599", "address del 10.1.2.3/24 dev wlan0"]);
    expect(plan("wlan0", dhcp, null)).toEqual({ remove: [], add: [] });
  });

  test("takes the place of another one of ours, that of a process before us too", () => {
    const next = readStaticAddress({ ip: "192.168.1.9", mask: "255.255.0.0", gateway: null, dns: null });
    const { remove, add } = plan("wlan0", there, next);
    expect(lines(remove)).toHaveLength(2);
    expect(lines(add)).toEqual(["address replace 192.168.1.9/16 broadcast + dev wlan0 metric 599"]);
  });

  test("becomes ours when a DHCP client gave the same, and loses only its gateway with the link", () => {
    const [address] = there.addresses;
    const lent = { addresses: address === undefined ? [] : [{ ...address, metric: 600 }], routes: [] };
    expect(lines(plan("wlan0", lent, own).add)[0]).toMatch(/^address replace/);
    const unlinked = { ...own, gateway: null };
    expect(lines(plan("wlan0", there, unlinked).remove)).toEqual(["-4 route del default dev wlan0 metric 599"]);
  });
});
