/** `/api/v1/wps/instances/{id}/enrolment`: opens and closes the window through which a device comes in. */
import { Type } from "../../schema/type.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { readPin } from "../read-pin.ts";
import { answerOutcome, outcomeFaults, Waiting } from "./enrolment-outcome.ts";
import { findInstance, instancesPath, OfInstance, refuseUnknownInstance } from "./find-instance.ts";
import { Method, macIn, type RegistrarApi } from "./forms.ts";

const path = `${instancesPath}/:id/enrolment`;

const Start = Type.Object(
  {
    method: Method,
    pin: Type.Optional(
      Type.String({ description: "4 digits, or 8 with a check digit; spaces and dashes do not count; stop stops" }),
    ),
    station: Type.Optional(Type.String({ description: "Let in the device with this MAC address, and no other" })),
  },
  { additionalProperties: false },
);

/** Adds the endpoints. */
export function enrolmentApi(app: App, { service, clock }: RegistrarApi): void {
  const start = {
    summary: "Let one device in, within two minutes",
    params: OfInstance,
    body: Start,
    response: {
      202: Waiting,
      204: noContent,
      ...refusals(...bodyFaults, ...outcomeFaults, "unknown-instance", "bad-pin", "wrong-check-digit"),
    },
  };
  app.post(path, { schema: start }, async (request, reply) => {
    const instance = findInstance(service, request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    const id = instance.accessPoint.instance;
    const { method, pin: text, station } = request.body;
    const only = station === undefined ? null : macIn(station);
    if (station !== undefined && only === null)
      return refuse(reply, "bad-value", "The station must be 12 hex digits, with or without colons between the pairs.");
    if (method === "pbc") {
      if (text !== undefined)
        return refuse(reply, "bad-value", 'A PIN goes with "method": "pin"; push button has none.');
      return answerOutcome(reply, await service.pressButton(id, only), { service, clock, instance });
    }
    if (text === undefined) return refuse(reply, "bad-pin", 'Give the device\'s "pin", or "stop".');
    if (text.trim().toLowerCase() === "stop") {
      await service.stop(id);
      return sendNoContent(reply);
    }
    const pin = readPin(text);
    if (!pin.ok) return refuse(reply, pin.error.key, pin.error.message);
    return answerOutcome(reply, await service.enterPin(id, pin.value, only), { service, clock, instance });
  });

  const stop = {
    summary: "Let nobody in any more",
    params: OfInstance,
    response: { 204: noContent, ...refusals("unknown-instance", "radio-gone", "radio-refused") },
  };
  app.delete(path, { schema: stop }, async (request, reply) => {
    const instance = findInstance(service, request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    await service.stop(instance.accessPoint.instance);
    return sendNoContent(reply);
  });
}
