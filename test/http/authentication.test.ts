/** What a password keeps out, and what it does not; Basic; and how guessing is slowed down. */
import { afterEach, describe, expect, test } from "vitest";
import { ask, fieldsFor, getChallenge, headerOf } from "./digest-client.ts";
import { openProtected, type Protected } from "./protected.ts";

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

const asked = { method: "GET", path: "/echo", password, nc: 1 };
const basic = (text: string | Uint8Array) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("a password", () => {
  test("is asked for everywhere, also where there is nothing, and nothing is done without it", async () => {
    const { app, handled } = await open(password);
    const requests = [
      ["GET", "/echo"],
      ["HEAD", "/echo"],
      ["OPTIONS", "/echo"],
      ["POST", "/echo"],
      ["DELETE", "/echo"],
      ["GET", "/nowhere"],
      ["GET", "/api/v1/settings"],
      ["PUT", "/api/v1/settings"],
    ] as const;
    for (const [method, url] of requests) {
      const answer = await app.inject({ method, url, headers: { host: "localhost" } });
      expect([answer.statusCode, answer.headers["cache-control"]], `${method} ${url}`).toEqual([401, "no-store"]);
      expect(answer.headers["www-authenticate"], `${method} ${url}`).toEqual([
        expect.stringMatching(/^Digest realm="openwps"/),
      ]);
    }
    expect(handled).toEqual([]);
  });

  test("that is missing is all that is told, whatever is wrong with the body", async () => {
    const { app } = await open(password);
    const headers = { host: "localhost", "content-type": "text/plain", "content-length": "9999" };
    expect((await app.inject({ method: "POST", url: "/echo", headers, payload: "x".repeat(9999) })).statusCode).toBe(
      401,
    );
  });

  test("is not asked for by routes that are open, nor while there is no protection", async () => {
    const { url, settings } = await open(password);
    expect((await fetch(`${url}/open`)).status).toBe(200);
    await settings.change({ protection: false });
    expect((await fetch(`${url}/echo`)).status).toBe(200);
    await settings.change({ protection: true });
    expect((await fetch(`${url}/echo`)).status).toBe(401);
  });

  test("is out of force with all its nonces as soon as there is another", async () => {
    const { url, settings, app } = await open(password);
    const challenge = await getChallenge(url);
    expect((await ask(url, asked, challenge)).status).toBe(200);
    const header = headerOf(fieldsFor(challenge, { ...asked, nc: 2 }));
    const headers = { host: "localhost", authorization: header, "content-type": "application/json" };
    await settings.change({ password: null });
    await app.inject({
      method: "PUT",
      url: "/api/v1/settings",
      headers: { ...headers, authorization: "" },
      payload: { system: { protection: true, password: "battery staple" } },
    });
    expect((await ask(url, asked, header)).status).toBe(401);
    const late = await ask(url, { ...asked, password: "battery staple", nc: 3 }, challenge);
    expect(late.headers.get("www-authenticate")).toMatch(/stale=true/);
    const fresh = { ...asked, password: "battery staple" };
    expect((await ask(url, fresh, await getChallenge(url))).status).toBe(200);
  });

  test("stays when the host is renamed: clients are told the new realm, and that the password was right", async () => {
    const { url, settings } = await open(password);
    const challenge = await getChallenge(url);
    await settings.change({ hostName: "meter" });
    const late = await ask(url, asked, challenge);
    expect(late.headers.get("www-authenticate")).toMatch(/^Digest realm="meter".*stale=true$/);
    expect((await ask(url, asked, await getChallenge(url))).status).toBe(200);
  });
});

