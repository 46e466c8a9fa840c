import { expect, test } from "vitest";
import { cameOver, noEthernet } from "../../src/http/ethernet.ts";

const cable = { ...noEthernet, up: true, addresses: ["192.0.2.7", "fe80::1"] };

test.each([
  ["192.0.2.7", "ethernet"],
  ["::ffff:192.0.2.7", "ethernet"],
  ["fe80::1%eth0", "ethernet"],
  ["198.51.100.9", "wifi"],
  ["::ffff:198.51.100.9", "wifi"],
  ["127.0.0.1", null],
  ["2001:db8::9", null],
  [undefined, null],
])("a request to %s came by %s", (address, over) => {
  expect(cameOver(address, cable, "198.51.100.9")).toBe(over);
});
