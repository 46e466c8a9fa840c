/**
 * What flies through the simulated air: the frames of 802.11 that an enrolment and a connection need, as values
 * rather than octets. Only EAP is carried as bytes, because the protocol engine at both ends speaks them.
 */
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import type { Bss, IpAddress } from "../station-radio.ts";

/** The band of a channel: a probe request is heard by the access points of one. */
export type Band = "2.4" | "5";

/** What an access point says of itself in beacons and probe responses. */
export interface Announcement {
  readonly bss: Omit<Bss, "rssi">;
  /** Stations that its open window is for (protocol: AuthorizedMACs); all of them when it holds `broadcast`. */
  readonly authorized: readonly MacAddress[];
}

/** What the WPS element of a probe request says. */
export interface EnrolleeProbe {
  /** 32 hex digits. */
  readonly uuid: string;
  /** 4 for push button, 0 for a PIN. */
  readonly devicePasswordId: number;
  readonly deviceName: string;
}

export type Payload =
  | { readonly kind: "beacon"; readonly announcement: Announcement }
  | { readonly kind: "probeRequest"; readonly band: Band; readonly enrollee: EnrolleeProbe | null }
  | { readonly kind: "probeResponse"; readonly announcement: Announcement }
  | { readonly kind: "authentication" }
  /** `wps`: comes to enrol, without a key (protocol: WSC element with Request Type 1). */
  | { readonly kind: "associationRequest"; readonly ssid: Uint8Array; readonly wps: boolean }
  | { readonly kind: "associationResponse"; readonly accepted: boolean }
  | { readonly kind: "eap"; readonly packet: Uint8Array }
  /** One message of the 4-way handshake. `proof` shows knowledge of the key without telling it; message 1 has none. */
  | {
      readonly kind: "key";
      readonly number: 1 | 2 | 3 | 4;
      readonly nonce: Uint8Array;
      readonly proof: Uint8Array | null;
    }
  /** An address is asked for and given in two frames, as DHCP does with Rapid Commit. */
  | { readonly kind: "dhcpDiscover" }
  | { readonly kind: "dhcpAck"; readonly address: IpAddress }
  | { readonly kind: "deauthentication"; readonly reason: number };

export type FrameKind = Payload["kind"];

/** To everybody who listens. */
export const broadcast = parseMacAddress("ff:ff:ff:ff:ff:ff") as MacAddress;

/** One frame, as an onlooker sees it. */
export interface Frame {
  /** Milliseconds since 1970, by the air's clock. */
  readonly at: number;
  readonly from: MacAddress;
  readonly to: MacAddress;
  readonly kind: FrameKind;
  /** What an EAP packet carries: `M1` to `M8`, `WSC_Done`, `Identity`, `Failure`, ...; null for other kinds. */
  readonly message: string | null;
  /** False: lost on the way, or nobody was there to hear it. */
  readonly delivered: boolean;
}
