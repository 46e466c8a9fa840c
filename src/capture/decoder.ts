/**
 * The decoder: packets in, messages and ends of runs out, in the order of the capture. It keeps what it needs to put
 * messages together and to know runs, within bounds; it has no keys and opens nothing.
 */
import { parse, readTlvs } from "../wsc/codec.ts";
import { equal } from "../wsc/crypto.ts";
import { attributesIn } from "../wsc/elements.ts";
import { messageTypeFrom, SCHEMAS, take } from "../wsc/messages.ts";
import { decodeAttribute } from "./attribute-words.ts";
import type { Chunks } from "./byte-stream.ts";
import { ETHER_TYPE, type Content as LinkContent } from "./content.ts";
import { EapConversations, pairKey } from "./eap-conversations.ts";
import { HttpReader } from "./http.ts";
import { ssidIn } from "./ieee80211.ts";
import { isKnownLink, readLink } from "./link.ts";
import type { CaptureEnd, DecodedMessage, DecoderItem, MessageFault } from "./message.ts";
import type { CaptureFault, Packet } from "./packet.ts";
import { readCapture } from "./reader.ts";
import { Recent } from "./recent.ts";
import { directionOf, type Run, RunTracker, type Sender } from "./run.ts";
import { Flow, readSegment } from "./tcp.ts";
import { readUpnp, type UpnpContent } from "./upnp.ts";

/** Decodes a capture as it comes. The last item is its end. Throws only what the source of the chunks throws. */
export async function* decodeCapture(chunks: Chunks): AsyncGenerator<DecoderItem, void> {
  const decoder = new Decoder();
  let fault: CaptureFault | null = null;
  for await (const event of readCapture(chunks)) {
    if (event.type === "packet") yield* decoder.take(event);
    else fault = event.fault;
  }
  yield* decoder.end(fault);
}

/** Senders whose last element is kept, to tell repeats from news; and connections that are read. */
const MOST_SENDERS = 4096;
const MOST_FLOWS = 512;

/** The decoder of one capture. */
export class Decoder {
  #packets = 0;
  #firstAt: bigint | null = null;
  readonly #unread = new Map<number, number>();
  readonly #lastElements = new Recent<string, Content>(MOST_SENDERS);
  readonly #conversations = new EapConversations();
  readonly #flows = new Recent<string, { flow: Flow; http: HttpReader }>(MOST_FLOWS);
  readonly #runs = new RunTracker();

  /** Takes the next packet and gives what became complete with it. */
  take(packet: Packet): DecoderItem[] {
    this.#packets++;
    this.#firstAt ??= packet.at;
    if (!isKnownLink(packet.linkType)) {
      this.#unread.set(packet.linkType, (this.#unread.get(packet.linkType) ?? 0) + 1);
      return [];
    }
    const content = readLink(packet);
    if (content === null) return [];
    if (content.type === "management") return this.#management(packet, content);
    if (content.etherType === ETHER_TYPE.eapol) return this.#eapol(packet, content);
    if (content.etherType === ETHER_TYPE.ipv4 || content.etherType === ETHER_TYPE.ipv6)
      return this.#ip(packet, content.payload);
    return [];
  }

