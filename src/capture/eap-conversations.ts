/**
 * EAP over the LAN (EAPOL): from the packets between two stations to whole WSC messages. Repeats are told from news, and
 * fragments put together for each direction; acknowledgements of fragments are not worth a word.
 */
import type { MacAddress } from "../wsc/address.ts";
import { concat } from "../wsc/bytes.ts";
import { equal } from "../wsc/crypto.ts";
import { type FragmentFault, IDLE, receiveFragment, type Transfer } from "../wsc/eap/fragments.ts";
import { type Fragment, type OpCode, parsePacket } from "../wsc/eap/packet.ts";
import { Recent } from "./recent.ts";

/** What one EAPOL frame brought. */
export type EapNews =
  | { readonly type: "start" }
  | { readonly type: "identity"; readonly identity: string }
  | { readonly type: "wscStart" }
  | { readonly type: "message"; readonly opCode: OpCode; readonly bytes: Uint8Array; readonly fragments: number }
  /** A piece that fits nothing, for example because the capture missed the first one. */
  | { readonly type: "stray"; readonly opCode: OpCode; readonly fault: FragmentFault }
  | { readonly type: "success" }
  | { readonly type: "failure" };

/** News, whether the very same packet was seen just before, and which way EAP goes: the network asks. */
export interface EapReport {
  readonly news: EapNews;
  readonly repeated: boolean;
  readonly fromNetwork: boolean;
}

const EAPOL_TYPE = { packet: 0, start: 1 } as const;

/** One direction between two stations. */
interface Direction {
  readonly transfer: Transfer;
  readonly fragments: number;
  /** The last packet and what came of it. */
  readonly lastPacket: Uint8Array;
  readonly lastReport: EapReport | null;
}

const NEW_DIRECTION: Direction = { transfer: IDLE, fragments: 0, lastPacket: new Uint8Array(), lastReport: null };

/** No network has more enrolments under way; it bounds what is kept. */
const MOST_DIRECTIONS = 512;

/** All EAP conversations of a capture. */
export class EapConversations {
  readonly #directions = new Recent<string, Direction>(MOST_DIRECTIONS);
  /** Pairs of stations that have shown that their EAP is WSC. */
  readonly #wsc = new Recent<string, true>(MOST_DIRECTIONS);

  /** Takes the payload of an EAPOL frame; null where it has nothing to say about WPS. */
  take(from: MacAddress, to: MacAddress, eapol: Uint8Array): EapReport | null {
    const [, type] = eapol;
    if (eapol.length < 4) return null;
    if (type === EAPOL_TYPE.start) return { news: { type: "start" }, repeated: false, fromNetwork: false };
    // EAP has a length of its own, and EAPOL's is wrong with some access points.
    const bytes = eapol.subarray(4);
    const packet = type === EAPOL_TYPE.packet ? parsePacket(bytes) : null;
    if (packet === null) return null;

    const key = `${from} ${to}`;
    const pair = pairKey(from, to);
    const direction = this.#directions.get(key) ?? NEW_DIRECTION;
    if (sameBytes(direction.lastPacket, bytes))
      return direction.lastReport && { ...direction.lastReport, repeated: true };

    const report = (news: EapNews, fromNetwork: boolean): EapReport => ({ news, repeated: false, fromNetwork });
    const remember = (change: Partial<Direction>, lastReport: EapReport | null): EapReport | null => {
      this.#directions.set(key, { ...direction, ...change, lastPacket: bytes.slice(), lastReport });
      return lastReport;
    };
    switch (packet.type) {
      case "success":
      case "failure":
        if (!this.#wsc.has(pair)) return null;
        this.#wsc.delete(pair);
        return remember({ transfer: IDLE, fragments: 0 }, report({ type: packet.type }, true));
      case "identity": {
        const identity = new TextDecoder().decode(packet.identity);
        // The question for the identity is asked in every network; the answer tells whether this is WPS.
        if (packet.code === "request" || !identity.startsWith("WFA-SimpleConfig")) return remember({}, null);
        this.#wsc.set(pair, true);
        return remember({}, report({ type: "identity", identity }, false));
      }
      case "wsc": {
        this.#wsc.set(pair, true);
        const { change, news } = takeFragment(direction, packet.fragment);
        return remember(change, news && report(news, packet.code === "request"));
      }
      case "other":
        return remember({}, null);
    }
  }
}

function takeFragment(
  { transfer, fragments }: Direction,
  fragment: Fragment,
): { readonly change: Partial<Direction>; readonly news: EapNews | null } {
  const { opCode } = fragment;
  if (opCode === "WSC_Start") return { change: { transfer: IDLE, fragments: 0 }, news: { type: "wscStart" } };
  if (opCode === "FRAG_ACK") return { change: {}, news: null };
  // The first of several says how long the message is: if one comes in the middle, the message before it was given up.
  const isFirst = fragment.messageLength !== null && fragment.moreFragments;
  const before = isFirst ? IDLE : transfer;
  const received = receiveFragment(before, fragment);
  if (!received.ok)
    return { change: { transfer: IDLE, fragments: 0 }, news: { type: "stray", opCode, fault: received.error } };
  const count = before === IDLE ? 1 : fragments + 1;
  if (received.value.type === "reply")
    return { change: { transfer: received.value.transfer, fragments: count }, news: null };
  const bytes = concat(received.value.message.bytes);
  return {
    change: { transfer: IDLE, fragments: 0 },
    news: { type: "message", opCode, bytes, fragments: count },
  };
}

/** The same for both directions. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length > 0 && equal(a, b);
}
