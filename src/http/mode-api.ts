/**
 * `/api/v1/wifi/mode`: what the device is to be: a client of a network, an access point with its own set-up hotspot, or
 * off. Clients of older devices know it not: they switch the client on and off with its settings.
 */
import { Type } from "../schema/type.ts";
import type { Mode } from "../station/record.ts";
import type { Station } from "../station/station.ts";
import type { App } from "./app.ts";
import { refuseBusy } from "./busy.ts";
import { bodyFaults, refusals, refuse } from "./errors.ts";
import { apiMode } from "./wifi-forms.ts";

const path = "/api/v1/wifi/mode";

const ModeBody = Type.Object({ mode: Type.Enum(["STA", "AP", "OFF"]) }, { additionalProperties: false });

const modeOf: Record<(typeof apiMode)[Mode], Mode> = { STA: "station", AP: "accessPoint", OFF: "off" };

/** Adds the endpoints. */
export function modeApi(app: App, station: Station): void {
  const show = {
    summary: "What the device is set up to be; in mid-pairing what it was before",
    response: { 200: ModeBody, ...refusals() },
  };
  app.get(path, { schema: show }, async () => ({ mode: apiMode[station.mode] }));

  const change = {
    summary: "Change it, at once; the stored network stays stored",
    body: ModeBody,
    response: {
      200: ModeBody,
      ...refusals(...bodyFaults, "busy", "no-hotspot", "radio-gone", "radio-refused", "not-stored"),
    },
  };
  app.put(path, { schema: change }, async (request, reply) => {
    switch (await station.setMode(modeOf[request.body.mode])) {
      case "done":
        return { mode: apiMode[station.mode] };
      case "busy":
        return refuseBusy(reply);
      case "no-hotspot":
        return refuse(
          reply,
          "no-hotspot",
          "This device has no hotspot of its own. Give it one in its configuration, in the table [hotspot].",
        );
    }
  });
}
