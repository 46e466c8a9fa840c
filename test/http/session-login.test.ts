/** Logging in with a page: the cookie, what it is good for, what it is not, and how it ends. */
import { afterEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { type OnAir, openOnAir } from "./on-air.ts";

const password = "correct horse";
const page = { host: "localhost", "x-openwps-page": "1" };

const opened: OnAir[] = [];
async function open(options: Parameters<typeof openOnAir>[0] = {}): Promise<OnAir> {
  const onAir = await openOnAir(options);
  opened.push(onAir);
  return onAir;
}
/** A device with this password, which can be changed. */
async function openProtected(options: Parameters<typeof openOnAir>[0] = {}): Promise<OnAir> {
  const onAir = await open(options);
  await setPassword(onAir, password);
  return onAir;
}
afterEach(async () => {
  for (const onAir of opened.splice(0)) await onAir.close();
});

async function setPassword({ app, settings }: OnAir, text: string, cookie = "") {
  const payload = { system: { protection: true, password: text } };
  const answer = await app.inject({ method: "PUT", url: "/api/v1/settings", headers: { ...page, cookie }, payload });
  expect(answer.statusCode).toBe(200);
  expect(settings.current.protection).toBe(true);
}

const logIn = ({ app }: OnAir, text = password, headers: Record<string, string> = page) =>
  app.inject({ method: "POST", url: "/api/v1/session", headers, payload: { password: text } });

/** What a browser sends back of an answer's cookie. */
async function cookieOf(onAir: OnAir): Promise<string> {
  const [cookie = ""] = String((await logIn(onAir)).headers["set-cookie"]).split(";");
  return cookie;
}

const system = async ({ app }: OnAir, headers: Record<string, string>) =>
  (await app.inject({ url: "/api/v1/system", headers: { ...page, ...headers } })).statusCode;

describe("a login", () => {
  test("gives a cookie that scripts cannot read and other sites cannot send, and the cookie lets in", async () => {
    const onAir = await openProtected();
    const answer = await logIn(onAir);
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["set-cookie"]).toMatch(
      /^openwps-0=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/,
    );
    const cookie = await cookieOf(onAir);
    expect(await system(onAir, {})).toBe(401);
    expect(await system(onAir, { cookie: `other=1; ${cookie}` })).toBe(200);
    expect(await system(onAir, { cookie: `${cookie}x` })).toBe(401);
  });

  test("is told of at the session, which answers without it", async () => {
    const onAir = await open();
    const session = async (cookie: string) =>
      (await onAir.app.inject({ url: "/api/v1/session", headers: { ...page, cookie } })).json();
    expect(await session("")).toEqual({ protected: false, loggedIn: false });
    await setPassword(onAir, password);
    expect(await session("")).toEqual({ protected: true, loggedIn: false });
    expect(await session(await cookieOf(onAir))).toEqual({ protected: true, loggedIn: true });
  });

  test("ends when its page logs out", async () => {
    const onAir = await openProtected();
    const cookie = await cookieOf(onAir);
    const other = await cookieOf(onAir);
    const answer = await onAir.app.inject({ method: "DELETE", url: "/api/v1/session", headers: { ...page, cookie } });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["set-cookie"]).toMatch(/^openwps-0=; .*Max-Age=0$/);
    expect(await system(onAir, { cookie })).toBe(401);
    expect(await system(onAir, { cookie: other })).toBe(200);
  });

  test("ends with the password it was given for, also when that is set again", async () => {
    const onAir = await openProtected();
    const cookie = await cookieOf(onAir);
    await setPassword(onAir, "battery staple", cookie);
    expect(await system(onAir, { cookie })).toBe(401);
    expect((await logIn(onAir)).statusCode).toBe(401);
    expect((await logIn(onAir, "battery staple")).statusCode).toBe(204);
  });

  test("ends after half a day without a request, and after a week with them", async () => {
    const clock = new VirtualClock();
    const onAir = await openProtected({ clock });
    const [idle, busy] = [await cookieOf(onAir), await cookieOf(onAir)];
    for (let hours = 0; hours < 161; hours += 7) {
      await clock.advance(7 * 3_600_000);
      expect(await system(onAir, { cookie: busy }), `after ${hours + 7} h`).toBe(200);
    }
    expect(await system(onAir, { cookie: idle })).toBe(401);
    await clock.advance(7 * 3_600_000);
    expect(await system(onAir, { cookie: busy })).toBe(401);
  });

  test("is not lost to somebody who begins many, but to 64 others that are used after it", async () => {
    const onAir = await openProtected();
    const first = await cookieOf(onAir);
    for (let i = 0; i < 63; i++) await cookieOf(onAir);
    expect(await system(onAir, { cookie: first })).toBe(200);
    for (let i = 0; i < 63; i++) await cookieOf(onAir);
    expect(await system(onAir, { cookie: first })).toBe(200);
    for (let i = 0; i < 64; i++) await cookieOf(onAir);
    expect(await system(onAir, { cookie: first })).toBe(401);
  });
});

