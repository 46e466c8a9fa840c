/**
 * The demo's own endpoints: the simulated access points, their buttons, and the frames in the air. A device has none of
 * these; they stand in for the hands and the eyes of whoever tries the demo.
 */
import type { Frame } from "../radio/air/frame.ts";
import type { ServedWorld } from "../radio/air/server.ts";
import { Type } from "../schema/type.ts";
import { parseMacAddress } from "../wsc/address.ts";
import type { App } from "./app.ts";
import { bodyFaults, type ErrorKey, refusals, refuse } from "./errors.ts";
import { type EventStreams, eventStream } from "./event-stream.ts";
import { noContent, sendNoContent } from "./no-content.ts";
import { readPin } from "./read-pin.ts";
import { apiMac } from "./wifi-forms.ts";

/** Frames held for a client that does not keep up with the air. */
const frameBacklog = 500;

const path = "/demo/access-points";

const AccessPoints = Type.Array(Type.Object({ bssid: Type.String(), ssid: Type.String() }));
const Params = Type.Object({ bssid: Type.String() });
const AirBody = Type.Object(
  { loss: Type.Number({ minimum: 0, maximum: 1, description: "Chance of each frame to be lost" }) },
  { additionalProperties: false },
);
const PinBody = Type.Object({ pin: Type.String() }, { additionalProperties: false });

/** Adds the endpoints for a world of simulated access points. */
export function demoApi(app: App, world: ServedWorld, streams: EventStreams): void {
  const list = { summary: "The simulated access points", response: { 200: AccessPoints, ...refusals() } };
  app.get(path, { schema: list }, async () =>
    world.accessPoints.map(({ bssid, ssid }) => ({ bssid: apiMac(bssid), ssid })),
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
