/**
 * The PIN by which an external Registrar may read or set an access point, and the lock against guessing it. One of each
 * for all access points here: whoever may try at several of them gets no more tries for it. The rules are in
 * `wsc/policy/ap-pin.ts` and `setup-lock.ts`; here they get their clock, and the lock its place on disk.
 */

import type { Clock, Instant, Timer } from "../clock/clock.ts";
import { check } from "../schema/check.ts";
import { type Static, Type } from "../schema/type.ts";
import { type Store, StoreError } from "../store/store.ts";
import { generatePin, type Pin } from "../wsc/pin.ts";
import { AP_PIN_LIFETIME_MS, type ApPinInput, type ApPinState, apAccess, stepApPin } from "../wsc/policy/ap-pin.ts";
import {
  isLocked,
  NEVER_LOCKED,
  restoreSetupLock,
  type SetupLockInput,
  type SetupLockState,
  saveSetupLock,
  stepSetupLock,
} from "../wsc/policy/setup-lock.ts";
import type { Random } from "../wsc/random.ts";
import type { ApAccess } from "../wsc/session/access-point-enrollee.ts";

/** What becomes of the PIN and the lock, for whoever keeps the audit and shows the state. */
export type DevicePinEvent =
  | { readonly type: "devicePinEnabled"; readonly until: Instant | null }
  | { readonly type: "devicePinDisabled"; readonly reason: "expired" | "withdrawn" }
  /** `until` null: until a person unlocks. */
  | { readonly type: "setupLocked"; readonly until: Instant | null }
  | { readonly type: "setupUnlocked"; readonly by: "person" | "time" };

/** What is noted of such an event: a stable key, and what there is to say besides, in words and as a key. */
export function devicePinWords(event: DevicePinEvent): readonly [action: string, detail: string, key: string] {
  switch (event.type) {
    case "devicePinEnabled":
      return event.until === null
        ? ["device-pin-enabled", "until it is taken away", "forGood"]
        : ["device-pin-enabled", "for a limited time", "forATime"];
    case "devicePinDisabled":
      return ["device-pin-disabled", event.reason, event.reason];
    case "setupLocked":
      return event.until === null
        ? ["setup-locked", "until a person unlocks it", "untilUnlocked"]
        : ["setup-locked", "for a time", "forATime"];
    case "setupUnlocked":
      return event.by === "person"
        ? ["setup-unlocked", "by a person", "byAPerson"]
        : ["setup-unlocked", "by time", "byTime"];
  }
}

/** The lock as it is shown. */
export interface LockState {
  readonly locked: boolean;
  /** When it opens by itself; null while it is open, and for one that only a person opens. */
  readonly until: Instant | null;
  /** When it last shut; null for never. */
  readonly lockedAt: Instant | null;
  /** Registrars that did not know the PIN, since it was set. */
  readonly failures: number;
}

const key = "registrar/setup-lock";

const LockJson = Type.Object({
  version: Type.Literal(1),
  failures: Type.Integer({ minimum: 0 }),
  inARow: Type.Integer({ minimum: 0 }),
  lock: Type.Union([Type.Null(), Type.Object({ remainingMs: Type.Union([Type.Null(), Type.Number({ minimum: 0 })]) })]),
  lockedAt: Type.Union([Type.Null(), Type.Number()]),
});
type LockJson = Static<typeof LockJson>;

export class DevicePin {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #tell: (event: DevicePinEvent) => void;
  #access: ApPinState = null;
  /** To be shown again to whoever may see it. Lives no longer than the process: off is what it is by default. */
  #pin: Pin | null = null;
  #lock: SetupLockState = NEVER_LOCKED;
  #lockedAt: Instant | null = null;
  #pinTimer: Timer | null = null;
  #lockTimer: Timer | null = null;
  /** Writes of the lock, one after the other. */
  #written: Promise<unknown> = Promise.resolve();