describe("an Authorization header", () => {
  const unreadable: readonly (readonly [string, (fields: Record<string, string>) => string, RegExp])[] = [
    ["that is half a Digest", () => 'Digest username=""', /realm is missing/],
    ["for another address", (fields) => headerOf({ ...fields, uri: "/open" }), /uri .* is not the one/],
    ["for the same without its query", (fields) => headerOf({ ...fields, uri: "/echo" }), /uri .* is not the one/],
    ["of an algorithm that was not offered", (fields) => headerOf({ ...fields, algorithm: "MD5" }), /not MD5\./],
  ];
  test.each(unreadable)("%s is refused with 400, and does not count as a guess", async (_name, write, says) => {
    const { url } = await open(password);
    const query = { ...asked, path: "/echo?x=1" };
    const fields = fieldsFor(await getChallenge(url), query);
    for (let i = 0; i < 10; i++) {
      const answer = await ask(url, query, write(fields));
      const body = { error: "bad-request", message: expect.stringMatching(says) };
      expect([answer.status, await answer.json()]).toEqual([400, body]);
    }
    expect((await ask(url, query, headerOf(fields))).status).toBe(200);
  });

  test("of a scheme that is not offered is none", async () => {
    const { url } = await open(password);
    for (const header of ["Bearer x", "Basic", basic(`:${password}`), "digest", "", "Negotiate Digest"])
      expect([400, 401]).toContain((await ask(url, asked, header)).status);
  });
});

describe("Basic", () => {
  test("takes the password in UTF-8 and in Latin-1, with an empty user name, and nothing else", async () => {
    const { url } = await open("pässwörd", { basic: true });
    const status = async (header: string) => (await ask(url, asked, header)).status;
    expect(await status(basic(":pässwörd"))).toBe(200);
    expect(await status(basic(Buffer.from(":pässwörd", "latin1")))).toBe(200);
    expect(await status(basic(":pässwörd".normalize("NFD")))).toBe(200);
    expect(await status(basic("admin:pässwörd"))).toBe(401);
    expect(await status(basic(":password"))).toBe(401);
    expect(await status(basic(":"))).toBe(401);
    expect(await status(basic("pässwörd"))).toBe(400);
    expect(await status("Basic !")).toBe(400);
  });
});

describe("whoever guesses", () => {
  const guess = async (service: Protected, text: string, from = "192.0.2.1") =>
    service.app.inject({
      method: "GET",
      url: "/echo",
      headers: { host: "localhost", authorization: basic(`:${text}`) },
      remoteAddress: from,
    });

  test("is let try five times, then has to wait ever longer, and others do not", async () => {
    const service = await open(password, { basic: true });
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) statuses.push((await guess(service, `wrong${i}`)).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
    const waiting = await guess(service, password);
    expect([waiting.statusCode, waiting.headers["retry-after"], waiting.json()]).toEqual([
      429,
      "1",
      { error: "too-many-attempts", message: expect.stringMatching(/Try again in 1 s\.$/) },
    ]);
    expect((await guess(service, password, "192.0.2.2")).statusCode).toBe(200);
    await service.clock.advance(1000);
    expect((await guess(service, "wrong")).statusCode).toBe(401);
    expect((await guess(service, "wrong")).headers["retry-after"]).toBe("2");
    await service.clock.advance(2000);
    expect((await guess(service, password)).statusCode).toBe(200);
  });

  test("gains nothing from asking at once, or by qop auth-int", async () => {
    const { url } = await open(password);
    const challenge = await getChallenge(url);
    const guesses = Array.from({ length: 30 }, (_, i) =>
      ask(url, { ...asked, qop: i % 2 === 0 ? "auth" : "auth-int", password: `wrong${i}`, nc: i + 1 }, challenge),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
    expect(statuses.filter((status) => status === 429)).toHaveLength(24);
  });

  test("is not whoever has no password yet, nor whose nonce is stale", async () => {
    const { url } = await open(password);
    const challenge = await getChallenge(url);
    expect((await ask(url, asked, challenge)).status).toBe(200);
    for (let i = 0; i < 10; i++) {
      expect((await fetch(`${url}/echo`)).status).toBe(401);
      expect((await ask(url, asked, challenge)).status).toBe(401);
    }
    expect((await ask(url, { ...asked, nc: 2 }, challenge)).status).toBe(200);
  });
});
