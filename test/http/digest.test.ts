/** HTTP Digest on a real socket: curl, Python's requests, and a client of our own for what these do not do. */
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { nonceLifeMs } from "../../src/http/nonces.ts";
import { type Asked, ask, challengesOf, fieldsFor, getChallenge, headerOf } from "./digest-client.ts";
import { type CurlResult, curl, curlMissing, openProtected, type Protected } from "./protected.ts";

const password = "correct horse";
const opened: Protected[] = [];
async function open(...args: Parameters<typeof openProtected>): Promise<Protected> {
  const service = await openProtected(...args);
  opened.push(service);
  return service;
}
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

const answers = (service: Protected) => service.seen.map(({ status }) => status);
const json = ["--header", "Content-Type: application/json"];

describe.skipIf(curlMissing() !== null)("curl", () => {
  const get = (service: Protected, ...args: string[]): Promise<CurlResult> => curl(...args, `${service.url}/echo`);

  for (const how of ["--digest", "--anyauth"])
    test(`${how} gets in with the password, after one challenge`, async () => {
      const service = await open(password);
      expect(await get(service, how, "-u", `:${password}`)).toMatchObject({ exit: 0, status: 200 });
      expect(answers(service)).toEqual([401, 200]);
      expect(service.seen[1]?.authorization).toMatch(/^Digest username="".*algorithm=MD5-sess/);
    });

  for (const how of ["--digest", "--anyauth"])
    test(`${how} sends a body, which arrives once`, async () => {
      const service = await open(password);
      const body = '{"a":"ü"}';
      const sent = await get(service, how, "-u", `:${password}`, ...json, "--data", body);
      expect(sent).toMatchObject({ status: 200, body: '{"method":"POST","body":{"a":"ü"}}' });
      expect(service.handled).toEqual(["POST"]);
    });

  test("uses a nonce for several requests and counts them", async () => {
    const service = await open(password);
    const sent = await curl("--location", "--digest", "-u", `:${password}`, `${service.url}/later/0`);
    expect([sent.status, answers(service)]).toEqual([200, [401, 302, 200]]);
    expect(service.seen[2]?.authorization).toMatch(/nc=00000002/);
  });

  test("hears that a nonce is stale and goes on with the next by itself", async () => {
    const service = await open(password);
    const sent = await curl("--location", "--digest", "-u", `:${password}`, `${service.url}/later/${nonceLifeMs}`);
    expect([sent.status, answers(service)]).toEqual([200, [401, 302, 401, 200]]);
    expect(service.seen[2]?.challenge).toMatch(/, stale=true$/);
    expect(service.seen[0]?.challenge).not.toMatch(/stale/);
    expect(service.seen[3]?.authorization).toMatch(/nc=00000001/);
  });

  test("gets in by SHA-256 where it is offered, as the first challenge", async () => {
    const service = await open(password, { digest: "sha-256" });
    expect((await get(service, "--anyauth", "-u", `:${password}`)).status).toBe(200);
    expect(service.seen[1]?.authorization).toMatch(/algorithm=SHA-256$/);
    const algorithms = service.seen[0]?.challenge.match(/algorithm=[^,]*/g);
    expect(algorithms).toEqual(["algorithm=SHA-256", "algorithm=MD5-sess"]);
  });

  const refused = [
    ["a wrong password", ["--digest", "-u", ":wrong"]],
    ["an empty password", ["--digest", "-u", ":"]],
    ["a user name, whatever the password", ["--digest", "-u", `admin:${password}`]],
    ["the password in another case", ["--digest", "-u", `:${password.toUpperCase()}`]],
    ["Basic, which is not offered", ["--basic", "-u", `:${password}`]],
    ["no password", []],
  ] as const;
  test.each(refused)("does not get in with %s", async (_name, args) => {
    const service = await open(password);
    const refusal = await get(service, ...args);
    expect(refusal.status).toBe(401);
    expect(JSON.parse(refusal.body)).toEqual({ error: "unauthorized", message: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(service.handled).toEqual([]);
    expect(service.seen.at(-1)?.challenge).not.toMatch(/stale|Basic/);
  });

  for (const other of ["pässwörd", "密码🔑", 'quote"back\\slash', "co:lon", " "])
    test(`gets in with the password ${JSON.stringify(other)}, by Digest and by Basic`, async () => {
      const service = await open(other, { basic: true });
      for (const how of ["--digest", "--anyauth", "--basic"])
        expect((await get(service, how, "-u", `:${other}`)).status, how).toBe(200);
    });

  test("chooses Digest where Basic is offered, too, and may be told to take Basic", async () => {
    const service = await open(password, { basic: true });
    expect((await get(service, "--anyauth", "-u", `:${password}`)).status).toBe(200);
    expect(service.seen[1]?.authorization).toMatch(/^Digest/);
    expect((await get(service, "--basic", "-u", `:${password}`)).status).toBe(200);
    expect((await get(service, "--basic", "-u", ":wrong")).status).toBe(401);
    expect((await get(service, "--basic", "-u", `admin:${password}`)).status).toBe(401);
    expect(service.seen[0]?.challenge).toMatch(/\nBasic realm="openwps", charset="UTF-8"$/);
  });

  test("heard on the network and sent again does not get in, on its own or another address", async () => {
    const service = await open(password);
    await get(service, "--digest", "-u", `:${password}`);
    const heard = ["--header", `Authorization: ${service.seen[1]?.authorization}`];
    expect((await get(service, ...heard)).status).toBe(401);
    expect(service.seen.at(-1)?.challenge).toMatch(/stale=true/);
    expect((await get(service, ...heard, "--request", "DELETE")).status).toBe(401);
    expect((await curl(...heard, `${service.url}/api/v1/settings`)).status).toBe(400);
    expect(service.handled).toEqual(["GET"]);
  });
});

describe("a client of our own", () => {
  const asked: Asked = { method: "GET", path: "/echo?x=%22a,b", password, nc: 1 };

  test("gets in by auth-int, with and without a body, and the handler reads that body", async () => {
    for (const digest of ["md5", "sha-256"] as const) {
      const { url } = await open(password, { digest });
      const challenge = await getChallenge(url);
      const bare = { ...asked, qop: "auth-int" } as const;
      expect((await ask(url, bare, challenge)).status).toBe(200);
      const body = '{"system":{"name":"Zähler"}}';
      const sent = await ask(url, { ...bare, method: "POST", body, nc: 2 }, challenge);
      expect(await sent.json()).toEqual({ method: "POST", body: JSON.parse(body) });
    }
  });

  test("does not get in by auth-int when the body was changed on its way, and nothing is done", async () => {
    const { url, handled } = await open(password);
    const challenge = await getChallenge(url);
    const honest = { ...asked, method: "PUT", qop: "auth-int", body: '{"on":false}' } as const;
    const header = headerOf(fieldsFor(challenge, honest));
    expect((await ask(url, { ...honest, body: '{"on":true }' }, header)).status).toBe(401);
    expect((await ask(url, honest, header)).status).toBe(200);
    expect(handled).toEqual(["PUT"]);
  });

  test("by auth-int with a body that is too large is told so, whether its length is announced or not", async () => {
    const { url, handled } = await open(password);
    const challenge = await getChallenge(url);
    const large = { ...asked, method: "POST", qop: "auth-int", body: `"${"x".repeat(8191)}"` } as const;
    const told = await ask(url, large, challenge);
    expect([told.status, await told.json()]).toMatchObject([400, { error: "too-large" }]);
    const headers = { "content-type": "application/json", authorization: headerOf(fieldsFor(challenge, large)) };
    const endless = request(url + asked.path, { method: "POST", headers });
    endless.write(large.body);
    const [answer] = await once(endless, "response");
    expect(answer.statusCode).toBe(400);
    endless.destroy();
    expect(handled).toEqual([]);
  });

  test("that goes away in the middle of its body leaves nothing behind", async () => {
    const { url, handled, app } = await open(password);
    const unread = { ...asked, method: "POST", qop: "auth-int" } as const;
    const headers = { "content-length": "10", authorization: headerOf(fieldsFor(await getChallenge(url), unread)) };
    const half = request(url + asked.path, { method: "POST", headers });
    const gone = once(half, "error");
    half.write("{");
    await once(app.server, "request");
    half.destroy(new Error("gone"));
    await gone;
    expect((await fetch(`${url}/open`)).status).toBe(200);
    expect(handled).toEqual([]);
  });

  test("may send many requests at once: counts that overtake each other get in, each once", async () => {
    const { url } = await open(password);
    const challenge = await getChallenge(url);
    const counts = Array.from({ length: 20 }, (_, i) => 20 - i);
    const first = await Promise.all(counts.map((nc) => ask(url, { ...asked, nc }, challenge)));
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([200]));
    const again = await Promise.all(counts.map((nc) => ask(url, { ...asked, nc }, challenge)));
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set([401]));
  });

  test("may keep the session key of its first request, as RFC 7616 says, or make a new one each time", async () => {
    const { url, clock } = await open(password);
    const challenge = await getChallenge(url);
    const byTheBook = { ...asked, firstCnonce: "first" };
    expect((await ask(url, { ...byTheBook, cnonce: "first" }, challenge)).status).toBe(200);
    expect((await ask(url, { ...byTheBook, cnonce: "second", nc: 2 }, challenge)).status).toBe(200);
    expect((await ask(url, { ...asked, cnonce: "third", nc: 3 }, challenge)).status).toBe(200);
    await clock.advance(nonceLifeMs);
    const late = await ask(url, { ...byTheBook, cnonce: "fourth", nc: 4 }, challenge);
    expect(late.headers.get("www-authenticate")).toMatch(/stale=true/);
  });

  test("as Python's requests: a cnonce for each request, quoted tokens, the last of several challenges", async () => {
    const { url, seen } = await open(password, { digest: "sha-256", basic: true });
    const challenge = challengesOf(await fetch(`${url}/echo`)).at(-1);
    if (challenge === undefined) throw new Error("there is no challenge");
    for (const nc of [1, 2, 3]) {
      const { qop, algorithm, ...fields } = fieldsFor(challenge, { ...asked, nc, cnonce: `cnonce${nc}` });
      const header = `${headerOf(fields)}, algorithm="${algorithm}", qop="${qop}"`;
      expect((await ask(url, asked, header)).status).toBe(200);
    }
    expect(seen.map(({ status }) => status)).toEqual([401, 200, 200, 200]);
  });

  test("with one field changed never gets in", async () => {
    const { app, clock, url } = await open(password);
    const challenge = await getChallenge(url);
    const fields = fieldsFor(challenge, asked);
    const flip = (text: string, at: number, to: string) => {
      const i = at % Math.max(1, text.length);
      return `${text.slice(0, i)}${to}${text.slice(i + 1)}`;
    };
    const change = fc.record({
      name: fc.constantFrom(...Object.keys(fields)),
      at: fc.nat(),
      to: fc.constantFrom("0", "a", "Z", "-", "/", "", "00"),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ name, at, to }) => {
        const changed = flip(fields[name] ?? "", at, to);
        // Names of algorithms and qops may be in any case.
        fc.pre(changed.toLowerCase() !== fields[name]?.toLowerCase());
        const headers = { host: "localhost", authorization: headerOf({ ...fields, [name]: changed }) };
        const answer = await app.inject({ method: "GET", url: asked.path, headers });
        expect([400, 401], answer.body).toContain(answer.statusCode);
        await clock.advance(60_000);
      }),
    );
    // All the while the original was good, but for the time that has passed.
    expect((await ask(url, asked, headerOf(fields))).headers.get("www-authenticate")).toMatch(/stale=true/);
  });
});

const python = `
import sys, requests
from requests.auth import HTTPDigestAuth
url, auth = sys.argv[1], HTTPDigestAuth("", sys.argv[2])
print([requests.get(url, auth=auth).status_code, requests.post(url, auth=auth, json={"a": 1}).status_code])
`;
const noRequests = spawnSync("python3", ["-c", "import requests"]).status !== 0;
describe.skipIf(noRequests)(`Python's requests${noRequests ? " (not installed)" : ""}`, () => {
  for (const options of [{}, { digest: "sha-256" }, { basic: true }, { digest: "sha-256", basic: true }] as const)
    test(`get in with ${JSON.stringify(options)}, and come back on the same nonce`, async () => {
      const service = await open("pässwörd", options);
      const run = promisify(execFile)("python3", ["-c", python, `${service.url}/echo`, "pässwörd"]);
      expect((await run).stdout).toBe("[200, 200]\n");
      expect(answers(service)).toEqual([401, 200, 200]);
    });
});
