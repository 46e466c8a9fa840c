/** How a person's wish to let somebody in came out, as an answer: the same for a window and for a device that asks. */
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../clock/clock.ts";
import type { ServedInstance } from "../../registrar/served-instance.ts";
import type { EnrolmentOutcome, RegistrarService } from "../../registrar/service.ts";
import { Type } from "../../schema/type.ts";
import { refuse } from "../errors.ts";
import { sendNoContent } from "../no-content.ts";
import { secondsUntil } from "./forms.ts";

/** What an answer may refuse it with. */
export const outcomeFaults = ["overlap", "disabled", "radio-gone", "radio-refused"] as const;

/** The body of a 202. */
export const Waiting = Type.Object(
  { readyInSeconds: Type.Integer() },
  { description: "The window is open, but the access point can show it on the air only then" },
);

export interface OutcomeContext {
  readonly service: RegistrarService;
  readonly clock: Clock;
  readonly instance: ServedInstance;
}

/** 204 when the window is open, 202 when it is but cannot be seen yet, otherwise 409. */
export async function answerOutcome<R extends Parameters<typeof sendNoContent>[0]>(
  reply: R,
  outcome: EnrolmentOutcome,
  { service, clock, instance }: OutcomeContext,
): Promise<R> {
  switch (outcome) {
    case "open": {
      // What happened while it opened is told in promises, and the status follows it in this turn of the event loop.
      await setImmediate();
      const readyAt = instance.status(service.common.enabled, service.lock).window?.readyAt ?? null;
      if (readyAt === null) sendNoContent(reply);
      else reply.code(202).send({ readyInSeconds: secondsUntil(readyAt, clock.now()) });
      return reply;
    }
    case "overlap":
      return refuse(
        reply,
        "overlap",
        "More than one device has its button pressed, so none can be told apart. Wait two minutes, then press one only.",
      );
    case "disabled":
      return refuseDisabled(reply, whyDisabled(service, instance));
  }
}

interface Disabled {
  readonly reason: string;
  readonly message: string;
}

function refuseDisabled<R extends Parameters<typeof refuse>[0]>(reply: R, { reason, message }: Disabled): R {
  return refuse(reply, "disabled", message, reason);
}

function whyDisabled({ common }: RegistrarService, { settings, accessPoint }: ServedInstance): Disabled {
  if (!common.enabled)
    return {
      reason: "all-off",
      message: 'WPS is switched off as a whole. Switch it on with PUT /api/v1/wps and "globalStatus": "Enabled".',
    };
  if (!settings.enabled)
    return {
      reason: "instance-off",
      message: 'WPS is switched off on this instance. Switch it on with PUT on the instance and "mode": "Enabled".',
    };
  if (!settings.builtInRegistrar)
    return {
      reason: "registrar-off",
      message:
        'The built-in Registrar of this instance is switched off, so nobody is there to let a device in. Switch it on with PUT on the instance and "builtInRegistrar": "Enabled".',
    };
  return {
    reason: "access-point-off",
    message: `${accessPoint.name} itself has WPS off. Switch it on in its own configuration (hostapd: wps_state=2).`,
  };
}
