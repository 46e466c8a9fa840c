/** Every endpoint of the registrar with every answer that its document tells of: one row each. */
import { expect } from "vitest";
import { RadioError } from "../../src/radio/station-radio.ts";
import type { KeyPolicy } from "../../src/registrar/key-policy.ts";
import { admit, devicePin, devices, enrolment, instances, one } from "./operations.ts";
import { lamp, type Method, type RegistrarApi } from "./registrar-api.ts";

export interface Row {
  readonly method: Method;
  /** As in the document. */
  readonly route: string;
  /** The address, where it differs from the route with its instance and device filled in. */
  readonly url?: string;
  readonly body?: object;
  /** What happens before. */
  readonly after?: (api: RegistrarApi) => Promise<unknown>;
  readonly keys?: KeyPolicy;
  readonly status: number;
  /** Of a refusal. */
  readonly error?: string;
  /** Part of the answer, or all of it where there is none. */
  readonly answer?: object | null;
}

/** An address that is nobody's. */
const stranger = "020000000fff";
const ofStranger = (route: string) => route.replace(/\{\w+\}/, stranger);

export const lampIsIn = async (api: RegistrarApi) => {
  await api.press();
  await api.world.enrol(api.world.station("Lamp"));
};
export const lampAsks = async ({ world }: RegistrarApi) => {
  void world.enrol(world.station("Lamp"));
  await world.clock.advance(5_000);
};
const twoPress = async ({ world }: RegistrarApi) => {
  for (const name of ["Lamp", "Meter"]) void world.enrol(world.station(name));
  await world.clock.advance(5_000);
};
const switchedOff = ({ ask }: RegistrarApi) => ask("PUT", "/api/v1/wps", { globalStatus: "Disabled" });
const gone = async ({ world }: RegistrarApi) => {
  world.accessPoint.powerOff();
  await world.clock.advance(0);
};
/** It says no, or nothing any more, to all that it is asked; the simulated one never does. */
const failsWith = (kind: "refused" | "gone") => async (api: RegistrarApi) => {
  const fail = async () => {
    throw new RadioError(kind, "The access point did not do it.", "Ask it why.");
  };
  Object.assign(api.world.accessPoint, { advertise: fail, restart: fail, sharedKey: fail });
};
const refuses = failsWith("refused");
const isPressed = (api: RegistrarApi) => api.press();
const diskFull = async ({ world }: RegistrarApi) => world.store.close();
const both =
  (...before: readonly ((api: RegistrarApi) => Promise<unknown>)[]) =>
  async (api: RegistrarApi) => {
    for (const step of before) await step(api);
  };
const cannotShowYet = async ({ world }: RegistrarApi) => {
  world.accessPoint.advertise = async () => ({ type: "pending", readyInMs: 30_000 });
};

export const pbc = { method: "pbc" };
const unconfigured = { configurationState: "Unconfigured", restart: true };

