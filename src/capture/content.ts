/** What link layers carry that can have to do with WPS. Data only. */
import type { MacAddress } from "../wsc/address.ts";

/** The management frames that can have a WSC element. */
export type ManagementFrame =
  | "Beacon"
  | "Probe Request"
  | "Probe Response"
  | "Association Request"
  | "Association Response";

/** What a link layer hands up. */
export type Content =
  | {
      readonly type: "management";
      readonly frame: ManagementFrame;
      readonly from: MacAddress;
      readonly to: MacAddress;
      readonly elements: Uint8Array;
    }
  | {
      readonly type: "ether";
      /** Null where the link does not say. */
      readonly from: MacAddress | null;
      readonly to: MacAddress | null;
      readonly etherType: number;
      readonly payload: Uint8Array;
    };

/** What an Ethernet frame carries. */
export const ETHER_TYPE = { ipv4: 0x0800, vlan: 0x8100, ipv6: 0x86dd, eapol: 0x888e, serviceVlan: 0x88a8 } as const;
