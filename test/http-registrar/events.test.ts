/** What an onlooker of the registrar is told, as it happens. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { pin } from "../registrar-world.ts";
import { instance, lamp, openRegistrarApi, type RegistrarApi } from "./registrar-api.ts";

let api: RegistrarApi;
let onlooker: Awaited<ReturnType<RegistrarApi["watch"]>>;
beforeEach(async () => {
  api = await openRegistrarApi();
  onlooker = await api.watch();
});
afterEach(() => api.close());

/** What the events of a name have told so far. */
async function told(name: string) {
  await api.world.clock.advance(0);
  return onlooker.events.filter((event) => event.name === name).map(({ data }) => data);
}

test("the stream is one of server-sent events that nobody keeps, nor holds back", () => {
  expect(onlooker.status).toBe(200);
  expect(onlooker.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
});

test("an enrolment is told from its window to its device", async () => {
  await api.press();
  await api.world.enrol(api.world.station("Lamp"));
  const instances = await told("instance");
  expect(instances[0]).toMatchObject({ id: "020000000001", status: { window: { method: "pbc", secondsLeft: 120 } } });
  expect(instances.map(({ status }) => status["WPS Operational Status"])).toContain("Adding Enrollee");
  const { status, ...last } = instances.at(-1);
  expect(last).toEqual((await api.ask("GET", instance)).body);
  expect(status).toEqual(await api.status());
  expect(await told("devices")).toContainEqual({ count: 1 });
  expect(await told("activity")).toEqual((await api.ask("GET", "/api/v1/activity")).body.toReversed());
});

test("what is set is told as GET tells it", async () => {
  await api.ask("PUT", "/api/v1/wps", { deviceName: "Attic" });
  expect(await told("settings")).toEqual([(await api.ask("GET", "/api/v1/wps")).body]);
  await api.ask("PUT", instance, { builtInRegistrar: "Disabled" });
  expect((await told("instance")).at(-1)).toMatchObject({ builtInRegistrar: "Disabled" });
});

test("a device that asks is told with all that ask, and that it does so no more once it is in", async () => {
  const run = api.world.enrol(api.world.station("Lamp"));
  await api.world.clock.advance(5_000);
  // That it asks once more is no news.
  const [{ lastAt: _, ...asking }] = (await api.ask("GET", "/api/v1/requests")).body;
  expect((await told("requests")).at(-1)).toMatchObject([asking]);
  await api.ask("POST", `/api/v1/requests/${lamp}/admit`);
  await run;
  expect((await told("requests")).at(-1)).toEqual([]);
});

test("a window that waits is told with the seconds, and that it waits no more", async () => {
  const { accessPoint, clock } = api.world;
  const advertise = accessPoint.advertise.bind(accessPoint);
  accessPoint.advertise = async () => ({ type: "pending", readyInMs: 9_000 });
  await api.press();
  expect((await told("instance")).at(-1)).toMatchObject({ status: { window: { readyInSeconds: 9 } } });
  accessPoint.advertise = advertise;
  await clock.advance(9_000);
  expect((await told("instance")).at(-1)).toMatchObject({ status: { window: { readyInSeconds: null } } });
});

test("a lock is told when it shuts and when a person opens it", async () => {
  await api.ask("POST", "/api/v1/wps/device-pin");
  for (const wrong of ["0000", "1111", "2222"]) await api.comeAsRegistrar(pin(wrong)).finish();
  expect((await told("instance")).at(-1)).toMatchObject({ lockdown: { status: "Locked", failedAttempts: 3 } });
  await api.ask("POST", `${instance}/unlock`);
  expect((await told("instance")).at(-1)).toMatchObject({ lockdown: { status: "Unlocked" } });
});

test("closing the service ends the stream", async () => {
  await api.app.close();
  await expect(onlooker.ended).resolves.toBeUndefined();
});
