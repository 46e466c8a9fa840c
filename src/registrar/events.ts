/** What the Registrar tells an onlooker. Holds no PIN and no key. */
import type { Instant } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { WscError } from "../wsc/errors.ts";
import type { MessageType } from "../wsc/messages.ts";
import type { CloseReason, RefusalReason, RunOutcome } from "../wsc/policy/window.ts";
import type { RegistrarIdentity } from "../wsc/session/enrollee.ts";
import type { EnrolleeIdentity } from "../wsc/session/registrar.ts";

export type WindowMethod = "pushButton" | "pin";

/** By what a device announces, it was pressed, or has its PIN entered here. */
export function windowMethodOf({ devicePasswordId }: Pick<EnrolleeIdentity, "devicePasswordId">): WindowMethod {
  return devicePasswordId === DEVICE_PASSWORD_ID.pushButton ? "pushButton" : "pin";
}

export type RegistrarEvent = { readonly instance: InstanceId; readonly at: Instant } & (
  | WindowEvent
  | RunEvent
  | OwnEvent
);

export type WindowEvent =
  /** Also when a press of the button restarts the walk time of a window that is open. */
  | { readonly type: "windowOpened"; readonly method: WindowMethod; readonly closesAt: Instant }
  | { readonly type: "windowClosed"; readonly method: WindowMethod; readonly reason: CloseReason }
  /**
   * The access point cannot show the open window yet, and is asked again at `readyAt`; null: now it shows it. The walk
   * time begins when it does.
   */
  | { readonly type: "windowPending"; readonly readyAt: Instant | null; readonly closesAt: Instant }
  /** Several devices have their button pressed: a window was not opened, or lets nobody in any more. */
  | { readonly type: "overlap" };

/** What the access point's own Registrar tells of its runs, where it is the one that lets devices in: how they ended. */
export type OwnEvent =
  | {
      readonly type: "enrolledThere";
      readonly station: MacAddress;
      /** 32 hex digits. */
      readonly uuid: string;
      /** null: no window was open that we know of. */
      readonly method: WindowMethod | null;
    }
  /** It does not say whose run it was. @see CONFIG_ERROR */
  | { readonly type: "failedThere"; readonly configError: number };

/** About one run, whose last event is `runEnded`; `peer` is the station's address as its carrier knows it. */
export type RunEvent = { readonly peer: MacAddress } & (
  | { readonly type: "enrolmentStarted"; readonly enrollee: EnrolleeIdentity }
  /** Somebody asked, and is not let in: the run ends by M2D. */
  | { readonly type: "refused"; readonly enrollee: EnrolleeIdentity; readonly reason: RefusalReason }
  /** `bytes`: the whole message; what is sealed in it stays sealed. */
  | {
      readonly type: "message";
      readonly direction: "in" | "out";
      readonly message: MessageType;
      readonly bytes: Uint8Array;
    }
  | { readonly type: "enrolmentSucceeded"; readonly enrollee: EnrolleeIdentity }
  /** A run that had started went wrong. `outcome`: what the device may have got out of it. */
  | {
      readonly type: "enrolmentFailed";
      readonly enrollee: EnrolleeIdentity;
      readonly error: WscError;
      readonly outcome: Exclude<RunOutcome, "enrolled">;
    }
  /** A station came as an external Registrar: the access point is the Enrollee of this run. */
  | { readonly type: "configuringStarted"; readonly registrar: RegistrarIdentity }
  /** It has read the settings, which takes the device PIN, and changed nothing. */
  | { readonly type: "settingsRead"; readonly registrar: RegistrarIdentity }
  /** It has given the access point other settings. */
  | { readonly type: "configured"; readonly registrar: RegistrarIdentity; readonly ssid: Uint8Array }
  /** `registrar` null: it was turned away before it said who it is. */
  | { readonly type: "configuringFailed"; readonly registrar: RegistrarIdentity | null; readonly error: WscError }
  | { readonly type: "runEnded" }
);
