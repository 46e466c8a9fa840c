/**
 * EAP runs as RADIUS carries them: one request, one answer, and a State that ties them together. Here a run is found,
 * begun and forgotten; what is said in it is for the desk's conversation, and datagrams are for `server.ts`.
 */
import { randomBytes } from "node:crypto";
import type { Clock, Instant, Timer } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import { equal } from "../wsc/crypto.ts";
import type { Conversation, EnrolmentDesk, InstanceId } from "../wsc/eap/conversation.ts";
import { buildPacket, isEnd, peerRoleIn } from "../wsc/eap/packet.ts";

/** A station gives up when it hears nothing for so long (protocol: peer timeout), and so do we. */
const SILENCE_MS = 30_000;
/** As long as a window is open; a run that is not through by then never will be. */
const LONGEST_RUN_MS = 120_000;
const STATE_LENGTH = 16;

/** An EAP response, and where it comes from. */
export interface EapQuestion {
  /** The address of the RADIUS client. */
  readonly client: string;
  readonly peer: MacAddress;
  readonly instance: InstanceId;
  /** That of our last answer in the run; null at its beginning. */
  readonly state: Uint8Array | null;
  readonly eap: Uint8Array;
}

/** What a question is answered. */
export type EapAnswer =
  | { readonly type: "challenge"; readonly eap: Uint8Array; readonly state: Uint8Array }
  /** `why` is null at the end of a run, whether or not it enrolled anybody. */
  | { readonly type: "reject"; readonly eap: Uint8Array; readonly why: EapRefusal | null }
  /** No room for another run; the client will ask again. */
  | { readonly type: "full" };

/** Why nobody is enrolled. */
export type EapRefusal =
  /** The station is neither an Enrollee nor a Registrar: another EAP identity, or none. */
  | "notWsc"
  /** No run has this State, or none of this station, access point and client. */
  | "foreignState";

/** How many runs may be under way: of all clients, and of one. A client beyond its own loses the run that is silent longest. */
export interface RunLimits {
  readonly inAll: number;
  readonly byClient: number;
}

interface Run {
  readonly client: string;
  readonly station: string;
  readonly state: Uint8Array;
  readonly conversation: Conversation;
  readonly endsAt: Instant;
  /** The last response, and what becomes of it. */
  last: { readonly eap: Uint8Array; readonly answer: Promise<EapAnswer> };
  timer: Timer;
}

/** The runs that are under way. */
export class Enrolments {
  readonly #desk: EnrolmentDesk;
  readonly #clock: Clock;
  readonly #limits: RunLimits;
  /** By client, and then by station and access point; of a client's runs the one that is silent longest comes first. */
  readonly #runs = new Map<string, Map<string, Run>>();
  #count = 0;

  constructor(options: { readonly desk: EnrolmentDesk; readonly clock: Clock; readonly limits: RunLimits }) {
    this.#desk = options.desk;
    this.#clock = options.clock;
    this.#limits = options.limits;
  }

  /** How many runs are under way. */
  get count(): number {
    return this.#count;
  }

  /** Rejects when the desk fails; the run is over then. */
  answer(question: EapQuestion): Promise<EapAnswer> {
    const { client, state, eap } = question;
    const station = `${question.peer} ${question.instance}`;
    const run = this.#runs.get(client)?.get(station);
    if (run !== undefined && isLast(run, eap) && (state === null || equal(run.state, state))) return this.#go(run, eap);
    // Who says who it is begins a run. hostapd puts the State of the run before on that, when there was one.
    if (state === null || peerRoleIn(eap) !== null) return this.#begin(question, station, run);
    if (run === undefined || !equal(run.state, state))
      return Promise.resolve({ type: "reject", eap: failure(eap), why: "foreignState" });
    return this.#go(run, eap);
  }

  close(): void {
    for (const runs of [...this.#runs.values()]) for (const run of [...runs.values()]) this.#giveUp(run);
  }

  #begin({ client, peer, instance, eap }: EapQuestion, station: string, before: Run | undefined): Promise<EapAnswer> {
    if (peerRoleIn(eap) === null) return Promise.resolve({ type: "reject", eap: failure(eap), why: "notWsc" });
    // A station that begins anew has given up what it was at.
    if (before !== undefined) this.#giveUp(before);
    this.#makeRoom(client);
    if (this.#count >= this.#limits.inAll) return Promise.resolve({ type: "full" });

    const run: Run = {
      client,
      station,
      state: new Uint8Array(randomBytes(STATE_LENGTH)),
      conversation: this.#desk.open(peer, instance),
      endsAt: this.#clock.now() + LONGEST_RUN_MS,
      last: { eap: new Uint8Array(), answer: Promise.resolve({ type: "full" }) },
      timer: NO_TIMER,
    };
    this.#count++;
    this.#runs.set(client, this.#runs.get(client) ?? new Map());
    return this.#go(run, eap);
  }

  #makeRoom(client: string): void {
    const runs = this.#runs.get(client);
    if (runs === undefined || runs.size < this.#limits.byClient) return;
    const [silentLongest] = runs.values();
    if (silentLongest !== undefined) this.#giveUp(silentLongest);
  }

  /** One response after the other; a repeated one has the answer of the first. */
  #go(run: Run, eap: Uint8Array): Promise<EapAnswer> {
    this.#touch(run);
    if (isLast(run, eap)) return run.last.answer;
    const answer = run.last.answer.then(() => this.#respond(run, eap));
    // A copy: the bytes are a view of a datagram.
    run.last = { eap: eap.slice(), answer };
    return answer;
  }

  async #respond(run: Run, eap: Uint8Array): Promise<EapAnswer> {
    try {
      const request = await run.conversation.respond(eap);
      if (!isEnd(request)) return { type: "challenge", eap: request, state: run.state };
      this.#remove(run);
      return { type: "reject", eap: request, why: null };
    } catch (trouble) {
      this.#giveUp(run);
      throw trouble;
    }
  }

  #touch(run: Run): void {
    const runs = this.#runs.get(run.client);
    runs?.delete(run.station);
    runs?.set(run.station, run);
    run.timer.cancel();
    const left = Math.max(0, run.endsAt - this.#clock.now());
    run.timer = this.#clock.after(Math.min(SILENCE_MS, left), () => this.#giveUp(run));
  }

  #giveUp(run: Run): void {
    this.#remove(run);
    run.conversation.close();
  }

  #remove(run: Run): void {
    run.timer.cancel();
    const runs = this.#runs.get(run.client);
    if (runs?.get(run.station) !== run) return;
    runs.delete(run.station);
    if (runs.size === 0) this.#runs.delete(run.client);
    this.#count--;
  }
}

const NO_TIMER: Timer = { cancel: () => {} };

function isLast(run: Run, eap: Uint8Array): boolean {
  return equal(run.last.eap, eap);
}

/** EAP-Failure in answer to whatever that was. */
function failure(eap: Uint8Array): Uint8Array {
  return buildPacket({ type: "failure", identifier: eap[1] ?? 0 });
}
