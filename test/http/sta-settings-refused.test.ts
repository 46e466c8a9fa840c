/** What `/api/v1/wifi/sta/settings` does not take, each with its sentence: what cannot work would leave nobody a way in. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";

const path = "/api/v1/wifi/sta/settings";
const key = "correct horse battery";
const address = {
  static_ip: true,
  ip: "192.168.1.77",
  netmask: "255.255.255.0",
  gateway: "192.168.1.1",
  dns: "8.8.8.8",
};

let onAir: OnAir;
const send = (method: "GET" | "POST" | "PUT", payload?: object) =>
  onAir.app.inject({ method, url: path, ...(payload && { payload }) });

const network = { enable: true, name: "Home", password: key };
let before: unknown;
beforeAll(async () => {
  onAir = await openOnAir();
  before = (await send("POST", network)).json();
});
afterAll(() => onAir.close());

describe("refused, and nothing has changed:", () => {
  const fixed = (part: object) => ({ ...network, ...address, ...part });
  const cases: readonly (readonly ["POST" | "PUT", string, object, RegExp])[] = [
    ["POST", "no enable", { name: "Home" }, /"enable" is missing/],
    ["POST", "no name", { enable: true }, /"name" is missing/],
    ["POST", "an empty name", { enable: true, name: "" }, /no network to join/],
    ["PUT", "enable in words", { enable: "true" }, /"enable" must be true or false/],
    ["PUT", "a name of 33 bytes", { name: `${"é".repeat(16)}x` }, /33 bytes of UTF-8.*at most 32/],
    ["PUT", "half a character", { name: "\ud800" }, /half a character/],
    ["PUT", "a password of 7", { password: "1234567" }, /8 to 63 characters/],
    ["PUT", "a password of 64 that is no key", { password: "x".repeat(64) }, /64 hex digits/],
    [
      "PUT",
      "a password with a line break",
      { password: "correct\nhorse" },
      /8 to 63 characters, none of them a control character/,
    ],
    ["PUT", "power beyond the limit", { max_tx_power: 21.5 }, /"max_tx_power" must be at most 21/],
    ["PUT", "negative power", { max_tx_power: -0.5 }, /"max_tx_power" must be at least 0/],
    ["PUT", "power between the steps", { max_tx_power: 10.25 }, /"max_tx_power" must be a multiple of 0.5/],
    ["PUT", "power in words", { max_tx_power: "17" }, /"max_tx_power" must be a number/],
    ["PUT", "an address without static_ip", { ip: "192.168.1.9" }, /only with "static_ip": true/],
    ["PUT", "no address at all", { static_ip: true }, /all of ip, netmask, gateway and dns: the ip is missing/],
    ["POST", "no dns", fixed({ dns: "0.0.0.0" }), /the dns is missing/],
    ["POST", "an address that is none", fixed({ ip: "192.168.1.256" }), /The ip must be four numbers/],
    ["POST", "an IPv6 address", fixed({ ip: "fe80::1" }), /The ip must be four numbers/],
    ["POST", "a loopback address", fixed({ ip: "127.0.0.1" }), /ip 127.0.0.1 is not an address of a single host/],
    ["POST", "a multicast gateway", fixed({ gateway: "224.0.0.1" }), /gateway 224.0.0.1 is not an address of a single/],
    [
      "POST",
      "a mask with a hole",
      fixed({ netmask: "255.0.255.0" }),
      /netmask 255.0.255.0 must be ones and then zeros/,
    ],
    ["POST", "a mask of one host", fixed({ netmask: "255.255.255.255" }), /no sensible number of addresses/],
    ["POST", "the network's address", fixed({ ip: "192.168.1.0" }), /ip 192.168.1.0 is the address of the network/],
    ["POST", "the broadcast address", fixed({ ip: "192.168.1.255" }), /ip 192.168.1.255 is the broadcast address/],
    ["POST", "a gateway elsewhere", fixed({ gateway: "192.168.2.1" }), /gateway 192.168.2.1 is not in the network/],
    ["POST", "the gateway's own address", fixed({ ip: "192.168.1.1" }), /cannot have its gateway's address/],
    ["POST", "an address without a network", { enable: false, name: "", ...address }, /static address goes with/],
    ["POST", "a password without a network", { enable: false, name: "", password: key }, /password goes with/],
    ["PUT", "a field of later firmware", { channel: 6 }, /"channel" is not known here; known are: enable, name/],
  ];
  test.each(cases)("%s with %s", async (method, _name, body, says) => {
    const answer = await send(method, body);
    expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringMatching(says)]);
    expect(answer.body).not.toMatch(/1234567|xxxx|correct/);
    expect((await send("GET")).json()).toEqual(before);
    expect(onAir.station.wifi().network?.key?.revealText()).toBe(key);
  });
});
