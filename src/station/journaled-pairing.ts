/**
 * A pairing of the device, from its first word in the journal to where its end leaves the device: it is run on the radio,
 * shown as a session as it goes, and then kept or undone. When one may begin is the business of `station.ts`, why a crash
 * in it does no harm is told in `journal.ts`.
 */
import type { Clock } from "../clock/clock.ts";
import type { EnrolMethod, Network, Peer, StationRadio } from "../radio/station-radio.ts";
import type { Latest } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Pin } from "../wsc/pin.ts";
import { WALK_TIME_MS } from "../wsc/policy/window.ts";
import { Secret } from "../wsc/secret.ts";
import { begun, ended, type Journal, succeeded } from "./journal.ts";
import type { Keeper } from "./keeper.ts";
import { fromRadio, type PairEvent, pair } from "./pairing.ts";
import {
  type EndingWords,
  endingWords,
  HINTS,
  type PairingError,
  pairingError,
  REASONS,
  type ReasonKey,
  stillToDo,
} from "./reasons.ts";
import type { StoredRun } from "./record.ts";
import type { PairingSession } from "./session.ts";
import type { StationSettings } from "./settings.ts";

/** What a pairing works with. */
export interface PairingParts {
  readonly radio: StationRadio;
  readonly clock: Clock;
  readonly settings: StationSettings;
  readonly journal: Journal;
  readonly keeper: Keeper;
  /** Shows how it goes. */
  readonly session: Latest<PairingSession>;
  /** Told of what nobody waits for. */
  readonly onTrouble: (error: unknown) => void;
}

/** What is asked for. */
export interface PairingWish {
  readonly method: "pbc" | "pin";
  /** null for push button. */
  readonly pin: Pin | null;
  /** Pair with this access point only. */
  readonly bssid: MacAddress | undefined;
  readonly overEthernet: boolean;
  /** Called when it is settled, before anybody hears of its end: who hears of it may begin the next one at once. */
  readonly over: () => void;
}

/** The session of a device that was never paired. */
export const neverPaired: PairingSession = {
  active: false,
  method: null,
  phase: null,
  message: null,
  peer: null,
  secondsLeft: 0,
  result: null,
  reason: null,
  hint: null,
  hintKey: null,
};

type Ending = Extract<PairEvent, { type: "paired" | "failed" }>;

