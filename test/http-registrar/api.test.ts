/** What several requests come to, one after the other. Each answer alone is in conformance.test.ts. */
import { afterEach, expect, test } from "vitest";
import { RadioError } from "../../src/radio/station-radio.ts";
import { instance, lamp, openRegistrarApi, type RegistrarApi } from "./registrar-api.ts";

let api: RegistrarApi;
afterEach(() => api.close());

const device = `/api/v1/devices/${lamp}`;

async function letLampIn(): Promise<void> {
  await api.press();
  await api.world.enrol(api.world.station("Lamp"));
}

test("a device has the name that a person gave it until it is taken back, and enrols as a new one then", async () => {
  api = await openRegistrarApi();
  await letLampIn();
  await api.ask("PATCH", device, { label: "Kitchen" });
  expect((await api.ask("GET", "/api/v1/devices?search=kitch")).body).toMatchObject([{ mac: lamp, label: "Kitchen" }]);
  expect((await api.ask("DELETE", device)).status).toBe(200);
  expect((await api.ask("GET", "/api/v1/devices")).body).toEqual([]);
  expect((await api.ask("DELETE", device)).body).toMatchObject({ error: "unknown-device" });
});

test("a device whose key cannot be taken from the access point is said to be perhaps still there, and why", async () => {
  api = await openRegistrarApi({ keys: "per-device" });
  await letLampIn();
  api.world.accessPoint.deny = async () => {
    throw new RadioError("gone", "Nobody answers at wlan0.", "Start hostapd.");
  };
  expect(await api.ask("DELETE", device)).toMatchObject({
    status: 200,
    body: {
      message: expect.stringMatching(/^The device is not in the list any more, but .* Nobody answers .*hostapd\.$/),
    },
  });
  expect((await api.ask("GET", "/api/v1/devices")).body).toEqual([]);
  expect((await api.ask("GET", "/api/v1/activity?limit=2")).body).toMatchObject([
    { action: "revocation-unfinished", station: lamp },
    { action: "device-revoked", station: lamp },
  ]);
});

test("a run is in the activity with all its messages, by its number too", async () => {
  api = await openRegistrarApi();
  await letLampIn();
  const { body } = await api.ask("GET", "/api/v1/activity");
  const run = body.find(({ type }: { type: string }) => type === "enrolment");
  expect(run.transcript).toHaveLength(9);
  expect((await api.ask("GET", `/api/v1/activity/${run.id}`)).body).toEqual(run);
  expect((await api.ask("GET", "/api/v1/activity?limit=1")).body).toEqual([run]);
});

test("the device PIN is shown until its time is over, or until it is taken away", async () => {
  api = await openRegistrarApi();
  const path = "/api/v1/wps/device-pin";
  const made = (await api.ask("POST", path, { seconds: 60 })).body;
  expect(made.expiresAt).toBe(new Date(api.world.clock.now() + 60_000).toISOString());
  expect((await api.ask("GET", path)).body).toEqual(made);
  await api.world.clock.advance(60_000);
  expect((await api.ask("GET", path)).body).toEqual({ pin: null, expiresAt: null });
  await api.ask("POST", path, { seconds: null });
  expect((await api.ask("DELETE", path)).status).toBe(204);
  expect((await api.ask("GET", path)).body.pin).toBeNull();
});

test("an instance is told to be Unconfigured once that was said twice, for it sends all stations away", async () => {
  api = await openRegistrarApi();
  const wanted = { configurationState: "Unconfigured" };
  expect((await api.ask("PUT", instance, wanted)).status).toBe(409);
  expect((await api.ask("PUT", instance, { ...wanted, restart: true })).body).toMatchObject(wanted);
  expect((await api.ask("GET", "/api/v1/wps/instances")).body).toMatchObject([wanted]);
});
