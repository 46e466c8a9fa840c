/** What the decoder gives: messages, the ends of runs, and why a file could be read no further. Data only. */
import type { MacAddress } from "../wsc/address.ts";
import type { Fault } from "../wsc/codec.ts";
import type { FragmentFault } from "../wsc/eap/fragments.ts";
import type { MessageType } from "../wsc/messages.ts";
import type { DecodedAttribute } from "./attribute-words.ts";
import type { ManagementFrame } from "./content.ts";
import type { CaptureFault } from "./packet.ts";
import type { Run } from "./run.ts";

/** How it travelled: in an element of an 802.11 frame, in EAP, or over UPnP. */
export type Carrier = "802.11" | "EAP" | "UPnP";

/** A message of the protocol, or what stands around it in its carrier. */
export type MessageName =
  | MessageType
  | ManagementFrame
  | "EAPOL-Start"
  | "EAP Identity"
  | "WSC_Start"
  | "EAP Success"
  | "EAP Failure"
  | "SetSelectedRegistrar"
  /** A piece of a message whose other pieces are missing. */
  | "fragment"
  /** WSC attributes without a Message Type that we know. */
  | "unknown";

/** Why something could not be read to its end. */
export type MessageFault =
  | Fault
  | { readonly kind: "fragment"; readonly fault: FragmentFault }
  | { readonly kind: "base64" };

/** A message of WPS, with all that can be told of it. */
export interface DecodedMessage {
  readonly type: "message";
  /** Number of the packet in the capture, from 1: Wireshark's frame number. Of a message in fragments, the last one's. */
  readonly packet: number;
  /** Nanoseconds since 1970; null where the file does not say. */
  readonly at: bigint | null;
  /** Nanoseconds since the first packet, which need not be the earliest. */
  readonly elapsed: bigint | null;
  /** MAC address, or IP address and port; null where the capture does not tell. */
  readonly from: string | null;
  readonly to: string | null;
  /** Which role it is meant for, where that can be told. */
  readonly direction: "toEnrollee" | "toRegistrar" | null;
  readonly carrier: Carrier;
  readonly message: MessageName;
  /** The very same was seen before: a retransmission, or a beacon that says nothing new. */
  readonly repeated: boolean;
  /** In how many pieces it came: EAP fragments. */
  readonly fragments: number;
  /** Number of the run it belongs to, from 1; null if to none. */
  readonly run: number | null;
  /** The network's name in the same 802.11 frame. */
  readonly ssid: Uint8Array | null;
  /** EAP identity, of an `EAP Identity`. */
  readonly identity: string | null;
  /** UPnP: the action or event, and the station it is about. */
  readonly action: string | null;
  readonly station: MacAddress | null;
  /** The TLVs as they were carried; empty where there are none. */
  readonly bytes: Uint8Array;
  /** In the order they came; up to the fault, if there is one. */
  readonly attributes: readonly DecodedAttribute[];
  readonly fault: MessageFault | null;
}

/** What comes out of a capture, in its order. */
export type DecoderItem =
  | DecodedMessage
  /** A run is over, or the capture is. */
  | { readonly type: "run"; readonly run: Run }
  | CaptureEnd;

/** The last item. */
export interface CaptureEnd {
  readonly type: "end";
  readonly packets: number;
  /** Packets of link types that the decoder does not know: how many of each. */
  readonly unread: ReadonlyMap<number, number>;
  /** Why the file could be read no further; null if it was read to its end. */
  readonly fault: CaptureFault | null;
}
