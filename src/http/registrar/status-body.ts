/** What an instance is doing, under the names and with the values of access points' own pages. */

import type { Instant } from "../../clock/clock.ts";
import type { ServedInstance } from "../../registrar/served-instance.ts";
import type { RegistrarService } from "../../registrar/service.ts";
import { type Static, Type } from "../../schema/type.ts";
import { ssidText } from "../wifi-forms.ts";
import { apiMethod, EnabledOrDisabled, lockdownBody, Method, nullable, secondsUntil, Time } from "./forms.ts";

const OnlyItKnows = Type.Optional(Type.String({ description: "Why it is null, a sentence" }));

export const StatusBody = Type.Object({
  "WPS Status": EnabledOrDisabled,
  "WPS Configuration State": Type.Enum(["Configured", "Unconfigured"]),
  "Transaction Status": Type.Enum(["None", "Success", "WPS Message Error", "Timed Out"]),
  "WPS Operational Status": Type.Enum(["Disabled", "Ready", "Configuring", "Proxying", "Adding Enrollee"]),
  "AP Lockdown Status": nullable(Type.Enum(["Locked", "Unlocked"])),
  "AP Lockdown Duration": nullable(Type.Integer({ description: "Seconds left" })),
  "AP Lockdown Timestamp": nullable(Time),
  "Failed Attempts with Invalid PIN": nullable(Type.Integer()),
  "WPS Radio": Type.String(),
  "WPS VAP": Type.Integer(),
  SSID: Type.String(),
  Security: Type.String(),
  window: nullable(
    Type.Object({
      method: Method,
      secondsLeft: Type.Integer(),
      readyInSeconds: nullable(
        Type.Integer({ description: "When the access point can show it on the air; null: it shows it" }),
      ),
    }),
  ),
  unknown: Type.Object({
    "AP Lockdown Status": OnlyItKnows,
    "AP Lockdown Duration": OnlyItKnows,
    "AP Lockdown Timestamp": OnlyItKnows,
    "Failed Attempts with Invalid PIN": OnlyItKnows,
  }),
});

type StatusBody = Static<typeof StatusBody>;

const onlyItKnows =
  "This access point's own Registrar answers external Registrars, and does not tell how often a PIN was wrong.";

/** The fields of a lock that nobody tells of. */
const untold: StatusBody["unknown"] = {
  "AP Lockdown Status": onlyItKnows,
  "AP Lockdown Duration": onlyItKnows,
  "AP Lockdown Timestamp": onlyItKnows,
  "Failed Attempts with Invalid PIN": onlyItKnows,
};

/** The status of an instance as this API tells it. */
export function statusBody(service: RegistrarService, instance: ServedInstance, now: Instant): StatusBody {
  const { facts } = instance.accessPoint;
  const status = instance.status(service.common.enabled, service.lock);
  const { window } = status;
  const lockdown = status.lockdown && lockdownBody(status.lockdown, now);
  return {
    "WPS Status": status.wpsStatus,
    "WPS Configuration State": status.configurationState,
    "Transaction Status": status.transactionStatus,
    "WPS Operational Status": status.operationalStatus,
    "AP Lockdown Status": lockdown?.status ?? null,
    "AP Lockdown Duration": lockdown?.secondsLeft ?? null,
    "AP Lockdown Timestamp": lockdown?.timestamp ?? null,
    "Failed Attempts with Invalid PIN": lockdown?.failedAttempts ?? null,
    "WPS Radio": facts.radio,
    "WPS VAP": facts.vap,
    SSID: ssidText(facts.ssid),
    Security: facts.security,
    window: window && {
      method: apiMethod[window.method],
      secondsLeft: secondsUntil(window.closesAt, now) ?? 0,
      readyInSeconds: secondsUntil(window.readyAt, now),
    },
    unknown: lockdown === null ? untold : {},
  };
}
