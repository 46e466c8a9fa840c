/**
 * A device on the simulated air in virtual time, for scenarios: its store, its radio, and two access points within
 * reach. And a way to kill it: a process whose calls to clock, store and radio get no answer any more from a
 * certain one on.
 */
import type { Clock } from "../src/clock/clock.ts";
import { VirtualClock } from "../src/clock/virtual-clock.ts";
import { seededChance } from "../src/radio/air/chance.ts";
import { builtInScenario, type Scenario } from "../src/radio/air/scenario.ts";
import type { Hotspot, Link, Network, StationRadio } from "../src/radio/station-radio.ts";
import { type AirWorld, createAirWorld } from "../src/registrar/air-world.ts";
import type { PairingSession } from "../src/station/session.ts";
import type { StationSettings } from "../src/station/settings.ts";
import { openStation, type Station } from "../src/station/station.ts";
import { createMemoryStore } from "../src/store/memory-store.ts";
import type { Store } from "../src/store/store.ts";
import { Secret } from "../src/wsc/secret.ts";

type AccessPointChange = Partial<Scenario["accessPoints"][number]>;

export interface DeviceOptions {
  readonly seed?: number;
  readonly home?: AccessPointChange;
  readonly neighbour?: AccessPointChange;
  readonly conditions?: Partial<Scenario["conditions"]>;
  /** The device's radio has this network configured by itself. */
  readonly connectedTo?: "Home" | "Neighbour";
  readonly settings?: Partial<StationSettings>;
  /** Wraps the radio before the device gets it. */
  readonly radio?: (radio: StationRadio) => StationRadio;
}

export const hotspot: Hotspot = {
  ssid: new TextEncoder().encode("openwps-000001"),
  key: new Secret("set me up, please"),
};

/** The three modes that a pairing may start in. */
export const startingModes = ["station", "accessPoint", "off"] as const;

export class Device {
  readonly clock = new VirtualClock();
  readonly store: Store = createMemoryStore();
  readonly world: AirWorld;
  readonly radio: StationRadio;
  readonly home: Network;
  readonly neighbour: Network;
  readonly #settings: Partial<StationSettings>;
  readonly #random: (purpose: string, length: number) => Uint8Array;
  readonly #stations: Station[] = [];

