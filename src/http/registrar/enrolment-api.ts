/** `/api/v1/wps/instances/{id}/enrolment`: opens and closes the window through which a device comes in. */
import { Type } from "typebox";
import type { EnrolmentOutcome, RegistrarService } from "../../registrar/service.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { readPin } from "../read-pin.ts";
import { macIn, refuseUnknownInstance } from "./forms.ts";
import { instancesPath, OfInstance } from "./instances-api.ts";

const path = `${instancesPath}/:id/enrolment`;

const Start = Type.Object(
  {
    method: Type.Enum(["pbc", "pin"]),
    pin: Type.Optional(
      Type.String({ description: "4 digits, or 8 with a check digit; spaces and dashes do not count; stop stops" }),
    ),
    station: Type.Optional(Type.String({ description: "Let in the device with this address, and no other" })),
  },
  { additionalProperties: false },
);

/** Adds the endpoints. */
export function enrolmentApi(app: App, service: RegistrarService): void {
  const start = {
    summary: "Let one device in, within two minutes",
    params: OfInstance,
    body: Start,
    response: {
      204: noContent,
      ...refusals(
        ...bodyFaults,
        ...([
          "unknown-instance",
          "bad-pin",
          "wrong-check-digit",
          "overlap",
          "disabled",
          "radio-gone",
          "radio-refused",
        ] as const),
      ),
    },
  };
  app.post(path, { schema: start }, async (request, reply) => {
    const instance = find(request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    const { method, pin: text, station } = request.body;
    const only = station === undefined ? null : macIn(station);
    if (station !== undefined && only === null)
      return refuse(reply, "bad-value", "The station must be 12 hex digits, with or without colons between the pairs.");
    if (method === "pbc") {
      if (text !== undefined)
        return refuse(reply, "bad-value", 'A PIN goes with "method": "pin"; push button has none.');
      return answer(reply, await service.pressButton(instance, only));
    }
    if (text === undefined) return refuse(reply, "bad-pin", 'Give the device\'s "pin", or "stop".');
    if (text.trim().toLowerCase() === "stop") {
      await service.stop(instance);
      return sendNoContent(reply);
    }
    const pin = readPin(text);
    if (!pin.ok) return refuse(reply, pin.error.key, pin.error.message);
    return answer(reply, await service.enterPin(instance, pin.value, only));
  });

  const stop = {
    summary: "Let nobody in any more",
    params: OfInstance,
    response: { 204: noContent, ...refusals("unknown-instance", "radio-gone", "radio-refused") },
  };
  app.delete(path, { schema: stop }, async (request, reply) => {
    const instance = find(request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    await service.stop(instance);
    return sendNoContent(reply);
  });

  function find(id: string) {
    const bssid = macIn(id);
    return bssid !== null && service.instance(bssid) !== null ? bssid : null;
  }
}

/** Tells a person how his wish to let somebody in came out. */
export function answer<R extends Parameters<typeof sendNoContent>[0]>(reply: R, outcome: EnrolmentOutcome): R {
  switch (outcome) {
    case "open":
      sendNoContent(reply);
      return reply;
    case "overlap":
      return refuse(
        reply,
        "overlap",
        "More than one device has its button pressed, so none can be told apart. Wait two minutes, then press one only.",
      );
    case "disabled":
      return refuse(reply, "disabled", "WPS is switched off here. Switch it on, then let the device in.");
  }
}
