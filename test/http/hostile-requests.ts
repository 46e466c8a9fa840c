/** Requests that nobody in good faith would make, drawn from a seed: the same ones every time. */
import { seededChance } from "../../src/radio/air/chance.ts";

/** What a hostile client does on one connection. */
export interface Hostile {
  /** What it tries, for the message of a test that fails. */
  readonly name: string;
  readonly pieces: readonly (string | Uint8Array)[];
  /** Milliseconds between the pieces. */
  readonly pauseMs?: number;
  /** Leaves in the middle of it, without having read an answer. */
  readonly leaves?: boolean;
}

type Draw = {
  /** 0 to `below` - 1. */
  number(below: number): number;
  of<const T extends readonly [unknown, ...unknown[]]>(choices: T): T[number];
  bytes(length: number): Uint8Array;
};

const wps = "/api/v1/wifi/wps";
const paths = [
  "/",
  wps,
  `${wps}/events`,
  "/api/v1/system",
  "/api/v1/settings",
  "/api/v1/session",
  "/api/v1/wifi/scan",
  "/api/v1/wifi/mode",
  "/api/v1/wifi/sta/settings",
  "/api/openapi.json",
  "/metrics",
  "/healthz",
  "/nowhere",
] as const;
const json = "Content-Type: application/json";

const request = (line: string, headers: readonly string[] = [], body = "", version = "HTTP/1.1") =>
  [`${line} ${version}`, "Host: localhost", ...headers, "", body].join("\r\n");
const last = (line: string, headers: readonly string[] = [], body = "") =>
  request(line, [...headers, "Connection: close"], body);
const withBody = (line: string, body: string, headers: readonly string[] = [json]) =>
  last(line, [...headers, `Content-Length: ${Buffer.byteLength(body)}`], body);

