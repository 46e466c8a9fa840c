/** `/api/v1/activity`: what has happened, run by run with its messages, and what people and time changed. */

import type { ActivityEntry } from "../../registrar/activity-log.ts";
import { type Static, Type } from "../../schema/type.ts";
import type { App } from "../app.ts";
import { refusals, refuse } from "../errors.ts";
import { apiMac } from "../wifi-forms.ts";
import { apiMethod, Mac, Method, nullable, type RegistrarApi, Time, timeText } from "./forms.ts";

const path = "/api/v1/activity";
const usual = 50;
const most = 500;

const text = nullable(Type.String());

const Message = Type.Object({
  at: Time,
  direction: Type.Enum(["in", "out"], { description: "in: from the station" }),
  message: Type.String({ description: "M1, M2, ... WSC_NACK" }),
  bytes: Type.String({ description: "Hex; what was sealed in it is zeros" }),
});

const RunBody = Type.Object({
  id: Type.Integer(),
  type: Type.Enum(["enrolment", "configuration"]),
  at: Time,
  endedAt: Time,
  instance: Mac,
  station: Type.Object(
    {
      macAddress: nullable(Mac),
      address: nullable(Type.String({ description: "Numeric, of an external Registrar on the network" })),
      uuid: text,
      deviceName: text,
      manufacturer: text,
      modelName: text,
      deviceType: text,
    },
    { description: "In its own words" },
  ),
  method: nullable(Method),
  result: Type.Enum(["success", "failed", "refused"]),
  reason: nullable(Type.String({ description: "A stable key, such as wrong-pin" })),
  key: nullable(Type.String({ description: "A stable key for the sentence; null in entries of earlier versions" })),
  sentence: Type.String(),
  transcript: Type.Array(Message),
});

const AuditBody = Type.Object({
  id: Type.Integer(),
  type: Type.Literal("audit"),
  at: Time,
  action: Type.String({ description: "A stable key, such as window-opened" }),
  instance: nullable(Mac),
  station: nullable(Mac),
  detail: text,
  keys: Type.Array(Type.String(), { description: "What detail says, as stable keys, where it is no name or address" }),
});

const EntryBody = Type.Union([RunBody, AuditBody]);
type EntryBody = Static<typeof EntryBody>;

/** Adds the endpoints. */
export function activityApi(app: App, { service }: RegistrarApi): void {
  const list = {
    summary: "What has happened, the last first: runs with their messages, keys blacked out, and what people changed",
    querystring: Type.Object(
      { limit: Type.Optional(Type.String({ description: `1 to ${most}, ${usual} without it` })) },
      { additionalProperties: false },
    ),
    response: { 200: Type.Array(EntryBody), ...refusals("bad-value", "unknown-field") },
  };
  app.get(path, { schema: list }, async (request, reply) => {
    const { limit = String(usual) } = request.query;
    const wanted = /^[0-9]{1,3}$/.test(limit) ? Number(limit) : 0;
    if (wanted < 1 || wanted > most)
      return refuse(reply, "bad-value", `The limit must be a whole number from 1 to ${most}.`);
    return service.activity.slice(-wanted).reverse().map(entryBody);
  });

  const show = {
    summary: "One entry",
    params: Type.Object({ id: Type.String() }),
    response: { 200: EntryBody, ...refusals("unknown-entry") },
  };
  app.get(`${path}/:id`, { schema: show }, async (request, reply) => {
    const entry = service.activity.find(({ id }) => String(id) === request.params.id);
    if (entry !== undefined) return entryBody(entry);
    return refuse(reply, "unknown-entry", `There is no such entry (any more); GET ${path} lists them.`);
  });
}

/** An entry as this API tells it. */
export function entryBody(entry: ActivityEntry): EntryBody {
  const at = timeText(entry.at);
  if (entry.type === "audit") {
    const { id, type, action, instance, station, detail } = entry;
    const { keys = [] } = entry;
    return {
      id,
      type,
      at,
      action,
      instance: macOrNull(instance),
      station: macOrNull(station),
      detail,
      keys: [...keys],
    };
  }
  const { id, type, endedAt, instance, station, method, outcome, transcript } = entry;
  return {
    id,
    type,
    at,
    endedAt: timeText(endedAt),
    instance: apiMac(instance),
    // Entries of earlier versions have no address.
    station: { ...station, macAddress: macOrNull(station.macAddress), address: station.address ?? null },
    method: method && apiMethod[method],
    ...outcome,
    key: outcome.key ?? outcome.reason,
    transcript: transcript.map((message) => ({ ...message, at: timeText(message.at) })),
  };
}

const macOrNull = (address: string | null): string | null => (address === null ? null : apiMac(address));
