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
  | SelectionEvent
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

/** What the access point's own Registrar tells of its runs, where it is the one that lets devices in. */
export type OwnEvent =
  /** While a window is open that we know of. */
  | { readonly type: "startedThere"; readonly station: MacAddress }
  | { readonly type: "endedThere"; readonly station: MacAddress }
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

/** An external Registrar on the network expects a device, or does not any more. */
export interface SelectionEvent {
  readonly type: "registrarSelected" | "registrarUnselected";
  /** Its numeric address. */
  readonly from: string;
  /** 32 hex digits, where it says who it is. */
  readonly uuid: string | null;
}

/** About one run, whose last event is `runEnded`. */
export type RunEvent =
  /** With a station, by its address as its carrier knows it. */
  | ({ readonly peer: MacAddress } & (EnrolmentEvent | ConfigurationEvent | CommonRunEvent))
  /** With an external Registrar on the network, by its numeric address. */
  | ({ readonly peer: null; readonly address: string } & (ConfigurationEvent | CommonRunEvent));

/** Something that goes on in any run. */
export type CommonRunEvent =
  /** `bytes`: the whole message; what is sealed in it stays sealed. */
  | {
      readonly type: "message";
      readonly direction: "in" | "out";
      readonly message: MessageType;
      readonly bytes: Uint8Array;
    }
  | { readonly type: "runEnded" };

/** About a run in which a device asks to be let in. */
export type EnrolmentEvent =
  | { readonly type: "enrolmentStarted"; readonly enrollee: EnrolleeIdentity }
  /** Somebody asked, and is not let in here: the run ends by M2D, unless a Registrar elsewhere takes it on. */
  | { readonly type: "refused"; readonly enrollee: EnrolleeIdentity; readonly reason: RefusalReason }
  | { readonly type: "enrolmentSucceeded"; readonly enrollee: EnrolleeIdentity }
  /** A run that had started went wrong. `outcome`: what the device may have got out of it. */
  | {
      readonly type: "enrolmentFailed";
      readonly enrollee: EnrolleeIdentity;
      readonly error: WscError;
      readonly outcome: Exclude<RunOutcome, "enrolled">;
    }
  /** An external Registrar at this address has taken it on: from now on we pass their messages on. */
  | {
      readonly type: "proxyingStarted";
      readonly enrollee: EnrolleeIdentity;
      readonly registrar: RegistrarIdentity;
      readonly from: string;
    }
  /** The device has taken what that Registrar gave it. */
  | { readonly type: "proxied"; readonly enrollee: EnrolleeIdentity }
  | { readonly type: "proxyingFailed"; readonly enrollee: EnrolleeIdentity; readonly error: WscError };

/** About a run in which the access point is the Enrollee. */
export type ConfigurationEvent =
  /** Somebody came as an external Registrar. */
  | { readonly type: "configuringStarted"; readonly registrar: RegistrarIdentity }
  /** It has read the settings, which takes the device PIN, and changed nothing. */
  | { readonly type: "settingsRead"; readonly registrar: RegistrarIdentity }
  /** It has given the access point other settings. */
  | { readonly type: "configured"; readonly registrar: RegistrarIdentity; readonly ssid: Uint8Array }
  /** `registrar` null: it was turned away before it said who it is. */
  | { readonly type: "configuringFailed"; readonly registrar: RegistrarIdentity | null; readonly error: WscError };
