/** One frame of the simulated air as a line for people: when, from whom to whom, and what. */
import { broadcast, type Frame, type FrameKind } from "../radio/air/frame.ts";
import type { MacAddress } from "../wsc/address.ts";
import { type Paint, pad, printable } from "./terminal.ts";

const words: Record<FrameKind, string> = {
  beacon: "Beacon",
  probeRequest: "Probe Request",
  probeResponse: "Probe Response",
  authentication: "Authentication",
  associationRequest: "Association Request",
  associationResponse: "Association Response",
  eap: "EAP",
  key: "4-way handshake",
  dhcpDiscover: "DHCP Discover",
  dhcpAck: "DHCP Ack",
  deauthentication: "Deauthentication",
};

/** Widest name that is aligned; longer ones push their line to the right. */
const nameWidth = 14;

/** @param names what people call the antennas; others are shown by their address */
export function frameLine(frame: Frame, names: ReadonlyMap<MacAddress, string>, paint: Paint): string {
  const name = (address: MacAddress) =>
    printable(address === broadcast ? "everybody" : (names.get(address) ?? address));
  const time = paint("dim", timeOfDay(frame.at));
  const from = pad(name(frame.from), nameWidth);
  const to = pad(name(frame.to), nameWidth);
  const lost = frame.delivered ? "" : frame.to === broadcast ? paint("dim", "  unheard") : paint("red", "  lost");
  return `${time}  ${from} ${paint("dim", "→")} ${to}  ${wordsOf(frame, paint)}${lost}`;
}

function wordsOf({ kind, message }: Frame, paint: Paint): string {
  if (message === null) return paint("dim", words[kind]);
  if (/^M\d/.test(message)) return paint(["bold", "cyan"], message);
  if (message.startsWith("WSC_")) return paint("cyan", message);
  return paint("dim", message === "Failure" ? "EAP Failure, as every WSC run ends" : `EAP ${message}`);
}

/**
 * Keeps a search readable: of the probes that follow one another only the first of each kind is shown, and how many
 * more there were.
 */
export class ProbeFold {
  readonly #shown = new Set<string>();
  #hidden = 0;

  /** Whether to show this frame, and how many probes were hidden before it. */
  take(frame: Frame): { readonly show: boolean; readonly hidden: number } {
    if (frame.kind === "probeRequest" || frame.kind === "probeResponse") {
      const key = `${frame.kind} ${frame.from} ${frame.to}`;
      const show = !this.#shown.has(key);
      this.#shown.add(key);
      if (!show) this.#hidden++;
      return { show, hidden: 0 };
    }
    const hidden = this.#hidden;
    this.#hidden = 0;
    this.#shown.clear();
    return { show: true, hidden };
  }
}

/** Local time with milliseconds: `14:03:07.123`. */
function timeOfDay(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