describe("a page that is not let in", () => {
  test("hears of no challenge at which its browser would ask the person", async () => {
    const onAir = await openProtected();
    const { app } = onAir;
    const answers = [await app.inject({ url: "/api/v1/system", headers: page }), await logIn(onAir, "wrong")];
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe("Session");
    }
    expect((await app.inject({ url: "/api/v1/system" })).headers["www-authenticate"]).not.toBe("Session");
  });

  test("waits longer and longer with wrong passwords, by whatever way they come", async () => {
    const clock = new VirtualClock();
    const onAir = await open({ password, clock });
    const authorization = `Basic ${Buffer.from(":wrong").toString("base64")}`;
    for (let i = 0; i < 3; i++)
      expect((await onAir.app.inject({ url: "/api/v1/system", headers: { authorization } })).statusCode).toBe(401);
    for (let i = 0; i < 3; i++) expect((await logIn(onAir, "wrong")).statusCode).toBe(401);
    const refused = await logIn(onAir);
    expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([429, "1"]);
    await clock.advance(1_000);
    expect((await logIn(onAir)).statusCode).toBe(204);
  });
});

describe("a cookie of a login", () => {
  test("counts for nothing without the header that only our pages send", async () => {
    const onAir = await openProtected();
    const cookie = await cookieOf(onAir);
    const answer = await onAir.app.inject({ url: "/api/v1/system", headers: { host: "localhost", cookie } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["www-authenticate"]).toEqual(expect.arrayContaining([expect.stringMatching(/^Digest/)]));
  });

  test("counts for nothing with an Origin from elsewhere, and nobody from there logs in or out", async () => {
    const onAir = await openProtected();
    const cookie = await cookieOf(onAir);
    const foreign = { ...page, cookie, origin: "http://elsewhere.example" };
    for (const method of ["GET", "POST", "DELETE"] as const)
      expect((await onAir.app.inject({ method, url: "/api/v1/session", headers: foreign })).statusCode).toBe(404);
    expect(await system(onAir, foreign)).toBe(404);
    expect(await system(onAir, { cookie })).toBe(200);
  });
});

test("an event stream that was opened under a login ends with it", async () => {
  const onAir = await openProtected();
  const port = await onAir.listen();
  const login = await fetch(`http://127.0.0.1:${port}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ password }),
  });
  const [cookie = ""] = String(login.headers.get("set-cookie")).split(";");
  expect(cookie).toMatch(new RegExp(`^openwps-${port}=`));
  const stream = await fetch(`http://127.0.0.1:${port}/api/v1/wifi/wps/events`, {
    headers: { cookie, "x-openwps-page": "1" },
  });
  expect(stream.status).toBe(200);
  const ended = stream.text();
  await fetch(`http://127.0.0.1:${port}/api/v1/settings`, {
    method: "PUT",
    headers: { cookie, "x-openwps-page": "1", "content-type": "application/json" },
    body: JSON.stringify({ system: { password: "battery staple" } }),
  });
  expect(await ended).toMatch(/^event: session\n/);
});
