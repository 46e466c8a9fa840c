/** What a script in Lua calls of the modules, by name: from plain values to plain values. Knows no thread. */
import type { EventId } from "../eventmon.ts";
import type { Nodemcu } from "../nodemcu.ts";
import type { TmrTimer } from "../tmr.ts";
import type { Value } from "./messages.ts";

/** Something that the script is to be told of. */
export interface CallBack {
  /** The number of the script's function. */
  readonly id: number;
  /** It is not called again. */
  readonly once: boolean;
  readonly args: readonly Value[];
  /** For a function that gets a table: its keys and values in turn. */
  readonly fields: readonly Value[];
}

export class ModuleCalls {
  readonly #nodemcu: Nodemcu;
  readonly #callBack: (callBack: CallBack) => void;
  /** Those of the script, by its own numbers, as long as something is registered. */
  readonly #timers = new Map<Value, TmrTimer>();

  constructor(nodemcu: Nodemcu, callBack: (callBack: CallBack) => void) {
    this.#nodemcu = nodemcu;
    this.#callBack = callBack;
  }

  /** @throws MisuseError for what the script does wrong */
  call(name: string, callback: number | null, args: readonly Value[]): readonly Value[] {
    const { wps, wifi, tmr } = this.#nodemcu;
    // The modules check what they get.
    const [first] = args as unknown as readonly [never];
    switch (name) {
      case "wps.enable":
        wps.enable();
        return [];
      case "wps.disable":
        wps.disable();
        return [];
      case "wps.start":
        wps.start(
          callback === null
            ? null
            : (status) => this.#callBack({ id: callback, once: true, args: [status], fields: [] }),
        );
        return [];
      case "wifi.setmode":
        return [wifi.setmode(first)];
      case "wifi.getmode":
        return [wifi.getmode()];
      case "wifi.sta.connect":
        wifi.sta.connect(this.#teller(callback));
        return [];
      case "wifi.sta.disconnect":
        wifi.sta.disconnect(this.#teller(callback));
        return [];
      case "wifi.sta.getip": {
        const address = wifi.sta.getip();
        return address === null ? [null] : [address.ip, address.netmask, address.gateway];
      }
      case "wifi.sta.getmac":
        return [wifi.sta.getmac()];
      case "wifi.sta.getrssi":
        return [wifi.sta.getrssi()];
      case "wifi.sta.status":
        return [wifi.sta.status()];
      case "wifi.eventmon.register":
        wifi.eventmon.register<EventId>(first, this.#teller(callback));
        return [];
      case "tmr.time":
        return [tmr.time()];
      case "tmr.now":
        return [tmr.now()];
      default:
        return this.#callTimer(name, callback, args);
    }
  }

  /** Stops all timers. */
  close(): void {
    for (const timer of this.#timers.values()) timer.unregister();
  }

  #teller(callback: number | null): ((table: object) => void) | undefined {
    if (callback === null) return undefined;
    return (table) =>
      this.#callBack({ id: callback, once: false, args: [], fields: Object.entries(table).flat() as Value[] });
  }

  #callTimer(name: string, callback: number | null, args: readonly Value[]): readonly Value[] {
    const [id, first, second] = args as unknown as readonly [never, never, never];
    const timer = this.#timers.get(id) ?? this.#nodemcu.tmr.create();
    const forget = () => {
      if (timer.state() === null) this.#timers.delete(id);
    };
    const ring = () => {
      if (callback !== null) this.#callBack({ id: callback, once: false, args: [], fields: [] });
      forget();
    };
    try {
      this.#timers.set(id, timer);
      switch (name) {
        case "timer:alarm":
          return [timer.alarm(first, second, ring)];
        case "timer:register":
          timer.register(first, second, ring);
          return [];
        case "timer:start":
          return [timer.start(first)];
        case "timer:stop":
          return [timer.stop()];
        case "timer:unregister":
          timer.unregister();
          return [];
        case "timer:interval":
          timer.interval(first);
          return [];
        case "timer:state": {
          const state = timer.state();
          return state === null ? [null] : [state.running, state.mode];
        }
        default:
          throw new Error(`a call that is not known: ${name}`);
      }
    } finally {
      forget();
    }
  }
}
