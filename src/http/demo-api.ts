/**
 * The demo's own endpoints: the simulated access points, their buttons, and the frames in the air. A device has none of
 * these; they stand in for the hands and the eyes of whoever tries the demo.
 */
import type { PacedClock } from "../clock/paced-clock.ts";
import type { Frame } from "../radio/air/frame.ts";
import type { ServedWorld } from "../radio/air/server.ts";
import type { RegistrarService } from "../registrar/service.ts";
import { Type } from "../schema/type.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import type { App } from "./app.ts";
import { bodyFaults, type ErrorKey, refusals, refuse } from "./errors.ts";
import { type EventStreams, eventStream } from "./event-stream.ts";
import { noContent, sendNoContent } from "./no-content.ts";
import { readPin } from "./read-pin.ts";
import { apiMethod, secondsUntil } from "./registrar/forms.ts";
import { apiMac } from "./wifi-forms.ts";

/** Frames held for a client that does not keep up with the air. */
const frameBacklog = 500;

const path = "/demo/access-points";

/** How many times as fast as ours time may pass: two minutes in four seconds. What is awaited in it has to be possible. */
const fastest = 30;

const AccessPoints = Type.Array(
  Type.Object({
    bssid: Type.String(),
    ssid: Type.String(),
    window: Type.Union([
      Type.Object({ method: Type.Enum(["pbc", "pin"]), secondsLeft: Type.Integer() }),
      Type.Null({ description: "It lets nobody in, or nobody can tell" }),
    ]),
  }),
);
const Params = Type.Object({ bssid: Type.String() });
const AirBody = Type.Object(
  { loss: Type.Number({ minimum: 0, maximum: 1, description: "Chance of each frame to be lost" }) },
  { additionalProperties: false },
);
const TimeBody = Type.Object(
  {
    speed: Type.Number({ minimum: 1, maximum: fastest, description: "Seconds that pass in the demo in one of yours" }),
  },
  { additionalProperties: false },
);
const PagesBody = Type.Object({
  port: Type.Union([Type.Integer(), Type.Null({ description: "There are none" })], {
    description: "Where the network's own pages and API are, on this machine",
  }),
});
const PinBody = Type.Object({ pin: Type.String() }, { additionalProperties: false });

/** What the demo has besides its world. */
export interface DemoExtras {
  /** Time on the air and at both ends of it. */
  readonly pace: { speed: number };
  /** Whom an access point lets in now; null: nobody, or that cannot be told. */
  windowOf(bssid: MacAddress): { readonly method: "pbc" | "pin"; readonly secondsLeft: number } | null;
  /** Where the pages of the registrar behind the access points are; null: there are none. */
  readonly registrarPort: () => number | null;
}

/** Those of a world with the registrar service behind its access points. */
export function demoExtras(
  service: RegistrarService,
  pace: PacedClock,
  registrarPort: DemoExtras["registrarPort"],
): DemoExtras {
  return {
    pace,
    registrarPort,
    windowOf: (bssid) => {
      const window = service.status(bssid)?.window ?? null;
      return (
        window && { method: apiMethod[window.method], secondsLeft: secondsUntil(window.closesAt, pace.now()) ?? 0 }
      );
    },
  };
}

const noExtras = (): DemoExtras => ({ pace: { speed: 1 }, windowOf: () => null, registrarPort: () => null });

