import { describe, expect, test } from "vitest";
import { Secret } from "../wsc/secret.ts";
import { type Network, parseNetwork, SharedSecrets } from "./secrets.ts";

function network(text: string): Network {
  const parsed = parseNetwork(text);
  if (parsed === null) throw new Error(`no network: ${text}`);
  return parsed;
}

/** Secrets that are called as their networks are. */
const secretsOf = (...networks: readonly string[]) =>
  new SharedSecrets(networks.map((text) => ({ network: network(text), secret: new Secret(text) })));
const nameOf = (secrets: SharedSecrets, address: string) => secrets.of(address)?.revealText() ?? null;

describe("the secret of an address", () => {
  const secrets = secretsOf("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "2001:db8:0:7::/64", "fe80::1");

  test.each([
    ["10.9.9.9", "10.0.0.0/8"],
    ["10.1.9.9", "10.1.0.0/16"],
    ["10.1.2.3", "10.1.2.3"],
    ["10.1.2.4", "10.1.0.0/16"],
    // As a socket for IPv6 and IPv4 shows it.
    ["::ffff:10.1.2.3", "10.1.2.3"],
    ["::ffff:a01:203", "10.1.2.3"],
    ["2001:db8::1", "2001:db8::/32"],
    ["2001:db8:0:7::9", "2001:db8:0:7::/64"],
    ["2001:0DB8:0000:0007:0000:0000:0000:0009", "2001:db8:0:7::/64"],
    ["fe80::1%eth0", "fe80::1"],
  ])("of %s is that of %s", (address, expected) => {
    expect(nameOf(secrets, address)).toBe(expected);
  });

  test.each(["11.0.0.1", "2001:db9::1", "fe80::2", "::a01:203", "", "localhost"])("is none for %j", (address) => {
    expect(nameOf(secrets, address)).toBeNull();
  });

  test("may be the same for all, by IPv4 or by either", () => {
    expect(nameOf(secretsOf("0.0.0.0/0"), "192.0.2.1")).toBe("0.0.0.0/0");
    expect(nameOf(secretsOf("0.0.0.0/0"), "2001:db8::1")).toBeNull();
    expect(nameOf(secretsOf("::/0"), "192.0.2.1")).toBe("::/0");
  });
});

test.each([
  "",
  "localhost",
  "10.0.0",
  "10.0.0.0/33",
  "10.0.0.0/x",
  "10.0.0.0/",
  "::/129",
  "::/-1",
  "10.0.0.1/8/8",
])("%j is no network", (text) => {
  expect(parseNetwork(text)).toBeNull();
});

test("a network that is there twice, under whatever name, is the caller's bug, and so is an empty secret", () => {
  expect(() => secretsOf("10.0.0.0/8", "10.9.9.9/8")).toThrow(RangeError);
  expect(() => new SharedSecrets([{ network: network("::/0"), secret: new Secret("") }])).toThrow(RangeError);
});
