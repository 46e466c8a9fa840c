/** `/api/v1/activity` and `/api/v1/events`: what has happened, and what happens. */
import { Type } from "typebox";
import type { Clock } from "../../clock/clock.ts";
import type { ActivityEntry } from "../../registrar/activity.ts";
import type { RegistrarChange, RegistrarService } from "../../registrar/service.ts";
import type { App } from "../app.ts";
import { refusals, refuse } from "../errors.ts";
import { type EventStreams, eventStream } from "../event-stream.ts";
import { apiMac } from "../wifi-forms.ts";
import { timeText } from "./forms.ts";
import { statusBody } from "./instances-api.ts";

const path = "/api/v1/activity";
const usual = 50;
const most = 500;
/** Events that a reader may lag behind. */
const backlog = 200;

const Entry = Type.Object(
  {},
  { additionalProperties: true, description: "An enrolment, a configuration, or an audit" },
);

/** Adds the endpoints. */
export function activityApi(app: App, service: RegistrarService, streams: EventStreams, clock: Clock): void {
  const list = {
    summary: "What has happened, the last first: runs with their messages, keys blacked out, and what people changed",
    querystring: Type.Object(
      {
        limit: Type.Optional(
          Type.String({ pattern: "^[0-9]{1,3}$", description: `1 to ${most}, ${usual} without it` }),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 200: Type.Array(Entry), ...refusals("bad-value", "unknown-field") },
  };
  app.get(path, { schema: list }, async (request) => {
    const limit = Math.min(most, Math.max(1, Number(request.query.limit ?? usual)));
    return service.activity.slice(-limit).reverse().map(entryBody);
  });

  const show = {
    summary: "One entry",
    params: Type.Object({ id: Type.String() }),
    response: { 200: Entry, ...refusals("unknown-entry") },
  };
  app.get(`${path}/:id`, { schema: show }, async (request, reply) => {
    const entry = service.activity.find(({ id }) => String(id) === request.params.id);
    if (entry !== undefined) return entryBody(entry);
    return refuse(reply, "unknown-entry", `There is no such entry (any more); GET ${path} lists them.`);
  });

  const watch = {
    summary: "What happens, as server-sent events: instance, settings, requests, devices, activity",
    response: {
      200: eventStream("The data of each event says what to look at again; of instance and activity, what it is now"),
      ...refusals("too-many-streams"),
    },
  };
  app.get("/api/v1/events", { schema: watch, exposeHeadRoute: false }, async (_request, reply) => {
    await streams.send(reply, { name: "change", open: (signal) => changes(signal), backlog });
  });

  async function* changes(signal: AbortSignal): AsyncGenerator<object> {
    for await (const change of service.changes({ signal })) yield changeBody(change);
  }

  function changeBody(change: RegistrarChange): object {
    switch (change.type) {
      case "instance": {
        const instance = service.instance(change.instance);
        const status = instance && statusBody(service, instance, clock.now());
        return { type: change.type, id: apiMac(change.instance), status };
      }
      case "activity":
        return { type: change.type, entry: entryBody(change.entry) };
      default:
        return change;
    }
  }
}

function entryBody(entry: ActivityEntry): object {
  const { id, type, instance } = entry;
  const common = { id, type, at: timeText(entry.at), instance: instance === null ? null : apiMac(instance) };
  if (entry.type === "audit") {
    const { action, station, detail } = entry;
    return { ...common, action, station: station === null ? null : apiMac(station), detail };
  }
  const { endedAt, station, method, outcome, transcript } = entry;
  return {
    ...common,
    endedAt: timeText(endedAt),
    station: { ...station, macAddress: apiMac(station.macAddress) },
    method: method === "pushButton" ? "pbc" : method,
    ...outcome,
    transcript: transcript.map((message) => ({ ...message, at: timeText(message.at) })),
  };
}
