/** What `openwps er` says: why something did not work and what to do next, how an enrolment goes, what a router has. */
import { configErrorWords, passwordIdWords } from "../capture/attribute-words.ts";
import type { EnrolEvent, EnrolFault } from "../upnp/enrol.ts";
import type { RouterState } from "../upnp/router-state.ts";
import type { SettingsFault } from "../upnp/settings-run.ts";
import type { RouterEvent } from "../upnp/subscription.ts";
import { AUTHENTICATION_TYPE, CONFIG_ERROR } from "../wsc/attributes.ts";
import { parse } from "../wsc/codec.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import type { WscError } from "../wsc/errors.ts";
import { messageTypeOf } from "../wsc/messages.ts";
import { type Paint, pad, printable } from "./terminal.ts";

/** A sentence or two for a person. */
export function faultSentence(fault: SettingsFault | EnrolFault): string {
  switch (fault.kind) {
    case "unreachable":
      return `The router cannot be reached: ${printable(fault.why)}. Check that this machine is on its network.`;
    case "noAnswer":
      return "The router did not answer in time. Try again; if it stays silent, restart it.";
    case "answerTooLong":
    case "notHttp":
    case "badAnswer":
      return "The router answered something that is no WPS. It may not support external Registrars after all.";
    case "badUrl":
      return `The router says that it must be asked at ${printable(fault.url)}, which is not its own address. It was not asked there.`;
    case "badDescription":
      return `The router's description of itself cannot be used (${fault.fault}).`;
    case "declined":
      return declinedSentence(fault.action, fault.code);
    case "run":
      return runSentence(fault.error);
    case "timeout":
      return "No device came within two minutes. Start WPS on the device, and try again.";
    case "overlap":
      return "Two devices had their button pressed, so that none was let in. Wait two minutes, and press one button only.";
    case "pinSpent":
      return "The device did not prove the PIN, which must not be tried again. Check it on the device, and try again.";
  }
}

function declinedSentence(action: string, code: number): string {
  if (action === "GetDeviceInfo")
    return `The router tells nothing about itself (${code}): it has no PIN now. Switch its PIN on in its settings.`;
  if (action === "subscription")
    return `The router takes no subscribers now (${code}). Close other programs that set up Wi-Fi devices, and try again.`;
  return `The router declined ${action} (${code}).`;
}

function runSentence(error: WscError): string {
  const code = error.kind === "refused" || error.kind === "turnedAway" ? error.configError : null;
  if (code === CONFIG_ERROR.setupLocked || error.kind === "setupLocked")
    return "The router is locked against external Registrars, after too many wrong PINs or by its owner. Unlock it in its settings.";
  if (code === CONFIG_ERROR.passwordAuthenticationFailure || error.kind === "wrongPassword")
    return "That is not the router's PIN. Check the label; after a few wrong ones the router locks itself.";
  if (code !== null) return `The router broke off (Configuration Error ${code}). Try again.`;
  return `The router did not keep to the protocol (${error.kind}). Try again.`;
}

/** What is shown: an object for programs, and a line for people; none where there is nothing to say to them. */
export interface Words {
  readonly object: object;
  readonly line: string | null;
}

/** An event of an enrolment. @param router its name, fit for a terminal */
export function enrolWords(
  event: Exclude<EnrolEvent, { readonly type: "failed" }>,
  router: string,
  paint: Paint,
): Words {
  const { type } = event;
  switch (event.type) {
    case "waiting":
      return { object: event, line: `Start WPS on the device. ${router} lets it in within two minutes.` };
    case "asked": {
      const { macAddress, deviceName } = event.enrollee;
      const line = `${printable(deviceName)} (${macAddress}) ${event.admitted ? "is being let in ..." : "was turned away."}`;
      return { object: { type, station: macAddress, deviceName, admitted: event.admitted }, line };
    }
    case "message":
      return { object: event, line: null };
    case "tryFailed":
      return {
        object: { type, station: event.station, reason: event.error.kind },
        line: `${paint("yellow", "–")} ${event.station} did not get in: ${tryWords(event.error)}.`,
      };
    case "enrolled": {
      const { macAddress, deviceName } = event.enrollee;
      return {
        object: { type, station: macAddress, deviceName },
        line: `${paint("green", "✓")} ${printable(deviceName)} (${macAddress}) has the network.`,
      };
    }
  }
}

function tryWords(error: WscError): string {
  if (error.kind === "wrongPassword") return "it has another PIN";
  if (error.kind === "refused") return `it broke off, ${configErrorWords(error.configError)}`;
  return error.kind === "cutOff" ? "it began anew" : `it did not keep to the protocol (${error.kind})`;
}

/** What a router hears. */
export function eventWords(event: Exclude<RouterEvent, { readonly type: "ended" }>, paint: Paint): Words {
  switch (event.type) {
    case "status":
      return { object: event, line: `The router's status is ${event.accessPoint}.` };
    case "gap":
      return { object: event, line: paint("yellow", "Events were lost on the way.") };
    case "probeRequest":
    case "message": {
      const { type, station, bytes } = event;
      const message = type === "message" ? messageTypeOf(bytes) : null;
      const attributes = parse(bytes);
      const { deviceName, devicePasswordId, configError } = attributes.ok ? attributes.value : {};
      const name = deviceName?.[0] ?? null;
      const password = devicePasswordId === undefined ? null : passwordIdWords(devicePasswordId[0]);
      const failure = configError === undefined || configError[0] === 0 ? null : configErrorWords(configError[0]);
      const what = type === "probeRequest" ? "Probe Request" : (message ?? "no message");
      const details = [name === null ? null : `"${name}"`, password, failure].filter((one) => one !== null).join(", ");
      return {
        object: { type, station, message, deviceName: name, devicePasswordId: devicePasswordId?.[0] ?? null },
        line: `${paint("dim", station)}  ${pad(paint(styleOf(what), what), 13)}  ${printable(details)}`.trimEnd(),
      };
    }
  }
}

function styleOf(what: string): Parameters<Paint>[0] {
  if (what === "WSC_NACK" || what === "no message") return "red";
  if (what === "WSC_Done") return "green";
  return what === "Probe Request" ? "dim" : "cyan";
}

/** What a router says of its setup. */
export function stateWords({ configured, locked }: RouterState, paint: Paint): string {
  const state =
    configured === null ? paint("dim", "does not say") : configured ? "configured" : paint("green", "unconfigured");
  return locked === true ? `${state}, ${paint("yellow", "locked")}` : state;
}

/** For programs. */
export function settingsJson(settings: NetworkSettings) {
  return {
    ssid: ssidText(settings.ssid),
    security: securityOf(settings),
    key: settings.networkKey.length === 0 ? null : settings.networkKey.revealText(),
  };
}

/** For people. */
export function settingsLines(settings: NetworkSettings): readonly string[] {
  const { ssid, security, key } = settingsJson(settings);
  return [
    `SSID      ${printable(ssid)}`,
    `Security  ${security}`,
    ...(key === null ? [] : [`Key       ${printable(key)}`]),
  ];
}

export function ssidText(ssid: Uint8Array): string {
  return new TextDecoder().decode(ssid);
}

function securityOf({ authenticationType }: NetworkSettings): string {
  const { open, wpaPsk, wpa2Psk } = AUTHENTICATION_TYPE;
  const names = [
    [open, "open"],
    [wpaPsk, "WPA"],
    [wpa2Psk, "WPA2"],
  ] as const;
  return names.flatMap(([bit, name]) => (authenticationType & bit ? [name] : [])).join("-") || "unknown";
}
