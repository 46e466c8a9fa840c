/** The connections of the server: how many one client gets, and what is said to one that does not speak HTTP, and when. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OnAir, openOnAir } from "./on-air.ts";
import { exchange, open, parseAnswers } from "./raw-client.ts";

let onAir: OnAir;
let port: number;
beforeEach(async () => {
  onAir = await openOnAir();
  port = await onAir.listen();
});
afterEach(() => onAir.close());

const request = (line: string, ...headers: readonly string[]) =>
  [`${line} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
const show = request("GET /api/v1/wifi/wps");
const keys = (text: string) =>
  parseAnswers(text).map(({ status, body }) => (status === 200 ? 200 : [status, JSON.parse(body).error]));

test("one address gets 64 connections and no more, and others are served all the same", async () => {
  const many: Socket[] = [];
  for (let i = 0; i < 64; i++) many.push(await open(port, "127.0.0.2"));
  const refused = await open(port, "127.0.0.2");
  if (!refused.closed) await once(refused, "close");
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(many.filter(({ readyState }) => readyState === "open").length).toBe(64);

  many[0]?.destroy();
  await expect
    .poll(async () => {
      const again = await open(port, "127.0.0.2");
      again.write(show);
      const [event] = await Promise.race([once(again, "data"), once(again, "close")]);
      again.destroy();
      return event instanceof Uint8Array;
    })
    .toBe(true);
  for (const socket of many) socket.destroy();
});

describe("what is not HTTP", () => {
  test("is answered after the answers to what came before it", async () => {
    expect(keys(await exchange(port, [`${show}${show}garbage\r\n\r\n`], { answers: 3 }))).toEqual([
      200,
      200,
      [400, "bad-request"],
    ]);
  });

  test("within a body is the body's request's one answer", async () => {
    const head = request("POST /api/v1/wifi/wps", "Content-Type: application/json", "Transfer-Encoding: chunked");
    expect(keys(await exchange(port, [`${head}5\r\n{"me`, "zz\r\n"]))).toEqual([[400, "bad-request"]]);
  });

  test("behind an answer that did not wait for it is not answered once more", async () => {
    const socket = await open(port);
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.write(request("POST /nowhere", "Transfer-Encoding: chunked"));
    await once(socket, "data");
    socket.write("no length\r\n");
    await once(socket, "close");
    expect(keys(text)).toEqual([[404, "not-found"]]);
  });

  const cases: readonly (readonly [string, string, string])[] = [
    ["a head of 100 kB", request("GET /", `X: ${"x".repeat(100_000)}`), "too-large"],
    ["an address of 1 MB", request(`GET /?${"q".repeat(1e6)}`), "too-large"],
    ["two lengths", request("POST /", "Content-Length: 1", "Content-Length: 2"), "bad-request"],
    ["a length and chunks", request("POST /", "Content-Length: 1", "Transfer-Encoding: chunked"), "bad-request"],
    ["a NUL in a header", request("GET /", "X: a\0b"), "bad-request"],
    ["a line of its own making", "GET / HTTP/9.9\r\n\r\n", "bad-request"],
    ["a proxy's request", request("CONNECT example.com:80"), "bad-request"],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", "bad-request"],
  ];
  test.each(cases)("such as %s is answered 400 in the API's form", async (_name, text, error) => {
    const [answer, ...more] = parseAnswers(await exchange(port, [text]));
    expect(more).toEqual([]);
    expect([answer?.status, JSON.parse(answer?.body ?? "").error]).toEqual([400, error]);
    expect(answer?.headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
  });
});

test("a client that breaks off, at whatever point, breaks nothing else", async () => {
  const json = "Content-Type: application/json";
  const beginnings = [
    "GET /",
    request("POST /api/v1/wifi/wps", json, "Content-Length: 99"),
    request("GET /api/v1/wifi/wps/events"),
    request("GET /api/v1/wifi/scan"),
    request("CONNECT example.com:80"),
    request("GET /", "Connection: Upgrade", "Upgrade: websocket"),
    "garbage\r\n\r\n",
  ];
  for (const beginning of beginnings)
    for (const wait of [false, true]) {
      const socket = await open(port);
      socket.write(beginning);
      if (wait) await expect.poll(() => socket.bytesWritten, { timeout: 10_000 }).toBe(beginning.length);
      if (wait) await Promise.race([once(socket, "data"), fetch(`http://127.0.0.1:${port}/healthz`)]);
      socket.resetAndDestroy();
    }
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test("a request that does not come in is told so in time", async () => {
  onAir.app.server.headersTimeout = 100;
  const text = await exchange(port, ["GET / HTTP/1.1\r\nHost:"]);
  expect(keys(text)).toEqual([[400, "too-slow"]]);
});

test("an address as for a proxy is read, and the name in it counts", async () => {
  const own = request(`GET http://127.0.0.1:${port}/healthz`);
  const foreign = request(`GET http://evil.example/healthz`);
  expect(keys(await exchange(port, [own + foreign], { answers: 2 }))).toEqual([200, [404, "not-found"]]);
});

test("an unknown expectation is passed over, and a known one met", async () => {
  const body = '{"method":"nfc"}';
  const head = (expectation: string) =>
    request(
      "POST /api/v1/wifi/wps",
      `Expect: ${expectation}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
    );
  for (const expectation of ["100-continue", "miracles"])
    expect(keys(await exchange(port, [head(expectation), body]))).toEqual([[400, "bad-value"]]);
});

test("a body that is not UTF-8 is refused, and not mended into another password", async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"enable":true,"name":"Home","password":"passw'),
    Buffer.from([0xf6, 0x72]),
    Buffer.from('d"}'),
  ]);
  const head = request(
    "POST /api/v1/wifi/sta/settings",
    "Content-Type: application/json",
    `Content-Length: ${bytes.length}`,
  );
  expect(keys(await exchange(port, [head, bytes]))).toEqual([[400, "bad-json"]]);
});

test("a body that is too large is answered, however much of it comes, and the connection goes on", async () => {
  const json = "Content-Type: application/json";
  const upload = [request("POST /api/v1/wifi/wps", json, "Content-Length: 1000000"), "x".repeat(1_000_000), show];
  expect(keys(await exchange(port, upload, { answers: 2 }))).toEqual([[400, "too-large"], 200]);
});
