/**
 * One pairing over any radio, as an async generator: search, exchange, connect, wait for an address, and on failure
 * put back what was there. Keeps nothing: storing the network and surviving a crash are the station's business.
 */
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import {
  type Bss,
  type EnrolFailure,
  type EnrolMethod,
  type Link,
  type Network,
  type Peer,
  RadioError,
  type RadioSetup,
  type StationRadio,
} from "../radio/station-radio.ts";
import { Queue, unbounded } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_ERROR } from "../wsc/attributes.ts";
import type { Credential } from "../wsc/credential.ts";
import type { MessageType } from "../wsc/messages.ts";
import { WALK_TIME_MS } from "../wsc/policy/window.ts";
import { bringAddress, connect } from "./connecting.ts";
import { chooseNetwork } from "./network.ts";
import { type PairingError, pairingError, type ReasonKey } from "./reasons.ts";
import type { AddressPolicy } from "./settings.ts";
import { outlook, type Wanted } from "./sight.ts";

/** How often it is looked at what is in sight while nobody answers. */
const lookMs = 10_000;

export interface PairOptions {
  readonly radio: StationRadio;
  readonly method: EnrolMethod;
  /** Pair with this access point only. */
  readonly bssid?: MacAddress | undefined;
  /** The system's own without it. */
  readonly clock?: Clock | undefined;
  /** Cancels. The last event is then `failed` with the result `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** How the device comes by an IP address; `wait` without it. */
  readonly address?: AddressPolicy | undefined;
  /**
   * What the radio is given after anything but a success. Without it: off when it was off, else the networks it was
   * configured with by itself. `null`: nothing, because the caller sees to it.
   */
  readonly restore?: RadioSetup | null | undefined;
}

export type PairEvent =
  /** Told again when `outlook` changes: why this would fail as things look now; null when it looks good. */
  | { readonly type: "searching"; readonly outlook: ReasonKey | null }
  | { readonly type: "associating"; readonly peer: Peer }
  /** `message` is null where the radio does not say which message is under way. */
  | { readonly type: "exchanging"; readonly peer: Peer; readonly message: MessageType | null }
  | { readonly type: "connecting"; readonly peer: Peer; readonly network: Network }
  | { readonly type: "addressing"; readonly peer: Peer; readonly network: Network }
  /**
   * Connected, and addressed as asked for. The radio has `network`, but only for now: see {@link
   * StationRadio.keep}.
   */
  | {
      readonly type: "paired";
      readonly peer: Peer;
      readonly network: Network;
      readonly credentials: readonly Credential[];
      readonly link: Link;
    }
  | { readonly type: "failed"; readonly error: PairingError };

/**
 * Pairs. The last event is `paired` or `failed`, also after a cancel; leaving the loop early cancels as well. What
 * goes wrong on the air or with the radio is an event, never thrown.
 */
export async function* pair(options: PairOptions): AsyncGenerator<PairEvent, void> {
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  const events = new Queue<PairEvent>(unbounded);
  // The run does not wait for its reader: the other end's timers do not either.
  const run = new Run(options, signal, (event) => events.push(event)).run().then(
    () => events.end(),
    (error: unknown) => events.end(error),
  );
  try {
    yield* events;
  } finally {
    left.abort();
    await run;
  }
}

type Enrolled = { readonly peer: Peer; readonly credentials: readonly Credential[] };

/** A value of the kind asked for, or why there is none. */
type Outcome<T> = { readonly value: T } | { readonly error: PairingError };

class Run {
  readonly #radio: StationRadio;
  readonly #clock: Clock;
  readonly #method: EnrolMethod;
  readonly #wanted: Wanted;
  readonly #address: AddressPolicy;
  readonly #restore: RadioSetup | null | undefined;
  readonly #cancel: AbortSignal;
  readonly #tell: (event: PairEvent) => void;
  /** Ends when the walk time does. */
  readonly #walk = new AbortController();
  readonly #signal: AbortSignal;
  /** What the last look showed; null before the first. */
  #seen: readonly Bss[] | null = null;
  /** An access point was ready for us at some time. */
  #wasReady = false;
  /** An access point is being talked to. */
  #answered = false;

  constructor(options: PairOptions, cancel: AbortSignal, tell: (event: PairEvent) => void) {
    this.#radio = options.radio;
    this.#clock = options.clock ?? systemClock;
    this.#method = options.method;
    this.#wanted = { method: options.method.type, bssid: options.bssid ?? null };
    this.#address = options.address ?? "wait";
    this.#restore = options.restore;
    this.#cancel = cancel;
    this.#tell = tell;
    this.#signal = AbortSignal.any([cancel, this.#walk.signal]);
  }

  async run(): Promise<void> {
    const walk = this.#clock.after(WALK_TIME_MS, () => this.#walk.abort());
    let restore = this.#restore ?? null;
    let error: PairingError;
    try {
      if (this.#restore === undefined) restore = await this.#before();
      const paired = await this.#attempt();
      if ("value" in paired) return this.#tell(paired.value);
      error = paired.error;
    } catch (thrown) {
      error = fromRadio(thrown);
    } finally {
      walk.cancel();
    }
    try {
      if (restore !== null) await this.#radio.apply(restore);
    } catch (thrown) {
      error = fromRadio(thrown);
    }
    this.#tell({ type: "failed", error });
  }

  async #before(): Promise<RadioSetup> {
    const { state } = await this.#radio.link();
    return state === "off" ? { mode: "off" } : { mode: "station", network: null };
  }

