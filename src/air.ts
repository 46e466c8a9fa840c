/**
 * `openwps/air`: the simulated air for whoever wants to run or test something on it. A scenario becomes a world with
 * access points, a Registrar and stations whose radios answer as real ones do. What is not named here may change.
 */

export type { Clock } from "./clock/clock.ts";
export { systemClock } from "./clock/system-clock.ts";
export { VirtualClock } from "./clock/virtual-clock.ts";
export type { Air } from "./radio/air/air.ts";
export { seededRandom } from "./radio/air/chance.ts";
export { type JoinedAir, joinAir, openAirStation } from "./radio/air/client.ts";
export type { Frame, FrameKind } from "./radio/air/frame.ts";
export type { RelayedAccessPoint } from "./radio/air/remote-registrar.ts";
export {
  builtInScenario,
  type Happening,
  parseScenario,
  type Scenario,
  type ScenarioAccessPoint,
} from "./radio/air/scenario.ts";
export { type AirServer, type ServedAccessPoint, type ServedWorld, serveAir } from "./radio/air/server.ts";
export {
  type AirWorld,
  type AirWorldAccessPoint,
  type AirWorldOptions,
  createAirWorld,
} from "./registrar/air-world.ts";
