/**
 * One enrolment: a conversation that asks its desk once whether the device may come in, and then takes it through, or
 * lets a Registrar elsewhere do so. It knows no windows; it reports how far it got. What has to be noted is noted before
 * the packet that it is about.
 */
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_ERROR } from "../wsc/attributes.ts";
import type { Conversation } from "../wsc/eap/conversation.ts";
import { openServer, relayed, type ServerInput, type ServerState, stepServer } from "../wsc/eap/server.ts";
import type { RunOutcome } from "../wsc/policy/window.ts";
import type { EnrolleeIdentity, RegistrarConfig, RegistrarDraws } from "../wsc/session/registrar.ts";
import type { DevicePassword } from "../wsc/session/session.ts";
import type { RunEvent } from "./events.ts";
import type { Grant } from "./grant.ts";
import type { Proxying } from "./proxying.ts";

/** The answer to a device that asks. */
export type Verdict =
  | { readonly type: "admit"; readonly password: DevicePassword; readonly grant: Grant }
  /** `elsewhere`: another Registrar may let it in. */
  | { readonly type: "refuse"; readonly configError: number; readonly elsewhere: boolean };

export interface RunOptions {
  /** The station's address as its carrier knows it. */
  readonly peer: MacAddress;
  readonly config: RegistrarConfig;
  readonly draws: RegistrarDraws;
  /** Called once, with the first good M1. */
  readonly decide: (enrollee: EnrolleeIdentity) => Promise<Verdict>;
  /** The Registrars elsewhere that may have a say; without it, there are none. */
  readonly proxying?: Proxying | null | undefined;
  readonly tell: (event: RunEvent) => void;
  /** Called once, when a run that was admitted is over. */
  readonly ended: (outcome: RunOutcome) => void;
  /** Something could not be noted: the run ends. */
  readonly onTrouble: (error: unknown) => void;
}

export class Run implements Conversation {
  readonly #options: RunOptions;
  #server: ServerState;
  /** Whom we admitted, and to what; null before that, and for good after a refusal. */
  #guest: { readonly enrollee: EnrolleeIdentity; readonly grant: Grant } | null = null;
  /** What becomes of the run if it goes no further. */
  #progress: Exclude<RunOutcome, "enrolled"> = "failed";
  /** A refusal that came while it was being decided. */
  #overruled: number | null = null;
  #deciding = false;
  /** Sent again for whatever is no answer to it. */
  #lastSent: Uint8Array = new Uint8Array();
  /** Packets go one after the other: a repeated one must not be answered before what its answer waits for is noted. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#server = openServer(options.config, options.draws);
  }

  respond(response: Uint8Array | null): Promise<Uint8Array> {
    const answer = this.#turn.then(() => this.#respond(response));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #respond(response: Uint8Array | null): Promise<Uint8Array> {
    const send = await this.#step(response === null ? { type: "silence" } : { type: "response", packet: response });
    this.#lastSent = send ?? (await this.#hearElsewhere()) ?? this.#lastSent;
    return this.#lastSent;
  }

  /** While the station waits for a Registrar elsewhere: what the first that fits has to say, or the end. */
  async #hearElsewhere(): Promise<Uint8Array | null> {
    const next = this.#options.proxying?.answers();
    while (next !== undefined && relayed(this.#server) === "registrar") {
      const answer = await next();
      if (relayed(this.#server) !== "registrar") return null;
      const send = await this.#step(answer === null ? { type: "giveUp" } : { type: "answer", answer });
      if (send !== null) return send;
    }
    return null;
  }

  /** Ends a run that was admitted, with a Configuration Error, as soon as EAP allows; after M8 it is too late. */
  refuse(configError: number): void {
    if (this.#deciding) this.#overruled = configError;
    else void this.#step({ type: "refuse", configError });
  }

  close(): void {
    void this.#step({ type: "cutOff" });
  }

  async #step(input: ServerInput): Promise<Uint8Array | null> {
    const { peer, proxying, tell } = this.#options;
    const { state, send, events, ended } = stepServer(this.#server, input);
    const hadEnded = this.#server.awaiting === "nothing";
    const isElsewhere = relayed(this.#server) !== null;
    this.#server = state;
    let heard: Uint8Array | null = null;
    for (const event of events) {
      switch (event.type) {
        case "message":
          heard = event.bytes;
          tell({ peer, ...event });
          if (isElsewhere) proxying?.passed(event, input.type === "answer" ? input.answer.from : null);
          break;
        case "asked":
          if (heard !== null && state.session.name === "deciding")
            proxying?.ask(event.enrollee, state.session.enrolleeNonce, heard);
          return this.#decide(event.enrollee);
        case "passwordExposed":
          this.#progress = "passwordExposed";
          break;
        case "passwordProven":
          if (!(await this.#noted(this.#guest?.grant.handOut()))) return this.#step({ type: "cutOff" });
          // Closed meanwhile: M8 goes nowhere any more.
          if (this.#server !== state) return null;
          this.#progress = "credentialGiven";
          break;
      }
    }
    if (ended && !hadEnded) {
      proxying?.end(state);
      await this.#end(state);
      tell({ type: "runEnded", peer });
    }
    return send;
  }

  async #decide(enrollee: EnrolleeIdentity): Promise<Uint8Array | null> {
    this.#deciding = true;
    const verdict = await this.#options.decide(enrollee);
    this.#deciding = false;
    const { proxying } = this.#options;
    if (verdict.type === "admit" || !verdict.elsewhere) proxying?.keep();
    if (verdict.type === "refuse") return this.#step({ ...verdict, elsewhere: proxying?.isOpen ?? false });
    const { password, grant } = verdict;
    this.#guest = { enrollee, grant };
    const isClosed = this.#server.awaiting === "nothing";
    if (isClosed || this.#overruled !== null) {
      await this.#end(this.#server);
      return this.#step({ type: "refuse", configError: this.#overruled ?? CONFIG_ERROR.none });
    }
    return this.#step({ type: "admit", password, credentials: grant.credentials });
  }

  async #end({ session }: ServerState): Promise<void> {
    const { peer, tell, ended } = this.#options;
    if (this.#guest === null) return;
    const { enrollee, grant } = this.#guest;
    this.#guest = null;
    const outcome = session.name === "enrolled" ? "enrolled" : this.#progress;
    await this.#noted(grant.settle(outcome));
    if (outcome === "enrolled") tell({ type: "enrolmentSucceeded", peer, enrollee });
    else {
      const error = session.name === "failed" ? session.error : overruled;
      tell({ type: "enrolmentFailed", peer, enrollee, error, outcome });
    }
    ended(outcome);
  }

  async #noted(note: Promise<void> | undefined): Promise<boolean> {
    try {
      await note;
      return true;
    } catch (error) {
      this.#options.onTrouble(error);
      return false;
    }
  }
}

/** The window that had let it in closed before it was answered. */
const overruled = { kind: "turnedAway", configError: CONFIG_ERROR.none } as const;
