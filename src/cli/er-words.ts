/** What `openwps er` says: why something did not work and what to do next, and how an enrolment goes. */
import type { EnrolEvent, EnrolFault } from "../upnp/enrol.ts";
import type { SettingsFault } from "../upnp/settings-run.ts";
import { CONFIG_ERROR } from "../wsc/attributes.ts";
import type { WscError } from "../wsc/errors.ts";
import { printable } from "./terminal.ts";

/** A sentence or two for a person. */
export function faultSentence(fault: SettingsFault | EnrolFault): string {
  switch (fault.kind) {
    case "unreachable":
      return `The router cannot be reached: ${printable(fault.why)}. Check that this machine is on its network.`;
    case "noAnswer":
      return "The router did not answer in time. Try again; if it stays silent, restart it.";
    case "answerTooLong":
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

/** An event of an enrolment for programs, and for people; no line where there is nothing to say to them. */
export function enrolWords(
  event: Exclude<EnrolEvent, { readonly type: "failed" }>,
  router: string,
): { readonly object: object; readonly line: string | null } {
  const { type } = event;
  switch (event.type) {
    case "waiting":
      return { object: event, line: `Start WPS on the device. ${printable(router)} lets it in within two minutes.` };
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
        line: `${event.station} did not get in (${event.error.kind}).`,
      };
    case "enrolled": {
      const { macAddress, deviceName } = event.enrollee;
      return {
        object: { type, station: macAddress, deviceName },
        line: `✓ ${printable(deviceName)} (${macAddress}) has the network.`,
      };
    }
  }
}
