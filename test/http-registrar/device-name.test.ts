/** The device name on its way from the API to the air. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AirAccessPoint } from "../../src/radio/air/access-point.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { homeKey, mac } from "../registrar-world.ts";
import { openRegistrarApi, type RegistrarApi } from "./registrar-api.ts";

let api: RegistrarApi;
beforeEach(async () => {
  api = await openRegistrarApi();
});
afterEach(() => api.close());

describe("the device name", () => {
  test("that was given before is brought to the air by a restart alone", async () => {
    expect((await api.ask("PUT", "/api/v1/wps", { deviceName: "Attic" })).body.note).toMatch(/restart/);
    expect(api.world.accessPoint.facts.deviceName).toBe("Home");
    expect((await api.ask("PUT", "/api/v1/wps", { restart: true })).body.note).toBeNull();
    expect(api.world.accessPoint.facts.deviceName).toBe("Attic");
  });

  test("reaches the other access points when one of them does not answer, and is said to be missing there", async () => {
    const { world, service } = api;
    const other = new AirAccessPoint({
      air: world.air,
      desk: service,
      settings: {
        ...{ name: "Upstairs", ssid: new TextEncoder().encode("Home"), bssid: mac("02:00:00:00:00:02") },
        ...{ uuid: "22".repeat(16), security: "WPA2", key: new Secret(homeKey) },
        ...{ channel: 6, signal: -60, subnet: 1, dhcp: true },
      },
    });
    await service.serve(other);
    world.accessPoint.powerOff();
    const change = { deviceName: "Attic", restart: true };
    expect(await api.ask("PUT", "/api/v1/wps", change)).toMatchObject({ status: 503, body: { error: "radio-gone" } });
    expect(other.facts.deviceName).toBe("Attic");
    expect((await api.ask("GET", "/api/v1/wps")).body).toMatchObject({ deviceName: "Attic", note: expect.any(String) });
  });
});
