/** Each endpoint with each kind of request that can go wrong, and the few that go right without a pairing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";

let onAir: OnAir;
beforeAll(async () => {
  onAir = await openOnAir();
});
afterAll(() => onAir.close());

const wps = "/api/v1/wifi/wps";
const json = { "content-type": "application/json" };

interface Case {
  readonly name: string;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH";
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly status: number;
  readonly error: string;
  readonly says: RegExp;
}

const post = (name: string, body: string, error: string, says: RegExp): Case => ({
  name,
  method: "POST",
  url: wps,
  headers: json,
  body,
  status: 400,
  error,
  says,
});

const cases: readonly Case[] = [
  post("a field nobody knows", '{"metod":"pbc"}', "unknown-field", /"metod" is not known.*method, pin, bssid/),
  post("a method nobody knows", '{"method":"nfc"}', "bad-value", /"method" must be one of "pbc", "pin"/),
  post("a PIN that is a number", '{"method":"pin","pin":12345670}', "bad-value", /"pin" must be a string/),
  post("a PIN with a wrong check digit", '{"method":"pin","pin":"12345678"}', "wrong-check-digit", /typing mistake/),
  post("a PIN of five digits", '{"method":"pin","pin":"12345"}', "bad-pin", /4 or 8 digits, not 5/),
  post("a PIN of letters", '{"method":"pin","pin":"abcdefgh"}', "bad-pin", /only digits/),
  post("a PIN with the push button", '{"pin":"12345670"}', "bad-value", /goes with "method": "pin"/),
  post("a bssid that is none", '{"bssid":"02:00"}', "bad-bssid", /12 hex digits/),
  post("half an object", '{"method"', "bad-json", /not valid JSON/),
  post("nothing at all, spelled out", "null", "bad-value", /must be a JSON object/),
  post("a list", "[]", "bad-value", /must be a JSON object/),
  post("a poisoned prototype", '{"__proto__":{"method":"pin"}}', "bad-json", /not valid JSON/),
  post("a body over 8 kB", `{"pin":"${"1".repeat(8192)}"}`, "too-large", /larger than 8192 bytes/),
  {
    ...post("a form", "method=pbc", "wrong-content-type", /Content-Type: application\/json/),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  },
  {
    ...post("plain text", '{"method":"pbc"}', "wrong-content-type", /Content-Type: application\/json/),
    headers: { "content-type": "text/plain" },
  },
  {
    name: "a wrong method",
    method: "PUT",
    url: wps,
    status: 404,
    error: "wrong-method",
    says: /does not answer PUT, only/,
  },
  {
    name: "POST where only GET is",
    method: "POST",
    url: "/api/v1/system",
    status: 404,
    error: "wrong-method",
    says: /only GET/,
  },
  { name: "a preflight", method: "OPTIONS", url: wps, status: 404, error: "wrong-method", says: /OPTIONS/ },
  {
    name: "an unknown path",
    url: "/api/v2/system",
    status: 404,
    error: "not-found",
    says: /nothing at "\/api\/v2\/system"/,
  },
  { name: "a broken escape", url: "/api/%zz", status: 400, error: "bad-request", says: /broken % escape/ },
  {
    name: "the button of no access point",
    method: "POST",
    url: "/demo/access-points/0200000000ff/button",
    status: 404,
    error: "unknown-access-point",
    says: /no access point "0200000000ff"/,
  },
  {
    name: "a wrong PIN for an access point",
    method: "POST",
    url: "/demo/access-points/020000000001/pin",
    headers: json,
    body: '{"pin":"12345678"}',
    status: 400,
    error: "wrong-check-digit",
    says: /typing mistake/,
  },
  {
    name: "no PIN for an access point",
    method: "POST",
    url: "/demo/access-points/020000000001/pin",
    headers: json,
    body: "{}",
    status: 400,
    error: "bad-value",
    says: /"pin" is missing/,
  },
];

describe("a request with", () => {
  for (const { name, method = "GET", url, headers = {}, body, status, error, says } of cases)
    test(`${name} is answered ${status} ${error}`, async () => {
      const answer = await onAir.app.inject({ method, url, headers, ...(body === undefined ? {} : { body }) });
      expect(answer.statusCode).toBe(status);
      expect(Object.keys(answer.json())).toEqual(["error", "message"]);
      expect(answer.json().error).toBe(error);
      expect(answer.json().message).toMatch(says);
      expect(answer.json().message).toMatch(/^[A-Z"].*\.$/);
      expect(answer.headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
      expect(onAir.station.session().active).toBe(false);
    });
});

describe("a page from elsewhere", () => {
  const foreign: readonly [string, Record<string, string>][] = [
    ["a foreign Origin", { host: "127.0.0.1:8080", origin: "http://evil.example" }],
    ["the same host on another port", { host: "127.0.0.1:8080", origin: "http://127.0.0.1:9000" }],
    ["an Origin that is hidden", { host: "127.0.0.1:8080", origin: "null" }],
    ["a name of its own for this machine", { host: "evil.example:8080" }],
    ["both of its own", { host: "evil.example", origin: "http://evil.example" }],
  ];
  for (const [name, headers] of foreign)
    test(`with ${name} gets 404 and no CORS header, whatever it asks for`, async () => {
      for (const [method, url] of [
        ["POST", wps],
        ["GET", "/api/v1/system"],
        ["GET", `${wps}/events`],
        ["GET", "/nowhere"],
      ] as const) {
        const answer = await onAir.app.inject({ method, url, headers });
        expect(answer.statusCode).toBe(404);
        expect(answer.json().error).toBe("not-found");
        expect(Object.keys(answer.headers).filter((header) => header.startsWith("access-control"))).toEqual([]);
      }
      expect(onAir.station.session().active).toBe(false);
    });

  const own: readonly Record<string, string>[] = [
    { host: "127.0.0.1:8080", origin: "http://127.0.0.1:8080" },
    { host: "[::1]:8080", origin: "http://[::1]:8080" },
    { host: "openwps-ABCDEF.local", origin: "http://openwps-abcdef.local" },
    { host: "localhost:8080" },
  ];
  for (const headers of own)
    test(`is not what ${JSON.stringify(headers)} comes from`, async () => {
      expect((await onAir.app.inject({ url: "/api/v1/system", headers })).statusCode).toBe(200);
    });
});

test("the index lists every endpoint", async () => {
  const { endpoints } = (await onAir.app.inject({ url: "/" })).json();
  expect(endpoints).toContainEqual(expect.objectContaining({ method: "POST", path: wps }));
  expect(endpoints).toContainEqual(expect.objectContaining({ method: "GET", path: "/demo/events" }));
});

test("the system answer has the documented fields, and null for what is not known", async () => {
  const { device, wifi, ethernet } = (await onAir.app.inject({ url: "/api/v1/system" })).json();
  expect(device).toEqual({ name: "demo", id: "020000000100", model: "openwps", firmware: "1.2.3" });
  const address = { ip: null, mask: null, gateway: null, dns: null };
  expect(wifi).toEqual({
    ssid: null,
    bssid: null,
    channel: null,
    ht: null,
    rssi: null,
    signal: null,
    auth_mode: null,
    pairwise_cipher: null,
    group_cipher: null,
    phy: null,
    wps: null,
    country: null,
    mac: "020000000100",
    ...address,
    status: "Disconnected",
    mode: "STA",
  });
  expect(ethernet).toEqual({ mac: null, ...address, status: "Down" });
});

test("before the first pairing the session is empty", async () => {
  expect((await onAir.app.inject({ url: wps })).json()).toEqual({
    active: false,
    method: null,
    phase: null,
    message: null,
    peer: null,
    secondsLeft: 0,
    result: null,
    reason: null,
    hint: null,
    hintKey: null,
  });
});

test("cancelling when nothing is under way is no error", async () => {
  const answer = await onAir.app.inject({ method: "DELETE", url: wps });
  expect(answer.statusCode).toBe(204);
});
