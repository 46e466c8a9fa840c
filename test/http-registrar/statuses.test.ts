/** The status of an instance, read from the API at each step of what people, devices and time do. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AdvertisedWindow, Shown } from "../../src/radio/access-point.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { pin } from "../registrar-world.ts";
import { instance, lamp, openRegistrarApi, otherSettings, type RegistrarApi } from "./registrar-api.ts";

let api: RegistrarApi;
beforeEach(async () => {
  api = await openRegistrarApi();
});
afterEach(() => api.close());

const operational = async () => (await api.status())["WPS Operational Status"];
const transaction = async () => (await api.status())["Transaction Status"];
const enrolment = `${instance}/enrolment`;

test("idle, it has every name with its first value", async () => {
  expect(await api.status()).toEqual({
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
});

describe("while a window is open", () => {
  test("it is Ready, and says by what it was opened and for how long", async () => {
    expect((await api.press()).status).toBe(204);
    await api.world.clock.advance(30_500);
    expect(await api.status()).toMatchObject({
      "WPS Operational Status": "Ready",
      "Transaction Status": "None",
      window: { method: "pbc", secondsLeft: 90, readyInSeconds: null },
    });
    expect((await api.ask("POST", enrolment, { method: "pin", pin: "0123-4565" })).status).toBe(204);
    expect((await api.status()).window).toEqual({ method: "pin", secondsLeft: 120, readyInSeconds: null });
  });

  test("a press at the access point itself opens it as well", async () => {
    api.world.accessPoint.press();
    await api.world.clock.advance(0);
    expect((await api.status()).window).toMatchObject({ method: "pbc", secondsLeft: 120 });
    expect((await api.ask("GET", "/api/v1/activity")).body).toContainEqual(
      expect.objectContaining({ action: "button-pressed-there" }),
    );
  });

  test("it is Adding Enrollee from an accepted M1 to the end of the run, and then Ready with Success", async () => {
    await api.press();
    const visit = api.comeAsDevice();
    expect(await visit.until("M1")).toBe(true);
    expect(await operational()).toBe("Adding Enrollee");
    expect(await visit.until("M7")).toBe(true);
    expect(await operational()).toBe("Adding Enrollee");
    expect(await transaction()).toBe("None");
    await visit.finish();
    expect(await api.status()).toMatchObject({
      "WPS Operational Status": "Ready",
      "Transaction Status": "Success",
      window: null,
    });
  });

  test("a device that asks when none is open changes nothing", async () => {
    await api.comeAsDevice().finish();
    expect(await api.status()).toMatchObject({ "WPS Operational Status": "Ready", "Transaction Status": "None" });
  });
});

describe("Timed Out", () => {
  test("is a window that nobody came to", async () => {
    await api.press();
    await api.world.clock.advance(119_999);
    expect(await transaction()).toBe("None");
    await api.world.clock.advance(1);
    expect(await api.status()).toMatchObject({ "Transaction Status": "Timed Out", window: null });
  });

  test("is a run whose device fell silent", async () => {
    await api.press();
    const visit = api.comeAsDevice();
    await visit.until("M3");
    await visit.leave();
    expect(await api.status()).toMatchObject({ "Transaction Status": "Timed Out", "WPS Operational Status": "Ready" });
  });
});

describe("WPS Message Error", () => {
  test("is a wrong PIN", async () => {
    await api.ask("POST", enrolment, { method: "pin", pin: "12345670" });
    await api.world.enrol(api.world.station(), { type: "pin", pin: new Secret("00000000") });
    expect(await api.status()).toMatchObject({
      "Transaction Status": "WPS Message Error",
      "WPS Operational Status": "Ready",
      "Failed Attempts with Invalid PIN": 0,
    });
  });

  test("is two devices with their button pressed", async () => {
    const runs = [api.world.enrol(api.world.station("Lamp")), api.world.enrol(api.world.station("Meter"))];
    await api.world.clock.advance(3_000);
    expect((await api.press()).status).toBe(409);
    await api.world.clock.advance(0);
    expect(await transaction()).toBe("WPS Message Error");
    await Promise.all(runs);
  });

  test("is an external Registrar with a wrong device PIN", async () => {
    await api.ask("POST", "/api/v1/wps/device-pin");
    await api.comeAsRegistrar(pin("0000")).finish();
    expect(await api.status()).toMatchObject({
      "Transaction Status": "WPS Message Error",
      "Failed Attempts with Invalid PIN": 1,
    });
  });
});

describe("stop", () => {
  test.each([
    ["the word in the box for PINs", () => api.ask("POST", enrolment, { method: "pin", pin: " Stop " })],
    ["DELETE", () => api.ask("DELETE", enrolment)],
  ])("by %s closes the window and leaves the last transaction as it was", async (_name, stop) => {
    await api.press();
    await api.world.clock.advance(120_000);
    await api.press();
    expect((await stop()).status).toBe(204);
    expect(await api.status()).toMatchObject({ "Transaction Status": "Timed Out", window: null });
    expect((await stop()).status).toBe(204);
  });
});

describe("Disabled", () => {
  test.each([
    ["this instance", instance, { mode: "Disabled" }, { mode: "Enabled" }, "on this instance"],
    ["all of them", "/api/v1/wps", { globalStatus: "Disabled" }, { globalStatus: "Enabled" }, "as a whole"],
  ])("is what switching off %s makes it, and on again it begins anew", async (_name, url, off, on, where) => {
    await api.press();
    await api.world.clock.advance(120_000);
    await api.press();
    expect((await api.ask("PUT", url, off)).status).toBe(200);
    expect(await api.status()).toMatchObject({
      "WPS Status": "Disabled",
      "WPS Operational Status": "Disabled",
      window: null,
    });
    expect((await api.press()).body).toMatchObject({ error: "disabled", message: expect.stringContaining(where) });
    expect((await api.ask("PUT", url, on)).status).toBe(200);
    expect(await api.status()).toMatchObject({
      "WPS Status": "Enabled",
      "WPS Operational Status": "Ready",
      "Transaction Status": "None",
    });
  });

  test("is an access point that has WPS off itself, whatever is set here", async () => {
    await api.world.accessPoint.restart({ wps: "disabled" });
    expect(await api.status()).toMatchObject({ "WPS Status": "Disabled", "WPS Operational Status": "Disabled" });
    expect((await api.press()).body).toEqual({
      error: "disabled",
      message: expect.stringContaining("itself"),
      reason: "access-point-off",
    });
  });
});

describe("with its built-in Registrar switched off", () => {
  test("no window opens, a window that is open closes, and a press at the access point shows none", async () => {
    await api.press();
    expect((await api.ask("PUT", instance, { builtInRegistrar: "Disabled" })).status).toBe(200);
    expect(await api.status()).toMatchObject({ "WPS Status": "Enabled", window: null });
    const refused = {
      status: 409,
      body: { error: "disabled", message: expect.stringContaining("built-in Registrar") },
    };
    expect(await api.press()).toMatchObject(refused);
    expect(await api.ask("POST", enrolment, { method: "pin", pin: "12345670" })).toMatchObject(refused);
    api.world.accessPoint.press();
    await api.world.clock.advance(0);
    expect((await api.status()).window).toBeNull();
    expect(await api.world.accessPoint.status()).toMatchObject({ pushButton: "idle" });
    await api.ask("PUT", instance, { builtInRegistrar: "Enabled" });
    expect((await api.press()).status).toBe(204);
  });

  test("a device that asks may be admitted only when it is on again", async () => {
    const run = api.world.enrol(api.world.station("Lamp"));
    await api.world.clock.advance(5_000);
    await api.ask("PUT", instance, { builtInRegistrar: "Disabled" });
    expect(await api.ask("POST", `/api/v1/requests/${lamp}/admit`)).toMatchObject({
      status: 409,
      body: { error: "disabled" },
    });
    await api.ask("PUT", instance, { builtInRegistrar: "Enabled" });
    expect((await api.ask("POST", `/api/v1/requests/${lamp}/admit`)).status).toBe(204);
    await run;
  });

  test("an external Registrar with the device PIN may still configure it", async () => {
    await api.ask("PUT", instance, { configurationState: "Unconfigured", restart: true });
    await api.ask("PUT", instance, { builtInRegistrar: "Disabled" });
    const devicePin = pin((await api.ask("POST", "/api/v1/wps/device-pin")).body.pin);
    await api.comeAsRegistrar(devicePin, otherSettings).finish();
    expect(await api.status()).toMatchObject({ "WPS Configuration State": "Configured", SSID: "Other" });
  });
});

describe("with the device PIN", () => {
  const makePin = async () => pin((await api.ask("POST", "/api/v1/wps/device-pin")).body.pin);

  test("it is Configuring while an external Registrar reads or sets it, and Success then", async () => {
    await api.ask("PUT", instance, { configurationState: "Unconfigured", restart: true });
    expect((await api.status())["WPS Configuration State"]).toBe("Unconfigured");
    const visit = api.comeAsRegistrar(await makePin(), otherSettings);
    expect(await visit.until("M2")).toBe(true);
    expect(await operational()).toBe("Configuring");
    await visit.finish();
    expect(await api.status()).toMatchObject({
      "WPS Operational Status": "Ready",
      "Transaction Status": "Success",
      "WPS Configuration State": "Configured",
      SSID: "Other",
    });
  });

  test("it is Locked after three wrong ones, for a minute, and counts them on; a person unlocks it", async () => {
    await makePin();
    const lockedAt = async () => {
      for (const wrong of ["0000", "1111", "2222"]) await api.comeAsRegistrar(pin(wrong)).finish();
      return api.status();
    };
    const locked = await lockedAt();
    expect(locked).toMatchObject({
      "AP Lockdown Status": "Locked",
      "AP Lockdown Duration": 59,
      "AP Lockdown Timestamp": new Date(api.world.clock.now() - 1_000).toISOString(),
      "Failed Attempts with Invalid PIN": 3,
      "WPS Operational Status": "Ready",
    });
    expect((await api.ask("GET", instance)).body.lockdown).toEqual({
      status: "Locked",
      secondsLeft: 59,
      timestamp: locked["AP Lockdown Timestamp"],
      failedAttempts: 3,
    });
    expect((await api.ask("POST", `${instance}/unlock`)).status).toBe(204);
    expect(await api.status()).toMatchObject({
      "AP Lockdown Status": "Unlocked",
      "AP Lockdown Duration": null,
      "AP Lockdown Timestamp": locked["AP Lockdown Timestamp"],
      "Failed Attempts with Invalid PIN": 3,
    });
  });

  test("a locked instance lets devices in all the same", async () => {
    await makePin();
    for (const wrong of ["0000", "1111", "2222"]) await api.comeAsRegistrar(pin(wrong)).finish();
    await api.press();
    await api.world.enrol(api.world.station());
    expect(await api.status()).toMatchObject({ "AP Lockdown Status": "Locked", "Transaction Status": "Success" });
  });
});

describe("what only the access point knows", () => {
  test("is null with a reason by its name, where its own Registrar answers", async () => {
    const { accessPoint } = api.world;
    const facts = { ...accessPoint.facts, registrar: "own" as const };
    Object.defineProperty(accessPoint, "facts", { value: facts });
    const names = [
      "AP Lockdown Status",
      "AP Lockdown Duration",
      "AP Lockdown Timestamp",
      "Failed Attempts with Invalid PIN",
    ];
    const status = await api.status();
    for (const name of names) expect(status[name], name).toBeNull();
    expect(Object.keys(status.unknown)).toEqual(names);
    expect(Object.values(status.unknown)).toEqual(names.map(() => expect.stringMatching(/^This access point.*\.$/)));
    expect((await api.ask("GET", instance)).body.lockdown).toBeNull();
  });

  test("is what it showed last while it is gone, with its trouble in a sentence until it is back", async () => {
    api.world.accessPoint.powerOff();
    await api.world.clock.advance(0);
    expect((await api.ask("GET", instance)).body.trouble).toMatch(/^Home is switched off\. .*\.$/);
    expect(await api.press()).toMatchObject({ status: 503, body: { error: "radio-gone" } });
    expect((await api.status()).window).toBeNull();
    api.world.accessPoint.powerOn();
    await api.world.clock.advance(0);
    expect((await api.ask("GET", instance)).body.trouble).toBeNull();
  });
});

describe("a window that the access point cannot show yet", () => {
  /** As hostapd, which remembers a second device with its button pressed. The air's access point remembers nobody. */
  function rememberPresser(forMs: number): void {
    const { accessPoint, clock } = api.world;
    const freeAt = clock.now() + forMs;
    const advertise = accessPoint.advertise.bind(accessPoint);
    accessPoint.advertise = async (window: AdvertisedWindow | null): Promise<Shown> => {
      const readyInMs = window?.method === "pushButton" ? freeAt - clock.now() : 0;
      return readyInMs > 0 ? { type: "pending", readyInMs } : advertise(window);
    };
  }

  test("is 202 with the seconds until it can, which the status counts down, and is shown then", async () => {
    rememberPresser(45_000);
    expect(await api.press()).toMatchObject({ status: 202, body: { readyInSeconds: 45 } });
    await api.world.clock.advance(15_000);
    expect((await api.status()).window).toEqual({ method: "pbc", secondsLeft: 150, readyInSeconds: 30 });
    await api.world.clock.advance(30_000);
    expect((await api.status()).window).toEqual({ method: "pbc", secondsLeft: 120, readyInSeconds: null });
    await api.world.clock.advance(119_999);
    expect(await transaction()).toBe("None");
    await api.world.clock.advance(1);
    expect(await api.status()).toMatchObject({ "Transaction Status": "Timed Out", window: null });
  });

  test("is 202 also for a device that is admitted, and 204 for a PIN, which nothing keeps from the air", async () => {
    const run = api.world.enrol(api.world.station("Lamp"));
    await api.world.clock.advance(5_000);
    rememberPresser(7_200);
    expect(await api.ask("POST", `/api/v1/requests/${lamp}/admit`)).toMatchObject({
      status: 202,
      body: { readyInSeconds: 8 },
    });
    expect((await api.ask("POST", enrolment, { method: "pin", pin: "12345670" })).status).toBe(204);
    await run;
  });
});