export const rows: readonly Row[] = [
  { method: "GET", route: "/api/v1/wps", status: 200, answer: { supportedVersion: "2.0", globalStatus: "Enabled" } },
  { method: "PUT", route: "/api/v1/wps", body: { deviceName: "Attic" }, status: 200, answer: { deviceName: "Attic" } },
  {
    method: "PUT",
    route: "/api/v1/wps",
    body: { deviceName: "Attic", restart: true },
    status: 200,
    answer: { deviceName: "Attic", note: null },
  },
  { method: "PUT", route: "/api/v1/wps", body: { deviceName: "é".repeat(17) }, status: 400, error: "bad-value" },
  { method: "PUT", route: "/api/v1/wps", body: { deviceName: "a\nb" }, status: 400, error: "bad-value" },
  { method: "PUT", route: "/api/v1/wps", body: { deviceName: "" }, status: 400, error: "bad-value" },
  { method: "PUT", route: "/api/v1/wps", body: { globalStatus: "On" }, status: 400, error: "bad-value" },
  { method: "PUT", route: "/api/v1/wps", body: { restart: true }, after: gone, status: 503, error: "radio-gone" },
  { method: "PUT", route: "/api/v1/wps", body: { restart: true }, after: refuses, status: 503, error: "radio-refused" },
  { method: "PUT", route: "/api/v1/wps", body: { deviceName: "A" }, after: diskFull, status: 500, error: "not-stored" },

  { method: "GET", route: devicePin, status: 200, answer: { pin: null, expiresAt: null } },
  { method: "POST", route: devicePin, status: 200, answer: { pin: expect.stringMatching(/^\d{8}$/) } },
  { method: "POST", route: devicePin, body: { seconds: null }, status: 200, answer: { expiresAt: null } },
  { method: "POST", route: devicePin, body: { seconds: 0 }, status: 400, error: "bad-value" },
  { method: "POST", route: devicePin, keys: "per-device", status: 409, error: "own-keys" },
  { method: "POST", route: devicePin, after: diskFull, status: 500, error: "not-stored" },
  { method: "DELETE", route: devicePin, status: 204, answer: null },

  { method: "GET", route: instances, status: 200, answer: [{ id: "020000000001", name: "air", ssid: "Home" }] },
  { method: "GET", route: one, status: 200, answer: { mode: "Enabled", trouble: null } },
  { method: "GET", route: one, url: `${instances}/02:00:00:00:00:01`, status: 200, answer: { id: "020000000001" } },
  { method: "GET", route: one, url: ofStranger(one), status: 404, error: "unknown-instance" },
  { method: "GET", route: one, url: `${instances}/home`, status: 404, error: "unknown-instance" },
  { method: "PUT", route: one, body: {}, status: 200, answer: { mode: "Enabled" } },
  { method: "PUT", route: one, body: { mode: "Disabled" }, status: 200, answer: { mode: "Disabled" } },
  {
    method: "PUT",
    route: one,
    body: { builtInRegistrar: "Disabled" },
    status: 200,
    answer: { builtInRegistrar: "Disabled" },
  },
  { method: "PUT", route: one, body: unconfigured, status: 200, answer: { configurationState: "Unconfigured" } },
  { method: "PUT", route: one, body: { configurationState: "Configured" }, status: 200, answer: {} },
  { method: "PUT", route: one, body: { mode: "On" }, status: 400, error: "bad-value" },
  { method: "PUT", route: one, url: ofStranger(one), body: {}, status: 404, error: "unknown-instance" },
  {
    method: "PUT",
    route: one,
    body: { configurationState: "Unconfigured" },
    status: 409,
    error: "drops-stations",
  },
  { method: "PUT", route: one, body: unconfigured, after: gone, status: 503, error: "radio-gone" },
  { method: "PUT", route: one, body: unconfigured, after: refuses, status: 503, error: "radio-refused" },
  { method: "PUT", route: one, body: { mode: "Disabled" }, after: diskFull, status: 500, error: "not-stored" },
  { method: "GET", route: `${one}/status`, status: 200, answer: { "WPS Status": "Enabled", unknown: {} } },
  { method: "GET", route: `${one}/status`, url: ofStranger(`${one}/status`), status: 404, error: "unknown-instance" },
  { method: "GET", route: `${one}/findings`, status: 200, answer: [] },
  {
    method: "GET",
    route: `${one}/findings`,
    url: ofStranger(`${one}/findings`),
    status: 404,
    error: "unknown-instance",
  },
  { method: "POST", route: `${one}/key`, status: 200, answer: { key: "correct horse battery" } },
  { method: "POST", route: `${one}/key`, url: ofStranger(`${one}/key`), status: 404, error: "unknown-instance" },
  { method: "POST", route: `${one}/key`, keys: "per-device", status: 409, error: "no-shared-key" },
  { method: "POST", route: `${one}/key`, after: gone, status: 503, error: "radio-gone" },
  { method: "POST", route: `${one}/key`, after: refuses, status: 503, error: "radio-refused" },
  { method: "POST", route: `${one}/unlock`, status: 204, answer: null },
  { method: "POST", route: `${one}/unlock`, url: ofStranger(`${one}/unlock`), status: 404, error: "unknown-instance" },
  { method: "POST", route: `${one}/unlock`, after: diskFull, status: 500, error: "not-stored" },

  { method: "POST", route: enrolment, body: pbc, status: 204, answer: null },
  { method: "POST", route: enrolment, body: { ...pbc, station: "02-00-00-00-01-01" }, status: 204, answer: null },
  { method: "POST", route: enrolment, body: { method: "pin", pin: "12345670" }, status: 204, answer: null },
  { method: "POST", route: enrolment, body: { method: "pin", pin: " 0123-4565 " }, status: 204, answer: null },
  { method: "POST", route: enrolment, body: { method: "pin", pin: "0000" }, status: 204, answer: null },
  { method: "POST", route: enrolment, body: { method: "pin", pin: "stop" }, status: 204, answer: null },
  {
    method: "POST",
    route: enrolment,
    body: pbc,
    after: cannotShowYet,
    status: 202,
    answer: { readyInSeconds: 30 },
  },
  { method: "POST", route: enrolment, body: { method: "nfc" }, status: 400, error: "bad-value" },
  { method: "POST", route: enrolment, body: { ...pbc, station: "lamp" }, status: 400, error: "bad-value" },
  { method: "POST", route: enrolment, body: { ...pbc, pin: "12345670" }, status: 400, error: "bad-value" },
  { method: "POST", route: enrolment, body: { method: "pin" }, status: 400, error: "bad-pin" },
  { method: "POST", route: enrolment, body: { method: "pin", pin: "12345" }, status: 400, error: "bad-pin" },
  { method: "POST", route: enrolment, body: { method: "pin", pin: "1234567O" }, status: 400, error: "bad-pin" },
  {
    method: "POST",
    route: enrolment,
    body: { method: "pin", pin: "12345671" },
    status: 400,
    error: "wrong-check-digit",
  },
  { method: "POST", route: enrolment, url: ofStranger(enrolment), body: pbc, status: 404, error: "unknown-instance" },
  { method: "POST", route: enrolment, body: pbc, after: twoPress, status: 409, error: "overlap" },
  { method: "POST", route: enrolment, body: pbc, after: switchedOff, status: 409, error: "disabled" },
  { method: "POST", route: enrolment, body: pbc, after: gone, status: 503, error: "radio-gone" },
  { method: "POST", route: enrolment, body: pbc, after: refuses, status: 503, error: "radio-refused" },
  { method: "DELETE", route: enrolment, status: 204, answer: null },
  { method: "DELETE", route: enrolment, url: ofStranger(enrolment), status: 404, error: "unknown-instance" },
  { method: "DELETE", route: enrolment, after: both(isPressed, failsWith("gone")), status: 503, error: "radio-gone" },
  { method: "DELETE", route: enrolment, after: both(isPressed, refuses), status: 503, error: "radio-refused" },

  { method: "GET", route: devices, status: 200, answer: [] },
  { method: "GET", route: devices, after: lampIsIn, status: 200, answer: [{ mac: lamp, name: "Lamp", key: "shared" }] },
  ...["lam", "OPENWPS", "02:00:00:00:01:01", "02-00-00-00-01", "000101"].map(
    (search): Row => ({
      method: "GET",
      route: devices,
      url: `${devices}?search=${search}`,
      after: lampIsIn,
      status: 200,
      answer: [{ mac: lamp }],
    }),
  ),
  ...["meter", "-", ":", "000102"].map(
    (search): Row => ({
      method: "GET",
      route: devices,
      url: `${devices}?search=${search}`,
      after: lampIsIn,
      status: 200,
      answer: [],
    }),
  ),
  { method: "GET", route: devices, url: `${devices}?search=${"x".repeat(101)}`, status: 400, error: "bad-value" },
  {
    method: "GET",
    route: devices,
    url: `${devices}?limit=1000&offset=0`,
    after: lampIsIn,
    status: 200,
    answer: [{ mac: lamp }],
  },
  { method: "GET", route: devices, url: `${devices}?limit=1&offset=1`, after: lampIsIn, status: 200, answer: [] },
  ...["limit=0", "limit=1001", "limit=x", "offset=-1", "offset="].map(
    (query): Row => ({ method: "GET", route: devices, url: `${devices}?${query}`, status: 400, error: "bad-value" }),
  ),
  { method: "GET", route: devices, url: `${devices}?find=x`, status: 400, error: "unknown-field" },
  { method: "GET", route: `${devices}/{mac}`, after: lampIsIn, status: 200, answer: { mac: lamp, label: null } },
  { method: "GET", route: `${devices}/{mac}`, status: 404, error: "unknown-device" },
  {
    method: "PATCH",
    route: `${devices}/{mac}`,
    body: { label: "Kitchen" },
    after: lampIsIn,
    status: 200,
    answer: { label: "Kitchen", name: "Lamp" },
  },
  { method: "PATCH", route: `${devices}/{mac}`, body: { label: "" }, status: 400, error: "bad-value" },
  { method: "PATCH", route: `${devices}/{mac}`, body: { label: "x".repeat(65) }, status: 400, error: "bad-value" },
  { method: "PATCH", route: `${devices}/{mac}`, body: {}, status: 400, error: "bad-value" },
  { method: "PATCH", route: `${devices}/{mac}`, body: { label: null }, status: 404, error: "unknown-device" },
  {
    method: "PATCH",
    route: `${devices}/{mac}`,
    body: { label: "Kitchen" },
    after: both(lampIsIn, diskFull),
    status: 500,
    error: "not-stored",
  },
  {
    method: "DELETE",
    route: `${devices}/{mac}`,
    after: lampIsIn,
    status: 200,
    answer: { message: expect.stringMatching(/knows the key that all share.*\.$/) },
  },
  { method: "DELETE", route: `${devices}/{mac}`, after: lampIsIn, keys: "per-device", status: 204, answer: null },
  { method: "DELETE", route: `${devices}/{mac}`, status: 404, error: "unknown-device" },
  {
    method: "DELETE",
    route: `${devices}/{mac}`,
    after: both(lampIsIn, diskFull),
    status: 500,
    error: "not-stored",
  },

  { method: "GET", route: "/api/v1/requests", status: 200, answer: [] },
  { method: "GET", route: "/api/v1/requests", after: lampAsks, status: 200, answer: [{ mac: lamp, method: "pbc" }] },
  { method: "POST", route: admit, after: lampAsks, status: 204, answer: null },
  { method: "POST", route: admit, after: both(lampAsks, cannotShowYet), status: 202, answer: { readyInSeconds: 30 } },
  { method: "POST", route: admit, status: 404, error: "unknown-request" },
  { method: "POST", route: admit, body: { pin: "1" }, after: lampAsks, status: 400, error: "bad-pin" },
  { method: "POST", route: admit, body: { pin: "12345671" }, after: lampAsks, status: 400, error: "wrong-check-digit" },
  { method: "POST", route: admit, after: twoPress, status: 409, error: "overlap" },
  { method: "POST", route: admit, after: both(lampAsks, switchedOff), status: 409, error: "disabled" },
  { method: "POST", route: admit, after: both(lampAsks, gone), status: 503, error: "radio-gone" },
  { method: "POST", route: admit, after: both(lampAsks, refuses), status: 503, error: "radio-refused" },

  { method: "GET", route: "/api/v1/activity", status: 200, answer: [] },
  ...["1", "500"].map(
    (limit): Row => ({
      method: "GET",
      route: "/api/v1/activity",
      url: `/api/v1/activity?limit=${limit}`,
      after: lampIsIn,
      status: 200,
      answer: { 0: { id: expect.any(Number) } },
    }),
  ),
  ...["0", "501", "1000", "-1", "1.5", "many", ""].map(
    (limit): Row => ({
      method: "GET",
      route: "/api/v1/activity",
      url: `/api/v1/activity?limit=${limit}`,
      status: 400,
      error: "bad-value",
    }),
  ),
  { method: "GET", route: "/api/v1/activity", url: "/api/v1/activity?since=1", status: 400, error: "unknown-field" },
  {
    method: "GET",
    route: "/api/v1/activity/{id}",
    url: "/api/v1/activity/1",
    after: lampIsIn,
    status: 200,
    answer: { id: 1, type: "audit", action: "window-opened", instance: "020000000001", station: null },
  },
  { method: "GET", route: "/api/v1/activity/{id}", url: "/api/v1/activity/1", status: 404, error: "unknown-entry" },
];
