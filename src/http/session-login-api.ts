/** `/api/v1/session`: logging in and out by a page. Who is let in is decided where all passwords are tried. */
import { Type } from "../schema/type.ts";
import type { SettingsKeeper } from "../settings/settings.ts";
import type { App } from "./app.ts";
import type { Gate } from "./authentication.ts";
import { bodyFaults, openRefusals, refusals } from "./errors.ts";
import { noContent, sendNoContent } from "./no-content.ts";

const path = "/api/v1/session";

const SessionBody = Type.Object({
  protected: Type.Boolean({ description: "Whether the password has to be given" }),
  loggedIn: Type.Boolean({ description: "Whether the cookie of this request is as good as the password" }),
});
const LoginBody = Type.Object({ password: Type.String({ writeOnly: true }) }, { additionalProperties: false });

/** Adds the endpoints. They are open: who has no password yet comes here to give it. */
export function sessionLoginApi(app: App, settings: SettingsKeeper, gate: Gate): void {
  const config = { open: true };

  const show = {
    summary: "Whether a login is needed, and there",
    security: [],
    response: { 200: SessionBody, ...openRefusals() },
  };
  app.get(path, { schema: show, config }, async (request) => ({
    protected: settings.current.protection,
    loggedIn: gate.loginOf(request) !== null,
  }));

  const begin = {
    summary: "Log a page in by the password, with a cookie",
    security: [],
    body: LoginBody,
    response: { 204: noContent, ...refusals(...bodyFaults) },
  };
  app.post(path, { schema: begin, config }, async (request, reply) => {
    const refusal = gate.tryPassword(request, request.body.password);
    if (refusal !== null) return gate.refuse(request, reply, refusal);
    return sendNoContent(reply.header("set-cookie", gate.logins.begin(request)));
  });

  const end = { summary: "Log it out", security: [], response: { 204: noContent, ...openRefusals() } };
  app.delete(path, { schema: end, config }, async (request, reply) =>
    sendNoContent(reply.header("set-cookie", gate.logins.end(request))),
  );
}
