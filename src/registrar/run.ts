/**
 * One enrolment: a conversation that asks its desk once whether the device may come in, and then takes it through.
 * It knows no windows; it reports how far it got.
 */
import type { MacAddress } from "../wsc/address.ts";
import type { Conversation } from "../wsc/eap/conversation.ts";
import { openServer, type ServerInput, type ServerState, stepServer } from "../wsc/eap/server.ts";
import type { RunOutcome } from "../wsc/policy/window.ts";
import type { EnrolleeIdentity, RegistrarConfig, RegistrarDraws, RegistrarInput } from "../wsc/session/registrar.ts";
import type { RunEvent } from "./events.ts";

/** The answer to a device that asks. */
export type Verdict = Extract<RegistrarInput, { readonly type: "admit" | "refuse" }>;

export interface RunOptions {
  /** The station's address as its carrier knows it. */
  readonly peer: MacAddress;
  readonly config: RegistrarConfig;
  readonly draws: RegistrarDraws;
  /** Called once, with the first good M1. */
  readonly decide: (enrollee: EnrolleeIdentity) => Verdict;
  readonly tell: (event: RunEvent) => void;
  /** Called once, when a run that was admitted is over. */
  readonly ended: (outcome: RunOutcome) => void;
}

export class Run implements Conversation {
  readonly #options: RunOptions;
  #server: ServerState;
  /** Whom we admitted; null before that, and for good after a refusal. */
  #admitted: EnrolleeIdentity | null = null;
  /** What becomes of the run if it goes no further. */
  #progress: Exclude<RunOutcome, "enrolled"> = "failed";
  /** Sent again for whatever is no answer to it. */
  #lastSent: Uint8Array = new Uint8Array();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#server = openServer(options.config, options.draws);
  }

  async respond(response: Uint8Array | null): Promise<Uint8Array> {
    const send = this.#step(response === null ? { type: "silence" } : { type: "response", packet: response });
    this.#lastSent = send ?? this.#lastSent;
    return this.#lastSent;
  }

  /** Ends a run that was admitted, with a Configuration Error, as soon as EAP allows; after M8 it is too late. */
  refuse(configError: number): void {
    this.#step({ type: "refuse", configError });
  }

  close(): void {
    this.#step({ type: "cutOff" });
  }

  #step(input: ServerInput): Uint8Array | null {
    const { state, send, events, ended } = stepServer(this.#server, input);
    const hadEnded = this.#server.awaiting === "nothing";
    this.#server = state;
    let answer: Verdict | null = null;
    for (const event of events) {
      switch (event.type) {
        case "message":
          this.#options.tell({ ...event, peer: this.#options.peer });
          break;
        case "asked":
          answer = this.#decide(event.enrollee);
          break;
        case "passwordExposed":
          this.#progress = "passwordExposed";
          break;
        case "passwordProven":
          this.#progress = "credentialGiven";
          break;
      }
    }
    if (ended && !hadEnded) this.#end(state);
    return answer === null ? send : this.#step(answer);
  }

  #decide(enrollee: EnrolleeIdentity): Verdict {
    const verdict = this.#options.decide(enrollee);
    if (verdict.type === "admit") this.#admitted = enrollee;
    return verdict;
  }

  #end({ session }: ServerState): void {
    const { peer, tell, ended } = this.#options;
    const enrollee = this.#admitted;
    if (enrollee === null) return;
    if (session.name === "failed") tell({ type: "enrolmentFailed", peer, enrollee, error: session.error });
    else tell({ type: "enrolmentSucceeded", peer, enrollee });
    ended(session.name === "failed" ? this.#progress : "enrolled");
  }
}
