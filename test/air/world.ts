/** What the tests on the simulated air share: a world in virtual time, and ways to look at it. */
import { VirtualClock } from "../../src/clock/virtual-clock.ts";
import { seededRandom } from "../../src/radio/air/chance.ts";
import type { Frame } from "../../src/radio/air/frame.ts";
import { builtInScenario, parseScenario, type Scenario } from "../../src/radio/air/scenario.ts";
import type { EnrolEvent, EnrolMethod, Link, StationRadio } from "../../src/radio/station-radio.ts";
import { type AirWorld, type AirWorldAccessPoint, createAirWorld } from "../../src/registrar/air-world.ts";
import type { RegistrarEvent } from "../../src/registrar/events.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { type Pin, parsePin } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";

export interface TestWorld extends AirWorld {
  readonly clock: VirtualClock;
  readonly home: AirWorldAccessPoint;
  /** Everything since the start. */
  readonly seen: readonly Frame[];
  readonly registrarEvents: readonly RegistrarEvent[];
}

/** The built-in world, or one from a scenario as a person would write it, with everything seeded. */
export function openWorld(scenario: object | null, seed: number): TestWorld {
  const clock = new VirtualClock();
  const world = createAirWorld({
    scenario: scenario === null ? builtInScenario : read(scenario),
    clock,
    random: seededRandom(seed),
    seed,
  });
  const [home] = world.accessPoints;
  if (home === undefined) throw new Error("a world without access points");
  const signal = new AbortController().signal;
  const seen: Frame[] = [];
  const registrarEvents: RegistrarEvent[] = [];
  void collect(world.air.frames({ signal }), seen);
  void collect(world.registrar.events({ signal }), registrarEvents);
  return { ...world, clock, home, seen, registrarEvents };
}

export function read(scenario: object): Scenario {
  const parsed = parseScenario(JSON.stringify(scenario));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

async function collect<T>(items: AsyncIterable<T>, into: T[]): Promise<void> {
  for await (const item of items) into.push(item);
}

export const pushButton: EnrolMethod = { type: "pushButton" };

export function withPin(digits: string): EnrolMethod {
  return { type: "pin", pin: new Secret(pin(digits)) };
}

export function pin(digits: string): Pin {
  const parsed = parsePin(digits);
  if (!parsed.ok) throw new Error(`${digits} is no PIN`);
  return parsed.value;
}

/** All events of a run. */
export async function enrol(
  radio: StationRadio,
  method: EnrolMethod,
  bssid?: MacAddress,
): Promise<readonly EnrolEvent[]> {
  const events: EnrolEvent[] = [];
  await collect(radio.enrol(method, { bssid, signal: new AbortController().signal }), events);
  return events;
}

/** The first link that is as asked for. */
export async function linkWhere(radio: StationRadio, wanted: (link: Link) => boolean): Promise<Link> {
  const stop = new AbortController();
  for await (const link of radio.watch({ signal: stop.signal })) {
    if (!wanted(link)) continue;
    stop.abort();
    return link;
  }
  throw new Error("the watch ended");
}
