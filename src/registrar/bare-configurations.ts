/**
 * Runs with the access point as Enrollee that come without EAP: Registrars on the network ask for M1, and then say one
 * message after the other, each to be answered. A few at a time; whom a message is for shows in its nonces.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import { parse } from "../wsc/codec.ts";
import type { MessageEvent } from "../wsc/eap/peer-carrier.ts";
import { messageTypeOf, SCHEMAS } from "../wsc/messages.ts";
import type { Random } from "../wsc/random.ts";
import {
  type AccessPointInput,
  type AccessPointState,
  endAccessPoint,
  openAccessPoint,
  stepAccessPoint,
} from "../wsc/session/access-point-enrollee.ts";
import { drawEnrollee } from "../wsc/session/enrollee.ts";
import { isNonce } from "../wsc/session/exchange.ts";
import type { Outgoing } from "../wsc/session/session.ts";
import { type Configurable, Configuration, type ConfigurationCarrier, configurationOf } from "./configuration.ts";
import type { RunEvent } from "./events.ts";

/** Runs at a time (as in the reference); of more the oldest is dropped, and before it one that nobody has gone on with. */
const MOST_RUNS = 4;
/** Nobody has answered M1 for so long: many ask for it only to see what the access point is. */
const IDLE_MS = 120_000;
/** A Registrar gives up when it hears nothing for so long (protocol: peer timeout), and so do we. */
const SILENCE_MS = 30_000;
/** How long the acknowledgement of Done is waited for; wpa_supplicant sends none. */
const ACK_WITHIN_MS = 1_000;

type Message = Extract<AccessPointInput, { readonly type: "message" }>;

interface Run {
  readonly enrolleeNonce: Uint8Array;
  readonly carrier: BareCarrier;
  readonly configuration: Configuration<Message>;
  timer: Timer;
}

export interface BareConfigurationsOptions {
  readonly configurable: Configurable;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: (event: RunEvent) => void;
  readonly onTrouble: (error: unknown) => void;
}

export class BareConfigurations {
  readonly #options: BareConfigurationsOptions;
  /** Oldest first. */
  readonly #runs = new Set<Run>();
  /** Messages go one after the other: a guess is counted before the next one is looked at. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: BareConfigurationsOptions) {
    this.#options = options;
  }

  /** M1 of a new run; null: there is no PIN, and hence no way in. @param from numeric address of the one who asks */
  open(from: string): Promise<Uint8Array | null> {
    return this.#inTurn(async () => {
      const { configurable, random, tell, onTrouble } = this.#options;
      if (!configurable.hasPin()) return null;
      if (this.#runs.size >= MOST_RUNS) {
        const [oldest] = this.#runs;
        const dropped = [...this.#runs].find(({ carrier }) => !carrier.isTold) ?? oldest;
        if (dropped !== undefined) await this.#drop(dropped);
      }
      const draws = drawEnrollee(random);
      const { state, send } = openAccessPoint(await configurationOf(configurable, onTrouble), draws);
      if (send === null) return null;
      const carrier = new BareCarrier(state, send);
      const configuration = new Configuration({
        configurable,
        carrier,
        tell: (event) => tell({ peer: null, address: from, ...event }),
        onTrouble,
      });
      const run: Run = { enrolleeNonce: draws.nonce, carrier, configuration, timer: this.#wake(() => run, IDLE_MS) };
      this.#runs.add(run);
      return send.bytes;
    });
  }

  /** One step of such a run; null: there is nothing to answer, or no such run. */
  take(bytes: Uint8Array): Promise<Uint8Array | null> {
    return this.#inTurn(async () => {
      const attributes = parse(bytes);
      if (!attributes.ok) return null;
      const { enrolleeNonce, registrarNonce } = attributes.value;
      const run = [...this.#runs].find((one) => isNonce(enrolleeNonce, one.enrolleeNonce));
      // From M3 on a run is with one Registrar; messages that show its nonce at all must show the right one.
      const theirs = run?.carrier.registrarNonce ?? null;
      if (run === undefined || (theirs !== null && registrarNonce !== undefined && !isNonce(registrarNonce, theirs)))
        return null;
      const type = messageTypeOf(bytes);
      const opCode = type === null ? "WSC_MSG" : SCHEMAS[type].opCode;
      const answer = await run.configuration.take({ type: "message", message: { opCode, bytes } });
      run.timer.cancel();
      if (run.carrier.isOver) this.#runs.delete(run);
      else run.timer = this.#wake(() => run, run.carrier.session.name === "awaitAck" ? ACK_WITHIN_MS : SILENCE_MS);
      return answer;
    });
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      for (const run of this.#runs) await this.#drop(run);
    });
  }

  async #drop(run: Run): Promise<void> {
    run.timer.cancel();
    this.#runs.delete(run);
    // One that only saw M1 has done nothing that anybody would want to know.
    if (run.carrier.isTold) await run.configuration.cutOff();
  }

  #wake(runOf: () => Run, ms: number): Timer {
    const drop = () => void this.#inTurn(() => this.#drop(runOf())).catch(this.#options.onTrouble);
    return this.#options.clock.after(ms, drop);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** Bare messages to the machine and back. */
class BareCarrier implements ConfigurationCarrier<Message> {
  #state: AccessPointState;
  /** Told together with the first answer to it. */
  #m1: Outgoing | null;

  constructor(state: AccessPointState, m1: Outgoing) {
    this.#state = state;
    this.#m1 = m1;
  }

  get session() {
    return this.#state;
  }

  get isOver() {
    const { name } = this.#state;
    return name === "read" || name === "configured" || name === "failed";
  }

  /** Somebody has answered M1. */
  get isTold() {
    return this.#m1 === null;
  }

  /** Of the Registrar that the run is with; null before there is one. */
  get registrarNonce() {
    return "exchange" in this.#state ? this.#state.exchange.registrarNonce : null;
  }

  step(input: AccessPointInput | { readonly type: "cutOff" }) {
    if (input.type === "cutOff") {
      this.#state = endAccessPoint(this.#state);
      return { send: null, events: [] };
    }
    const before: MessageEvent[] = [];
    if (input.type === "message") {
      if (this.#m1 !== null) before.push(sent(this.#m1));
      this.#m1 = null;
      const type = messageTypeOf(input.message.bytes);
      if (type !== null) before.push({ type: "message", direction: "in", message: type, bytes: input.message.bytes });
    }
    const { state, send, events } = stepAccessPoint(this.#state, input);
    this.#state = state;
    const after = send === null ? [] : [sent(send)];
    return { send: send?.bytes ?? null, events: [...before, ...events, ...after] };
  }
}

function sent({ type, bytes }: Outgoing): MessageEvent {
  return { type: "message", direction: "out", message: type, bytes };
}
