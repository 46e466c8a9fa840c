/**
 * `openwps/wsc`: the protocol engine for whoever builds on it. Bytes in, bytes out: it has no clock, no socket and no
 * chance of its own. What is not named here may change without notice.
 */
export { type MacAddress, macAddressBytes, macAddressFrom, parseMacAddress } from "./wsc/address.ts";
export { type ApSettingsFault, inventedSettings } from "./wsc/ap-settings.ts";
export {
  ATTR,
  type AttributeName,
  AUTHENTICATION_TYPE,
  CONFIG_ERROR,
  CONFIG_METHOD,
  CONNECTION_TYPE,
  DEVICE_PASSWORD_ID,
  ENCRYPTION_TYPE,
  RF_BAND,
  WSC_STATE,
} from "./wsc/attributes.ts";
export { agreedMode, type Mode, type Modes, prefersPsk, pskFrom } from "./wsc/choice.ts";
export { type Attributes, type Body, type Fault, parse, type Slot } from "./wsc/codec.ts";
export {
  type Credential,
  type CredentialChoice,
  type CredentialFault,
  decodeCredential,
  encodeCredential,
  mergedCredentials,
  type NetworkSettings,
  type SkipReason,
  usableCredentials,
} from "./wsc/credential.ts";
export { systemRandom, uuidFromMac } from "./wsc/crypto.ts";
export type { DeviceInfo } from "./wsc/device.ts";
export {
  type AccessPointServerEvent,
  type AccessPointServerInput,
  type AccessPointServerState,
  type AccessPointServerStep,
  openAccessPointServer,
  stepAccessPointServer,
} from "./wsc/eap/access-point-server.ts";
export { ENROLLEE_IDENTITY, type OpCode, peerRoleIn, REGISTRAR_IDENTITY } from "./wsc/eap/packet.ts";
export {
  openPeer,
  type PeerEvent,
  type PeerOutcome,
  type PeerState,
  type PeerStep,
  stepPeer,
} from "./wsc/eap/peer.ts";
export type { MessageEvent } from "./wsc/eap/peer-carrier.ts";
export {
  openRegistrarPeer,
  type RegistrarPeerEvent,
  type RegistrarPeerOutcome,
  type RegistrarPeerState,
  type RegistrarPeerStep,
  stepRegistrarPeer,
} from "./wsc/eap/registrar-peer.ts";
export {
  openServer,
  RETRANSMIT_AFTER_MS,
  type ServerEvent,
  type ServerInput,
  type ServerState,
  type ServerStep,
  stepServer,
} from "./wsc/eap/server.ts";
export {
  type Advertisement,
  ANYBODY,
  attributesIn,
  authorizedMacsIn,
  composeAssociationRequest,
  composeAssociationResponse,
  composeBeacon,
  composeProbeRequest,
  composeProbeResponse,
  ELEMENTS,
  type ElementBody,
  type ElementKind,
  type ProbeRequest,
  REQUEST_TYPE,
  RESPONSE_TYPE,
  readElement,
  type SelectedRegistrar,
  toElements,
  writeElement,
} from "./wsc/elements.ts";
export { configErrorFor, type WscError } from "./wsc/errors.ts";
export { decode, encode, type MessageType, messageTypeOf, SCHEMAS, type Schema } from "./wsc/messages.ts";
export {
  composeConfigurationToken,
  composeHandoverRequest,
  composeHandoverSelect,
  composePasswordToken,
  drawPasswordToken,
  frequencyOf,
  type HandoverRequest,
  type HandoverSelect,
  handoverPassword,
  type NfcFault,
  ownTokenPassword,
  type PasswordToken,
  readConfigurationToken,
  readHandoverRequest,
  readHandoverSelect,
  readPasswordToken,
  readTokenPassword,
  toNdef,
  type WhereaboutsHint,
} from "./wsc/nfc.ts";
export { generatePin, type Pin, type PinFault, parsePin, pinPassword, pushButtonPassword } from "./wsc/pin.ts";
export {
  AP_PIN_LIFETIME_MS,
  type ApPinAction,
  type ApPinInput,
  type ApPinState,
  apAccess,
  stepApPin,
} from "./wsc/policy/ap-pin.ts";
export { authorizedMacs, selectedByButton, selectedByPassword } from "./wsc/policy/authorized-macs.ts";
export {
  NO_PINS,
  type PinEnd,
  type PinEntry,
  type PinListAction,
  type PinListInput,
  type PinListState,
  stepPinList,
} from "./wsc/policy/pin-list.ts";
export { type PinWindowInput, type PinWindowState, stepPinWindow } from "./wsc/policy/pin-window.ts";
export {
  NO_BUTTON_PRESSED,
  type PushButtonInput,
  type PushButtonState,
  stepPushButton,
} from "./wsc/policy/push-button.ts";
export {
  isLocked,
  NEVER_LOCKED,
  restoreSetupLock,
  type SavedSetupLock,
  type SetupLockAction,
  type SetupLockInput,
  type SetupLockState,
  saveSetupLock,
  stepSetupLock,
} from "./wsc/policy/setup-lock.ts";
export type { CloseReason, PolicyStep, RefusalReason, RunOutcome, WindowAction } from "./wsc/policy/window.ts";
export { QUIRKS, type Quirk, type QuirkId } from "./wsc/quirks.ts";
export type { Draw, Random } from "./wsc/random.ts";
export type { Result } from "./wsc/result.ts";
export { Secret } from "./wsc/secret.ts";
export {
  type AccessPointConfig,
  type AccessPointEvent,
  type AccessPointInput,
  type AccessPointState,
  type ApAccess,
  endAccessPoint,
  openAccessPoint,
  stepAccessPoint,
} from "./wsc/session/access-point-enrollee.ts";
export {
  drawEnrollee,
  type EnrolleeConfig,
  type EnrolleeDraws,
  type EnrolleeEvent,
  type EnrolleeState,
  endEnrollee,
  openEnrollee,
  type RegistrarIdentity,
  stepEnrollee,
} from "./wsc/session/enrollee.ts";
export {
  type ExternalRegistrarConfig,
  type ExternalRegistrarEvent,
  type ExternalRegistrarState,
  type ExternalRegistrarTask,
  endExternalRegistrar,
  openExternalRegistrar,
  stepExternalRegistrar,
} from "./wsc/session/external-registrar.ts";
export {
  drawRegistrar,
  type EnrolleeIdentity,
  endRegistrar,
  openRegistrar,
  type RegistrarConfig,
  type RegistrarDraws,
  type RegistrarEvent,
  type RegistrarInput,
  type RegistrarState,
  stepRegistrar,
} from "./wsc/session/registrar.ts";
export type { DevicePassword, Manners, Outgoing, Step, WscMessage } from "./wsc/session/session.ts";
export { speaks2, type Violation, violations, violationsInSettings } from "./wsc/strict.ts";
