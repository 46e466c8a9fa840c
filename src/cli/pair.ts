/**
 * `openwps pair`: one pairing without a service. Shows how it goes, and leaves the network in the radio's own
 * configuration. What a pairing does is in `station/pairing.ts`.
 */
import type { Clock } from "../clock/clock.ts";
import { apiMac } from "../http/wifi-forms.ts";
import type { Peer, StationRadio } from "../radio/station-radio.ts";
import { RadioError } from "../radio/station-radio.ts";
import { type PairEvent, pair } from "../station/pairing.ts";
import { HINTS, REASONS, type ReasonKey, stillToDo } from "../station/reasons.ts";
import type { PairingResult } from "../station/session.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Pin } from "../wsc/pin.ts";
import { WALK_TIME_MS } from "../wsc/policy/window.ts";
import { Secret } from "../wsc/secret.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { ownerOf, ownerWarning } from "./interface-owner.ts";
import type { RadioChoice } from "./radio-option.ts";
import { LiveLine, type Output, type Paint, paintFor, printable } from "./terminal.ts";

export interface PairCommand {
  readonly radio: StationRadio;
  /** As the person named it. */
  readonly choice: RadioChoice;
  readonly clock: Clock;
  /** Push button without it. */
  readonly pin: Pin | null;
  readonly bssid: MacAddress | null;
  readonly json: boolean;
  /** Where it is shown. */
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What both ways to show a pairing do. */
interface Display {
  /** What may spoil it, before the pairing starts: a program in the way, or why the network would not last. */
  warn(trouble: string): void;
  event(event: PairEvent, secondsLeft: number): void;
  /** @param trouble why the network could not be written into the radio's configuration; null when it was */
  paired(event: PairEvent & { readonly type: "paired" }, trouble: string | null): void;
  close(): void;
}

const exitCodeOf: Record<PairingResult, ExitCode> = {
  success: EXIT.success,
  failed: EXIT.failed,
  timeout: EXIT.timeout,
  overlap: EXIT.overlap,
  cancelled: EXIT.cancelled,
};

/** Pairs, shows it, and gives the code to end with. */
export async function runPair(command: PairCommand): Promise<ExitCode> {
  const { radio, clock, signal } = command;
  const display = command.json ? jsonDisplay(command.output) : humanDisplay(command);
  try {
    const owner = await ownerOf(command.choice);
    if (owner?.conflicts) display.warn(ownerWarning(owner));
    const trouble = await radio.keepTrouble();
    if (trouble !== null) display.warn(trouble);
    const method =
      command.pin === null ? { type: "pushButton" as const } : { type: "pin" as const, pin: new Secret(command.pin) };
    const end = clock.now() + WALK_TIME_MS;
    for await (const event of pair({ radio, clock, signal, method, bssid: command.bssid ?? undefined })) {
      display.event(event, Math.max(0, Math.ceil((end - clock.now()) / 1000)));
      if (event.type === "failed") return exitCodeOf[event.error.result];
      if (event.type === "paired") display.paired(event, trouble ?? (await keep(radio, event)));
    }
    return EXIT.success;
  } finally {
    display.close();
  }
}

/** Writes the network into the radio's configuration; what stands in the way of that as a sentence. */
async function keep(radio: StationRadio, { network }: PairEvent & { readonly type: "paired" }): Promise<string | null> {
  try {
    await radio.keep(network);
    return null;
  } catch (error) {
    if (error instanceof RadioError) return `${error.message} ${error.hint}`;
    throw error;
  }
}

/** One object a line; the network's key is in none of them. */
function jsonDisplay(output: Output): Display {
  const print = (object: object) => output.write(`${JSON.stringify(object)}\n`);
  return {
    warn: (message) => print({ type: "warning", message }),
    event: (event, secondsLeft) => {
      switch (event.type) {
        case "searching":
          return void print({ type: event.type, secondsLeft, outlook: event.outlook, hint: hintFor(event.outlook) });
        case "associating":
        case "connecting":
        case "addressing":
          return void print({ type: event.type, secondsLeft, peer: peerJson(event.peer) });
        case "exchanging":
          return void print({ type: event.type, secondsLeft, peer: peerJson(event.peer), message: event.message });
        case "failed": {
          const { result, reason, sentence, hint } = event.error;
          return void print({ type: event.type, result, reason, message: sentence, hint });
        }
        case "paired":
          return;
      }
    },
    paired: ({ type, peer, network, link }, trouble) =>
      void print({
        type,
        result: "success",
        peer: peerJson(peer),
        ssid: text(network.ssid),
        ip: link.address?.ip ?? null,
        kept: trouble === null,
        hint: trouble ?? HINTS["switch-wps-off"],
      }),
    close: () => {},
  };
}

/** A line that counts down on a terminal, with what is done above it; plain lines elsewhere. */
function humanDisplay({ clock, signal, pin, output }: PairCommand): Display {
  const line = new LiveLine(output);
  const paint = paintFor(output);
  const end = clock.now() + WALK_TIME_MS;
  let doing = "";
  const refresh = () => {
    if (doing === "") return;
    const seconds = Math.max(0, Math.ceil((end - clock.now()) / 1000));
    const left = `${Math.trunc(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    line.show(`${paint("cyan", left)}  ${doing}`);
  };
  const ticking = line.live ? setInterval(refresh, 1000) : null;
  const now = (words: string) => {
    if (words === doing) return;
    doing = words;
    if (line.live) refresh();
    else line.print(words);
  };
  const finish = () => {
    doing = "";
    line.clear();
  };
  const cancelling = () => now("Cancelling, and putting back what was there before ...");
  signal.addEventListener("abort", cancelling, { once: true });
  return {
    warn: (trouble) => line.print(`${paint("yellow", "Note:")} ${trouble}`),
    event: (event) => {
      if (event.type === "failed") {
        finish();
        line.print(`${mark(event.error.result, paint)} ${event.error.sentence}`);
        if (event.error.result !== "cancelled") line.print(`  ${event.error.hint}`);
      } else if (event.type !== "paired" && !signal.aborted) now(wordsFor(event, pin));
    },
    paired: ({ network, peer, link }, trouble) => {
      finish();
      const at = link.address === null ? "" : `, address ${link.address.ip}`;
      line.print(`${paint("green", "✓")} Connected to ${quoted(network.ssid)} (${peer.bssid})${at}.`);
      if (trouble !== null) line.print(`  ${paint("yellow", "Not kept:")} ${trouble}`);
      line.print(`  ${HINTS["switch-wps-off"]}`);
    },
    close: () => {
      if (ticking !== null) clearInterval(ticking);
      signal.removeEventListener("abort", cancelling);
      line.clear();
    },
  };
}

type Underway = Exclude<PairEvent, { readonly type: "paired" | "failed" }>;

function wordsFor(event: Underway, pin: Pin | null): string {
  switch (event.type) {
    case "searching":
      if (event.outlook !== null && !stillToDo.has(event.outlook)) return `Searching. ${REASONS[event.outlook].hint}`;
      return pin === null
        ? "Searching. Press the WPS button of the router."
        : `Searching. Enter the PIN ${pin} at the router.`;
    case "associating":
      return `Found ${nameOf(event.peer)}; getting in touch with it ...`;
    case "exchanging":
      return `Exchanging keys with ${nameOf(event.peer)}${event.message === null ? "" : `: ${event.message}`} ...`;
    case "connecting":
      return `Connecting to ${quoted(event.network.ssid)} ...`;
    case "addressing":
      return `Connected to ${quoted(event.network.ssid)}; waiting for an address ...`;
  }
}

const mark = (result: PairingResult, paint: Paint) =>
  result === "cancelled" ? paint("yellow", "–") : paint("red", "✗");
const hintFor = (outlook: ReasonKey | null) => (outlook === null ? null : REASONS[outlook].hint);
const text = (ssid: Uint8Array) => new TextDecoder().decode(ssid);
const quoted = (ssid: Uint8Array) => `"${printable(text(ssid))}"`;
const nameOf = ({ ssid, bssid }: Peer) => (ssid === null ? bssid : `${quoted(ssid)} (${bssid})`);
const peerJson = ({ bssid, ssid, name }: Peer) => ({
  bssid: apiMac(bssid),
  ssid: ssid === null ? null : text(ssid),
  name,
});
