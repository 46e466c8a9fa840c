/**
 * The library: `import { pair } from "openwps"`. What a program needs to join a network by WPS with a radio of its
 * choice; the protocol itself is `openwps/wsc`, the simulated air `openwps/air`.
 */
export type { Clock } from "./clock/clock.ts";
export { systemClock } from "./clock/system-clock.ts";
export {
  type Bss,
  type EnrolMethod,
  type Link,
  type Network,
  type Peer,
  RadioError,
  type RadioSetup,
  type StationRadio,
} from "./radio/station-radio.ts";
export { openWpaSupplicant } from "./radio/wpa-supplicant/station.ts";
export { type PairEvent, type PairOptions, pair } from "./station/pairing.ts";
export { type PairingError, REASONS, type Reason, type ReasonKey } from "./station/reasons.ts";
export type { PairingResult } from "./station/session.ts";
export type { AddressPolicy } from "./station/settings.ts";
export { type MacAddress, parseMacAddress } from "./wsc/address.ts";
export type { Credential } from "./wsc/credential.ts";
export { type Pin, type PinFault, parsePin } from "./wsc/pin.ts";
export { Secret } from "./wsc/secret.ts";
