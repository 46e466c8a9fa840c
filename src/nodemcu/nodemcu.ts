/**
 * NodeMCU's modules `wps`, `wifi` and `tmr` over any station's radio: their names, constants and order rules. Puts the
 * parts together; Lua is in `lua/`.
 */
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import type { StationRadio } from "../radio/station-radio.ts";
import { Doings } from "./doings.ts";
import { Eventmon } from "./eventmon.ts";
import { type Left, ScriptStation } from "./station.ts";
import { Tmr } from "./tmr.ts";
import { Wifi } from "./wifi.ts";
import { Wps } from "./wps.ts";

export interface Nodemcu {
  readonly wps: Wps;
  readonly wifi: Wifi;
  readonly tmr: Tmr;
  /**
   * Resolves when nothing is under way any more: no WPS, no connection that comes about, no timer. Callbacks of
   * `wifi.eventmon` alone do not count. Rejects with what a callback has thrown, and with a `RadioError` when the radio
   * does not do as it is told.
   */
  quiet(): Promise<void>;
  /** Something of the caller's own is under way; {@link quiet} waits until what is returned is called. */
  hold(): () => void;
  /**
   * Ends everything, without calling back. A network that a script has connected to with WPS stays, and is written
   * into the radio's configuration; else, and where anything has gone wrong, the radio does again what it did before.
   * @throws RadioError when that is not possible; and, afterwards, what {@link quiet} has had no chance to reject with
   */
  close(options?: { readonly keep?: boolean }): Promise<Left>;
}

export interface NodemcuOptions {
  readonly radio: StationRadio;
  /** The system's own without it. */
  readonly clock?: Clock | undefined;
}

/** Opens the modules. @throws RadioError when the radio cannot be reached */
export async function openNodemcu({ radio, clock = systemClock }: NodemcuOptions): Promise<Nodemcu> {
  const link = await radio.link();
  let trouble: { readonly error: unknown; isTold: boolean } | null = null;
  let waiting: (() => void)[] = [];
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const one of woken) one();
  };
  const onTrouble = (error: unknown) => {
    trouble ??= { error, isTold: false };
    wake();
  };
  const doings = new Doings(wake);
  const eventmon = new Eventmon(onTrouble);
  const onLink = eventmon.follow.bind(eventmon);
  const station = new ScriptStation({ radio, clock, doings, link, onLink, onTrouble });
  const wps = new Wps(station, doings, onTrouble);
  const tmr = new Tmr(clock, doings, onTrouble);
  return {
    wps,
    tmr,
    wifi: new Wifi(station, eventmon),
    hold: () => doings.begin(),
    quiet: async () => {
      while (true) {
        if (trouble !== null) {
          trouble.isTold = true;
          throw trouble.error;
        }
        if (!doings.underWay) return;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    close: async ({ keep = true } = {}) => {
      tmr.close();
      wps.disable();
      eventmon.clear();
      const left = await station.close(keep && trouble === null);
      if (trouble?.isTold === false) throw trouble.error;
      return left;
    },
  };
}
