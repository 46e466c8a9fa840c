/**
 * Where a Registrar can be in a run, and what it holds there: only what is still needed. The steps are in registrar.ts.
 */
import type { Body } from "../codec.ts";
import type { DeviceInfo } from "../device.ts";
import type { MessageType } from "../messages.ts";
import type { SETTINGS } from "../settings.ts";
import { type Exchange, NO_NONCE, type Nonces } from "./exchange.ts";
import type { Asked, EnrolleeHashes, EnrolleeIdentity, Proving, RegistrarDraws } from "./registrar-messages.ts";
import type { Failed, Manners } from "./session.ts";

/** What a run of a Registrar needs to know beforehand; the rest comes with `admit`. */
export interface RegistrarConfig extends Manners {
  readonly device: DeviceInfo;
}

/** Before anybody has come. */
export interface AwaitM1 {
  readonly name: "awaitM1";
  readonly config: RegistrarConfig;
  readonly draws: RegistrarDraws;
}

/** M1 is here; whether its sender is let in is decided outside. */
export interface Deciding extends Asked {
  readonly name: "deciding";
  readonly config: RegistrarConfig;
  readonly draws: RegistrarDraws;
}

interface AwaitM2dAck {
  readonly name: "awaitM2dAck";
  readonly enrolleeNonce: Uint8Array;
  readonly configError: number;
  /** Other Registrars may serve it. */
  readonly elsewhere: boolean;
}

/** From M2 on. */
interface Enrolling extends Proving {
  readonly enrollee: EnrolleeIdentity;
  /** What M8 hands out: values of Credential attributes, at least one, and seldom another password. */
  readonly grant: Body<(typeof SETTINGS.M8)[number]>;
}

/** M2 is out. */
export interface AwaitM3 extends Enrolling {
  readonly name: "awaitM3";
}

/** M4 is out. */
export interface AwaitM5 extends Enrolling, EnrolleeHashes {
  readonly name: "awaitM5";
}

/** M6 is out: from here on the password is exposed. */
export interface AwaitM7 extends Enrolling, Pick<EnrolleeHashes, "eHash2"> {
  readonly name: "awaitM7";
}

interface AwaitDone {
  readonly name: "awaitDone";
  /** What handed out the credentials: M2 in a handover. */
  readonly grantedBy: "M2" | "M8";
  readonly enrollee: EnrolleeIdentity;
  readonly exchange: Exchange;
}

interface Enrolled {
  readonly name: "enrolled";
  readonly enrollee: EnrolleeIdentity;
}

/** Turned away, and told so; the station waits for other Registrars. */
interface PassedOn {
  readonly name: "passedOn";
  readonly enrolleeNonce: Uint8Array;
}

/** Where a Registrar's run is; named after what it waits for. `enrolled`, `passedOn` and `failed` are final. */
export type RegistrarState =
  | AwaitM1
  | Deciding
  | AwaitM2dAck
  | AwaitM3
  | AwaitM5
  | AwaitM7
  | AwaitDone
  | Enrolled
  | PassedOn
  | Failed;

/** A run that is not over. */
export type Awaiting = Exclude<RegistrarState, Enrolled | PassedOn | Failed>;
/** The nonces that a message of this run shows; zeros where there is none yet. */
export function noncesOf(state: Awaiting): Nonces {
  switch (state.name) {
    case "awaitM1":
      return { enrolleeNonce: NO_NONCE, registrarNonce: NO_NONCE };
    case "deciding":
    case "awaitM2dAck":
      return { enrolleeNonce: state.enrolleeNonce, registrarNonce: NO_NONCE };
    case "awaitM3":
    case "awaitM5":
    case "awaitM7":
    case "awaitDone":
      return state.exchange;
  }
}

/** The message that a NACK of the Enrollee answers; null before there is one. */
export function lastSentIn(state: Awaiting): MessageType | null {
  switch (state.name) {
    case "awaitM1":
    case "deciding":
      return null;
    case "awaitM2dAck":
      return "M2D";
    case "awaitM3":
      return "M2";
    case "awaitM5":
      return "M4";
    case "awaitM7":
      return "M6";
    case "awaitDone":
      return state.grantedBy;
  }
}

/** What the run waits for. */
export function awaited(state: Awaiting): MessageType | "decision" {
  switch (state.name) {
    case "awaitM1":
      return "M1";
    case "deciding":
      return "decision";
    case "awaitM2dAck":
      return "WSC_ACK";
    case "awaitM3":
      return "M3";
    case "awaitM5":
      return "M5";
    case "awaitM7":
      return "M7";
    case "awaitDone":
      return "WSC_Done";
  }
}
