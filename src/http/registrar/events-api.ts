/** `/api/v1/events`: what changes, as it changes. Each event is named after what has changed, and tells it as GET does. */
import type { RegistrarChange } from "../../registrar/service.ts";
import type { App } from "../app.ts";
import { refusals } from "../errors.ts";
import { type EventStreams, eventStream } from "../event-stream.ts";
import { apiMac } from "../wifi-forms.ts";
import { entryBody } from "./activity-api.ts";
import type { RegistrarApi } from "./forms.ts";
import { instanceBody } from "./instances-api.ts";
import { requestBody } from "./requests-api.ts";
import { statusBody } from "./status-body.ts";
import { settingsBody } from "./wps-settings-api.ts";

/** Events that a reader may lag behind. */
const backlog = 200;

interface Told {
  readonly type: RegistrarChange["type"];
  readonly body: unknown;
}

/** Adds the endpoint. */
export function eventsApi(app: App, streams: EventStreams, { service, clock }: RegistrarApi): void {
  const watch = {
    summary: "What changes, as server-sent events: instance, settings, requests, devices, activity",
    response: {
      200: eventStream(
        "Each event is named after what has changed: `instance`, `settings`, `requests`, `devices` or `activity`. Its data are what GET would tell of it now.",
      ),
      ...refusals("too-many-streams"),
    },
  };
  app.get("/api/v1/events", { schema: watch, exposeHeadRoute: false }, (_request, reply) =>
    streams.send(reply, {
      name: ({ type }: Told) => type,
      dataOf: ({ body }: Told) => body,
      open: (signal) => changes(signal),
      backlog,
    }),
  );

  async function* changes(signal: AbortSignal): AsyncGenerator<Told> {
    for await (const change of service.changes({ signal })) yield { type: change.type, body: bodyOf(change) };
  }

  function bodyOf(change: RegistrarChange): unknown {
    switch (change.type) {
      case "instance": {
        const instance = service.instance(change.instance);
        if (instance === null) return { id: apiMac(change.instance) };
        const now = clock.now();
        return { ...instanceBody(service, instance, now), status: statusBody(service, instance, now) };
      }
      case "settings":
        return settingsBody(service);
      case "requests":
        return service.requests.map(requestBody);
      case "devices":
        // Whose entry it is the service does not say, and all of them are too many for each change.
        return { count: service.devices.size };
      case "activity":
        return entryBody(change.entry);
    }
  }
}
