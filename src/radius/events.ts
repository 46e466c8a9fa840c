/** What a RADIUS server tells an onlooker. Holds no key and no PIN. */
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { EapRefusal } from "./enrolments.ts";

/** Why a datagram is not answered. */
export type DropReason =
  /** From an address without shared secret. */
  | "unknownClient"
  /** No RADIUS packet, or from where nobody can be answered. */
  | "malformed"
  /** Another one than an Access-Request. */
  | "notARequest"
  /** Without Message-Authenticator: an access point too old, or a forger. */
  | "unsigned"
  /** The access point has another secret, or somebody has none. */
  | "wrongSecret"
  /** The very same request as one that is under way. */
  | "repeated"
  /** Too much is under way. */
  | "busy"
  /** Keys were taken back while the answer was sought; the client asks again. */
  | "outdated"
  /** The desk failed, or whoever knows the keys; `trouble` tells of it. */
  | "failed";

/** Why a request is answered by Access-Reject. */
export type RejectReason =
  | EapRefusal
  /** No Calling-Station-Id, or one that is no address. */
  | "noStation"
  /** No Called-Station-Id that begins with a BSSID. */
  | "noInstance"
  /** Neither EAP nor a station's address for a user name: somebody with a password. */
  | "notAStation"
  /** Whoever knows the keys refused. */
  | "noKeys";

/** One for each datagram, but for `trouble`. */
export type RadiusEvent =
  | { readonly type: "dropped"; readonly client: string; readonly reason: DropReason }
  /** `why`: of a reject that is not the end of an enrolment. */
  | {
      readonly type: "answered";
      readonly client: string;
      readonly answer: "accept" | "reject" | "challenge";
      readonly station: MacAddress | null;
      readonly instance: InstanceId | null;
      readonly why: RejectReason | null;
    }
  /** An answer was given once more. */
  | { readonly type: "answeredAgain"; readonly client: string }
  | { readonly type: "trouble"; readonly trouble: unknown };
