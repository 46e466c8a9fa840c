/** A station and its server on a simulated air of their own, without a socket: for the tests beside this file. */
import type { Clock } from "../../src/clock/clock.ts";
import { systemClock } from "../../src/clock/system-clock.ts";
import type { App } from "../../src/http/app.ts";
import { demoApi } from "../../src/http/demo-api.ts";
import { noEthernet } from "../../src/http/ethernet.ts";
import { createStationServer } from "../../src/http/station-server.ts";
import type { SystemFacts } from "../../src/http/system-api.ts";
import { builtInScenario, parseScenario, type Scenario } from "../../src/radio/air/scenario.ts";
import type { Hotspot, StationRadio } from "../../src/radio/station-radio.ts";
import { createAirWorld } from "../../src/registrar/air-world.ts";
import { openServiceSettings, readPassword } from "../../src/settings/settings.ts";
import { openStation } from "../../src/station/station.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import type { Store } from "../../src/store/store.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import type { Secret } from "../../src/wsc/secret.ts";

/** The device that the system answers describe. */
export const facts = { model: "openwps", firmware: "1.2.3", ethernet: async () => noEthernet };

/** Settings of a device called demo that no password protects. */
export const openSettings = (fixedPassword: Secret | null = null, store = createMemoryStore()) =>
  openServiceSettings({
    store,
    fixedPassword,
    defaults: { name: "demo", hostName: "openwps-demo", protection: false, password: null },
  });

export interface OnAirOptions {
  /** What the station keeps; settings are kept in another. */
  readonly store?: Store;
  readonly hotspot?: Hotspot;
  readonly system?: Partial<SystemFacts>;
  /** What the settings of the service are kept in. */
  readonly settingsStore?: Store;
  /** Wraps the radio before the station gets it. */
  readonly wrap?: (radio: StationRadio) => StationRadio;
  /** The built-in one without it. */
  readonly scenario?: Scenario;
  readonly more?: readonly ((app: App) => void)[];
  /** From a file, so that it cannot be changed; Basic is taken, too. None without it. */
  readonly password?: string;
  /** Time as those see it who slow down wrong passwords. */
  readonly clock?: Clock;
  /** Time on the air, and for the station. */
  readonly airClock?: Clock;
}

export type OnAir = Awaited<ReturnType<typeof openOnAir>>;

/** Home is `020000000001`, Neighbour `020000000002`. Close it. */
export async function openOnAir(options: OnAirOptions = {}) {
  const { store = createMemoryStore(), hotspot = null } = options;
  const { airClock: clock = systemClock } = options;
  const world = createAirWorld({ scenario: options.scenario ?? builtInScenario, clock, random: systemRandom });
  const radio = world.station();
  const { wrap = (one) => one, settingsStore } = options;
  const station = await openStation({ radio: wrap(radio), store, clock, random: systemRandom, settings: { hotspot } });
  const fixed = options.password === undefined ? null : readPassword(options.password);
  const settings = await openSettings(fixed, settingsStore);
  const app = createStationServer({
    station,
    system: { ...facts, ...options.system },
    settings,
    clock: options.clock ?? clock,
    basic: options.password !== undefined,
    checks: [() => store.get("station")],
    more: [(api, streams) => demoApi(api, world, streams), ...(options.more ?? [])],
  });
  return {
    app,
    world,
    radio,
    station,
    settings,
    /** Listens on a free port of all addresses, and gives it. */
    listen: async () => Number(new URL(await app.listen({ host: "0.0.0.0", port: 0 })).port),
    close: async () => {
      await app.close();
      await station.close();
      await world.close();
    },
  };
}

/** A scenario as a file has it. */
export function scenarioOf(json: object): Scenario {
  const scenario = parseScenario(JSON.stringify(json));
  if (!scenario.ok) throw new Error(scenario.error);
  return scenario.value;
}

/** A store in memory whose writes can be made to wait. */
export class SlowDisk {
  readonly store: Store;
  #write: () => Promise<void> = async () => {};

  constructor() {
    const memory = createMemoryStore();
    this.store = { ...memory, put: (key, value) => this.#write().then(() => memory.put(key, value)) };
  }

  /** From now on writes wait until `spin`; `asked` resolves when the first one does. */
  stall(): { readonly asked: Promise<void>; readonly spin: () => void } {
    const asked = deferred();
    const until = deferred();
    this.#write = () => {
      asked.resolve();
      return until.promise;
    };
    return { asked: asked.promise, spin: until.resolve };
  }
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