/** Adds the endpoints for a world of simulated access points. */
export function demoApi(app: App, world: ServedWorld, streams: EventStreams, extras: DemoExtras = noExtras()): void {
  const { pace, windowOf, registrarPort } = extras;
  const list = { summary: "The simulated access points", response: { 200: AccessPoints, ...refusals() } };
  app.get(path, { schema: list }, async () =>
    world.accessPoints.map(({ bssid, ssid }) => ({ bssid: apiMac(bssid), ssid, window: windowOf(bssid) })),
  );

  const act = <const K extends ErrorKey>(summary: string, faults: readonly K[]) => ({
    summary,
    params: Params,
    response: {
      204: noContent,
      ...refusals<K | "unknown-access-point">("unknown-access-point", ...faults),
    },
  });
  app.post(
    `${path}/:bssid/button`,
    { schema: act("Press an access point's button", ["overlap", "radio-refused"]) },
    async (request, reply) => {
      const accessPoint = find(request.params.bssid);
      if (accessPoint === null) return refuseUnknown(reply, request.params.bssid);
      if ((await accessPoint.pressButton()) === "open") return sendNoContent(reply);
      return refuse(
        reply,
        "overlap",
        "Several devices ask to join by button, so none can be told apart. Try again in two minutes.",
      );
    },
  );

  const enterPin = {
    ...act("Let in the device with this PIN", [...bodyFaults, "bad-pin", "wrong-check-digit", "radio-refused"]),
    body: PinBody,
  };
  app.post(`${path}/:bssid/pin`, { schema: enterPin }, async (request, reply) => {
    const accessPoint = find(request.params.bssid);
    if (accessPoint === null) return refuseUnknown(reply, request.params.bssid);
    const pin = readPin(request.body.pin);
    if (!pin.ok) return refuse(reply, pin.error.key, pin.error.message);
    await accessPoint.enterPin(pin.value);
    return sendNoContent(reply);
  });

  app.post(`${path}/:bssid/stop`, { schema: act("Let nobody in any more", []) }, async (request, reply) => {
    const accessPoint = find(request.params.bssid);
    if (accessPoint === null) return refuseUnknown(reply, request.params.bssid);
    await accessPoint.stop();
    return sendNoContent(reply);
  });

  const showAir = { summary: "How bad the air is", response: { 200: AirBody, ...refusals() } };
  app.get("/demo/air", { schema: showAir }, async () => ({ loss: world.air.conditions.loss }));

  const changeAir = {
    summary: "Make the air worse or better, from the next frame on",
    body: AirBody,
    response: { 200: AirBody, ...refusals(...bodyFaults) },
  };
  app.put("/demo/air", { schema: changeAir }, async (request) => {
    world.air.conditions = { ...world.air.conditions, loss: request.body.loss };
    return request.body;
  });

  const showTime = { summary: "How fast time passes", response: { 200: TimeBody, ...refusals() } };
  app.get("/demo/time", { schema: showTime }, async () => ({ speed: pace.speed }));

  const changeTime = {
    summary: "Let time pass faster on the air and at both ends of it",
    body: TimeBody,
    response: { 200: TimeBody, ...refusals(...bodyFaults) },
  };
  app.put("/demo/time", { schema: changeTime }, async (request) => {
    pace.speed = request.body.speed;
    return request.body;
  });

  const showPages = { summary: "Where the network's own pages are", response: { 200: PagesBody, ...refusals() } };
  app.get("/demo/registrar", { schema: showPages }, async () => ({ port: registrarPort() }));

  const watch = {
    summary: "The frames in the air as server-sent events named frame, without beacons",
    response: { 200: eventStream("The data of each event is a frame"), ...refusals("too-many-streams") },
  };
  app.get("/demo/events", { schema: watch, exposeHeadRoute: false }, (_request, reply) =>
    streams.send(reply, {
      name: "frame",
      open: (signal) => withoutBeacons(world.air.frames({ signal })),
      backlog: frameBacklog,
    }),
  );

  const find = (text: string) => {
    const bssid = parseMacAddress(text);
    return world.accessPoints.find((accessPoint) => accessPoint.bssid === bssid) ?? null;
  };
}

function refuseUnknown<R extends Parameters<typeof refuse>[0]>(reply: R, bssid: string): R {
  const shown = JSON.stringify(bssid.slice(0, 40));
  return refuse(
    reply,
    "unknown-access-point",
    `There is no access point ${shown} on this air; GET ${path} lists them.`,
  );
}

async function* withoutBeacons(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  for await (const frame of frames) if (frame.kind !== "beacon") yield frame;
}