  /** The runs that the capture does not see the end of, and the end itself. */
  end(fault: CaptureFault | null): DecoderItem[] {
    const end: CaptureEnd = { type: "end", packets: this.#packets, unread: this.#unread, fault };
    return [...this.#runs.end().map((run) => ({ type: "run", run }) as const), end];
  }

  #management(packet: Packet, content: Extract<LinkContent, { type: "management" }>): DecoderItem[] {
    const { from, to, frame, elements } = content;
    const wsc = attributesIn(elements);
    if (wsc === null) return [];
    // A view into the packet would keep the whole of it.
    const ssid = ssidIn(elements)?.slice() ?? null;
    // Probe Responses go to whoever asked; what they say is the same. Most of a capture is beacons that are repeated, so
    // what was read of the one before serves again.
    const sender = `${frame} ${from}`;
    const before = this.#lastElements.get(sender);
    const repeated = before !== undefined && equal(before.bytes, wsc);
    const read = repeated ? before : readContent(wsc);
    this.#lastElements.set(sender, read);
    return [this.#message(packet, { from, to, carrier: "802.11", message: frame, repeated, ssid, ...read })];
  }

  #eapol(packet: Packet, { from, to, payload }: Extract<LinkContent, { type: "ether" }>): DecoderItem[] {
    if (from === null) return [];
    // Linux cooked captures do not have the receiver; then a conversation has one known end.
    const receiver = to ?? "";
    const report = this.#conversations.take(from, to ?? from, payload);
    if (report === null) return [];
    const { news, repeated } = report;
    const head = { from, to, carrier: "EAP", repeated } as const;
    switch (news.type) {
      case "start":
        return [this.#message(packet, { ...head, message: "EAPOL-Start" })];
      case "identity":
        return [this.#message(packet, { ...head, message: "EAP Identity", identity: news.identity })];
      case "wscStart":
        return [this.#message(packet, { ...head, message: "WSC_Start" })];
      case "stray": {
        const fault: MessageFault = { kind: "fragment", fault: news.fault };
        return [this.#message(packet, { ...head, message: "fragment", fault })];
      }
      case "success":
      case "failure": {
        const run = this.#runs.numberOf(from, receiver);
        const message = news.type === "success" ? "EAP Success" : "EAP Failure";
        const ended = this.#runs.endConversation(from, receiver, this.#packets);
        return [this.#message(packet, { ...head, message, run }), ...endOf(ended)];
      }
      case "message":
        return this.#wsc(packet, {
          ...head,
          bytes: news.bytes,
          fragments: news.fragments,
          conversation: pairKey(from, receiver),
          sender: report.fromNetwork ? "accessPoint" : "station",
        });
    }
  }

  #ip(packet: Packet, payload: Uint8Array): DecoderItem[] {
    const segment = readSegment(payload);
    if (segment === null) return [];
    const { from, to } = segment;
    const key = `${from} ${to}`;
    const begun = segment.syn ? undefined : this.#flows.get(key);
    const { flow, http } = begun ?? { flow: new Flow(), http: new HttpReader() };
    const messages = flow.take(segment).flatMap((data) => (data === "gap" ? http.skip() : http.take(data)));
    if (segment.last) messages.push(...http.end());
    // Also when it has ended: what is sent again after the end must be known as a repeat.
    this.#flows.set(key, { flow, http });
    return messages.flatMap(readUpnp).flatMap((content) => this.#upnp(packet, from, to, content));
  }

  #upnp(packet: Packet, from: string, to: string, content: UpnpContent): DecoderItem[] {
    const { action, station, bytes } = content;
    const head = { from, to, carrier: "UPnP", action, station } as const;
    if (bytes === null) return [this.#message(packet, { ...head, message: "unknown", fault: { kind: "base64" } })];
    if (content.content === "probeRequest")
      return [this.#message(packet, { ...head, message: "Probe Request", ...readContent(bytes) })];
    if (action === "SetSelectedRegistrar")
      return [this.#message(packet, { ...head, message: "SetSelectedRegistrar", ...readContent(bytes) })];
    const sender = action === "WLANEvent" ? "station" : content.isAnswer ? "accessPoint" : "externalRegistrar";
    return this.#wsc(packet, { ...head, repeated: false, fragments: 1, bytes, conversation: null, sender });
  }

  /** A message of the protocol, which belongs to a run. */
  #wsc(packet: Packet, { conversation, sender, ...part }: WscPart): DecoderItem[] {
    const attributes = parse(part.bytes);
    const type = attributes.ok ? messageTypeFrom(attributes.value.messageType?.[0] ?? 0) : null;
    if (!attributes.ok || type === null) {
      const run = this.#runs.numberOf(part.from, part.to ?? "");
      return [this.#message(packet, { ...part, ...readContent(part.bytes), message: "unknown", run })];
    }
    const found = this.#runs.take({
      packet: this.#packets,
      type,
      attributes: attributes.value,
      sender,
      conversation,
    });
    const complete = take(SCHEMAS[type], attributes.value);
    const run = found?.run ?? null;
    const message = this.#message(packet, {
      ...part,
      ...readContent(part.bytes),
      message: type,
      run: run?.number ?? null,
      direction: directionOf(type, sender, run),
      fault: complete.ok ? null : complete.error,
    });
    return [message, ...endOf(found?.ended ? run : null)];
  }

  #message(packet: Packet, part: Partial<DecodedMessage> & Part): DecodedMessage {
    return {
      type: "message",
      packet: this.#packets,
      at: packet.at,
      elapsed: packet.at === null || this.#firstAt === null ? null : packet.at - this.#firstAt,
      direction: null,
      repeated: false,
      fragments: 1,
      run: null,
      ssid: null,
      identity: null,
      action: null,
      station: null,
      bytes: new Uint8Array(),
      attributes: [],
      fault: null,
      ...part,
    };
  }
}

/** What there always is to say. */
type Part = Pick<DecodedMessage, "from" | "to" | "carrier" | "message">;

interface WscPart {
  readonly from: string;
  readonly to: string | null;
  readonly carrier: "EAP" | "UPnP";
  readonly repeated: boolean;
  readonly fragments: number;
  readonly bytes: Uint8Array;
  readonly action?: string | null;
  readonly station?: DecodedMessage["station"];
  readonly conversation: string | null;
  readonly sender: Sender;
}

function endOf(run: Run | null): DecoderItem[] {
  return run === null ? [] : [{ type: "run", run }];
}

/** WSC as it was carried, and what can be read of it: all attributes before the first fault, and the fault. */
type Content = Pick<DecodedMessage, "bytes" | "attributes" | "fault">;

function readContent(bytes: Uint8Array): Content {
  const parsed = parse(bytes);
  const cut = !parsed.ok && parsed.error.kind === "truncated" ? bytes.subarray(0, parsed.error.offset) : bytes;
  const tlvs = readTlvs(cut);
  return { bytes, attributes: tlvs.ok ? tlvs.value.map(decodeAttribute) : [], fault: parsed.ok ? null : parsed.error };
}
