/**
 * Runs: which messages belong together, and how each run ended as far as an onlooker can tell. An onlooker has no keys,
 * so proofs and Encrypted Settings stay closed to it; what it can tell is who said what, and who gave up when.
 */
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_ERROR, DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import type { Attributes } from "../wsc/codec.ts";
import type { MessageType } from "../wsc/messages.ts";
import { pairKey } from "./eap-conversations.ts";
import { Recent } from "./recent.ts";

/** How a run ended, in a word. */
export type Outcome =
  /** WSC_Done: the Enrollee has what it came for. */
  | "success"
  /** A Registrar has read an access point's settings and ended the run, as it does. */
  | "learned"
  /** One end could not prove the device password to the other. */
  | "wrongPassword"
  /** Two devices with their button pressed. */
  | "overlap"
  /** The access point lets no Registrar in. */
  | "locked"
  /** The Registrar does not serve this Enrollee: M2D, and nobody else answered. */
  | "turnedAway"
  /** A NACK for another reason. */
  | "refused"
  /** It broke off without a word. */
  | "aborted"
  /** Only an M1: somebody asked what the device is. */
  | "unanswered"
  /** The capture ends before the run does. */
  | "unfinished";

/** Who said a message, whatever brought it here. An access point also passes on what an external Registrar says. */
export type Sender = "station" | "accessPoint" | "externalRegistrar";

/** One end of a run, as it introduces itself. */
export interface End {
  readonly uuid: Uint8Array | null;
  readonly name: string | null;
}

/** What is known of a run. */
export interface Run {
  /** From 1, in the order of their beginnings. */
  readonly number: number;
  /** Packets of its first and last message. */
  readonly firstPacket: number;
  readonly lastPacket: number;
  /** The address that M1 names; null if the capture missed it. */
  readonly enrolleeMac: MacAddress | null;
  readonly enrollee: End;
  readonly registrar: End;
  /** Who sent M1: a station that wants to join, or an access point whose settings a Registrar wants. */
  readonly enrolleeIs: Sender;
  /** Device Password ID of M1. */
  readonly announcedPasswordId: number | null;
  /** Device Password ID of M2, which is the one that counts; null before it. */
  readonly answeredPasswordId: number | null;
  /** Every type of message that was seen. */
  readonly seen: ReadonlySet<MessageType>;
  /** The last of M1 to M8. */
  readonly last: MessageType | null;
  /** Configuration Error of the NACK or M2D that ended it. */
  readonly configError: number | null;
  /** Null while it runs. */
  readonly outcome: Outcome | null;
}

/** What the tracker has to know of a message. */
export interface RunMessage {
  readonly packet: number;
  readonly type: MessageType;
  readonly attributes: Attributes;
  readonly sender: Sender;
  /** Both ends of the EAP conversation; null over UPnP, where every message has a connection of its own. */
  readonly conversation: string | null;
}

/** A run and whether it ended with this message. */
export interface Membership {
  readonly run: Run;
  readonly ended: boolean;
}

/** Runs that may still get messages. It bounds what is kept. */
const MOST_RUNS = 256;

/** Finds the run of each message: by its nonces, or else by who talks to whom. */
export class RunTracker {
  #count = 0;
  readonly #runs = new Recent<number, Run>(MOST_RUNS);
  /** Runs by the nonces in their messages, and by conversation. Each run has about two of each. */
  readonly #byKey = new Recent<string, number>(4 * MOST_RUNS);

  /** The run a message belongs to; null where there is none to be found. */
  take(message: RunMessage): Membership | null {
    const found = this.#find(message);
    if (found === null && message.type !== "M1") return null;
    const before = found ?? this.#begin(message);
    const after = advance(before, message);
    this.#runs.set(after.number, after);
    this.#remember(after.number, message);
    return { run: after, ended: before.outcome === null && after.outcome !== null };
  }

  /** EAP-Failure ends every run, good or bad: one that has no outcome by now broke off. */
  endConversation(a: string, b: string, packet: number): Run | null {
    const key = pairKey(a, b);
    const number = this.#byKey.get(key);
    this.#byKey.delete(key);
    const run = number === undefined ? undefined : this.#runs.get(number);
    if (run === undefined || run.outcome !== null) return null;
    const ended: Run = {
      ...run,
      lastPacket: packet,
      outcome: run.seen.has("M2D") && !run.seen.has("M2") ? "turnedAway" : "aborted",
    };
    this.#runs.set(ended.number, ended);
    return ended;
  }

  /** The number of the run between two stations. */
  numberOf(a: string, b: string): number | null {
    return this.#byKey.get(pairKey(a, b)) ?? null;
  }

  /** The runs that were still under way when the capture ended. */
  end(): Run[] {
    return this.#runs
      .values()
      .filter(({ outcome }) => outcome === null)
      .sort((a, b) => a.number - b.number)
      .map((run) => ({ ...run, outcome: run.seen.size === 1 && run.seen.has("M1") ? "unanswered" : "unfinished" }));
  }

