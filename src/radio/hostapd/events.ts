/**
 * The lines that hostapd sends unasked, read into a union. Total on any text: what is not understood is an event of
 * type `other`. Says what a line says, not what it means for a window.
 */
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import type { DeviceDescription } from "../access-point.ts";
import type { ControlNews as AnyNews } from "../control/control-socket.ts";
import { eventLine } from "../control/text.ts";

/** What its control socket tells. */
export type ControlNews = AnyNews<ControlEvent>;

export type ControlEvent =
  | { readonly type: "enabled" }
  | { readonly type: "disabled" }
  | { readonly type: "terminating" }
  | { readonly type: "buttonActive" }
  /** Its own Registrar has enrolled somebody by the button. */
  | { readonly type: "buttonDone" }
  /** The button's two minutes are over; it says so when they are cut short, too. */
  | { readonly type: "buttonTimeout" }
  | { readonly type: "cancelled" }
  | { readonly type: "overlap" }
  | {
      readonly type: "enrolleeSeen";
      readonly macAddress: MacAddress;
      readonly uuid: string;
      readonly devicePasswordId: number;
      readonly deviceName: string | null;
    }
  | { readonly type: "runBegan"; readonly macAddress: MacAddress }
  | { readonly type: "runOver"; readonly macAddress: MacAddress }
  | { readonly type: "enrolled"; readonly macAddress: MacAddress; readonly uuid: string }
  | { readonly type: "failed"; readonly message: number; readonly configError: number }
  | {
      readonly type: "pinNeeded";
      readonly macAddress: MacAddress;
      readonly uuid: string;
      readonly device: DeviceDescription;
    }
  | { readonly type: "setupLocked"; readonly locked: boolean }
  | { readonly type: "pinExpired" }
  | { readonly type: "newSettings" }
  | { readonly type: "stationConnected"; readonly macAddress: MacAddress; readonly keyId: string | null }
  | { readonly type: "stationLeft"; readonly macAddress: MacAddress }
  | { readonly type: "other"; readonly name: string };

/** Reads one datagram; null when it is not an event but a reply. */
export function parseEvent(datagram: string): ControlEvent | null {
  const line = eventLine(datagram);
  return line === null ? null : parseLine(line);
}

function parseLine(line: string): ControlEvent {
  const space = line.indexOf(" ");
  const name = space < 0 ? line : line.slice(0, space);
  const rest = space < 0 ? "" : line.slice(space + 1);
  const other: ControlEvent = { type: "other", name };
  switch (name) {
    case "AP-ENABLED":
      return { type: "enabled" };
    case "AP-DISABLED":
    case "INTERFACE-DISABLED":
      return { type: "disabled" };
    case "CTRL-EVENT-TERMINATING":
      return { type: "terminating" };
    case "WPS-PBC-ACTIVE":
      return { type: "buttonActive" };
    case "WPS-PBC-DISABLE":
      return { type: "buttonDone" };
    case "WPS-TIMEOUT":
      return { type: "buttonTimeout" };
    case "WPS-CANCEL":
      return { type: "cancelled" };
    case "WPS-OVERLAP-DETECTED":
      return { type: "overlap" };
    case "WPS-ENROLLEE-SEEN":
      return enrolleeSeen(rest) ?? other;
    // In a network without enterprise stations there is no other EAP than that of WPS, and every run ends as a failure.
    case "CTRL-EVENT-EAP-STARTED":
      return aboutStation("runBegan", rest) ?? other;
    case "CTRL-EVENT-EAP-FAILURE":
    case "CTRL-EVENT-EAP-TIMEOUT-FAILURE":
    // With a Registrar behind it, there is a 2 after them.
    case "CTRL-EVENT-EAP-FAILURE2":
    case "CTRL-EVENT-EAP-TIMEOUT-FAILURE2":
      return aboutStation("runOver", rest) ?? other;
    case "WPS-REG-SUCCESS":
      return enrolled(rest) ?? other;
    case "WPS-FAIL": {
      const [, message, configError] = /^msg=(\d{1,3}) config_error=(\d{1,5})\b/.exec(rest) ?? [];
      if (message === undefined || configError === undefined) return other;
      return { type: "failed", message: Number(message), configError: Number(configError) };
    }
    case "WPS-PIN-NEEDED":
      return pinNeeded(rest) ?? other;
    case "WPS-AP-SETUP-LOCKED":
      return { type: "setupLocked", locked: true };
    case "WPS-AP-SETUP-UNLOCKED":
      return { type: "setupLocked", locked: false };
    case "WPS-AP-PIN-DISABLED":
      return { type: "pinExpired" };
    case "WPS-NEW-AP-SETTINGS":
      // What follows it may hold the network's key.
      return { type: "newSettings" };
    case "AP-STA-CONNECTED": {
      const macAddress = parseMacAddress(rest.slice(0, 17));
      return macAddress === null ? other : { type: "stationConnected", macAddress, keyId: keyIdIn(rest) };
    }
    case "AP-STA-DISCONNECTED":
      return aboutStation("stationLeft", rest) ?? other;
    default:
      return other;
  }
}