export class JournaledPairing {
  readonly #parts: PairingParts;
  readonly #wish: PairingWish;
  /** Aborts with the reason why: `cancelled` or `stopped`. */
  readonly #stop = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(parts: PairingParts, wish: PairingWish) {
    this.#parts = parts;
    this.#wish = wish;
  }

  /**
   * Resolves once it is under way and safe from a crash; it then goes on by itself. Throws a `RadioError` or a
   * `StoreError`, and is over, when it cannot begin.
   */
  async begin(): Promise<void> {
    const { keeper } = this.#parts;
    const journaled = keeper.inTurn(() => this.#journal());
    this.#done = journaled.then(
      (run) => keeper.inTurn(() => this.#run(run)),
      () => {},
    );
    keeper.lend();
    try {
      await journaled;
    } catch (error) {
      this.#wish.over();
      keeper.takeBack();
      throw error;
    }
  }

  /** Ends it; resolves when the device is where that leaves it. */
  async stop(why: "cancelled" | "stopped"): Promise<void> {
    this.#stop.abort(why);
    await this.#done;
  }

  /** Writes the journal; the radio is untouched until that is done. */
  async #journal(): Promise<StoredRun> {
    const { radio, clock, journal, keeper, session } = this.#parts;
    const { method, overEthernet } = this.#wish;
    // A run that ended while the radio was away.
    if (journal.record.run !== null) await keeper.settle();
    const residue = await radio.residue();
    await keeper.findOut();
    const run = { startedAt: clock.now(), method, mode: keeper.mode, residue };
    await journal.write(begun(journal.record, run));
    keeper.exchangeBegins();
    const secondsLeft = WALK_TIME_MS / 1000;
    const hint = hintWhileSearching(null, overEthernet);
    session.set({ ...neverPaired, active: true, method, phase: "searching", secondsLeft, ...hint });
    return { ...run, ended: null };
  }

  /** From the journal to the end. */
  async #run(run: StoredRun): Promise<void> {
    const { keeper, session } = this.#parts;
    const stopCounting = this.#countDown(run.startedAt + WALK_TIME_MS);
    try {
      const ending = await this.#follow(run).catch(this.#mistake);
      keeper.exchangeIsOver();
      const last =
        ending.type === "paired"
          ? await this.#succeed(run, ending.network)
          : await this.#fail(run, ending.error, this.#stop.signal.reason === "stopped");
      stopCounting();
      this.#wish.over();
      session.set(last);
    } finally {
      stopCounting();
      this.#wish.over();
      keeper.takeBack();
    }
  }

  /** A mistake of ours, in here or in a backend, ends the pairing like any failure. */
  readonly #mistake = (error: unknown): Ending => {
    this.#parts.onTrouble(error);
    return { type: "failed", error: pairingError("internal") };
  };

  /** Leads the pairing to its last event, and shows on the way where it is. */
  async #follow({ mode }: StoredRun): Promise<Ending> {
    const { radio, clock, settings, session } = this.#parts;
    const { pin, bssid, overEthernet } = this.#wish;
    try {
      if (mode === "accessPoint") await radio.apply({ mode: "off" });
    } catch (error) {
      return { type: "failed", error: fromRadio(error) };
    }
    const method: EnrolMethod = pin === null ? { type: "pushButton" } : { type: "pin", pin: new Secret(pin) };
    const { address } = settings;
    const { signal } = this.#stop;
    for await (const event of pair({ radio, clock, method, bssid, signal, address, restore: null })) {
      if (event.type === "paired" || event.type === "failed") return event;
      session.set({ ...session.value, ...progressOf(event, overEthernet) });
    }
    throw new Error("a pairing ended without its last event");
  }

  async #succeed(run: StoredRun, network: Network): Promise<PairingSession> {
    const { journal, onTrouble } = this.#parts;
    const hint = { hint: HINTS["switch-wps-off"], hintKey: "switch-wps-off" };
    const session = { ...this.#endedSession(), result: "success", reason: null, ...hint } as const;
    try {
      await journal.write(succeeded(journal.record, network, session));
    } catch (error) {
      onTrouble(error);
      return this.#fail(run, pairingError("not-stored"), false);
    }
    return session;
  }

  /** @param stopped a cancel was that of a service being stopped */
  async #fail(run: StoredRun, error: PairingError, stopped: boolean): Promise<PairingSession> {
    const { journal, keeper, onTrouble } = this.#parts;
    const session: PairingSession = { ...this.#endedSession(), ...wordsFor(error, stopped) };
    await keeper.writeOrHold(ended(journal.record, run, session));
    // The radio is away, or the disk full: the keeper goes on with it.
    await keeper.settle().catch(onTrouble);
    return session;
  }

  #endedSession(): PairingSession {
    return { ...this.#parts.session.value, active: false, phase: "ended", message: null, secondsLeft: 0 };
  }

  #countDown(end: number): () => void {
    const { clock, session } = this.#parts;
    const tick = () => {
      const secondsLeft = Math.max(0, Math.ceil((end - clock.now()) / 1000));
      if (secondsLeft !== session.value.secondsLeft) session.set({ ...session.value, secondsLeft });
      timer = clock.after(1000, tick);
    };
    let timer = clock.after(1000, tick);
    return () => timer.cancel();
  }
}

/** What an event changes in the session. */
function progressOf(event: Exclude<PairEvent, Ending>, overEthernet: boolean): Partial<PairingSession> {
  const phase = event.type;
  switch (event.type) {
    case "searching":
      return { phase, message: null, peer: null, ...hintWhileSearching(event.outlook, overEthernet) };
    case "exchanging":
      return { phase, message: event.message, peer: shown(event.peer), ...noHint };
    case "associating":
    case "connecting":
    case "addressing":
      return { phase, message: null, peer: shown(event.peer), ...noHint };
  }
}

type Hint = Pick<PairingSession, "hint" | "hintKey">;

const noHint: Hint = { hint: null, hintKey: null };

/** What speaks against the cable is told beside what is still to do, but not where pairing would fail anyway. */
function hintWhileSearching(outlook: ReasonKey | null, overEthernet: boolean): Hint {
  const toDo = outlook && REASONS[outlook].hint;
  if (!overEthernet || (outlook !== null && !stillToDo.has(outlook))) return { hint: toDo, hintKey: outlook };
  const advice = HINTS["over-ethernet"];
  return { hint: toDo === null ? advice : `${toDo} ${advice}`, hintKey: "over-ethernet" };
}

function shown({ bssid, ssid, name }: Peer): NonNullable<PairingSession["peer"]> {
  return { bssid, ssid: ssid && new TextDecoder().decode(ssid), name };
}

/** A person's own cancel needs no explanation; that of a service being stopped does. */
function wordsFor(error: PairingError, stopped: boolean): EndingWords {
  if (error.reason !== "cancelled") return endingWords(error);
  if (!stopped) return { result: "cancelled", reason: null, ...noHint };
  return endingWords(pairingError("stopped"));
}
