/**
 * Where a Registrar can be in a run, and what it holds there: only what is still needed. The steps are in registrar.ts.
 */
import type { MacAddress } from "../address.ts";
import type { DeviceInfo } from "../device.ts";
import type { WscError } from "../errors.ts";
import type { MessageType } from "../messages.ts";
import type { Secret } from "../secret.ts";
import type { WfaExtension } from "../vendor-extension.ts";
import { type Exchange, NO_NONCE, type Nonces } from "./exchange.ts";

export interface RegistrarConfig {
  readonly device: DeviceInfo;
}

/** Everything that chance decides in a run. Drawn once for each run: nonces and IVs must not serve twice. */
export interface RegistrarDraws {
  /** 16 bytes (protocol: N2). */
  readonly nonce: Uint8Array;
  readonly privateKey: Secret;
  /** 16 bytes each: R-S1, R-S2. */
  readonly rS1: Secret;
  readonly rS2: Secret;
  /** 16 bytes each, for the Encrypted Settings of M4, M6 and M8. */
  readonly iv4: Uint8Array;
  readonly iv6: Uint8Array;
  readonly iv8: Uint8Array;
}

/** What an Enrollee says of itself in M1. Nothing of it is proven. */
export interface EnrolleeIdentity {
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  readonly macAddress: MacAddress;
  readonly manufacturer: string;
  readonly modelName: string;
  readonly modelNumber: string;
  readonly serialNumber: string;
  readonly deviceName: string;
  /** 8 bytes. */
  readonly primaryDeviceType: Uint8Array;
  /** Bitmaps of `CONFIG_METHOD`, `AUTHENTICATION_TYPE`, `ENCRYPTION_TYPE` and `RF_BAND`. */
  readonly configMethods: number;
  readonly authenticationTypes: number;
  readonly encryptionTypes: number;
  readonly rfBands: number;
  readonly osVersion: number;
  /** 2 (configured) is an access point; a station is always 1. */
  readonly wscState: number;
  readonly devicePasswordId: number;
  /** What it says in the Wi-Fi Alliance's extension; without Version2 it is a 1.0 device. */
  readonly wfaExtension: WfaExtension;
}

export interface AwaitM1 {
  readonly name: "awaitM1";
  readonly config: RegistrarConfig;
  readonly draws: RegistrarDraws;
}

export interface Deciding {
  readonly name: "deciding";
  readonly config: RegistrarConfig;
  readonly draws: RegistrarDraws;
  readonly enrollee: EnrolleeIdentity;
  readonly enrolleeNonce: Uint8Array;
  readonly enrolleeKey: Uint8Array;
  /** M1, which the Authenticator of M2 covers. */
  readonly lastReceived: Uint8Array;
}

interface AwaitM2dAck {
  readonly name: "awaitM2dAck";
  readonly enrolleeNonce: Uint8Array;
  readonly configError: number;
}

/** From M2 on. */
interface Proving {
  readonly draws: RegistrarDraws;
  readonly enrollee: EnrolleeIdentity;
  readonly exchange: Exchange;
  /** What M8 hands out: values of Credential attributes, at least one. */
  readonly grant: readonly Secret[];
  /** The message that the next one's Authenticator covers. */
  readonly lastSent: Uint8Array;
}

export interface AwaitM3 extends Proving {
  readonly name: "awaitM3";
}

export interface AwaitM5 extends Proving {
  readonly name: "awaitM5";
  /** From M3: what E-S1 in M5 and E-S2 in M7 must open. */
  readonly eHash1: Uint8Array;
  readonly eHash2: Uint8Array;
}

export interface AwaitM7 extends Proving {
  readonly name: "awaitM7";
  readonly eHash2: Uint8Array;
}

interface AwaitDone {
  readonly name: "awaitDone";
  readonly enrollee: EnrolleeIdentity;
  readonly exchange: Exchange;
}

interface Enrolled {
  readonly name: "enrolled";
  readonly enrollee: EnrolleeIdentity;
}

interface Failed {
  readonly name: "failed";
  readonly error: WscError;
}

export type RegistrarState =
  | AwaitM1
  | Deciding
  | AwaitM2dAck
  | AwaitM3
  | AwaitM5
  | AwaitM7
  | AwaitDone
  | Enrolled
  | Failed;

/** A run that is not over. */
export type Awaiting = Exclude<RegistrarState, Enrolled | Failed>;
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
      return "M8";
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