/** Each makes one of its kind. */
const kinds: readonly [name: string, weight: number, (draw: Draw) => Omit<Hostile, "name">][] = [
  ["bytes of any kind", 6, (draw) => ({ pieces: [draw.bytes(1 + draw.number(2_000)), "\r\n\r\n"] })],
  [
    "a broken first line",
    8,
    (draw) => {
      const lines = [
        "GET",
        "GET /",
        " GET / HTTP/1.1",
        "GET  / HTTP/1.1",
        "GET / HTTP/1.1 HTTP/1.1",
        "GET / HTP/1.1",
        "GET / HTTP/0.9",
        "GET / HTTP/1.10",
        "get / HTTP/1.1",
        "BREW /pot HTCPCP/1.0",
        "PRI * HTTP/2.0",
        "GET \0 HTTP/1.1",
        "GET / HTTP/1.1\0",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      ] as const;
      return { pieces: [`${draw.of(lines)}\r\nHost: localhost\r\n\r\n`] };
    },
  ],
  [
    "an odd address",
    8,
    (draw) => {
      const addresses = [
        "*",
        "//",
        "//evil.example/",
        "/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/%",
        "/%zz",
        "/%ff%fe",
        "/%00",
        "/api/v1/wifi/wps%00.html",
        "/api/v1/wifi//wps",
        "/API/V1/WIFI/WPS",
        "/api/v1/wifi/wps;x=1",
        "/api/v1/wifi/wps#fragment",
        "/?__proto__[x]=1",
        "http://127.0.0.1/api/v1/system",
        "http://evil.example/api/v1/system",
        "http://",
        "http:///",
        "http://[::1/",
        "http://user:password@127.0.0.1/",
        "https://127.0.0.1:99999/",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "/demo/access-points/:bssid/button",
        "/constructor",
        "/é",
      ] as const;
      const methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "PURGE"] as const;
      return { pieces: [last(`${draw.of(methods)} ${draw.of(addresses)}`)] };
    },
  ],
  [
    "a long address",
    3,
    (draw) => ({ pieces: [last(`GET /?${"q".repeat(draw.of([2_000, 15_000, 17_000, 100_000, 1_000_000]))}`)] }),
  ],
  [
    "a flood of headers",
    4,
    (draw) => {
      const many = Array.from({ length: draw.of([100, 1_000, 3_000]) }, (_, i) => `X-${i}: ${draw.number(10)}`);
      const long = [`X: ${"x".repeat(draw.of([1_000, 16_000, 64_000, 500_000]))}`];
      return { pieces: [last("GET /", draw.of([many, long]))] };
    },
  ],
  [
    "a broken header",
    8,
    (draw) => {
      const headers = [
        "X: a\0b",
        "X\0: a",
        "X : a",
        ": a",
        "X",
        "X: a\r\n folded",
        "X: a\nY: b",
        "X: \xff\xfe\x80",
        "Host: evil.example",
        "Host: localhost, evil.example",
        "Origin: http://evil.example",
        "Origin: null",
        "Content-Type: ",
        "Content-Type: application/json; charset=utf-16",
        "Content-Type: ;;;;",
        "Accept-Encoding: gzip;q=x",
        "Expect: 100-continue",
        "Expect: the unexpected",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
        "Range: bytes=0-0,0-0,0-0",
        "X-Forwarded-For: 1.2.3.4, unknown",
        "X-HTTP-Method-Override: DELETE",
        "Cookie: __proto__=1",
      ] as const;
      return { pieces: [last(`GET ${draw.of(paths)}`, [draw.of(headers)])] };
    },
  ],
  [
    "a broken Authorization",
    5,
    (draw) => {
      const values = [
        "Basic",
        "Basic !!!!",
        `Basic ${Buffer.from(draw.bytes(30)).toString("base64")}`,
        "Digest",
        'Digest username="',
        `Digest ${"a=b, ".repeat(300)}`,
        'Digest username="", realm="x", nonce="x", uri="/", response="x", qop=auth, nc=zzzzzzzz, cnonce="x"',
        `Bearer ${"x".repeat(3_000)}`,
      ] as const;
      return { pieces: [last(`GET ${draw.of(paths)}`, [`Authorization: ${draw.of(values)}`])] };
    },
  ],
  [
    "two minds about its length",
    8,
    (draw) => {
      const headers = [
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Content-Length: 5"],
        ["Content-Length: 5, 6"],
        ["Content-Length: -1"],
        ["Content-Length: +5"],
        ["Content-Length: 0x5"],
        ["Content-Length: 5 5"],
        ["Content-Length: 99999999999999999999"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: identity"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding:\tchunked"],
        ["Transfer-Encoding : chunked"],
        ["Transfer-Encoding: \vchunked"],
      ] as const;
      const smuggled = request("DELETE /api/v1/wifi/sta/settings");
      return {
        pieces: [request(`POST ${draw.of(paths)}`, [json, ...draw.of(headers)], `0\r\n\r\n${smuggled}`), last("GET /")],
      };
    },
  ],
  [
    "broken chunks",
    5,
    (draw) => {
      const chunks = [
        "zz\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "2\r\n{}\r\n",
        "ffffffffffffffff\r\n{}\r\n",
        "-1\r\n{}\r\n0\r\n\r\n",
        `2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
        "2\n{}\n0\n\n",
        "0\r\nX: trailer\r\nContent-Length: 5\r\n\r\n",
        `0\r\n${"X: y\r\n".repeat(3_000)}\r\n`,
      ] as const;
      return { pieces: [last(`POST ${wps}`, [json, "Transfer-Encoding: chunked"], draw.of(chunks))] };
    },
  ],
  [
    "a body that is no JSON, or too much of it",
    12,
    (draw) => {
      const bodies = [
        "{",
        "[]",
        "null",
        "1",
        '"text"',
        "{}{}",
        '{"method":"pbc",}',
        '{"__proto__":{"method":"pin"}}',
        '{"constructor":{"prototype":{"x":1}}}',
        '{"method":"pbc","method":"pin"}',
        '{"pin":12345670}',
        '{"method":{"toString":1}}',
        `{"name":${"[".repeat(4_000)}`,
        `${"[".repeat(4_000)}${"]".repeat(4_000)}`,
        `{"name":"${"\\u0000".repeat(500)}"}`,
        '{"enable":true,"name":"\\ud800"}',
        '{"enable":true,"name":"\u0000"}',
        '{"max_tx_power":1e999}',
        '{"max_tx_power":-0}',
        '{"enable":1e308,"name":[]}',
        `{"${"k".repeat(8_000)}":1}`,
        `{"pin":"${"1".repeat(draw.number(200_000))}"}`,
        " ".repeat(8_193),
        "\ufeff{}",
      ] as const;
      const methods = ["POST", "PUT", "DELETE", "PATCH"] as const;
      const types = [json, json, json, "Content-Type: text/plain", "Content-Type: multipart/form-data"] as const;
      return { pieces: [withBody(`${draw.of(methods)} ${draw.of(paths)}`, draw.of(bodies), [draw.of(types)])] };
    },
  ],
  [
    "a body that is no UTF-8",
    4,
    (draw) => {
      const bytes = Buffer.concat([Buffer.from('{"name":"'), draw.bytes(1 + draw.number(40)), Buffer.from('"}')]);
      const head = last(`PUT ${draw.of(paths)}`, [json, `Content-Length: ${bytes.length}`]);
      return { pieces: [head, bytes] };
    },
  ],
  [
    "a good request with broken bytes",
    10,
    (draw) => {
      const bytes = Buffer.from(withBody(`POST ${wps}`, '{"method":"pin","pin":"12345670"}'));
      for (let i = draw.number(4); i >= 0; i--) bytes[draw.number(bytes.length)] = draw.number(256);
      return { pieces: [bytes] };
    },
  ],
  [
    "a good request that ends too soon",
    5,
    (draw) => {
      const text = withBody(`PUT ${draw.of(paths)}`, '{"method":"pin","pin":"12345678"}');
      return { pieces: [text.slice(0, draw.number(text.length))], leaves: draw.number(2) === 0 };
    },
  ],
  [
    "an upload that is given up",
    4,
    (draw) => {
      const head = request(`POST ${draw.of(paths)}`, [json, `Content-Length: ${draw.of([100, 8_000, 1_000_000])}`]);
      return { pieces: [head, draw.bytes(draw.number(90))], leaves: true };
    },
  ],
  [
    "an endless upload",
    2,
    (draw) => ({
      pieces: [
        request(`POST ${draw.of(paths)}`, [json, "Content-Length: 100000000"]),
        ...Array.from({ length: 20 }, () => "x".repeat(50_000)),
      ],
    }),
  ],
  [
    "many requests at once",
    6,
    (draw) => {
      const simple = paths.filter((path) => !path.endsWith("/events") && !path.endsWith("/scan"));
      const one = () => request(`${draw.of(["GET", "DELETE", "PATCH"])} ${draw.of(simple as [string, ...string[]])}`);
      const pieces = Array.from({ length: 2 + draw.number(60) }, one);
      return { pieces: [pieces.join(""), draw.of([last("GET /healthz"), "garbage\r\n\r\n"])] };
    },
  ],
  [
    "an answer that nobody takes",
    3,
    (draw) => ({
      pieces: [request(`GET ${draw.of([`${wps}/events`, "/api/openapi.json", "/metrics"])}`)],
      leaves: true,
    }),
  ],
  [
    "a request in drops",
    3,
    (draw) => {
      const text = last(`GET ${draw.of(paths)}`);
      const size = 3 + draw.number(10);
      return { pieces: text.match(new RegExp(`.{1,${size}}`, "gs")) ?? [], pauseMs: 2 };
    },
  ],
  [
    "a proxy's request",
    2,
    (draw) => ({ pieces: [request(`CONNECT ${draw.of(["evil.example:80", "/", ":0", "*"])}`)] }),
  ],
  ["HTTP/1.0", 2, (draw) => ({ pieces: [request(`GET ${draw.of(paths)}`, [], "", "HTTP/1.0")] })],
  ["no Host", 2, () => ({ pieces: ["GET / HTTP/1.1\r\nConnection: close\r\n\r\n"] })],
];

/** How many kinds there are. */
export const hostileKinds = kinds.length;

/** So many hostile clients, each time the same for a seed. */
export function* hostileRequests(seed: number, count: number): Generator<Hostile> {
  const chance = seededChance(seed);
  const number = (below: number) => Math.floor(chance.number() * below);
  const draw: Draw = {
    number,
    of: (choices) => choices[number(choices.length)],
    bytes: (length) => chance.bytes(length),
  };
  const hat = kinds.flatMap((kind) => Array<typeof kind>(kind[1]).fill(kind));
  for (let i = 0; i < count; i++) {
    const [name, , make] = draw.of(hat as [(typeof kinds)[number], ...(typeof kinds)[number][]]);
    yield { name, ...make(draw) };
  }
}
