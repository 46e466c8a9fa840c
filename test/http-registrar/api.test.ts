/** The registrar's API on the simulated air, in virtual time: what people do, and what each answer says then. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { App } from "../../src/http/app.ts";
import { createRegistrarServer } from "../../src/http/registrar-server.ts";
import type { KeyPolicy } from "../../src/registrar/key-policy.ts";
import { openServiceSettings } from "../../src/settings/settings.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { homeKey, RegistrarWorld } from "../registrar-world.ts";

const instance = "/api/v1/wps/instances/020000000001";
const lamp = "020000000101";

let world: RegistrarWorld;
let app: App;

async function open(keys: KeyPolicy): Promise<void> {
  world = new RegistrarWorld({ keys });
  const service = await world.start();
  const defaults = { name: "", hostName: "registrar", protection: false, password: null };
  const settings = await openServiceSettings({ store: createMemoryStore(), defaults });
  app = createRegistrarServer({ service, settings, clock: world.clock, version: "1.2.3" });
}

beforeEach(() => open("shared"));
afterEach(() => app.close());

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

async function ask(method: Method, url: string, body?: object) {
  const answer = await world.until(app.inject({ method, url, ...(body && { payload: body }) }));
  return { status: answer.statusCode, body: answer.body === "" ? null : answer.json() };
}

const status = async () => (await ask("GET", `${instance}/status`)).body;

describe("the status of an instance", () => {
  test("has the names and values of access points' own pages, at each step of an enrolment", async () => {
    expect(await status()).toEqual({
      "WPS Status": "Enabled",
      "WPS Configuration State": "Configured",
      "Transaction Status": "None",
      "WPS Operational Status": "Ready",
      "AP Lockdown Status": "Unlocked",
      "AP Lockdown Duration": null,
      "AP Lockdown Timestamp": null,
      "Failed Attempts with Invalid PIN": 0,
      "WPS Radio": "air",
      "WPS VAP": 0,
      SSID: "Home",
      Security: "WPA2",
      window: null,
      unknown: {},
    });
    expect(await ask("POST", `${instance}/enrolment`, { method: "pbc" })).toEqual({ status: 204, body: null });
    expect(await status()).toMatchObject({
      "Transaction Status": "None",
      "WPS Operational Status": "Ready",
      window: { method: "pbc", secondsLeft: 120, readyInSeconds: null },
    });
    await world.enrol(world.station());
    expect(await status()).toMatchObject({
      "Transaction Status": "Success",
      "WPS Operational Status": "Ready",
      window: null,
    });
  });

  test("says Timed Out after two minutes, and stop leaves it as it was", async () => {
    await ask("POST", `${instance}/enrolment`, { method: "pin", pin: "1234 567-0" });
    await world.clock.advance(120_000);
    expect(await status()).toMatchObject({ "Transaction Status": "Timed Out", window: null });
    await ask("POST", `${instance}/enrolment`, { method: "pin", pin: "0000" });
    expect((await status()).window).toMatchObject({ method: "pin" });
    expect((await ask("POST", `${instance}/enrolment`, { method: "pin", pin: "stop" })).status).toBe(204);
    expect(await status()).toMatchObject({ "Transaction Status": "Timed Out", window: null });
  });

  test("says WPS Message Error after a wrong PIN", async () => {
    await ask("POST", `${instance}/enrolment`, { method: "pin", pin: "12345670" });
    await world.enrol(world.station(), { type: "pin", pin: new Secret("00000000") });
    expect((await status())["Transaction Status"]).toBe("WPS Message Error");
  });

  test("is Disabled where it is switched off, and nothing opens there", async () => {
    expect((await ask("PUT", instance, { mode: "Disabled" })).body).toMatchObject({ mode: "Disabled" });
    expect(await status()).toMatchObject({ "WPS Status": "Disabled", "WPS Operational Status": "Disabled" });
    expect(await ask("POST", `${instance}/enrolment`, { method: "pbc" })).toMatchObject({
      status: 409,
      body: { error: "disabled" },
    });
  });
});

describe("a device", () => {
  beforeEach(async () => {
    await ask("POST", `${instance}/enrolment`, { method: "pbc" });
    await world.enrol(world.station("Lamp"));
  });

  test("is listed, found by what it is called, renamed and taken back", async () => {
    const expected = {
      mac: lamp,
      name: "Lamp",
      label: null,
      manufacturer: "openwps",
      type: "1-0050F204-1",
      instance: "020000000001",
      method: "pbc",
      confirmed: true,
      key: "shared",
    };
    expect((await ask("GET", "/api/v1/devices")).body).toMatchObject([expected]);
    expect((await ask("GET", "/api/v1/devices?search=LAM")).body).toHaveLength(1);
    expect((await ask("GET", "/api/v1/devices?search=meter")).body).toEqual([]);
    expect((await ask("PATCH", `/api/v1/devices/${lamp}`, { label: "Kitchen" })).body).toMatchObject({
      label: "Kitchen",
    });
    expect((await ask("GET", "/api/v1/devices/02:00:00:00:01:01")).body).toMatchObject({ label: "Kitchen" });
    const revoked = await ask("DELETE", `/api/v1/devices/${lamp}`);
    expect(revoked).toMatchObject({ status: 200, body: { message: expect.stringContaining("knows the key") } });
    expect(await ask("DELETE", `/api/v1/devices/${lamp}`)).toMatchObject({
      status: 404,
      body: { error: "unknown-device" },
    });
  });

  test("is in the activity with the messages of its run; no key stands in any answer but the one that shows it", async () => {
    const { body } = await ask("GET", "/api/v1/activity");
    expect(body[0]).toMatchObject({ type: "enrolment" });
    const run = body.find(({ type }: { type: string }) => type === "enrolment");
    expect(run).toMatchObject({ result: "success", method: "pbc", station: { deviceName: "Lamp" } });
    expect(run.transcript).toHaveLength(9);
    expect((await ask("GET", `/api/v1/activity/${run.id}`)).body).toEqual(run);
    expect((await ask("GET", "/api/v1/activity?limit=1")).body).toHaveLength(1);

    const urls = [
      "/api/v1/activity",
      "/api/v1/devices",
      "/api/v1/requests",
      instance,
      `${instance}/status`,
      "/api/v1/wps",
    ];
    for (const url of [...urls, "/metrics", "/healthz"]) {
      const { body: text } = await world.until(app.inject({ url }));
      expect(text, url).not.toContain(homeKey);
      expect(text, url).not.toContain(Buffer.from(homeKey).toString("hex"));
    }
    expect(await ask("POST", `${instance}/key`)).toEqual({ status: 200, body: { key: homeKey } });
    expect((await ask("GET", "/api/v1/activity?limit=1")).body[0]).toMatchObject({ action: "key-shown" });
  });
});

test("a device that asks is among the requests, and is admitted", async () => {
  const run = world.enrol(world.station("Lamp"));
  await world.clock.advance(5_000);
  expect((await ask("GET", "/api/v1/requests")).body).toMatchObject([{ mac: lamp, method: "pbc", name: "Lamp" }]);
  expect((await ask("POST", `/api/v1/requests/${lamp}/admit`)).status).toBe(204);
  expect(await run).toMatchObject({ type: "enrolled" });
  expect(await ask("POST", `/api/v1/requests/${lamp}/admit`)).toMatchObject({
    status: 404,
    body: { error: "unknown-request" },
  });
});

describe("the device PIN", () => {
  test("is made up, shown, expires, and is taken away", async () => {
    expect((await ask("GET", "/api/v1/wps/device-pin")).body).toEqual({ pin: null, expiresAt: null });
    const made = (await ask("POST", "/api/v1/wps/device-pin", { seconds: 60 })).body;
    expect(made).toEqual({
      pin: expect.stringMatching(/^\d{8}$/),
      expiresAt: new Date(world.clock.now() + 60_000).toISOString(),
    });
    expect((await ask("GET", "/api/v1/wps/device-pin")).body).toEqual(made);
    await world.clock.advance(60_000);
    expect((await ask("GET", "/api/v1/wps/device-pin")).body.pin).toBeNull();
    await ask("POST", "/api/v1/wps/device-pin", { seconds: null });
    expect((await ask("DELETE", "/api/v1/wps/device-pin")).status).toBe(204);
    expect((await ask("GET", "/api/v1/wps/device-pin")).body.pin).toBeNull();
    expect((await ask("POST", `${instance}/unlock`)).status).toBe(204);
  });

  test("is refused in a sentence where each device has a key of its own, and so is showing one", async () => {
    await app.close();
    await open("per-device");
    expect(await ask("POST", "/api/v1/wps/device-pin")).toMatchObject({ status: 409, body: { error: "own-keys" } });
    expect(await ask("POST", `${instance}/key`)).toMatchObject({ status: 409, body: { error: "no-shared-key" } });
  });
});

describe("what is set for all", () => {
  test("is shown and changed; a name that only a restart brings to the air is said to wait", async () => {
    expect((await ask("GET", "/api/v1/wps")).body).toMatchObject({
      supportedVersion: "2.0",
      deviceName: "openwps",
      globalStatus: "Enabled",
    });
    const changed = await ask("PUT", "/api/v1/wps", { deviceName: "Attic" });
    expect(changed.body).toMatchObject({ deviceName: "Attic", note: expect.stringContaining("restart") });
    expect((await ask("PUT", "/api/v1/wps", { deviceName: "Attic", restart: true })).body).toMatchObject({
      note: null,
    });
    await ask("PUT", "/api/v1/wps", { globalStatus: "Disabled" });
    expect((await status())["WPS Status"]).toBe("Disabled");
  });

  test("what sends all stations away is done only when somebody says so", async () => {
    const wanted = { configurationState: "Unconfigured" };
    expect(await ask("PUT", instance, wanted)).toMatchObject({ status: 409, body: { error: "drops-stations" } });
    expect((await ask("PUT", instance, { ...wanted, restart: true })).body).toMatchObject(wanted);
    expect((await ask("GET", "/api/v1/wps/instances")).body).toMatchObject([wanted]);
  });
});

describe("what is wrong with a request", () => {
  test.each([
    ["POST", `${instance}/enrolment`, { method: "pin", pin: "12345671" }, 400, "wrong-check-digit"],
    ["POST", `${instance}/enrolment`, { method: "pin", pin: "123" }, 400, "bad-pin"],
    ["POST", `${instance}/enrolment`, { method: "pin" }, 400, "bad-pin"],
    ["POST", `${instance}/enrolment`, { method: "pbc", pin: "12345670" }, 400, "bad-value"],
    ["POST", `${instance}/enrolment`, { method: "pbc", station: "x" }, 400, "bad-value"],
    ["POST", `${instance}/enrolment`, { method: "nfc" }, 400, "bad-value"],
    ["POST", `${instance}/enrolment`, { method: "pbc", more: 1 }, 400, "unknown-field"],
    ["POST", "/api/v1/wps/instances/020000000009/enrolment", { method: "pbc" }, 404, "unknown-instance"],
    ["GET", "/api/v1/wps/instances/x/status", undefined, 404, "unknown-instance"],
    ["PUT", "/api/v1/wps", { deviceName: "é".repeat(17) }, 400, "bad-value"],
    ["PUT", "/api/v1/wps", { deviceName: "" }, 400, "bad-value"],
    ["PATCH", "/api/v1/devices/020000000199", { label: "x" }, 404, "unknown-device"],
    ["GET", "/api/v1/activity/999", undefined, 404, "unknown-entry"],
    ["GET", "/api/v1/activity?limit=x", undefined, 400, "bad-value"],
    ["PUT", `${instance}/enrolment`, undefined, 404, "wrong-method"],
  ] as const)("%s %s %j is %i %s, in a sentence", async (method, url, body, code, error) => {
    const answer = await ask(method, url, body);
    expect(answer).toMatchObject({ status: code, body: { error, message: expect.stringMatching(/^[A-Z/"].*\.$/) } });
  });
});

test("two devices that press at once are an overlap, told as one", async () => {
  const runs = [world.enrol(world.station("Lamp")), world.enrol(world.station("Meter"))];
  await world.clock.advance(3_000);
  expect(await ask("POST", `${instance}/enrolment`, { method: "pbc" })).toMatchObject({
    status: 409,
    body: { error: "overlap" },
  });
  await world.clock.advance(0);
  expect((await status())["Transaction Status"]).toBe("WPS Message Error");
  await Promise.all(runs);
});

test("the document has every route of the service, and each reference in it leads somewhere", async () => {
  const document = (await ask("GET", "/api/openapi.json")).body;
  const routes = (await ask("GET", "/")).body.endpoints as { method: string; path: string }[];
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const served = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  expect(documented.filter((route) => route !== "GET /").sort()).toEqual(
    served.filter((route) => route !== "GET /").sort(),
  );
  for (const [, reference = ""] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = reference
      .split("/")
      .reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document);
    expect(found, reference).toBeDefined();
  }
});