  #find({ type, attributes, conversation }: RunMessage): Run | null {
    const byNonce = nonceKeys(attributes).map((key) => this.#byKey.get(key));
    // An M1 with another nonce begins another run, whoever says it.
    const byConversation = type !== "M1" && conversation !== null ? this.#byKey.get(conversation) : undefined;
    const number = [...byNonce, byConversation].find((candidate) => candidate !== undefined);
    return number === undefined ? null : (this.#runs.get(number) ?? null);
  }

  #begin(message: RunMessage): Run {
    return {
      number: ++this.#count,
      firstPacket: message.packet,
      lastPacket: message.packet,
      enrolleeMac: null,
      enrollee: { uuid: null, name: null },
      registrar: { uuid: null, name: null },
      enrolleeIs: message.sender,
      announcedPasswordId: null,
      answeredPasswordId: null,
      seen: new Set(),
      last: null,
      configError: null,
      outcome: null,
    };
  }

  #remember(number: number, { attributes, conversation }: RunMessage): void {
    for (const key of nonceKeys(attributes)) this.#byKey.set(key, number);
    if (conversation !== null) this.#byKey.set(conversation, number);
  }
}

/** An M2D has no nonce of the Registrar yet and says zeros; so does who answers it. */
function nonceKeys({ enrolleeNonce, registrarNonce }: Attributes): string[] {
  return [...(enrolleeNonce ?? []), ...(registrarNonce ?? [])]
    .filter((nonce) => nonce.some((byte) => byte !== 0))
    .map((nonce) => `nonce ${toHex(nonce)}`);
}

function advance(run: Run, { packet, type, attributes }: RunMessage): Run {
  const seen = new Set([...run.seen, type]);
  const [configError = null] = attributes.configError ?? [];
  const [devicePasswordId = null] = attributes.devicePasswordId ?? [];
  const next: Run = { ...run, lastPacket: packet, seen, last: /^M\d$/.test(type) ? type : run.last };
  // Nothing changes what has ended: an access point's Done is answered by an ACK, a NACK by a NACK.
  if (run.outcome !== null) return { ...next, lastPacket: run.lastPacket };
  switch (type) {
    case "M1":
      return {
        ...next,
        enrolleeMac: attributes.macAddress?.[0] ?? null,
        enrollee: endFrom(attributes.uuidE?.[0], attributes),
        announcedPasswordId: devicePasswordId,
      };
    case "M2":
      return {
        ...next,
        registrar: endFrom(attributes.uuidR?.[0], attributes),
        answeredPasswordId: devicePasswordId,
        configError: null,
      };
    case "M2D":
      return { ...next, registrar: endFrom(attributes.uuidR?.[0], attributes), configError };
    case "WSC_NACK":
      return { ...next, configError, outcome: outcomeOfNack(run, configError ?? CONFIG_ERROR.none) };
    case "WSC_Done":
      return { ...next, configError: null, outcome: "success" };
    default:
      return next;
  }
}

function endFrom(uuid: Uint8Array | undefined, { deviceName }: Attributes): End {
  return { uuid: uuid ?? null, name: deviceName?.[0] || null };
}

function outcomeOfNack(run: Run, configError: number): Outcome {
  switch (configError) {
    case CONFIG_ERROR.passwordAuthenticationFailure:
      return "wrongPassword";
    case CONFIG_ERROR.multiplePbcDetected:
      return "overlap";
    case CONFIG_ERROR.setupLocked:
      return "locked";
    case CONFIG_ERROR.none:
      // M7 tells the settings; a Registrar that only wanted to know them says NACK in place of M8.
      return run.enrolleeIs === "accessPoint" && run.last === "M7" ? "learned" : "refused";
    default:
      return "refused";
  }
}

/** Which role a message is meant for. That an odd number goes to the Registrar is the protocol's; for the rest the run tells. */
export function directionOf(type: MessageType, sender: Sender, run: Run | null): "toEnrollee" | "toRegistrar" | null {
  if (/^M[1357]$/.test(type)) return "toRegistrar";
  if (/^M/.test(type)) return "toEnrollee";
  if (run === null) return null;
  return sender === run.enrolleeIs ? "toRegistrar" : "toEnrollee";
}

/** The Device Password ID that counted. Access points are known that answer push button with 0 and mean nothing by it. */
export function passwordIdOf({ announcedPasswordId, answeredPasswordId }: Run): number | null {
  const { pushButton } = DEVICE_PASSWORD_ID;
  if (announcedPasswordId === pushButton) return pushButton;
  return answeredPasswordId ?? announcedPasswordId;
}

/** Which half of the password a run failed on; null if it did not fail on the password. */
export function wrongHalfOf({ outcome, last }: Run): 1 | 2 | null {
  if (outcome !== "wrongPassword") return null;
  return last === "M4" || last === "M5" ? 1 : last === "M6" || last === "M7" ? 2 : null;
}