  private constructor(options: Parameters<typeof DevicePin.open>[0]) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#tell = options.tell;
  }

  /** A lock that was shut stays so: no more of its time has passed than anybody can know. */
  static async open(options: {
    readonly store: Store;
    readonly clock: Clock;
    readonly random: Random;
    readonly tell: (event: DevicePinEvent) => void;
  }): Promise<DevicePin> {
    const pin = new DevicePin(options);
    const entry = await options.store.get(key);
    if (entry !== null) pin.#restore(decode(entry.value));
    return pin;
  }

  /** null: it is off, as it is until somebody asks for one. */
  get current(): { readonly pin: Pin; readonly expiresAt: Instant | null } | null {
    return this.#pin === null || this.#access === null ? null : { pin: this.#pin, expiresAt: this.#access.expiresAt };
  }

  get lock(): LockState {
    const locked = isLocked(this.#lock, this.#clock.now());
    const until = locked ? (this.#lock.lock?.until ?? null) : null;
    return { locked, until, lockedAt: this.#lockedAt, failures: this.#lock.failures };
  }

  /** Makes up another PIN and puts it in force; counting of wrong ones begins anew, and a lock is open. */
  async generate(lifetimeMs: number | null = AP_PIN_LIFETIME_MS): Promise<Pin> {
    await this.#stepLock({ type: "pinSet" });
    this.#pin = generatePin(this.#random);
    this.#stepPin({ type: "set", pin: this.#pin, lifetimeMs });
    return this.#pin;
  }

  withdraw(): void {
    this.#stepPin({ type: "withdrawn" });
  }

  /** What an external Registrar that comes now may do. */
  access(most: "read" | "readAndWrite"): ApAccess {
    return apAccess(this.#access, this.#lock, this.#clock.now(), most);
  }

  /** A Registrar did not know the PIN. It is to be told so only when this has resolved: then it counts for good. */
  failed(): Promise<void> {
    return this.#stepLock({ type: "failed" });
  }

  proven(): Promise<void> {
    return this.#stepLock({ type: "proven" });
  }

  /** A person opens the lock; the PIN stays as it is. */
  unlock(): Promise<void> {
    return this.#stepLock({ type: "unlocked" });
  }

  async close(): Promise<void> {
    this.#pinTimer?.cancel();
    this.#lockTimer?.cancel();
    await this.#written;
  }

  #stepPin(input: ApPinInput): void {
    const { state, actions } = stepApPin(this.#access, input, this.#clock.now());
    this.#access = state;
    for (const action of actions) {
      this.#pinTimer?.cancel();
      if (action.type === "enabled") {
        this.#pinTimer = this.#wakeAt(action.until, () => this.#stepPin({ type: "tick" }));
        this.#tell({ type: "devicePinEnabled", until: action.until });
      } else {
        this.#pin = null;
        this.#tell({ type: "devicePinDisabled", reason: action.reason });
      }
    }
  }

  /** Counts at once and writes then: a disk that does not take it makes nobody's guess uncounted. */
  async #stepLock(input: SetupLockInput): Promise<void> {
    const { state, actions } = stepSetupLock(this.#lock, input, this.#clock.now());
    this.#lock = state;
    for (const action of actions) {
      this.#lockTimer?.cancel();
      if (action.type === "locked") {
        this.#lockedAt = this.#clock.now();
        this.#wakeAtUnlock(action.until);
        this.#tell({ type: "setupLocked", until: action.until });
      } else this.#tell({ type: "setupUnlocked", by: opensIt(input) ? "person" : "time" });
    }
    await this.#write();
  }

  #wakeAtUnlock(until: Instant | null): void {
    // Nobody waits for the write: it says that a lock is open, and without it the lock is shut longer.
    this.#lockTimer = this.#wakeAt(until, () => void this.#stepLock({ type: "tick" }).catch(() => {}));
  }

  #wakeAt(at: Instant | null, ring: () => void): Timer | null {
    return at === null ? null : this.#clock.after(Math.max(0, at - this.#clock.now()), ring);
  }

  #write(): Promise<void> {
    const saved = saveSetupLock(this.#lock, this.#clock.now());
    const json: LockJson = { version: 1, ...saved, lockedAt: this.#lockedAt };
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    const written = this.#written.then(async () => void (await this.#store.put(key, bytes)));
    this.#written = written.catch(() => {});
    return written;
  }

  #restore({ lockedAt, failures, inARow, lock }: LockJson): void {
    const { state } = restoreSetupLock({ failures, inARow, lock }, this.#clock.now());
    this.#lock = state;
    this.#lockedAt = lockedAt;
    this.#wakeAtUnlock(state.lock?.until ?? null);
  }
}

const opensIt = ({ type }: SetupLockInput) => type === "unlocked" || type === "pinSet";

/** What is no lock of ours must not open one: it stops the start. */
function decode(value: Uint8Array): LockJson {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(value));
  } catch {}
  if (check(LockJson, json)) return json;
  throw new StoreError(
    "unreadable",
    "What is stored of the lock against wrong PINs is not in the form that this openwps writes. It was left as it is.",
    "Run the openwps that wrote it, or move the state folder away to start afresh.",
  );
}
