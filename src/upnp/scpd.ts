/**
 * What our service can be asked and what it tells (UPnP Device Architecture 1.0, 2.3), as a document for control points.
 * The actions are those of wlan-config.ts, and no others.
 */
import type { Action } from "./wlan-config.ts";

interface Argument {
  readonly direction: "in" | "out";
  /** The state variable that has its type; the argument is called so, after `New`. */
  readonly variable: keyof typeof VARIABLES;
}

const VARIABLES = {
  Message: { type: "bin.base64", evented: false },
  InMessage: { type: "bin.base64", evented: false },
  OutMessage: { type: "bin.base64", evented: false },
  DeviceInfo: { type: "bin.base64", evented: false },
  WLANEventType: { type: "ui1", evented: false },
  WLANEventMAC: { type: "string", evented: false },
  APStatus: { type: "ui1", evented: true },
  STAStatus: { type: "ui1", evented: true },
  WLANEvent: { type: "bin.base64", evented: true },
} as const;

const ARGUMENTS: Readonly<Record<Action, readonly Argument[]>> = {
  GetDeviceInfo: [{ direction: "out", variable: "DeviceInfo" }],
  PutMessage: [
    { direction: "in", variable: "InMessage" },
    { direction: "out", variable: "OutMessage" },
  ],
  PutWLANResponse: [
    { direction: "in", variable: "Message" },
    { direction: "in", variable: "WLANEventType" },
    { direction: "in", variable: "WLANEventMAC" },
  ],
  SetSelectedRegistrar: [{ direction: "in", variable: "Message" }],
};

const argument = ({ direction, variable }: Argument) =>
  `<argument>\n<name>New${variable}</name>\n<direction>${direction}</direction>\n` +
  `<relatedStateVariable>${variable}</relatedStateVariable>\n</argument>\n`;

const actions = Object.entries(ARGUMENTS).map(
  ([name, list]) =>
    `<action>\n<name>${name}</name>\n<argumentList>\n${list.map(argument).join("")}</argumentList>\n</action>\n`,
);

const variables = Object.entries(VARIABLES).map(
  ([name, { type, evented }]) =>
    `<stateVariable sendEvents="${evented ? "yes" : "no"}">\n<name>${name}</name>\n<dataType>${type}</dataType>\n</stateVariable>\n`,
);

/** The document. */
export const SCPD =
  `<?xml version="1.0"?>\n<scpd xmlns="urn:schemas-upnp-org:service-1-0">\n` +
  `<specVersion>\n<major>1</major>\n<minor>0</minor>\n</specVersion>\n` +
  `<actionList>\n${actions.join("")}</actionList>\n` +
  `<serviceStateTable>\n${variables.join("")}</serviceStateTable>\n</scpd>\n`;