  constructor(options: DeviceOptions = {}) {
    const [home, neighbour] = builtInScenario.accessPoints;
    if (home === undefined || neighbour === undefined) throw new Error("the built-in scenario has two access points");
    const scenario: Scenario = {
      ...builtInScenario,
      seed: options.seed ?? 1,
      conditions: { ...builtInScenario.conditions, ...options.conditions },
      accessPoints: [
        { ...home, ...options.home },
        { ...neighbour, ...options.neighbour },
      ],
      station: { ...builtInScenario.station, connectedTo: options.connectedTo ?? null },
    };
    const chance = seededChance(scenario.seed);
    this.#random = (_purpose, length) => chance.bytes(length);
    this.world = createAirWorld({ scenario, clock: this.clock, random: this.#random });
    this.radio = options.radio?.(this.world.station()) ?? this.world.station();
    this.home = networkOf(scenario.accessPoints[0]);
    this.neighbour = networkOf(scenario.accessPoints[1]);
    this.#settings = { hotspot, ...options.settings };
  }

  /**
   * Starts the service.
   * @param through what it sees of its surroundings; as they are without it
   * @param changed what its configuration says now
   */
  start(through: Surroundings = this, changed: Partial<StationSettings> = {}): Promise<Station> {
    const { clock, store, radio } = through;
    const settings = { ...this.#settings, ...changed };
    return this.until(
      openStation({ clock, store, radio, random: this.#random, settings }).then((station) => {
        // One that is to be killed is not closed as well.
        if (through === this) this.#stations.push(station);
        return station;
      }),
    );
  }

  /** Starts the service and gives it a setup, connected where that is what it asks for. */
  async startIn(mode: (typeof startingModes)[number]): Promise<Station> {
    const station = await this.start();
    await this.until(this.setUp(station, mode));
    await this.linkIn(mode === "station" ? "connected" : mode);
    return station;
  }

  /** In station mode with the network of Home. */
  async setUp(station: Station, mode: (typeof startingModes)[number]): Promise<void> {
    const done =
      mode === "station"
        ? await station.setWifi({ enabled: true, network: this.home, maxTxPower: null })
        : await station.setMode(mode);
    if (done !== "done") throw new Error(`the station does not go into mode ${mode}: ${done}`);
  }

  /**
   * What a process sees that is killed at its `at`th call; `answered`: the call has its effect, but nobody hears of
   * it.
   */
  doomed(at: number, answered: boolean): Doomed {
    return doom(this, at, answered);
  }

  until<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise);
  }

  async press(which: "Home" | "Neighbour"): Promise<void> {
    await this.until(this.#accessPoint(which).pressButton());
  }

  async enterPin(which: "Home" | "Neighbour", pin: Parameters<AirWorld["registrar"]["enterPin"]>[1]): Promise<void> {
    await this.until(this.#accessPoint(which).enterPin(pin));
  }

  #accessPoint(which: string) {
    const found = this.world.accessPoints.find(({ name }) => name === which);
    if (found === undefined) throw new Error(`no access point ${which}`);
    return found;
  }

  /** The first link in this state; with an SSID, at that network and with an address. */
  async linkIn(state: Link["state"], ssid?: Uint8Array): Promise<Link> {
    const wanted = (link: Link) =>
      link.state === state &&
      (ssid === undefined || (link.address !== null && Buffer.compare(link.bss?.ssid ?? Buffer.of(), ssid) === 0));
    const stop = new AbortController();
    const found = (async () => {
      for await (const link of this.world.station().watch({ signal: stop.signal })) if (wanted(link)) return link;
      throw new Error("the radio went away");
    })();
    const link = await this.until(found);
    stop.abort();
    return link;
  }

  /** Waits for the pairing under way to end. */
  async ended(station: Station): Promise<PairingSession> {
    return this.sessionWhere(station, ({ active }) => !active);
  }

  async sessionWhere(station: Station, wanted: (session: PairingSession) => boolean): Promise<PairingSession> {
    const found = (async () => {
      for await (const session of station.sessions({ signal: new AbortController().signal }))
        if (wanted(session)) return session;
      throw new Error("the station was closed");
    })();
    return this.until(found);
  }

  async close(): Promise<void> {
    for (const station of this.#stations) await this.until(station.close());
    await this.until(this.world.close());
  }
}

function networkOf(accessPoint: Scenario["accessPoints"][number] | undefined): Network {
  if (accessPoint === undefined) throw new Error("the scenario has two access points");
  const { ssid, key, security } = accessPoint;
  return { ssid, key, wpa1: false, sae: security.includes("WPA3") };
}

export interface Doomed extends Surroundings {
  /** Resolves when the process is dead. */
  readonly killed: Promise<void>;
  kill(): void;
  isDead(): boolean;
}

interface Surroundings {
  readonly clock: Clock;
  readonly store: Store;
  readonly radio: StationRadio;
}

/** Every call to the radio and every write counts, and so does every item that the radio has to tell. */
function doom({ clock, store, radio }: Device, at: number, answered: boolean): Doomed {
  let calls = 0;
  let dead = false;
  let tellKilled = () => {};
  const killed = new Promise<void>((resolve) => {
    tellKilled = resolve;
  });
  const kill = () => {
    dead = true;
    tellKilled();
  };
  const never = new Promise<never>(() => {});

  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) return never;
    if (++calls === at) {
      if (answered) await work().catch(() => {});
      kill();
    }
    const value = dead ? never : work();
    const settled = await value;
    return dead ? never : settled;
  };

  async function* items<T>(source: AsyncIterable<T>): AsyncGenerator<T, void> {
    const iterator = source[Symbol.asyncIterator]();
    while (true) {
      const next = await call(() => iterator.next());
      if (next.done) return;
      yield next.value;
    }
  }

  const doomedClock: Clock = {
    now: () => clock.now(),
    after: (ms, ring) => clock.after(ms, () => !dead && ring()),
    sleep: (ms, options) => clock.sleep(ms, options).then(() => (dead ? never : undefined)),
  };

  const doomedStore: Store = {
    get: (key) => store.get(key),
    put: (key, value) => call(() => store.put(key, value)),
    delete: (key) => call(() => store.delete(key)),
    compareAndSet: (key, revision, value) => call(() => store.compareAndSet(key, revision, value)),
    range: (prefix) => store.range(prefix),
    watch: (prefix, options) => store.watch(prefix, options),
    close: () => store.close(),
  };

  const doomedRadio = radioWith(radio, {
    scan: (options) => call(() => radio.scan(options)),
    link: () => call(() => radio.link()),
    watch: (options) => items(radio.watch(options)),
    apply: (setup) => call(() => radio.apply(setup)),
    enrol: (method, options) => items(radio.enrol(method, options)),
    clearAfterCrash: (residue) => call(() => radio.clearAfterCrash(residue)),
    residue: () => call(() => radio.residue()),
    limitPower: (dBm) => call(() => radio.limitPower(dBm)),
  });
  return { clock: doomedClock, store: doomedStore, radio: doomedRadio, killed, kill, isDead: () => dead };
}

/** A radio that does some things differently. */
export function radioWith(radio: StationRadio, changes: Partial<StationRadio>): StationRadio {
  return {
    name: radio.name,
    scan: (options) => radio.scan(options),
    link: () => radio.link(),
    watch: (options) => radio.watch(options),
    apply: (setup) => radio.apply(setup),
    enrol: (method, options) => radio.enrol(method, options),
    limitPower: (dBm) => radio.limitPower(dBm),
    keepTrouble: () => radio.keepTrouble(),
    keep: (network) => radio.keep(network),
    clearAfterCrash: (residue) => radio.clearAfterCrash(residue),
    residue: () => radio.residue(),
    close: () => radio.close(),
    ...changes,
  };
}
