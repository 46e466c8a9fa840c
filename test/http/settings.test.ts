/** `/api/v1/settings`: each method, each field, each refusal; and that a change is in force with the next request. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, getChallenge } from "./digest-client.ts";
import { openProtected, type Protected } from "./protected.ts";

const path = "/api/v1/settings";
let service: Protected;
beforeEach(async () => {
  service = await openProtected(null);
});
afterEach(() => service.close());

const send = (method: "GET" | "POST" | "PUT", payload?: object) =>
  service.app.inject({ method, url: path, headers: { host: "localhost" }, ...(payload && { payload }) });
const whole = { name: "Meter", host_name: "meter", protection: true, password: "correct horse" };
const shown = { system: { name: "Meter", host_name: "meter", protection: true } };

test("GET shows all but the password", async () => {
  expect((await send("GET")).json()).toEqual({ system: { name: "", host_name: "openwps", protection: false } });
  await service.settings.change({ password: null });
  const answer = await send("GET");
  expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
});

test("POST replaces all, and answers with what it is now", async () => {
  const answer = await send("POST", { system: whole });
  expect([answer.statusCode, answer.json()]).toEqual([200, shown]);
  expect(service.settings.current.password?.revealText()).toBe("correct horse");
  expect((await send("GET")).statusCode).toBe(401);
});

test("PUT changes what is there and leaves the rest", async () => {
  expect((await send("PUT", { system: { name: "Meter" } })).json().system.name).toBe("Meter");
  expect((await send("PUT", { system: { host_name: "meter", password: "correct horse" } })).statusCode).toBe(200);
  expect((await send("PUT", {})).statusCode).toBe(200);
  expect((await send("PUT", { system: { protection: true } })).json()).toEqual(shown);
  expect((await send("PUT", { system: { protection: false } })).statusCode).toBe(401);
});

test("a password is set, used, changed and cleared by requests, each in force with the next one", async () => {
  const { url } = service;
  const put = async (password: string | null, system: object) => {
    const body = JSON.stringify({ system });
    if (password !== null)
      return ask(url, { method: "PUT", path, password, nc: 1, body, qop: "auth-int" }, await getChallenge(url));
    return fetch(url + path, { method: "PUT", body, headers: { "content-type": "application/json" } });
  };
  expect((await put(null, { password: "pässwörd", protection: true })).status).toBe(200);
  expect((await put(null, { name: "stranger" })).status).toBe(401);
  expect((await put("pässwörd", { password: "other" })).status).toBe(200);
  expect((await put("pässwörd", { name: "stranger" })).status).toBe(401);
  const cleared = await put("other", { password: "" });
  expect(await cleared.json()).toEqual({ system: { name: "", host_name: "openwps", protection: false } });
  expect((await put(null, { name: "Meter" })).status).toBe(200);
});

describe("refused, and nothing has changed", () => {
  const { password: _, ...withoutPassword } = whole;
  const cases = [
    ["POST", "a POST without the password", { system: withoutPassword }, "bad-value", /"password" is missing/],
    ["POST", "a POST without a section", {}, "bad-value", /"system" is missing/],
    ["POST", "protection without a password", { system: { ...whole, password: "" } }, "bad-value", /no password/],
    ["PUT", "protection where no password is", { system: { protection: true } }, "bad-value", /no password/],
    [
      "PUT",
      "protection that takes its password away",
      { system: { protection: true, password: "" } },
      "bad-value",
      /no password/,
    ],
    ["PUT", "a host name with a dot", { system: { host_name: "a.b" } }, "bad-value", /letters, digits and hyphens/],
    ["PUT", "an empty host name", { system: { host_name: "" } }, "bad-value", /1 to 31 letters/],
    ["PUT", "a host name of 32", { system: { host_name: "a".repeat(32) } }, "bad-value", /system.host_name/],
    [
      "PUT",
      "a name of 32",
      { system: { name: "ü".repeat(32) } },
      "bad-value",
      /"system.name" must have at most 31 characters/,
    ],
    ["PUT", "a name with a line break", { system: { name: "a\nb" } }, "bad-value", /control characters/],
    [
      "PUT",
      "a password of 32",
      { system: { password: "a".repeat(32) } },
      "bad-value",
      /"system.password" must have at most 31 characters/,
    ],
    ["PUT", "a password with a zero", { system: { password: "a\0" } }, "bad-value", /no control characters/],
    ["PUT", "a password that is a number", { system: { password: 1 } }, "bad-value", /"system.password" must be a/],
    ["PUT", "a field nobody knows", { system: { power_save: true } }, "unknown-field", /"power_save"/],
    ["PUT", "a section nobody knows", { services: {} }, "unknown-field", /"services"/],
  ] as const;
  test.each(cases)("%s: %s", async (method, _name, payload, error, says) => {
    const before = service.settings.current;
    const answer = await send(method, payload);
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { error, message: expect.stringMatching(says) }]);
    expect(answer.body).not.toMatch(/horse|aaaaaaaa/);
    expect(service.settings.current).toEqual(before);
  });
});

test("a password from a file cannot be changed by requests, and other fields can", async () => {
  const fixed = await openProtected("correct horse", { fixed: true });
  try {
    const put = async (system: object) => {
      const asked = { method: "PUT", path, password: "correct horse", nc: 1, body: JSON.stringify({ system }) };
      const answer = await ask(fixed.url, asked, await getChallenge(fixed.url));
      return [answer.status, await answer.json()];
    };
    const reason = "fixed-by-file";
    const refused = { error: reason, message: expect.stringMatching(/fixed in a file/), reason };
    for (const system of [{ password: "other" }, { password: "" }, { protection: false }])
      expect(await put(system)).toEqual([409, refused]);
    const system = { name: "Meter", host_name: "openwps", protection: true };
    expect(await put({ name: "Meter" })).toEqual([200, { system }]);
  } finally {
    await fixed.close();
  }
});
