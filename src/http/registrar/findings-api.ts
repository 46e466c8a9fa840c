/** `/api/v1/wps/instances/{id}/findings`: what in an access point's settings forbids WPS or weakens it. */
import { findings } from "../../radio/hostapd/findings.ts";
import { Type } from "../../schema/type.ts";
import type { App } from "../app.ts";
import { refusals } from "../errors.ts";
import { findInstance, instancesPath, OfInstance, refuseUnknownInstance } from "./find-instance.ts";
import type { RegistrarApi } from "./forms.ts";

const FindingBody = Type.Object({
  key: Type.String({ description: "A stable key" }),
  weight: Type.Enum(["forbids", "weakens"], { description: "forbids: nobody can enrol" }),
  sentence: Type.String(),
  hint: Type.String({ description: "What to change" }),
});

/** Adds the endpoint. */
export function findingsApi(app: App, { service }: RegistrarApi): void {
  const schema = {
    summary: "What in its settings forbids WPS or weakens it",
    params: OfInstance,
    response: { 200: Type.Array(FindingBody), ...refusals("unknown-instance") },
  };
  app.get(`${instancesPath}/:id/findings`, { schema }, async (request, reply) => {
    const instance = findInstance(service, request.params.id);
    if (instance === null) return refuseUnknownInstance(reply);
    const { facts } = instance.accessPoint;
    // By which way a key of its own reaches the access point makes a difference only to its configuration file.
    const keys = service.keyPolicy === "shared" ? "shared" : "file";
    const found = findings({ facts, conf: null, network: null, keys });
    return found.map(({ key, weight, sentence, hint }) => ({ key, weight, sentence, hint }));
  });
}
