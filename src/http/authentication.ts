/**
 * Who may use the service when a password protects it: every request is looked at before its body is read. How HTTP
 * Digest works is in `digest.ts`; what the password is, in the settings.
 */
import type { FastifyInstance } from "fastify";
import type { Clock } from "../clock/clock.ts";
import type { SettingsKeeper } from "../settings/settings.ts";

export interface AuthenticationOptions {
  readonly settings: SettingsKeeper;
  readonly clock: Clock;
  /** What is offered first: MD5-sess alone, or SHA-256 and MD5-sess after it. MD5 without it. */
  readonly digest?: "md5" | "sha-256" | undefined;
  /** Whether Basic is offered and taken, too: the password then goes over the network as it is. Not without it. */
  readonly basic?: boolean | undefined;
}

/** Has every request to `app` authenticated while the settings say that a password protects it. */
export function authenticate(_app: FastifyInstance, _options: AuthenticationOptions): void {}
