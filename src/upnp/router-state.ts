/**
 * What a router tells everybody of its setup, without a PIN: whether it is configured, by its M1, and whether it is
 * locked, by M1 or by the status that subscribers are told. A router that says neither is not asked further: nothing here
 * begins a run that it would have to count.
 */
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import { WSC_STATE } from "../wsc/attributes.ts";
import { parse } from "../wsc/codec.ts";
import { systemRandom } from "../wsc/crypto.ts";
import type { Random } from "../wsc/random.ts";
import { deviceInfo, type Router } from "./router.ts";
import { subscribe } from "./subscription.ts";

/** Whoever looks around does not wait longer for one router. */
const PATIENCE_MS = 5_000;
/** The first event follows the subscription at once. */
const FIRST_EVENT_MS = 1_000;
/** Of APStatus: no Registrar may try a PIN. */
const LOCKED = 0x10;

/** Null: the router does not say. */
export interface RouterState {
  readonly configured: boolean | null;
  /** hostapd says false, whether it is locked or not. */
  readonly locked: boolean | null;
}

export interface RouterStateOptions {
  readonly router: Router;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks for M1, and subscribes for a moment. @throws the signal's reason once it aborts */
export async function routerState(options: RouterStateOptions): Promise<RouterState> {
  const { router, clock = systemClock, random = systemRandom, signal } = options;
  const over = new AbortController();
  const patience = clock.after(PATIENCE_MS, () => over.abort());
  const both = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  const asked = { router, clock, random, signal: both };
  try {
    const [m1, status] = await Promise.allSettled([m1Of(asked), statusOf(asked)]);
    signal?.throwIfAborted();
    const { configured, locked } = m1.status === "fulfilled" ? m1.value : { configured: null, locked: null };
    const bits = status.status === "fulfilled" ? status.value : null;
    return { configured, locked: locked === true || bits === null ? locked : (bits & LOCKED) !== 0 };
  } finally {
    patience.cancel();
  }
}

async function m1Of(asked: Asked): Promise<RouterState> {
  const m1 = await deviceInfo(asked.router, asked);
  const attributes = m1.ok ? parse(m1.value) : m1;
  if (!attributes.ok) return { configured: null, locked: null };
  const { wscState, apSetupLocked } = attributes.value;
  return {
    configured: wscState === undefined ? null : wscState[0] === WSC_STATE.configured,
    locked: apSetupLocked === undefined ? null : apSetupLocked[0] === 1,
  };
}

/** APStatus, a bitmap. */
async function statusOf(asked: Asked): Promise<number | null> {
  const subscribed = await subscribe(asked);
  if (!subscribed.ok) return null;
  const { events, close } = subscribed.value;
  const timer = asked.clock.after(FIRST_EVENT_MS, () => void close());
  try {
    for await (const event of events) if (event.type === "status") return event.accessPoint;
    return null;
  } finally {
    timer.cancel();
    await close();
  }
}

interface Asked {
  readonly router: Router;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}