  async #attempt(): Promise<Outcome<PairEvent>> {
    const enrolled = await this.#exchange();
    if ("error" in enrolled) return enrolled;
    const { peer, credentials } = enrolled.value;
    if (!this.#sees(peer.bssid)) await this.#look();
    const network = chooseNetwork(credentials, this.#seen ?? []);
    if (network === null) return { error: pairingError("no-usable-network") };

    const way = { radio: this.#radio, clock: this.#clock, network, signal: this.#signal };
    this.#tell({ type: "connecting", peer, network });
    let link = await connect(way);
    if (link.ok && this.#address !== "none") {
      this.#tell({ type: "addressing", peer, network });
      link = await bringAddress(way, this.#address);
    }
    if (!link.ok) return { error: link.error === null ? this.#cutOff() : pairingError(link.error) };
    return { value: { type: "paired", peer, network, credentials, link: link.value } };
  }

  /** Searches, and exchanges messages with the access point that answers. */
  async #exchange(): Promise<Outcome<Enrolled>> {
    const stop = new AbortController();
    const looks: Promise<void>[] = [];
    const lookBeside = (look: Promise<void>) => {
      // What goes wrong in it is thrown when the exchange is over.
      look.catch(() => {});
      looks.push(look);
    };
    const { bssid } = this.#wanted;
    try {
      for await (const event of this.#radio.enrol(this.#method, {
        ...(bssid === null ? {} : { bssid }),
        signal: this.#signal,
      })) {
        switch (event.type) {
          case "searching":
            this.#answered = false;
            this.#tell({ type: "searching", outlook: this.#outlook() });
            if (looks.length === 0) lookBeside(this.#lookRound(AbortSignal.any([this.#signal, stop.signal])));
            break;
          case "associating":
            this.#answered = true;
            this.#wasReady = true;
            // Its beacon says how the network is protected, which we need to know later.
            if (!this.#sees(event.peer.bssid)) lookBeside(this.#look(stop.signal));
            this.#tell(event);
            break;
          case "exchanging":
            this.#tell(event);
            break;
          case "enrolled":
            return { value: event };
          case "failed":
            return { error: this.#errorOf(event.failure) };
        }
      }
      return { error: this.#cutOff() };
    } finally {
      stop.abort();
      await Promise.all(looks);
    }
  }

  /** Looks around now and again while nobody answers, and tells when the outlook changes. */
  async #lookRound(signal: AbortSignal): Promise<void> {
    let told: ReasonKey | null = null;
    while (!signal.aborted) {
      if (!this.#answered) await this.#look(signal);
      const now = this.#outlook();
      this.#wasReady ||= this.#seen !== null && now === null;
      if (now !== told && !this.#answered && !signal.aborted) this.#tell({ type: "searching", outlook: now });
      told = now;
      await this.#clock.sleep(lookMs, { signal }).catch(() => {});
    }
  }

  #outlook(): ReasonKey | null {
    return this.#seen === null ? null : outlook(this.#wanted, this.#seen);
  }

  #sees(bssid: MacAddress): boolean {
    return this.#seen?.some((bss) => bss.bssid === bssid) === true;
  }

  /**
   * A look that fails leaves us with what the last one showed: it only explains, and the run itself meets a radio's
   * trouble too.
   */
  async #look(signal: AbortSignal = this.#signal): Promise<void> {
    try {
      this.#seen = await this.#radio.scan({ signal });
    } catch (error) {
      if (!(error instanceof RadioError) && !signal.aborted) throw error;
    }
  }

  /** Why the run was cut off: somebody cancelled, or the two minutes are over. */
  #cutOff(): PairingError {
    if (this.#cancel.aborted) return pairingError("cancelled");
    return pairingError(this.#wasReady ? "not-finished" : (this.#outlook() ?? "timeout"));
  }

  #errorOf(failure: EnrolFailure): PairingError {
    switch (failure.kind) {
      case "timeout":
        return this.#cutOff();
      case "overlap":
        return pairingError("overlap");
      case "wrongPin":
        return pairingError("wrong-pin");
      case "refused":
        return pairingError(refusals[failure.configError] ?? "refused");
      case "noUsableNetwork":
        return pairingError("no-usable-network");
      case "broken":
        return pairingError("broken", { message: failure.message });
      case "radioGone":
        return pairingError("radio-gone", failure);
    }
  }
}

/** What an access point means by a Configuration Error, where it means something that a person can mend. */
const refusals: Readonly<Record<number, ReasonKey>> = {
  [CONFIG_ERROR.multiplePbcDetected]: "overlap",
  [CONFIG_ERROR.deviceBusy]: "access-point-busy",
  [CONFIG_ERROR.setupLocked]: "setup-locked",
  [CONFIG_ERROR.passwordAuthenticationFailure]: "wrong-pin",
};

/** The radio's own words for its trouble; anything else is a mistake of ours, and thrown on. */
export function fromRadio(error: unknown): PairingError {
  if (!(error instanceof RadioError)) throw error;
  return pairingError(error.kind === "gone" ? "radio-gone" : "radio-refused", error);
}
