/**
 * What WFAWLANConfig (protocol: external Registrar over UPnP) carries in HTTP: events, and the arguments of actions.
 * Finds the known elements in a body; whether the XML around them is sound, it does not judge.
 */
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import type { HttpMessage } from "./http.ts";

/** One piece of WSC in a body. */
export interface UpnpContent {
  /** The action or event it came in: `PutMessage`, `PutMessageResponse`, `WLANEvent`; null where the body does not say. */
  readonly action: string | null;
  /** Whether it stands in the answer to a request: actions are asked of the access point, and it answers them. */
  readonly isAnswer: boolean;
  /** The station it is about, where it says so. */
  readonly station: MacAddress | null;
  /** The TLVs; null if the base64 is none. */
  readonly bytes: Uint8Array | null;
  /** Of an event: what a station sent, or the elements of a Probe Request that the access point heard. */
  readonly content: "message" | "probeRequest";
}

const VALUE =
  /<(?:[\w.-]+:)?(WLANEvent|New(?:Message|InMessage|OutMessage|DeviceInfo|APSettings|STASettings))(?:\s[^<>]*)?>([^<]*)</g;
const STATION = /<(?:[\w.-]+:)?NewWLANEventMAC(?:\s[^<>]*)?>([^<]*)</;
const ACTION = /<(?:[\w.-]+:)?((?:Get|Put|Set|Del|Reboot|Reset)[A-Za-z]{1,40})[\s>]/;

const EVENT_TYPE = { probeRequest: 1, message: 2 } as const;

/** Type (1 byte) and the station's address as text (17). */
const EVENT_HEAD = 18;

/** What an HTTP message carries of WPS; empty for any other. */
export function readUpnp({ startLine, body }: HttpMessage): UpnpContent[] {
  const text = new TextDecoder("latin1").decode(body);
  const action = ACTION.exec(text)?.[1] ?? null;
  const station = parseMacAddress(STATION.exec(text)?.[1]?.trim() ?? "");
  return [...text.matchAll(VALUE)].map(([, name = "", value = ""]): UpnpContent => {
    const bytes = fromBase64(value);
    if (name === "WLANEvent") return readEvent(bytes);
    return { action, isAnswer: startLine.startsWith("HTTP/"), station, bytes, content: "message" };
  });
}

function readEvent(bytes: Uint8Array | null): UpnpContent {
  const event = { action: "WLANEvent", isAnswer: false } as const;
  if (bytes === null || bytes.length < EVENT_HEAD) return { ...event, station: null, bytes: null, content: "message" };
  const [type] = bytes;
  return {
    ...event,
    station: parseMacAddress(new TextDecoder("latin1").decode(bytes.subarray(1, EVENT_HEAD))),
    bytes: bytes.subarray(EVENT_HEAD),
    content: type === EVENT_TYPE.probeRequest ? "probeRequest" : "message",
  };
}

function fromBase64(text: string): Uint8Array | null {
  const digits = text.replaceAll(/\s/g, "");
  return /^[A-Za-z0-9+/]*={0,2}$/.test(digits) ? new Uint8Array(Buffer.from(digits, "base64")) : null;
}
