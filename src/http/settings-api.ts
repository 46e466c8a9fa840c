/**
 * `/api/v1/settings`: what the device is called and whether a password protects it. What is allowed is decided by the
 * settings; here requests become changes and refusals become answers.
 */
import { type Static, Type } from "../schema/type.ts";
import {
  longestSetting,
  readPassword,
  type ServiceSettings,
  type SettingsFault,
  type SettingsKeeper,
} from "../settings/settings.ts";
import type { App } from "./app.ts";
import { bodyFaults, type ErrorKey, refusals, refuse } from "./errors.ts";

const path = "/api/v1/settings";

const name = Type.String({ maxLength: longestSetting, description: "What people call the device" });
const hostName = Type.String({
  maxLength: longestSetting,
  description: "Letters, digits and hyphens, no hyphen at either end; also the realm of the password",
});
const protection = Type.Boolean({ description: "Whether the password has to be given" });
const password = Type.String({ maxLength: longestSetting, description: 'Never shown; "" takes it away' });

const fields = { name, host_name: hostName, protection, password };
const strict = { additionalProperties: false };

const Shown = Type.Object({ system: Type.Object({ name, host_name: hostName, protection }) });
const Whole = Type.Object({ system: Type.Object(fields, strict) }, strict);
const Part = Type.Object({ system: Type.Optional(Type.Partial(Type.Object(fields), strict)) }, strict);

/** Adds the endpoints. */
export function settingsApi(app: App, settings: SettingsKeeper): void {
  const show = {
    summary: "What the device is called, and whether it is protected",
    response: { 200: Shown, ...refusals() },
  };
  app.get(path, { schema: show }, async () => shown(settings.current));

  const answers = { 200: Shown, ...refusals(...bodyFaults, "fixed-by-file", "not-stored") };
  const replace = { summary: "Replace the settings; all fields have to be there", body: Whole, response: answers };
  app.post(path, { schema: replace }, async (request, reply) => {
    const change = readChange(request.body.system);
    return change === null ? refuseBadPassword(reply) : apply(change, reply);
  });

  const update = { summary: "Change the fields that are there and leave the others", body: Part, response: answers };
  app.put(path, { schema: update }, async (request, reply) => {
    const change = readChange(request.body.system ?? {});
    return change === null ? refuseBadPassword(reply) : apply(change, reply);
  });

  async function apply<R extends Parameters<typeof refuse>[0]>(change: Partial<ServiceSettings>, reply: R) {
    const changed = await settings.change(change);
    if (changed.ok) return shown(changed.value);
    const [key, message] = faults[changed.error];
    return refuse(reply, key, message, changed.error);
  }
}

type PartBody = NonNullable<Static<typeof Part>["system"]>;

/** null: what is in it cannot be a password. */
function readChange({ name, host_name: hostName, protection, password }: PartBody): Partial<ServiceSettings> | null {
  const secret = password === undefined || password === "" ? null : readPassword(password);
  if (secret === null && password !== undefined && password !== "") return null;
  return {
    ...(name === undefined ? {} : { name }),
    ...(hostName === undefined ? {} : { hostName }),
    ...(protection === undefined ? {} : { protection }),
    ...(password === undefined ? {} : { password: secret }),
  };
}

function shown({ name, hostName, protection }: ServiceSettings): Static<typeof Shown> {
  return { system: { name, host_name: hostName, protection } };
}

function refuseBadPassword<R extends Parameters<typeof refuse>[0]>(reply: R): R {
  return refuse(
    reply,
    "bad-value",
    `A password has at most ${longestSetting} characters, and no control characters among them.`,
    "bad-password",
  );
}

const faults: Record<SettingsFault, readonly [ErrorKey, string]> = {
  "bad-name": ["bad-value", "The name must not have control characters in it."],
  "bad-host-name": [
    "bad-value",
    `A host name has 1 to ${longestSetting} letters, digits and hyphens, and no hyphen at either end.`,
  ],
  "protection-without-password": [
    "bad-value",
    "There is no password that could protect. Send one in the same request.",
  ],
  "fixed-by-file": [
    "fixed-by-file",
    "The password was fixed in a file when the service was started, and can only be changed there.",
  ],
};
