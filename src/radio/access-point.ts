/**
 * The port to an access point's radio: what a Registrar needs of one. It shows a window on the air, reports who is
 * seen, and carries the EAP of enrolling stations to an `EnrolmentDesk`.
 */
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";

/** What the beacon says while somebody may enrol. */
export type AdvertisedWindow =
  | { readonly method: "pushButton" }
  /** `authorized`: stations let in (protocol: AuthorizedMACs), empty for anybody. */
  | { readonly method: "pin"; readonly authorized: readonly MacAddress[] };

export type AccessPointEvent =
  /** The access point's own button was pressed. */
  | { readonly type: "buttonPressed" }
  /** A station in push-button mode, or with a PIN, asks on the air whether it may come (a Probe Request). */
  | {
      readonly type: "enrolleeSeen";
      readonly macAddress: MacAddress;
      /** 32 hex digits. */
      readonly uuid: string;
      readonly devicePasswordId: number;
      readonly deviceName: string | null;
    };

export interface AccessPoint {
  readonly instance: InstanceId;
  readonly ssid: Uint8Array;
  /** Shows a window on the air; null closes it. */
  advertise(window: AdvertisedWindow | null): Promise<void>;
  events(options: { readonly signal: AbortSignal }): AsyncIterable<AccessPointEvent>;
}
