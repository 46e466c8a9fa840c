/** `/api/v1/wps/device-pin`: the PIN by which an external Registrar may read or set the access points. */
import { Type } from "../../schema/type.ts";
import type { App } from "../app.ts";
import { bodyFaults, refusals, refuse } from "../errors.ts";
import { noContent, sendNoContent } from "../no-content.ts";
import { optionalBody } from "../optional-body.ts";
import { nullable, type RegistrarApi, Time, timeOrNull } from "./forms.ts";

const path = "/api/v1/wps/device-pin";

const PinBody = Type.Object({ pin: nullable(Type.String()), expiresAt: nullable(Time) });

const Start = Type.Object(
  {
    seconds: Type.Optional(
      nullable(
        Type.Integer({ minimum: 1, maximum: 86_400, description: "300 without it; null: until it is taken away" }),
      ),
    ),
  },
  { additionalProperties: false },
);

/** How long a PIN serves when nobody says. */
const usualSeconds = 300;

/** Adds the endpoints. */
export function devicePinApi(app: App, { service }: RegistrarApi): void {
  const body = () => {
    const { pin = null, expiresAt = null } = service.devicePin ?? {};
    return { pin, expiresAt: timeOrNull(expiresAt) };
  };

  const show = { summary: "The device PIN; null: there is none", response: { 200: PinBody, ...refusals() } };
  app.get(path, { schema: show }, async () => body());

  const make = {
    summary: "Make up another one, which opens a lock",
    body: Start,
    response: { 200: PinBody, ...refusals(...bodyFaults, "own-keys", "not-stored") },
  };
  app.post(path, { schema: make, preValidation: optionalBody }, async (request, reply) => {
    if (service.keyPolicy === "per-device")
      return refuse(
        reply,
        "own-keys",
        "Each device has a key of its own here, and an external Registrar would read or set one for all. Run the registrar with --keys shared for that.",
      );
    const { seconds = usualSeconds } = request.body;
    await service.generateDevicePin(seconds === null ? null : seconds * 1000);
    return body();
  });

  const take = { summary: "Take it away", response: { 204: noContent, ...refusals() } };
  app.delete(path, { schema: take }, async (_request, reply) => {
    await service.withdrawDevicePin();
    return sendNoContent(reply);
  });
}
