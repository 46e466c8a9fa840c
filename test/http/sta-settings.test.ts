/** `/api/v1/wifi/sta/settings` on simulated air: what is set is what the device then does. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OnAir, openOnAir, scenarioOf } from "./on-air.ts";

const path = "/api/v1/wifi/sta/settings";
const key = "correct horse battery";

/** "Café" in Latin-1, which is not UTF-8. */
const latin1 = Buffer.from("Café", "latin1");
const scenario = (() => {
  const text = scenarioOf({
    accessPoints: [
      { name: "Home", key, security: "WPA2" },
      { name: "Old", key, security: "WPA-WPA2" },
      { name: "New", key, security: "WPA3", wps: false },
      { name: "Both", key, security: "WPA2-WPA3" },
      { name: "Guest", security: "open" },
      { name: "Cafe", key, security: "WPA2" },
    ],
  });
  const accessPoints = text.accessPoints.map((one) => (one.name === "Cafe" ? { ...one, ssid: latin1 } : one));
  return { ...text, accessPoints };
})();

let onAir: OnAir;
beforeEach(async () => {
  onAir = await openOnAir({ scenario });
});
afterEach(() => onAir.close());

const send = (method: "GET" | "POST" | "PUT" | "DELETE", payload?: object) =>
  onAir.app.inject({ method, url: path, ...(payload && { payload }) });
const connected = () =>
  expect
    .poll(async () => (await onAir.app.inject({ url: "/api/v1/system" })).json().wifi, { timeout: 10_000 })
    .toMatchObject({ status: "OK" });

const dhcp = { static_ip: false, ip: "0.0.0.0", netmask: "0.0.0.0", gateway: "0.0.0.0", dns: "0.0.0.0" };
const address = {
  static_ip: true,
  ip: "192.168.1.77",
  netmask: "255.255.255.0",
  gateway: "192.168.1.1",
  dns: "8.8.8.8",
};

describe("the examples of the documentation", () => {
  const secured = { enable: true, name: "MyWiFiNetwork", password: "MySecurePassword123" };
  const stored = { enable: true, name: "MyWiFiNetwork", ...dhcp, max_tx_power: 17 };
  const staticIp = { ...address, ip: "192.168.1.100" };
  test.each([
    ["Basic Wi-Fi Connection (DHCP)", secured, stored],
    ["Static IP Configuration", { ...secured, ...staticIp }, { ...stored, ...staticIp }],
    ["Open Network (No Password)", { enable: true, name: "OpenWiFi" }, { ...stored, name: "OpenWiFi" }],
    ["Low Power Configuration", { ...secured, max_tx_power: 10 }, { ...stored, max_tx_power: 10 }],
  ])("%s can be posted as they stand", async (_name, body, shown) => {
    const answer = await send("POST", body);
    expect([answer.statusCode, answer.json()]).toEqual([200, shown]);
    expect((await send("GET")).json()).toEqual(shown);
  });

  test("the shown answer has these fields, in this order, and never the password", async () => {
    await send("POST", secured);
    const answer = await send("GET");
    expect(Object.keys(answer.json())).toEqual([
      "enable",
      "name",
      "static_ip",
      "ip",
      "netmask",
      "gateway",
      "dns",
      "max_tx_power",
    ]);
    expect(answer.body).not.toContain(secured.password);
  });
});

test("what is shown of a fresh device can be sent back as it is", async () => {
  const shown = (await send("GET")).json();
  expect(shown).toEqual({ enable: true, name: "", ...dhcp, max_tx_power: 17 });
  for (const method of ["PUT", "POST"] as const) expect((await send(method, shown)).json()).toEqual(shown);
});

describe("a network in sight is joined as it protects itself:", () => {
  test.each([
    ["Home", { wpa1: false, sae: false }],
    ["Old", { wpa1: true, sae: false }],
    ["New", { wpa1: false, sae: true }],
    ["Both", { wpa1: false, sae: true }],
  ])("%s", async (name, flags) => {
    expect((await send("POST", { enable: true, name, password: key })).statusCode).toBe(200);
    expect(onAir.station.wifi().network).toMatchObject(flags);
    await connected();
  });

  test("Guest, which is open", async () => {
    expect((await send("POST", { enable: true, name: "Guest" })).statusCode).toBe(200);
    await connected();
  });
});

