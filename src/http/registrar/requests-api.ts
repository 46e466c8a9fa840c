/** `/api/v1/requests`: devices that asked to come in and found no window, and letting one of them in. */

import type { JoinRequest } from "../../registrar/requests.ts";
import { type Static, Type } from "../../schema/type.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent } from "../no-content.ts";
import { optionalBody } from "../optional-body.ts";
import { readPin } from "../read-pin.ts";
import { apiMac } from "../wifi-forms.ts";
import { answerOutcome, outcomeFaults, Waiting } from "./enrolment-outcome.ts";
import { apiMethod, Mac, Method, macIn, nullable, OfMac, type RegistrarApi, Time, timeText } from "./forms.ts";

const path = "/api/v1/requests";
const text = nullable(Type.String());

const RequestBody = Type.Object({
  mac: Mac,
  instance: Mac,
  method: Method,
  uuid: Type.String({ description: "32 hex digits" }),
  name: text,
  manufacturer: text,
  model: text,
  type: text,
  firstAt: Time,
  lastAt: Time,
});

/** Adds the endpoints. */
export function requestsApi(app: App, { service, clock }: RegistrarApi): void {
  const list = {
    summary: "Devices that asked to come in and found no window, the last one last",
    response: { 200: Type.Array(RequestBody), ...refusals() },
  };
  app.get(path, { schema: list }, async () => service.requests.map(requestBody));

  const admit = {
    summary: "Let one of them in, and no other",
    params: OfMac,
    body: Type.Object(
      { pin: Type.Optional(Type.String({ description: "Of a device that has no button" })) },
      { additionalProperties: false },
    ),
    response: {
      202: Waiting,
      204: noContent,
      ...refusals(...bodyFaults, ...outcomeFaults, "unknown-request", "bad-pin", "wrong-check-digit"),
    },
  };
  app.post(`${path}/:mac/admit`, { schema: admit, preValidation: optionalBody }, async (request, reply) => {
    const pin = request.body.pin === undefined ? null : readPin(request.body.pin);
    if (pin?.ok === false) return refuse(reply, pin.error.key, pin.error.message);
    const mac = macIn(request.params.mac);
    const asked = service.requests.find(({ macAddress }) => macAddress === mac);
    const instance = asked && service.instance(asked.instance);
    const outcome = mac === null ? "unknown" : await service.admit(mac, pin?.value ?? null);
    if (outcome === "unknown" || !instance)
      return refuse(reply, "unknown-request", "This device does not ask any more. Start it on the device again.");
    if (outcome === "pin-needed")
      return refuse(reply, "bad-pin", 'This device comes with a PIN: read it off the device, and give it as "pin".');
    return answerOutcome(reply, outcome, { service, clock, instance });
  });
}

/** A request as this API tells it. */
export function requestBody(request: JoinRequest): Static<typeof RequestBody> {
  return {
    mac: apiMac(request.macAddress),
    instance: apiMac(request.instance),
    method: apiMethod[request.method],
    uuid: request.uuid,
    name: request.deviceName,
    manufacturer: request.manufacturer,
    model: request.modelName,
    type: request.deviceType,
    firstAt: timeText(request.firstAt),
    lastAt: timeText(request.lastAt),
  };
}
