/**
 * `openwps/nodemcu`: the modules `wps`, `wifi` and `tmr` of NodeMCU for programs in JavaScript and TypeScript, over any
 * radio. What they do, and what of NodeMCU is there, is in docs/scripting.md. What is not named here may change.
 */
export type { Clock } from "./clock/clock.ts";
export type { WpsStatus } from "./nodemcu/enrolment.ts";
export type { EventId, Eventmon, EventTables, StaConnected, StaDisconnected, StaGotIp } from "./nodemcu/eventmon.ts";
export { MisuseError } from "./nodemcu/misuse.ts";
export { type Nodemcu, type NodemcuOptions, openNodemcu } from "./nodemcu/nodemcu.ts";
export type { Left } from "./nodemcu/station.ts";
export type { AlarmMode, Tmr, TmrTimer } from "./nodemcu/tmr.ts";
export type { Sta, StaStatus, Wifi, WifiMode } from "./nodemcu/wifi.ts";
export type { Wps, WpsCallback } from "./nodemcu/wps.ts";
export type { RadioError, StationRadio } from "./radio/station-radio.ts";
