/** What a device that is let in is given, and what is noted of it on the way. Who is let in is not decided here. */
import type { MacAddress } from "../wsc/address.ts";
import { type Credential, encodeCredential } from "../wsc/credential.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { RunOutcome } from "../wsc/policy/window.ts";
import { Secret } from "../wsc/secret.ts";
import type { EnrolleeIdentity } from "../wsc/session/registrar.ts";
import type { WindowMethod } from "./events.ts";

/** A device that a window has let in. */
export interface Guest {
  /** Its address as the carrier knows it, and as its M1 says. */
  readonly peer: MacAddress;
  readonly instance: InstanceId;
  readonly method: WindowMethod;
  readonly enrollee: EnrolleeIdentity;
}

export interface Grant {
  /** At least one. */
  readonly credentials: readonly Credential[];
  /** M8 is about to hand them out, and waits for this; if it rejects, M8 does not go out. */
  handOut(): Promise<void>;
  /** The run is over; its last packet waits for this. */
  settle(outcome: RunOutcome): Promise<void>;
}

/** Makes the grant for a device. Rejects when there is nothing to give: it is then refused. */
export type Grants = (guest: Guest) => Promise<Grant>;

/** A network as a Credential tells it, but for whom it is. */
export interface SharedCredential {
  readonly ssid: Uint8Array;
  /** Passphrase or PSK; null for an open network. */
  readonly key: Secret | null;
  /** As in a Credential: one value of `AUTHENTICATION_TYPE` and `ENCRYPTION_TYPE`, or a mixed mode's two. */
  readonly authenticationType: number;
  readonly encryptionType: number;
}

export function credentialFor(macAddress: MacAddress, { key, ...network }: SharedCredential): Credential {
  return { ...network, networkKey: key ?? new Secret(""), macAddress };
}

/**
 * The same for every device, and nothing noted.
 * @throws RangeError for a credential that does not fit its attributes
 */
export function sameForAll(instance: InstanceId, credential: SharedCredential): Grants {
  // Tried out now, so that no device finds out at the end of its run.
  encodeCredential(credentialFor(instance, credential));
  return async ({ peer }) => ({
    credentials: [credentialFor(peer, credential)],
    handOut: async () => {},
    settle: async () => {},
  });
}
