/**
 * The access point's part in a run between a station and a Registrar elsewhere: it passes their messages on, sees which
 * Registrar the station has settled on, and when they are through. It holds no key and checks no proof: who may say what
 * next, by nonces and message types, is all that it knows. A pure step. How Registrars are reached is not known here.
 */
import type { Attributes } from "../codec.ts";
import { parse } from "../codec.ts";
import type { WscError } from "../errors.ts";
import { type MessageType, messageTypeFrom, SCHEMAS, take, WSC_NACK } from "../messages.ts";
import { isNonce, malformed } from "./exchange.ts";
import { abort, type Failed, failed, go, type Step, stay, type WscMessage } from "./session.ts";

/** Offers (M2, M2D) that a station is passed in one run; each of them costs it a round trip. */
const MOST_OFFERS = 8;

/** What a Registrar elsewhere has to say to the station. */
export interface RegistrarAnswer {
  readonly bytes: Uint8Array;
  /** Who it is: the same for all that one Registrar says. */
  readonly from: string;
}

/** A message of the station, one of a Registrar, or the end of waiting for one. */
export type RelayInput =
  | { readonly type: "message"; readonly message: WscMessage }
  | { readonly type: "answer"; readonly answer: RegistrarAnswer }
  /** No Registrar has answered in time. */
  | { readonly type: "giveUp" };

/** The Registrar whose message the station was passed last. */
interface Chosen {
  readonly from: string;
  /** 16 bytes; null for an M2D that shows none. */
  readonly registrarNonce: Uint8Array | null;
}

/** What stays the same in a run, or only counts up. */
interface Run {
  readonly enrolleeNonce: Uint8Array;
  /** Passed so far. */
  readonly offers: number;
}

/** The station has turned to whichever Registrar may serve it. */
interface AwaitOffer extends Run {
  readonly name: "awaitOffer";
}

/** The station has answered the M2 of one Registrar, and nobody else has a say any more. */
interface AwaitAnswer extends Run {
  readonly name: "awaitAnswer";
  readonly chosen: Chosen;
  readonly due: "M4" | "M6" | "M8";
}

interface AwaitStation extends Run {
  readonly name: "awaitStation";
  readonly chosen: Chosen;
  readonly lastSent: "M2D" | "M2" | AwaitAnswer["due"];
}

/** The station has taken what the Registrar gave it. */
interface Relayed {
  readonly name: "relayed";
}

/** Where such a run is; named after whom it waits for. `relayed` and `failed` are final. */
export type RelayState = AwaitOffer | AwaitAnswer | AwaitStation | Relayed | Failed;

type RelayStep = Step<RelayState, never>;

/** A run whose station waits for Registrars other than the one that has turned it away. */
export function openRelay(enrolleeNonce: Uint8Array): RelayState {
  return { name: "awaitOffer", enrolleeNonce, offers: 0 };
}

/** Never throws, whatever the bytes. What a Registrar says out of turn, or about another run, changes nothing. */
export function stepRelay(state: RelayState, input: RelayInput): RelayStep {
  if (state.name === "relayed" || state.name === "failed") return stay(state);
  switch (input.type) {
    case "message":
      return onMessage(state, input.message);
    case "answer":
      return onAnswer(state, input.answer);
    case "giveUp":
      return state.name === "awaitStation" ? stay(state) : stay(endRelay(state));
  }
}

/** Ends a run because its carrier did, or because nobody answered. */
export function endRelay(state: RelayState): RelayState {
  switch (state.name) {
    case "awaitOffer":
      return failed({ kind: "turnedAway", configError: 0 });
    case "awaitAnswer":
      return failed({ kind: "cutOff", awaited: state.due });
    case "awaitStation":
      return failed({ kind: "cutOff", awaited: NEXT_OF_STATION[state.lastSent] });
    case "relayed":
    case "failed":
      return state;
  }
}

/** Whether a message is about this run, so that it may be kept until its turn. */
export function isAbout(enrolleeNonce: Uint8Array, bytes: Uint8Array): boolean {
  const attributes = parse(bytes);
  return attributes.ok && isNonce(attributes.value.enrolleeNonce, enrolleeNonce);
}

/** What a station says to a message, if all goes well. */
const NEXT_OF_STATION = { M2D: "WSC_ACK", M2: "M3", M4: "M5", M6: "M7", M8: "WSC_Done" } as const;
/** What a Registrar says to that. */
const NEXT_OF_REGISTRAR = { M3: "M4", M5: "M6", M7: "M8" } as const;

