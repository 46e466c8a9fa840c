/**
 * What the decoder gives as lines for people: one a message, one for the end of each run. Beacons and probes that say
 * nothing new are counted, not shown.
 */
import { attributeTitle, attributeWords, configErrorWords, passwordIdWords } from "../capture/attribute-words.ts";
import type { DecodedMessage, DecoderItem } from "../capture/message.ts";
import { judgePin } from "../capture/pin-verdict.ts";
import { type End, type Outcome, passwordIdOf, type Run, wrongHalfOf } from "../capture/run.ts";
import { summarize } from "../capture/summary.ts";
import type { Pin } from "../wsc/pin.ts";
import { type Paint, pad, printable, type Style } from "./terminal.ts";

const ADDRESS_WIDTH = 17;
const BROADCAST = "ff:ff:ff:ff:ff:ff";
/** Longer values of attributes are cut: what they are is random to the eye. */
const LONGEST_VALUE = 80;

export class DecodeLines {
  readonly #paint: Paint;
  readonly #pin: Pin | null;
  readonly #verbose: boolean;
  #messages = 0;
  #hidden = 0;

  constructor({ paint, pin, verbose }: { paint: Paint; pin: Pin | null; verbose: boolean }) {
    this.#paint = paint;
    this.#pin = pin;
    this.#verbose = verbose;
  }

  /** The lines of one item; none for a beacon that is known. */
  of(item: DecoderItem): string[] {
    switch (item.type) {
      case "message":
        if (item.repeated && item.carrier === "802.11") {
          this.#hidden++;
          return [];
        }
        this.#messages++;
        return [this.#message(item), ...(this.#verbose ? this.#attributes(item) : [])];
      case "run":
        return this.#run(item.run);
      case "end":
        return this.#end(item);
    }
  }

  #message(decoded: DecodedMessage): string {
    const paint = this.#paint;
    const { packet, elapsed, from, to, carrier, message, run, repeated } = decoded;
    const style: Style = /^M\d/.test(message) ? ["bold", "cyan"] : message.startsWith("WSC_") ? "cyan" : "dim";
    const summary = printable(summarize(decoded));
    const words = decoded.fault === null ? summary : paint("red", summary);
    return [
      paint("dim", `${String(packet).padStart(6)} ${seconds(elapsed)}`),
      `${pad(addressWords(from), ADDRESS_WIDTH)} ${paint("dim", "→")} ${pad(addressWords(to), ADDRESS_WIDTH)}`,
      paint("dim", pad(carrier, 6)),
      paint("dim", pad(run === null ? "" : `#${run}`, 3)),
      `${pad(paint(style, message.replace("Association", "Assoc")), 14)} ${words}${repeated ? paint("dim", " (again)") : ""}`,
    ]
      .join("  ")
      .trimEnd();
  }

  #attributes({ attributes }: DecodedMessage): string[] {
    return attributes.map((attribute) => {
      const words = printable(attributeWords(attribute));
      const cut =
        words.length > LONGEST_VALUE ? `${words.slice(0, LONGEST_VALUE)}… (${attribute.length} bytes)` : words;
      return `${" ".repeat(20)}${this.#paint("dim", pad(attributeTitle(attribute), 34))} ${cut}`;
    });
  }

  #run(run: Run): string[] {
    const paint = this.#paint;
    const good = run.outcome === "success" || run.outcome === "learned";
    const open = run.outcome === "unfinished" || run.outcome === "unanswered";
    const style: Style = good ? "green" : open ? "yellow" : "red";
    const title = paint(style, `Run ${run.number}: ${TITLES[run.outcome ?? "unfinished"]}.`);
    const lines = [`${title} ${printable(runWords(run))}`];
    if (this.#pin !== null)
      lines.push(`${" ".repeat(`Run ${run.number}: `.length)}PIN: ${judgePin(run, this.#pin).why}`);
    return lines;
  }

  #end({ packets, unread, fault }: Extract<DecoderItem, { type: "end" }>): string[] {
    const lines: string[] = [];
    if (this.#hidden > 0)
      lines.push(`Not shown: ${counted(this.#hidden, "beacon or probe", "beacons and probes")} that said nothing new.`);
    for (const [linkType, count] of unread)
      lines.push(
        `${counted(count, "packet", "packets")} of link type ${linkType}, which openwps cannot read, left out.`,
      );
    if (packets === 0 && fault === null) lines.push("The capture has no packets in it.");
    else if (packets > 0 && this.#messages === 0) lines.push(`No WPS in ${counted(packets, "packet", "packets")}.`);
    return lines.map((line) => this.#paint("dim", line));
  }
}

const TITLES: { readonly [O in Outcome]: string } = {
  success: "success",
  learned: "settings read",
  wrongPassword: "wrong password",
  overlap: "overlap",
  locked: "locked",
  turnedAway: "turned away",
  refused: "refused",
  aborted: "broken off",
  unanswered: "unanswered",
  unfinished: "unfinished",
};

/** Who with whom, by which password, and what came of it. */
function runWords(run: Run): string {
  const { enrollee, registrar, enrolleeMac, last } = run;
  const id = passwordIdOf(run);
  const who = `${endWords(enrollee, "an Enrollee")}${enrolleeMac === null ? "" : ` (${enrolleeMac})`}`;
  const whom = endWords(registrar, "the Registrar");
  const how = id === null ? "" : ` by ${passwordIdWords(id)}`;
  const error = run.configError ? ` with error ${run.configError}, ${configErrorWords(run.configError)}` : "";
  switch (run.outcome) {
    case "success":
      return run.enrolleeIs === "accessPoint"
        ? `${who} took new settings from ${whom}${how}.`
        : `${who} was enrolled by ${whom}${how}.`;
    case "learned":
      return `${whom} read the settings of ${who}${how}, and changed nothing.`;
    case "wrongPassword": {
      const half = wrongHalfOf(run);
      const which = half === null ? "password" : `${half === 1 ? "first" : "second"} half of the password`;
      // Whoever gets a proof checks it: the Enrollee those of M4 and M6, the Registrar those of M5 and M7.
      const [finder, other] = last === "M5" || last === "M7" ? [whom, who] : [who, whom];
      return `${finder} found${last === null ? "" : ` at ${last}`} that ${other} has another ${which}.`;
    }
    case "overlap":
      return `${who} was refused${error}.`;
    case "locked":
      return `${who} lets no Registrar in${error}.`;
    case "turnedAway":
      return `${whom} does not serve ${who}${how}${error}.`;
    case "refused":
      return `${who} and ${whom}${how}: given up after ${last ?? "nothing"}${error || ", without a reason"}.`;
    case "aborted":
      return `${who} and ${whom}${how}: nothing more came after ${last ?? "its begin"}.`;
    case "unanswered":
      return `${who} was asked what it is, and nothing more.`;
    default:
      return `${who} and ${whom}${how}: the capture ends after ${last ?? "its begin"}.`;
  }
}

function endWords({ name }: End, otherwise: string): string {
  return name === null ? otherwise : `"${name}"`;
}

function addressWords(address: string | null): string {
  return address === BROADCAST ? "everybody" : (address ?? "?");
}

/** Seconds and microseconds, as Wireshark shows them. */
function seconds(elapsed: bigint | null): string {
  const text = elapsed === null ? "-" : (Number(elapsed / 1000n) / 1e6).toFixed(6);
  return text.padStart(11);
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