test("a network that is not in sight is taken for WPA2 or WPA3", async () => {
  await send("POST", { enable: true, name: "Elsewhere", password: key });
  expect(onAir.station.wifi().network).toMatchObject({ wpa1: false, sae: true });
  await send("POST", { enable: true, name: "Elsewhere", password: "ab".repeat(32) });
  expect(onAir.station.wifi().network).toMatchObject({ wpa1: false, sae: false });
});

test("a name that is not UTF-8 is shown as far as that goes, and what is shown leads back to it", async () => {
  const scan = (await onAir.app.inject({ url: "/api/v1/wifi/scan" })).json() as { ssid: string }[];
  const shown = scan.map(({ ssid }) => ssid).find((ssid) => ssid.startsWith("Caf")) ?? "";
  expect(shown).toBe("Caf\ufffd");
  expect((await send("POST", { enable: true, name: shown, password: key })).json().name).toBe(shown);
  await connected();
  expect(Buffer.from(onAir.station.wifi().network?.ssid ?? [])).toEqual(latin1);
  const again = (await send("GET")).json();
  await send("PUT", { ...again, max_tx_power: 12 });
  expect(Buffer.from(onAir.station.wifi().network?.ssid ?? [])).toEqual(latin1);
});

test("a static address is the device's while it is on that network", async () => {
  await send("POST", { enable: true, name: "Home", password: key, ...address });
  await expect
    .poll(async () => (await onAir.app.inject({ url: "/api/v1/system" })).json().wifi, { timeout: 10_000 })
    .toMatchObject({ status: "OK", ip: address.ip, mask: address.netmask, gateway: address.gateway, dns: address.dns });
  expect((await send("PUT", { static_ip: false })).json()).toMatchObject(dhcp);
  await expect
    .poll(async () => (await onAir.app.inject({ url: "/api/v1/system" })).json().wifi, { timeout: 10_000 })
    .toMatchObject({ status: "OK", ip: expect.not.stringMatching(/\.77$/) });
});

test("PUT changes what is given, and leaves the rest, the password too", async () => {
  await send("POST", { enable: true, name: "Home", password: key, ...address });
  const change = async (body: object) => (await send("PUT", body)).json();
  expect(await change({ dns: "192.168.1.1" })).toMatchObject({ ...address, dns: "192.168.1.1" });
  expect(await change({ name: "Old" })).toMatchObject({ name: "Old", ip: address.ip });
  expect(onAir.station.wifi().network?.key?.revealText()).toBe(key);
  expect(await change({ enable: false })).toMatchObject({ enable: false, name: "Old" });
  expect(await change({ password: "" })).toMatchObject({ name: "Old" });
  expect(onAir.station.wifi().network?.key).toBeNull();
});

test("two changes at once are made one after the other, so that none is lost", async () => {
  await send("POST", { enable: true, name: "Home", password: key });
  await Promise.all([send("PUT", { name: "Old" }), send("PUT", { max_tx_power: 5 }), send("PUT", { enable: false })]);
  expect((await send("GET")).json()).toMatchObject({ name: "Old", max_tx_power: 5, enable: false });
});

test("DELETE forgets the network and switches the client off, with the bytes that the documentation shows", async () => {
  await send("POST", { enable: true, name: "Home", password: key, ...address, max_tx_power: 5 });
  const answer = await send("DELETE");
  expect([answer.statusCode, answer.body, answer.headers["content-length"]]).toEqual([204, "", "0"]);
  expect((await send("GET")).json()).toEqual({ enable: false, name: "", ...dhcp, max_tx_power: 17 });
  expect((await onAir.app.inject({ url: "/api/v1/system" })).json().wifi).toMatchObject({
    status: "Disabled",
    mode: "OFF",
    ssid: null,
  });
  const again = await send("PUT", { enable: true });
  expect([again.statusCode, again.json().message]).toEqual([400, expect.stringMatching(/no network to join.*"name"/)]);
});