function aboutStation(type: "runBegan" | "runOver" | "stationLeft", rest: string): ControlEvent | null {
  const macAddress = parseMacAddress(rest.slice(0, 17));
  return macAddress === null ? null : { type, macAddress };
}

/** The name of a key, as `keyid=` in the file of keys gave it. It stands last. */
function keyIdIn(text: string): string | null {
  return / keyid=(.*)$/s.exec(text)?.[1] ?? null;
}

/** `MAC UUID TYPE 0xMETHODS PASSWORDID REQUESTTYPE [NAME]`; the name is the sender's and may say anything. */
function enrolleeSeen(rest: string): ControlEvent | null {
  const match = /^([0-9a-f:]{17}) ([0-9a-f-]{36}) \S+ 0x[0-9a-f]+ (\d{1,5}) \d+ \[(.*)\]$/s.exec(rest);
  const [, address = "", uuidText = "", devicePasswordId = "", deviceName = ""] = match ?? [];
  const macAddress = parseMacAddress(address);
  const uuid = uuidFrom(uuidText);
  if (macAddress === null || uuid === null) return null;
  return {
    type: "enrolleeSeen",
    macAddress,
    uuid,
    devicePasswordId: Number(devicePasswordId),
    deviceName: deviceName === "" ? null : deviceName,
  };
}

function enrolled(rest: string): ControlEvent | null {
  const [address = "", uuidText = ""] = rest.split(" ");
  const macAddress = parseMacAddress(address);
  const uuid = uuidFrom(uuidText);
  return macAddress === null || uuid === null ? null : { type: "enrolled", macAddress, uuid };
}

/**
 * `UUID MAC [NAME|MANUFACTURER|MODEL|NUMBER|SERIAL|TYPE]`. The texts are the device's and may hold a `|` too: the type is
 * the last one, and what is over stays with the serial number.
 */
function pinNeeded(rest: string): ControlEvent | null {
  const [, uuidText = "", address = "", texts = ""] = /^([0-9a-f-]{36}) ([0-9a-f:]{17}) \[(.*)\]$/s.exec(rest) ?? [];
  const macAddress = parseMacAddress(address);
  const uuid = uuidFrom(uuidText);
  if (macAddress === null || uuid === null) return null;
  const fields = texts.split("|");
  const primaryDeviceType = fields.pop() ?? "";
  const [deviceName = "", manufacturer = "", modelName = "", modelNumber = "", ...serial] = fields;
  const device = {
    ...{ deviceName, manufacturer, modelName, modelNumber },
    ...{ serialNumber: serial.join("|"), primaryDeviceType },
  };
  return { type: "pinNeeded", macAddress, uuid, device };
}

/** 32 hex digits; null for anything but a UUID with its dashes. */
function uuidFrom(text: string): string | null {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text.replaceAll("-", "") : null;
}
