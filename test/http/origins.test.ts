/** Who is answered at all: names that are this machine's, and pages that are its own. */
import { hostname } from "node:os";
import Fastify from "fastify";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { guardOrigins } from "../../src/http/origins.ts";

const app = Fastify();
let ownName: string;
let handled: number;
beforeAll(() => {
  guardOrigins(app, () => ownName);
  // One that takes its time: what was refused must not be handled all the same meanwhile.
  app.addHook("onSend", async (_request, _reply, payload) => payload);
  app.all("/", async () => ({ handled: ++handled }));
});
beforeEach(() => {
  ownName = "openwps-00AB12";
  handled = 0;
});
afterAll(() => app.close());

type Headers = Record<string, string>;
const ask = (headers: Headers, method: "GET" | "HEAD" | "POST" | "OPTIONS" = "GET") =>
  app.inject({ method, url: "/", headers });

async function expectRefused(headers: Headers, method?: Parameters<typeof ask>[1]): Promise<void> {
  const answer = await ask(headers, method);
  expect(answer.statusCode).toBe(404);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  expect(handled).toBe(0);
}

const ownHosts = [
  ...["127.0.0.1", "127.0.0.1:8080", "192.168.4.1", "10.0.0.7:80", "[::1]", "[::1]:8080", "[fe80::1]", "[2001:db8::1]"],
  ...["localhost", "localhost:8080", "LOCALHOST", "localhost.", "demo.localhost"],
  ...[hostname(), `${hostname().toUpperCase()}:8080`],
  ...["openwps-00ab12", "OPENWPS-00AB12:80", "openwps-00ab12.", "openwps-00ab12.local", "openwps-00ab12.local.:80"],
  ...["openwps-00ab12.lan", "device.internal", "device.home.arpa"],
];
test.each(ownHosts)("the host %s is this machine", async (host) => {
  expect((await ask({ host })).statusCode).toBe(200);
});

const rebound = [
  ...[
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "openwps-00ab12.evil.example",
    "127.0.0.1.evil.example",
  ],
  ...["local.evil", "evil.local.example", "evillocal", ".local", "local", "lan", "."],
  ...["127.0.0.1@evil.example", "evil.example:127.0.0.1", "[evil.example]", "[127.0.0.1]", "::1", "[::1", "[::1].evil"],
  ...[
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
    "openwps-00ab1",
    "openwps-00ab12x",
    "localhost, evil.example",
    "xn--lcal-1ra",
  ],
];
test.each(rebound)("a name that somebody else points here is not: %s", (host) => expectRefused({ host }));

test("a host that was renamed answers to its new name, and to the old one no more", async () => {
  ownName = "meter";
  await expectRefused({ host: "openwps-00ab12" });
  expect((await ask({ host: "meter" })).statusCode).toBe(200);
});

const host = "192.168.4.1:8080";

const ownPages: readonly Headers[] = [
  { origin: `http://${host}` },
  { origin: `https://${host}` },
  { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" },
  { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
];
test.each(ownPages)("a page of its own, or a person, is answered: %j", async (headers) => {
  for (const method of ["GET", "POST"] as const) expect((await ask({ host, ...headers }, method)).statusCode).toBe(200);
});

test("the port of http may be left out on either side", async () => {
  expect((await ask({ host: "192.168.4.1:80", origin: "http://192.168.4.1" })).statusCode).toBe(200);
  expect((await ask({ host: "192.168.4.1", origin: "http://192.168.4.1:80" })).statusCode).toBe(200);
});

const foreignPages: readonly Headers[] = [
  { origin: "https://evil.example" },
  { origin: "http://192.168.4.1" },
  { origin: "http://192.168.4.1:8081" },
  { origin: `http://${host}.evil.example` },
  { origin: `http://evil@${host}.evil.example` },
  { origin: "null" },
  { origin: "" },
  { origin: "file://" },
  { origin: `ftp://${host}` },
  { origin: `http://${host}`, "sec-fetch-site": "cross-site" },
];
test.each(foreignPages)("a page from elsewhere is not: %j", async (headers) => {
  await expectRefused({ host, ...headers });
  await expectRefused({ host, ...headers }, "POST");
  const preflight = { "access-control-request-method": "POST", "access-control-request-private-network": "true" };
  await expectRefused({ host, ...headers, ...preflight }, "OPTIONS");
});

const embedded: readonly Headers[] = [
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
  { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script" },
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" },
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "made up" },
];
test.each(embedded)("what such a page embeds is not, though it comes without Origin: %j", async (headers) => {
  await expectRefused({ host, ...headers });
});

test("a link from elsewhere that a person follows is answered, a form that it sends is not", async () => {
  const headers = { host, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  await expectRefused(headers, "POST");
  expect((await ask(headers)).statusCode).toBe(200);
  expect((await ask(headers, "HEAD")).statusCode).toBe(200);
});
