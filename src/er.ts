/**
 * `openwps/er`: an external Registrar for programs. Finds the routers on the network that do WPS, reads and changes their
 * settings by their PIN, and lets devices in through them; no Wi-Fi is needed for it. What is not named here may change
 * without notice.
 */
export type { Clock } from "./clock/clock.ts";
export { systemClock } from "./clock/system-clock.ts";
export type { DescriptionFault, DeviceDescription } from "./upnp/description.ts";
export { type DiscoverOptions, discover, ownAddresses } from "./upnp/discover.ts";
export { type EnrolEvent, type EnrolFault, type EnrolMethod, type EnrolOptions, enrol } from "./upnp/enrol.ts";
export type { HttpFault } from "./upnp/http-client.ts";
export { registrarDevice } from "./upnp/registrar-device.ts";
export type { Router, RouterFault } from "./upnp/router.ts";
export { type RouterState, type RouterStateOptions, routerState } from "./upnp/router-state.ts";
export {
  configure,
  learn,
  type SettingsEvent,
  type SettingsFault,
  type SettingsRunOptions,
} from "./upnp/settings-run.ts";
export {
  type RouterEvent,
  type Subscription,
  type SubscriptionOptions,
  subscribe,
} from "./upnp/subscription.ts";
export type { WlanEvent } from "./upnp/wlan-event.ts";
export { type MacAddress, parseMacAddress } from "./wsc/address.ts";
export { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "./wsc/attributes.ts";
export type { NetworkSettings } from "./wsc/credential.ts";
export { systemRandom } from "./wsc/crypto.ts";
export type { DeviceInfo } from "./wsc/device.ts";
export type { WscError } from "./wsc/errors.ts";
export type { MessageType } from "./wsc/messages.ts";
export { type Pin, type PinFault, parsePin } from "./wsc/pin.ts";
export type { Random } from "./wsc/random.ts";
export type { Result } from "./wsc/result.ts";
export { Secret } from "./wsc/secret.ts";
export type { ExternalRegistrarEvent } from "./wsc/session/external-registrar.ts";
export type { EnrolleeIdentity } from "./wsc/session/registrar.ts";
