/** What the device page knows of its device, kept up to date: the pairing by events, the link by asking now and then. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ask } from "../service/ask.ts";
import type { PairingBody, SystemBody } from "../service/bodies.ts";
import { follow } from "../service/follow.ts";
import { oneAtATime, useEvery } from "../service/look.ts";

export interface Device {
  /** null: not heard yet. */
  readonly pairing: PairingBody | null;
  readonly system: SystemBody | null;
  /** Whether the service answers. */
  readonly contact: boolean;
  /** Asks anew how the device is connected. */
  readonly look: () => Promise<void>;
}

/** How often the link is looked at; nobody tells of a signal that gets weaker. */
const lookMs = 4_000;

export function useDevice(): Device {
  const [pairing, setPairing] = useState<PairingBody | null>(null);
  const [system, setSystem] = useState<SystemBody | null>(null);
  const [contact, setContact] = useState(true);

  const look = useMemo(
    () =>
      oneAtATime(async () => {
        const answer = await ask<SystemBody>("GET", "/api/v1/system");
        if (answer.ok) setSystem(answer.value);
      }),
    [],
  );

  useEffect(() => {
    const stop = new AbortController();
    void follow(
      "/api/v1/wifi/wps/events",
      {
        onEvent: (name, data) => {
          if (name === "session") setPairing(data as PairingBody);
        },
        onContact: setContact,
      },
      stop.signal,
    );
    return () => stop.abort();
  }, []);

  // Each step of a pairing changes the link, and so may what happened while nobody answered.
  const step = `${pairing?.phase} ${pairing?.result} ${contact}`;
  useEffect(() => void look(), [step, look]);
  useEvery(lookMs, look);

  return { pairing, system, contact, look };
}

/** Calls `then` when a pairing that was seen under way has ended. */
export function useEnd(pairing: PairingBody | null, then: () => void): void {
  const wasActive = useRef(false);
  const active = pairing?.active ?? false;
  useEffect(() => {
    if (wasActive.current && !active) then();
    wasActive.current = active;
  }, [active]);
}

/**
 * Whether the page reaches the device by its Wi-Fi, which a pairing takes away from it for a while. The device knows by
 * which of its addresses it was asked; where that is neither of those it tells (an IPv6 one of the radio, say), a device
 * without a cable is taken to be reached by its Wi-Fi.
 */
export function isOverWifi(system: SystemBody | null): boolean {
  if (system === null || isLoopback(location.hostname)) return false;
  const { wifi, ethernet, asked_over: over } = system;
  if (over !== null) return over === "wifi";
  return (wifi.ip !== null || wifi.mode === "AP") && ethernet.status === "Down";
}

/** A name of the machine that the browser itself runs on. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}
