/**
 * From a network to a connection that works: joined, and addressed as the configuration asks for. Where the network came
 * from, and what becomes of it, is not known here.
 */
import type { Clock } from "../clock/clock.ts";
import type { Link, Network, StationRadio } from "../radio/station-radio.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import { runCommand } from "./address.ts";
import { sameSsid } from "./network.ts";
import type { ReasonKey } from "./reasons.ts";
import type { AddressPolicy } from "./settings.ts";

/** How long the radio may take to join a network, and then to be given an address. */
const connectMs = 30_000;
const addressMs = 30_000;

export interface Way {
  readonly radio: StationRadio;
  readonly clock: Clock;
  readonly network: Network;
  readonly signal: AbortSignal;
}

/** The link as it came about, or why it did not; null: the signal aborted. */
export type Reached = Result<Link, ReasonKey | null>;

/** Gives the radio the network, and waits until it is in it. Throws a `RadioError` when the radio does. */
export async function connect(way: Way): Promise<Reached> {
  const { radio, network, signal } = way;
  await radio.apply({ mode: "station", network });
  let trouble: Link["trouble"] = null;
  const link = await within(connectMs, way, (limited) =>
    firstLink(radio, limited, (now) => {
      trouble = now.trouble ?? trouble;
      return isAt(now, network);
    }),
  );
  if (link !== null) return ok(link);
  return err(signal.aborted ? null : reasonOf(trouble));
}

/** Brings an address to a radio that has joined the network, and waits until it is there. */
export function bringAddress(way: Way, policy: Exclude<AddressPolicy, "none">): Promise<Reached> {
  const { radio, clock, network, signal } = way;
  return within(addressMs, way, async (limited): Promise<Reached> => {
    const brought = policy === "wait" || (await runCommand(policy.command, { clock, signal: limited }));
    if (!brought && !limited.aborted) return err("address-command-failed");
    let last: Link | null = null;
    const link = await firstLink(radio, limited, (now) => {
      last = now;
      return isAt(now, network) && now.address !== null;
    });
    if (link !== null) return ok(link);
    if (signal.aborted) return err(null);
    return err(last !== null && !isAt(last, network) ? "not-connected" : "no-address");
  });
}

/** Does the work with a signal that also aborts when its time is over. */
async function within<T>(ms: number, { clock, signal }: Way, work: (limited: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const limit = clock.after(ms, () => late.abort());
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    limit.cancel();
  }
}

/** The first link that is as wanted; null when the signal aborts before. */
async function firstLink(
  radio: StationRadio,
  signal: AbortSignal,
  wanted: (link: Link) => boolean,
): Promise<Link | null> {
  const enough = new AbortController();
  try {
    for await (const link of radio.watch({ signal: AbortSignal.any([signal, enough.signal]) }))
      if (wanted(link)) return link;
  } finally {
    enough.abort();
  }
  return null;
}

function reasonOf(trouble: Link["trouble"]): ReasonKey {
  switch (trouble) {
    case "wrongKey":
      return "wrong-key";
    case "notFound":
      return "network-not-found";
    case "rejected":
      return "rejected";
    case null:
      return "not-connected";
  }
}

function isAt(link: Link, network: Network): boolean {
  return link.state === "connected" && link.bss !== null && sameSsid(link.bss.ssid, network.ssid);
}
