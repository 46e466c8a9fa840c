/**
 * Everything that can end a run before its time, as one union, and the one place that turns it into the number that
 * the wire knows (protocol: Configuration Error).
 */
import type { ApSettingsFault } from "./ap-settings.ts";
import { CONFIG_ERROR } from "./attributes.ts";
import type { Fault } from "./codec.ts";
import type { CredentialFault, SkipReason } from "./credential.ts";
import type { MessageType } from "./messages.ts";
import type { SettingsFault } from "./settings.ts";
import type { Violation } from "./strict.ts";

/** Why a run ended before its time. {@link configErrorFor} says what the peer is told. */
export type WscError =
  /** The bytes are no message, or an attribute it must have is missing. */
  | { readonly kind: "malformed"; readonly message: MessageType | null; readonly fault: Fault }
  /** Strict mode: what a 2.0 peer may not do, although it can be understood. */
  | { readonly kind: "violation"; readonly violation: Violation }
  /** An EAP op-code under which nothing may come now. */
  | { readonly kind: "unexpectedOpCode"; readonly opCode: string }
  /** A nonce of ours came back changed: an old or foreign run. */
  | { readonly kind: "wrongNonce"; readonly nonce: "enrollee" | "registrar" }
  /** No message type that this role receives. */
  | { readonly kind: "unknownMessage"; readonly messageType: number }
  | { readonly kind: "outOfOrder"; readonly message: MessageType; readonly awaited: string }
  /** Outside 2..p-2. */
  | { readonly kind: "badPublicKey"; readonly message: MessageType }
  /** Not the public key whose hash was told out of band. */
  | { readonly kind: "publicKeyMismatch"; readonly message: MessageType }
  | { readonly kind: "badAuthenticator"; readonly message: MessageType }
  | { readonly kind: "badSettings"; readonly message: MessageType; readonly fault: SettingsFault }
  /** The Registrar wants another password than the one the Enrollee announced. */
  | { readonly kind: "otherPassword"; readonly devicePasswordId: number }
  /** The peer does not know this half of the device password. */
  | { readonly kind: "wrongPassword"; readonly half: 1 | 2 }
  | { readonly kind: "badCredential"; readonly fault: CredentialFault }
  /** There were credentials, but none for us; `skipped` says why, one reason each. */
  | { readonly kind: "noUsableCredential"; readonly skipped: readonly SkipReason[] }
  /** What a Registrar wants the access point to be is nothing that it could be. */
  | { readonly kind: "badApSettings"; readonly fault: ApSettingsFault }
  /** The access point lets no Registrar read (M2) or change (M8) its settings. */
  | { readonly kind: "setupLocked" }
  /** The peer sent a NACK with this Configuration Error, in answer to `lastSent`. */
  | { readonly kind: "refused"; readonly configError: number; readonly lastSent: MessageType }
  /** A Registrar does not serve this Enrollee, and said so by M2D or NACK with this Configuration Error. */
  | { readonly kind: "turnedAway"; readonly configError: number }
  /** Whatever carries the messages ended the run. */
  | { readonly kind: "cutOff"; readonly awaited: string };

/** The Configuration Error that a NACK for this error carries. */
export function configErrorFor(error: WscError): number {
  switch (error.kind) {
    case "wrongPassword":
      return CONFIG_ERROR.passwordAuthenticationFailure;
    case "turnedAway":
      return error.configError;
    case "setupLocked":
      return CONFIG_ERROR.setupLocked;
    case "publicKeyMismatch":
      return CONFIG_ERROR.publicKeyHashMismatch;
    case "malformed":
    case "violation":
    case "unexpectedOpCode":
    case "wrongNonce":
    case "unknownMessage":
    case "outOfOrder":
    case "badPublicKey":
    case "badAuthenticator":
    // Decryption trouble has an error of its own (2), which the reference does not use; nor do we.
    case "badSettings":
    case "otherPassword":
    case "badCredential":
    case "noUsableCredential":
    case "badApSettings":
    case "refused":
    case "cutOff":
      return CONFIG_ERROR.none;
  }
}
