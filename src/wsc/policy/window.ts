/**
 * What the two kinds of window have in common: the words in which policies answer. A window is the time in which
 * one device may enrol because a person said so; which device, and when it is over, is for the policies beside.
 */
import type { DevicePassword } from "../session/session.ts";

/** How long a window stays open: the walk from the access point to the device (protocol: walk time). */
export const WALK_TIME_MS = 120_000;

/** How far a run got. */
export type RunOutcome =
  | "enrolled"
  /** M8 went out, Done did not come: somebody has the credential all the same. */
  | "credentialGiven"
  /** M6 went out and no proof of the whole password came: its second half may be known by now. */
  | "passwordExposed"
  | "failed";

/** Why a window is closed. */
export type CloseReason =
  | "enrolled"
  | "credentialGiven"
  | "timeout"
  /** A person ended it, or opened another one in its place. */
  | "stopped"
  /** The PIN must not serve any more, because a run gave half of it away. */
  | "pinExposed"
  /** The PIN has had the tries it gets. */
  | "pinSpent";

/** Why a device is not let in. */
export type RefusalReason =
  | "noWindow"
  /** Another run is under way in this window. */
  | "busy"
  /** More than one device has its button pressed. */
  | "overlap"
  /** M1 names another address than the one that its bearer is known by. */
  | "foreignAddress"
  /** There is nothing to give it, because the access point or the disk does not answer. */
  | "noGrant";

/** What a window asks to be done: about itself, or about the device that asks. */
export type WindowAction =
  /** `closesAt`: wake the policy up then, by a tick. */
  | { readonly type: "opened"; readonly closesAt: number }
  | { readonly type: "closed"; readonly reason: CloseReason }
  /** No window was opened, or nobody gets in through the one that is open: a run in it is to be refused. */
  | { readonly type: "overlap" }
  | { readonly type: "admit"; readonly password: DevicePassword }
  | { readonly type: "refuse"; readonly reason: RefusalReason };

/** What a policy gives back: its next state, and what is to be done. */
export interface PolicyStep<State> {
  readonly state: State;
  /** In the order in which they are to be done. */
  readonly actions: readonly WindowAction[];
}