function onMessage(state: Exclude<RelayState, Relayed | Failed>, { opCode, bytes }: WscMessage): RelayStep {
  const attributes = parse(bytes);
  if (!attributes.ok) return abort(malformed(null, attributes.error));
  const message = typeIn(attributes.value);
  if (message === null || state.name !== "awaitStation") return abort(outOfOrder(message, "decision"));
  if (SCHEMAS[message].opCode !== opCode) return abort({ kind: "unexpectedOpCode", opCode });
  const { chosen, enrolleeNonce, offers } = state;
  // An ACK of the M2D of a Registrar that shows no nonce has none to repeat.
  if (chosen.registrarNonce !== null && !isNonce(attributes.value.registrarNonce, chosen.registrarNonce))
    return abort({ kind: "wrongNonce", nonce: "registrar" });
  if (message === "WSC_NACK") return onNack(state, attributes.value);
  const due = NEXT_OF_STATION[state.lastSent];
  if (message !== due) return abort(outOfOrder(message, due));
  switch (due) {
    case "WSC_ACK":
      return stay({ name: "awaitOffer", enrolleeNonce, offers });
    case "M3":
    case "M5":
    case "M7":
      return stay({ name: "awaitAnswer", enrolleeNonce, offers, chosen, due: NEXT_OF_REGISTRAR[due] });
    case "WSC_Done":
      return stay({ name: "relayed" });
  }
}

/** The station gives up. */
function onNack({ lastSent }: AwaitStation, attributes: Attributes): RelayStep {
  const nack = take(WSC_NACK, attributes);
  if (!nack.ok) return abort(malformed("WSC_NACK", nack.error));
  return abort({ kind: "refused", configError: nack.value.configError, lastSent });
}

function onAnswer(state: Exclude<RelayState, Relayed | Failed>, { bytes, from }: RegistrarAnswer): RelayStep {
  const attributes = parse(bytes);
  if (!attributes.ok || !isNonce(attributes.value.enrolleeNonce, state.enrolleeNonce)) return stay(state);
  const type = typeIn(attributes.value);
  switch (state.name) {
    case "awaitOffer":
      return onOffer(state, type, attributes.value, { bytes, from });
    case "awaitAnswer": {
      const { enrolleeNonce, offers, chosen, due } = state;
      if (from !== chosen.from) return stay(state);
      if (type === "WSC_NACK") return onRegistrarNack(state, attributes.value, bytes);
      if (type !== due) return stay(state);
      return go({ name: "awaitStation", enrolleeNonce, offers, chosen, lastSent: due }, passed(due, bytes));
    }
    case "awaitStation":
      return stay(state);
  }
}

function onOffer(
  { enrolleeNonce, offers }: AwaitOffer,
  type: MessageType | null,
  attributes: Attributes,
  { bytes, from }: RegistrarAnswer,
): RelayStep {
  const [registrarNonce = null] = attributes.registrarNonce ?? [];
  const isOffer = type === "M2D" || (type === "M2" && registrarNonce !== null);
  if (!isOffer || offers >= MOST_OFFERS) return stay({ name: "awaitOffer", enrolleeNonce, offers });
  const chosen = { from, registrarNonce };
  return go({ name: "awaitStation", enrolleeNonce, offers: offers + 1, chosen, lastSent: type }, passed(type, bytes));
}

/** The Registrar gives up: the station is told, and whatever it says to that is the end. */
function onRegistrarNack(state: AwaitAnswer, attributes: Attributes, bytes: Uint8Array): RelayStep {
  const nack = take(WSC_NACK, attributes);
  const { registrarNonce } = state.chosen;
  if (!nack.ok || registrarNonce === null || !isNonce(attributes.registrarNonce, registrarNonce)) return stay(state);
  const error: WscError = { kind: "turnedAway", configError: nack.value.configError };
  return go(failed(error), passed("WSC_NACK", bytes));
}

function passed(type: MessageType, bytes: Uint8Array) {
  return { type, opCode: SCHEMAS[type].opCode, bytes };
}

function typeIn({ messageType }: Attributes): MessageType | null {
  return messageType === undefined ? null : messageTypeFrom(messageType[0]);
}

function outOfOrder(message: MessageType | null, awaited: string): WscError {
  return message === null
    ? malformed(null, { kind: "missing", attribute: "messageType" })
    : { kind: "outOfOrder", message, awaited };
}
