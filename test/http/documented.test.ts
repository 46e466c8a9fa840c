/** What the documents show of devices that speak this API, literally: bytes of answers, names and order of fields. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseMacAddress } from "../../src/wsc/address.ts";
import { type OnAir, openOnAir, scenarioOf } from "./on-air.ts";
import { curl, curlMissing } from "./protected.ts";
import { exchange } from "./raw-client.ts";

const wired = {
  macAddress: parseMacAddress("02:00:00:00:02:00"),
  up: true,
  ip: "192.168.0.40",
  mask: "255.255.255.0",
  gateway: "192.168.0.1",
  dns: "192.168.0.1",
  addresses: ["192.168.0.40", "fe80::1", "127.0.0.3"],
};

let onAir: OnAir;
let port: number;
beforeEach(async () => {
  onAir = await openOnAir({ system: { ethernet: async () => wired } });
  port = await onAir.listen();
});
afterEach(() => onAir.close());

const ask = (line: string, host = "127.0.0.1") =>
  exchange(port, [`${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`], { host });
const json = async (path: string) => (await onAir.app.inject({ url: path })).json();

test("curl -i -X POST /api/v1/wifi/wps shows what the documentation shows", async () => {
  const lines = (await ask("POST /api/v1/wifi/wps")).split("\r\n");
  expect(lines[0]).toBe("HTTP/1.1 204 No Content");
  expect(lines).toContain("Content-Length: 0");
  expect(lines.slice(-2)).toEqual(["", ""]);
});

test("DELETE answers with the same bytes", async () => {
  const lines = (await ask("DELETE /api/v1/wifi/sta/settings")).split("\r\n");
  expect(lines[0]).toBe("HTTP/1.1 204 No Content");
  expect(lines).toContain("Content-Length: 0");
});

test("JSON says so with its charset, and nobody may sniff, keep, frame or embed it", async () => {
  const lines = (await ask("GET /api/v1/system")).split("\r\n");
  expect(lines[0]).toBe("HTTP/1.1 200 OK");
  expect(lines).toEqual(
    expect.arrayContaining([
      "content-type: application/json; charset=utf-8",
      "x-content-type-options: nosniff",
      "cache-control: no-store",
      "content-security-policy: default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy: same-origin",
      "referrer-policy: no-referrer",
    ]),
  );
});

test("a scan has these fields, and wps in words", async () => {
  const networks = await json("/api/v1/wifi/scan");
  expect(networks.map(Object.keys)).toEqual(
    Array(2).fill([
      "ssid",
      "bssid",
      "channel",
      "ht",
      "rssi",
      "signal",
      "auth_mode",
      "pairwise_cipher",
      "group_cipher",
      "phy",
      "wps",
      "country",
    ]),
  );
  expect(networks[0]).toEqual({
    ssid: "Home",
    bssid: "020000000001",
    channel: 6,
    ht: "20",
    rssi: -47,
    signal: 100,
    auth_mode: "WPA2",
    pairwise_cipher: "CCMP",
    group_cipher: "CCMP",
    phy: "bgn",
    wps: "true",
    country: null,
  });
});

test("who asks while a scan goes on gets what comes of it", async () => {
  const probesFor = async (clients: number) => {
    const stop = new AbortController();
    let probes = 0;
    const listening = (async () => {
      for await (const { kind } of onAir.world.air.frames({ signal: stop.signal }))
        if (kind === "probeRequest") probes++;
    })();
    const answers = await Promise.all(Array.from({ length: clients }, () => json("/api/v1/wifi/scan")));
    stop.abort();
    await listening;
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    return probes;
  };
  const alone = await probesFor(1);
  expect(alone).toBeGreaterThan(0);
  expect(await probesFor(10)).toBe(alone);
});

test("a scan in mid-pairing disturbs nothing", async () => {
  await ask("POST /api/v1/wifi/wps");
  expect(await json("/api/v1/wifi/scan")).toHaveLength(2);
  await onAir.world.accessPoints[0]?.pressButton();
  await json("/api/v1/wifi/scan");
  for await (const { active, result } of onAir.station.sessions({ signal: AbortSignal.timeout(10_000) }))
    if (!active) return expect(result).toBe("success");
});

test("the system answer has these fields, in this order", async () => {
  const { device, wifi, ethernet, ...more } = await json("/api/v1/system");
  expect(more).toEqual({ asked_over: null });
  expect(device).toEqual({ name: "demo", id: "020000000100", model: "openwps", firmware: "1.2.3" });
  expect(Object.keys(device)).toEqual(["name", "id", "model", "firmware"]);
  expect(Object.keys(wifi)).toEqual([
    "ssid",
    "bssid",
    "channel",
    "ht",
    "rssi",
    "signal",
    "auth_mode",
    "pairwise_cipher",
    "group_cipher",
    "phy",
    "wps",
    "country",
    "mac",
    "ip",
    "mask",
    "gateway",
    "dns",
    "status",
    "mode",
  ]);
  expect(ethernet).toEqual({
    mac: "020000000200",
    ip: "192.168.0.40",
    mask: "255.255.255.0",
    gateway: "192.168.0.1",
    dns: "192.168.0.1",
    status: "Up",
  });
});

test("the name is the one of the settings, at once", async () => {
  await onAir.settings.change({ name: "Cellar meter" });
  expect((await json("/api/v1/system")).device.name).toBe("Cellar meter");
});

test("the device keeps its id while its radio is away", async () => {
  const { device } = await json("/api/v1/system");
  await onAir.radio.unplug();
  expect(await json("/api/v1/system")).toMatchObject({
    device,
    wifi: { status: "Error", ssid: null, mac: null, mode: "STA" },
  });
});

test.each([
  [true, "Disconnected"],
  [false, "OK"],
])("connected without an address is OK only for who needs none (%s)", async (needsAddress, status) => {
  const scenario = scenarioOf({ accessPoints: [{ name: "Bare", security: "open", dhcp: false }] });
  const bare = await openOnAir({ scenario, system: { needsAddress } });
  try {
    const payload = { enable: true, name: "Bare" };
    await bare.app.inject({ method: "POST", url: "/api/v1/wifi/sta/settings", payload });
    await expect.poll(async () => (await bare.station.link()).state, { timeout: 10_000 }).toBe("connected");
    const { wifi } = (await bare.app.inject({ url: "/api/v1/system" })).json();
    expect(wifi).toMatchObject({ ssid: "Bare", ip: null, status });
  } finally {
    await bare.close();
  }
});

test("each mode is told in its words, and a device that is off is disabled", async () => {
  const put = (mode: string) => onAir.app.inject({ method: "PUT", url: "/api/v1/wifi/mode", payload: { mode } });
  expect((await put("OFF")).json()).toEqual({ mode: "OFF" });
  expect((await json("/api/v1/system")).wifi).toMatchObject({ mode: "OFF", status: "Disabled" });
  expect((await put("STA")).json()).toEqual({ mode: "STA" });
  expect((await json("/api/v1/system")).wifi).toMatchObject({ mode: "STA", status: "Disconnected" });
});

test("who asks over the network cable is told what speaks against it, for as long as nobody presses the button", async () => {
  const advice = /Ethernet is not recommended/;
  // 127.0.0.3 stands in for the address of the cable.
  await ask("POST /api/v1/wifi/wps", "127.0.0.3");
  expect(await json("/api/v1/wifi/wps")).toMatchObject({
    hint: expect.stringMatching(advice),
    hintKey: "over-ethernet",
  });
  // Once it has looked around, it says what is to be done as well.
  for await (const { hint, hintKey } of onAir.station.sessions({ signal: AbortSignal.timeout(10_000) })) {
    expect(hint).toMatch(advice);
    expect(hintKey).toBe("over-ethernet");
    if (hint?.startsWith("Press the WPS button of the router")) break;
  }
  await onAir.station.cancelPairing();
  await ask("POST /api/v1/wifi/wps");
  const { hint, hintKey } = await json("/api/v1/wifi/wps");
  expect(hint ?? "").not.toMatch(advice);
  expect(hintKey).not.toBe("over-ethernet");
});

test("the session has these fields, in this order", async () => {
  const fields = ["active", "method", "phase", "message", "peer", "secondsLeft", "result", "reason", "hint", "hintKey"];
  expect(Object.keys(await json("/api/v1/wifi/wps"))).toEqual(fields);
  await ask("POST /api/v1/wifi/wps");
  expect(Object.keys(await json("/api/v1/wifi/wps"))).toEqual(fields);
  await onAir.world.accessPoints[0]?.pressButton();
  for await (const { active } of onAir.station.sessions({ signal: AbortSignal.timeout(10_000) })) if (!active) break;
  const { peer } = await json("/api/v1/wifi/wps");
  expect(Object.keys(peer)).toEqual(["bssid", "ssid", "name"]);
});

describe.skipIf(curlMissing() !== null)("with a password", () => {
  const password = "pass:word";
  const name = "whatwatt-ABCDEF";
  beforeEach(async () => {
    const system = { host_name: name, protection: true, password };
    expect((await onAir.app.inject({ method: "PUT", url: "/api/v1/settings", payload: { system } })).statusCode).toBe(
      200,
    );
  });
  /** As if mDNS had found the device, on port 80. */
  const found = () => ["--connect-to", `${name}.local:80:127.0.0.1:${port}`];

  test('curl --anyauth -u ":<password>" gets the system answer, and -u nothing else does', async () => {
    const system = `http://${name}.local/api/v1/system`;
    const answer = await curl(...found(), "--anyauth", "-u", `:${password}`, system);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).wifi.status).toBe("Disconnected");
    expect((await curl(...found(), "--anyauth", "-u", ":password", system)).status).toBe(401);
    expect((await curl(...found(), system)).status).toBe(401);
  });

  test("curl --anyauth starts a pairing by POST, with and without a body", async () => {
    const wps = `http://${name}.local/api/v1/wifi/wps`;
    const post = ["--anyauth", "-u", `:${password}`, "-X", "POST", wps];
    expect((await curl(...found(), ...post)).status).toBe(204);
    expect((await curl(...found(), ...post, "--json", '{"method":"pbc"}')).status).toBe(409);
  });

  test("the challenge is one of Digest, with these parameters, written so", async () => {
    const lines = (await ask("GET /api/v1/system")).split("\r\n");
    expect(lines[0]).toBe("HTTP/1.1 401 Unauthorized");
    const challenges = lines.filter((line) => /^www-authenticate:/i.test(line));
    expect(challenges).toEqual([
      expect.stringMatching(
        /^www-authenticate: Digest realm="whatwatt-ABCDEF", qop="auth,auth-int", algorithm=MD5-sess, nonce="[\w-]{40}", opaque="[\w-]{16}", charset=UTF-8$/,
      ),
    ]);
  });
});
