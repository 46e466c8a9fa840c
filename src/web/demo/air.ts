/** The simulated air: who is on it, and its frames, one after the other, slowly enough to be seen. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { ask } from "../service/ask.ts";
import { follow } from "../service/follow.ts";
import { oneAtATime, useEvery } from "../service/look.ts";

/** An event of `GET /demo/events`. */
interface FrameBody {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly message: string | null;
  readonly delivered: boolean;
}

export interface Flight extends FrameBody {
  readonly id: number;
  /** The access point at one end of it; null: it is for all. */
  readonly bssid: string | null;
  readonly direction: "out" | "in";
  /** What is written on it. */
  readonly label: string;
}

/** One of `GET /demo/access-points`. */
export interface AccessPointBody {
  readonly bssid: string;
  readonly ssid: string;
  /** Whom it lets in now. */
  readonly window: { readonly method: "pbc" | "pin"; readonly secondsLeft: number } | null;
}

/** How often access points are asked whom they let in: nobody tells of a second that passes. */
const lookMs = 1_000;

/** At most so many are shown at a time; what is older has been seen. */
const mostShown = 24;
/** Between the starts of two: a whole exchange takes a fifth of a second, and nobody sees that. */
const paceMs = 150;
/** With more waiting than this the pace is twice as fast. */
const tooMany = 30;

const labels: Readonly<Record<string, string>> = {
  authentication: "Auth",
  associationRequest: "Assoc",
  associationResponse: "Assoc ok",
  key: "Key",
  dhcpDiscover: "DHCP",
  dhcpAck: "Address",
  deauthentication: "Deauth",
  probeRequest: "Probe",
};

export interface AccessPoints {
  readonly all: readonly AccessPointBody[];
  /** Asks anew at once. */
  readonly look: () => Promise<void>;
}

export function useAccessPoints(): AccessPoints {
  const [all, setAll] = useState<readonly AccessPointBody[]>([]);
  const look = useMemo(
    () =>
      oneAtATime(async () => {
        const answer = await ask<readonly AccessPointBody[]>("GET", "/demo/access-points");
        if (answer.ok) setAll(answer.value);
      }),
    [],
  );
  useEffect(() => void look(), [look]);
  useEvery(lookMs, look);
  return { all, look };
}

/** The last frames that were shown, the latest last. */
export function useFlights(accessPoints: readonly AccessPointBody[]): readonly Flight[] {
  const [flights, setFlights] = useState<readonly Flight[]>([]);
  // Who they are does not change; what they say does.
  const addresses = accessPoints.map(({ bssid }) => bssid).join(" ");
  useEffect(() => {
    if (addresses === "") return;
    const bssids = new Set(addresses.split(" "));
    const waiting: Flight[] = [];
    const stop = new AbortController();
    let count = 0;
    let timer = 0;
    const next = () => {
      const flight = waiting.shift();
      timer = flight === undefined ? 0 : window.setTimeout(next, waiting.length > tooMany ? paceMs / 2 : paceMs);
      if (flight !== undefined) setFlights((shown) => [...shown, flight].slice(-mostShown));
    };
    const onEvent = (name: string, data: unknown) => {
      if (name !== "frame" || document.visibilityState !== "visible") return;
      const frame = data as FrameBody;
      // Whatever answers a probe does so every time; that says nothing new.
      if (frame.kind === "probeResponse") return;
      waiting.push(flightOf(frame, bssids, ++count));
      if (timer === 0) next();
    };
    void follow("/demo/events", { onEvent, onContact: () => {} }, stop.signal);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [addresses]);
  return flights;
}

function flightOf(frame: FrameBody, bssids: ReadonlySet<string>, id: number): Flight {
  const [from, to] = [plain(frame.from), plain(frame.to)];
  const isFromAp = bssids.has(from);
  return {
    ...frame,
    // Where nobody is to hear it, a probe is in vain, and that is how it should be.
    delivered: frame.delivered || frame.kind === "probeRequest",
    id,
    bssid: isFromAp ? from : bssids.has(to) ? to : null,
    direction: isFromAp ? "in" : "out",
    label: frame.message ?? labels[frame.kind] ?? frame.kind,
  };
}

/** As the rest of the API writes addresses. */
function plain(address: string): string {
  return address.replaceAll(":", "").toUpperCase();
}
