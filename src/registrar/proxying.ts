/**
 * One station's run as far as Registrars elsewhere take part in it: they hear its M1 like our own Registrar, and when
 * that does not serve it, all the rest. What may be passed on when is for `wsc/session/relay.ts` to say.
 */
import type { Clock } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import { parse } from "../wsc/codec.ts";
import type { MessageEvent } from "../wsc/eap/peer-carrier.ts";
import type { ServerState } from "../wsc/eap/server.ts";
import { type RegistrarIdentity, registrarIn } from "../wsc/session/enrollee-messages.ts";
import type { EnrolleeIdentity } from "../wsc/session/registrar.ts";
import type { RegistrarAnswer } from "../wsc/session/relay.ts";
import type { RunEvent } from "./events.ts";
import type { ExternalRegistrars } from "./external-registrars.ts";
import { ANSWER_WITHIN_MS, type Visit } from "./visit.ts";

export interface ProxyingOptions {
  readonly peer: MacAddress;
  readonly external: ExternalRegistrars;
  readonly clock: Clock;
  readonly tell: (event: RunEvent) => void;
}

export class Proxying {
  readonly #options: ProxyingOptions;
  #visit: Visit | null = null;
  #enrollee: EnrolleeIdentity | null = null;
  /** A Registrar elsewhere has taken the station on. */
  #isTaken = false;

  constructor(options: ProxyingOptions) {
    this.#options = options;
  }

  /** Somebody elsewhere may still serve the station. */
  get isOpen(): boolean {
    return this.#visit !== null;
  }

  /** A station asks. One that names another address than its own is nobody's business but ours. @param m1 as received */
  ask(enrollee: EnrolleeIdentity, enrolleeNonce: Uint8Array, m1: Uint8Array): void {
    const { peer, external } = this.#options;
    if (!external.isAnybodyThere || enrollee.macAddress !== peer) return;
    this.#enrollee = enrollee;
    this.#visit = external.meet(peer, enrolleeNonce);
    external.say(peer, m1);
  }

  /** A message has passed since the station was passed on. @param from who sent it, where it is a Registrar's */
  passed({ direction, message, bytes }: MessageEvent, from: string | null): void {
    const { peer, external, tell } = this.#options;
    if (direction === "in") {
      // An acknowledgement of M2D says nothing to anybody but us.
      if (message !== "WSC_ACK") external.say(peer, bytes);
      return;
    }
    if (message !== "M2" || from === null || this.#enrollee === null || this.#visit === null) return;
    this.#isTaken = true;
    external.serve(this.#visit);
    tell({ type: "proxyingStarted", peer, enrollee: this.#enrollee, registrar: senderOf(bytes), from });
  }

  /** What a Registrar says next; null when none says anything in time. */
  answers(): () => Promise<RegistrarAnswer | null> {
    const by = this.#options.clock.now() + ANSWER_WITHIN_MS;
    return async () => (await this.#visit?.next(by)) ?? null;
  }

  /** It is for us alone to serve the station, or to turn it away. */
  keep(): void {
    if (this.#visit !== null) this.#options.external.leave(this.#visit);
    this.#visit = null;
  }

  /** The run is over. */
  end({ session }: ServerState): void {
    const { peer, tell } = this.#options;
    this.keep();
    if (!this.#isTaken || this.#enrollee === null) return;
    const enrollee = this.#enrollee;
    if (session.name === "relayed") tell({ type: "proxied", peer, enrollee });
    else if (session.name === "failed") tell({ type: "proxyingFailed", peer, enrollee, error: session.error });
  }
}

function senderOf(m2: Uint8Array): RegistrarIdentity {
  const attributes = parse(m2);
  return registrarIn(attributes.ok ? attributes.value : {});
}
