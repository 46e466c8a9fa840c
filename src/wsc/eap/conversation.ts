/**
 * One enrolment as a Registrar sees it: EAP responses of a peer come in, EAP requests go out.
 * The same whether a simulated access point, RADIUS or (without EAP) UPnP carries it; it says nothing of how.
 */
import type { MacAddress } from "../address.ts";

/** Which access point the peer talks through: one WPS instance each, named by its BSSID. */
export type InstanceId = MacAddress;

/** One EAP run with one peer. */
export interface Conversation {
  /**
   * Takes one EAP response (or null: the peer was silent until the carrier's timeout) and gives the EAP packet to
   * send next. A packet with code 3 or 4 (Success, Failure) is the last one. Anything unreadable is answered too.
   */
  respond(response: Uint8Array | null): Promise<Uint8Array>;
  /** The carrier lost the peer; the run ends as failed. Harmless after its end. */
  close(): void;
}

/** Whoever decides about enrolments: carriers open one conversation for each EAP run. */
export interface EnrolmentDesk {
  /** @param peer the station's address as the carrier knows it, which need not be the one that M1 names. */
  open(peer: MacAddress, instance: InstanceId): Conversation;
}
