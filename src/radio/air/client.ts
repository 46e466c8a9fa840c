/** Joins an air that another process serves (`air@SOCKET`): its stations as radios, its access points' buttons. */
import type { Clock } from "../../clock/clock.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { Pin } from "../../wsc/pin.ts";
import {
  type Bss,
  type EnrolEvent,
  type Link,
  RadioError,
  type RadioResidue,
  type StationRadio,
} from "../station-radio.ts";
import { Connection } from "./connection.ts";
import type { Frame } from "./frame.ts";
import type { ServedAccessPoint } from "./server.ts";

export interface JoinedAir {
  /** The station of this name; without one, the scenario's own. Closing it leaves the connection to the others. */
  station(name?: string): StationRadio;
  accessPoints(): Promise<readonly ServedAccessPoint[]>;
  frames(options: { readonly signal: AbortSignal }): AsyncIterable<Frame>;
  close(): Promise<void>;
}

/** @throws RadioError, with a sentence, when nobody serves an air there */
export async function joinAir(options: { readonly path: string; readonly clock: Clock }): Promise<JoinedAir> {
  const connection = await Connection.open(options.path, options.clock);
  return {
    station: (name) => radioOver(connection, `air@${options.path}`, name, async () => undefined),
    accessPoints: async () => {
      const list = (await connection.call("accessPoints", {})) as readonly Pick<
        ServedAccessPoint,
        "bssid" | "name" | "ssid"
      >[];
      return list.map((accessPoint) => ({ ...accessPoint, ...buttonsOver(connection, accessPoint.bssid) }));
    },
    frames: ({ signal }) => connection.stream("frames", {}, signal) as AsyncIterable<Frame>,
    close: () => connection.close(),
  };
}

/** The air's own station as a radio with a connection of its own, which closes with it. @throws RadioError as {@link joinAir} */
export async function openAirStation(options: { readonly path: string; readonly clock: Clock }): Promise<StationRadio> {
  const connection = await Connection.open(options.path, options.clock);
  return radioOver(connection, `air@${options.path}`, undefined, () => connection.close());
}

function buttonsOver(
  connection: Connection,
  bssid: MacAddress,
): Pick<ServedAccessPoint, "pressButton" | "enterPin" | "stop"> {
  return {
    pressButton: async () => (await connection.call("press", { bssid })) as "open" | "overlap",
    enterPin: async (pin: Pin) => void (await connection.call("enterPin", { bssid, pin })),
    stop: async () => void (await connection.call("stop", { bssid })),
  };
}

function radioOver(
  connection: Connection,
  name: string,
  station: string | undefined,
  close: () => Promise<void>,
): StationRadio {
  const mine = station === undefined ? {} : { station };
  return {
    name,
    scan: async ({ signal } = {}) => {
      signal?.throwIfAborted();
      return (await connection.call("scan", mine, signal)) as readonly Bss[];
    },
    link: async () => (await connection.call("link", mine)) as Link,
    watch: ({ signal }) => connection.stream("watch", mine, signal) as AsyncIterable<Link>,
    apply: async (setup) => void (await connection.call("apply", { ...mine, setup })),
    enrol: (method, { bssid, signal }) =>
      untilGone(
        connection.stream("enrol", { ...mine, method, bssid: bssid ?? null }, signal) as AsyncIterable<EnrolEvent>,
      ),
    limitPower: async (dBm) => void (await connection.call("limitPower", { ...mine, dBm })),
    keepTrouble: async () => (await connection.call("keepTrouble", mine)) as string | null,
    keep: async (network) => void (await connection.call("keep", { ...mine, network })),
    residue: async () => (await connection.call("residue", mine)) as RadioResidue,
    clearAfterCrash: async (residue) => void (await connection.call("clearAfterCrash", { ...mine, residue })),
    close,
  };
}

/** A radio that goes away in the middle of a run ends it as an event. */
async function* untilGone(events: AsyncIterable<EnrolEvent>): AsyncGenerator<EnrolEvent, void> {
  try {
    yield* events;
  } catch (error) {
    if (!(error instanceof RadioError) || error.kind !== "gone") throw error;
    yield { type: "failed", failure: { kind: "radioGone", message: error.message, hint: error.hint } };
  }
}
