import { expect, test } from "vitest";
import { parseResolvers, parseRoutes, readAddress } from "./address.ts";

const routes = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan1	00000000	01000A0A	0003	0	0	0	00000000	0	0	0
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
wlan1	00000A0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
wlan2	00000000	00000000	0001	0	0	0	00000000	0	0	0
`;

test("the gateway is the one of the interface's own default route", () => {
  expect(parseRoutes(routes, "wlan1")).toBe("10.10.0.1");
  expect(parseRoutes(routes, "eth0")).toBe("172.17.0.1");
  expect(parseRoutes(routes, "wlan2")).toBeNull();
  expect(parseRoutes("", "wlan1")).toBeNull();
});

test("name servers are read in their order, comments aside", () => {
  expect(parseResolvers("# nameserver 1.1.1.1\nnameserver 10.0.0.1\nsearch lan\nnameserver fd00::1\n")).toEqual([
    "10.0.0.1",
    "fd00::1",
  ]);
});

test("the loopback interface has an address at once", async () => {
  expect(await readAddress("lo")).toMatchObject({ ip: "127.0.0.1", mask: "255.0.0.0", gateway: null });
});

test("an interface that is not there has none", async () => {
  expect(await readAddress("nowhere0")).toBeNull();
});
