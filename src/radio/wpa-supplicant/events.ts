/**
 * The lines that wpa_supplicant sends unasked, read into a union. Total on any text: what is not understood is an
 * event of type `other`. Says what a line says, not what it means for a run.
 */
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { fromHex } from "../../wsc/bytes.ts";
import { Secret } from "../../wsc/secret.ts";
import type { ControlNews as AnyNews } from "../control/control-socket.ts";
import { eventLine, unescapeText } from "../control/text.ts";

/** What its control socket tells. */
export type ControlNews = AnyNews<ControlEvent>;

export type ControlEvent =
  | { readonly type: "scanResults" }
  | { readonly type: "scanFailed" }
  /** It sends its first frames to an access point. `ssid` is null where the line has none. */
  | { readonly type: "trying"; readonly bssid: MacAddress; readonly ssid: Uint8Array | null }
  | { readonly type: "associated"; readonly bssid: MacAddress }
  | { readonly type: "connected"; readonly bssid: MacAddress }
  | { readonly type: "disconnected" }
  | { readonly type: "eapStarted" }
  | { readonly type: "wpsActive" }
  /** The whole Credential attribute with its head; null when `wps_cred_processing` keeps it inside. */
  | { readonly type: "credential"; readonly attribute: Secret | null }
  | { readonly type: "wpsSuccess" }
  /** `message` is the Message Type it happened at; both null when the run ended without a word. */
  | { readonly type: "wpsFail"; readonly message: number | null; readonly configError: number | null }
  | { readonly type: "wpsM2d"; readonly configError: number }
  | { readonly type: "wpsTimeout" }
  | { readonly type: "wpsOverlap" }
  | { readonly type: "wpsCancel" }
  /** A network is left alone for a while; `reason` such as `WRONG_KEY` or `CONN_FAILED`. */
  | { readonly type: "networkDisabled"; readonly reason: string }
  | { readonly type: "networkNotFound" }
  | { readonly type: "rejected" }
  | { readonly type: "accessPointEnabled" }
  | { readonly type: "accessPointDisabled" }
  | { readonly type: "terminating" }
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
  switch (name) {
    case "CTRL-EVENT-SCAN-RESULTS":
      return { type: "scanResults" };
    case "CTRL-EVENT-SCAN-FAILED":
      return { type: "scanFailed" };
    case "CTRL-EVENT-CONNECTED":
      return withAddress("connected", rest);
    case "CTRL-EVENT-DISCONNECTED":
      return { type: "disconnected" };
    case "CTRL-EVENT-EAP-STARTED":
      return { type: "eapStarted" };
    case "CTRL-EVENT-SSID-TEMP-DISABLED":
      // The SSID before it is a peer's and may say anything; wpa_supplicant's own reason stands last.
      return { type: "networkDisabled", reason: / reason=([A-Z_]+)$/.exec(rest)?.[1] ?? "" };
    case "CTRL-EVENT-NETWORK-NOT-FOUND":
      return { type: "networkNotFound" };
    case "CTRL-EVENT-ASSOC-REJECT":
    case "CTRL-EVENT-AUTH-REJECT":
      return { type: "rejected" };
    case "CTRL-EVENT-TERMINATING":
      return { type: "terminating" };
    case "AP-ENABLED":
      return { type: "accessPointEnabled" };
    case "AP-DISABLED":
      return { type: "accessPointDisabled" };
    case "WPS-PBC-ACTIVE":
    case "WPS-PIN-ACTIVE":
      return { type: "wpsActive" };
    case "WPS-CRED-RECEIVED":
      return { type: "credential", attribute: /^(?:[0-9a-f]{2})+$/i.test(rest) ? new Secret(fromHex(rest)) : null };
    case "WPS-SUCCESS":
      return { type: "wpsSuccess" };
    case "WPS-FAIL": {
      const [, message, configError] = /^msg=(\d{1,3}) config_error=(\d{1,5})\b/.exec(rest) ?? [];
      return message === undefined || configError === undefined
        ? { type: "wpsFail", message: null, configError: null }
        : { type: "wpsFail", message: Number(message), configError: Number(configError) };
    }
    case "WPS-M2D":
      return { type: "wpsM2d", configError: Number(/\bconfig_error=(\d{1,5})\b/.exec(rest)?.[1] ?? 0) };
    case "WPS-TIMEOUT":
      return { type: "wpsTimeout" };
    case "WPS-OVERLAP-DETECTED":
      return { type: "wpsOverlap" };
    case "WPS-CANCEL":
      return { type: "wpsCancel" };
    case "SME:":
    case "Trying":
      return trying(line);
    case "Associated":
      return withAddress("associated", rest);
    default:
      return { type: "other", name };
  }
}

/** `SME: Trying to authenticate with 02:… (SSID='…' freq=2412 MHz)`; the SSID ends at the last quote that fits. */
function trying(line: string): ControlEvent {
  const match =
    /^(?:SME: )?Trying to (?:authenticate|associate) with ([0-9a-f:]{17})(?: \(SSID='(.*)' freq=\d+ MHz\))?$/s.exec(
      line,
    );
  const bssid = parseMacAddress(match?.[1] ?? "");
  if (bssid === null) return { type: "other", name: line.split(" ", 1)[0] ?? "" };
  return { type: "trying", bssid, ssid: match?.[2] === undefined ? null : unescapeText(match[2]) };
}

function withAddress(type: "connected" | "associated", rest: string): ControlEvent {
  const bssid = parseMacAddress(/[0-9a-f]{2}(?::[0-9a-f]{2}){5}/i.exec(rest)?.[0] ?? "");
  return bssid === null ? { type: "other", name: type } : { type, bssid };
}
