/**
 * What `air:FILE` holds: a small world as JSON. Access points, the station, how bad the air is, and what happens
 * when. Checked field by field, because people write it by hand; what runs it is `registrar/air-world.ts`.
 */
import { createHash } from "node:crypto";
import { type MacAddress, parseMacAddress } from "../../wsc/address.ts";
import { type Pin, parsePin } from "../../wsc/pin.ts";
import { err, ok, type Result } from "../../wsc/result.ts";
import { Secret } from "../../wsc/secret.ts";
import type { AccessPointSettings, Security } from "./access-point.ts";
import { type AirConditions, clearAir } from "./air.ts";
import { Fields, ScenarioFault } from "./fields.ts";

export interface ScenarioAccessPoint extends AccessPointSettings {
  readonly wps: boolean;
  /** Who lets devices in: the world that the access point is part of, or a process that joins its air as that. */
  readonly registrar: "built-in" | "elsewhere";
}

/** What happens `at` so many milliseconds after the start. `accessPoint` is a name; a box with two radios has one. */
export type Happening = { readonly atMs: number; readonly accessPoint: string } & (
  | { readonly type: "press" }
  | { readonly type: "enterPin"; readonly pin: Pin }
  | { readonly type: "stop" }
  | { readonly type: "off" }
  | { readonly type: "on" }
  /** null: out of range. */
  | { readonly type: "move"; readonly signal: number | null }
);

export interface Scenario {
  readonly seed: number;
  readonly conditions: AirConditions;
  readonly accessPoints: readonly ScenarioAccessPoint[];
  readonly station: {
    readonly name: string;
    readonly macAddress: MacAddress;
    /** Name of the access point whose network it has configured at first. */
    readonly connectedTo: string | null;
  };
  readonly happenings: readonly Happening[];
}

const securities: readonly Security[] = ["open", "WEP", "WPA", "WPA-WPA2", "WPA2", "WPA2-WPA3", "WPA3"];
/** What WPS cannot serve. */
const withoutWps: readonly Security[] = ["WPA", "WPA3"];
const channels5 = [
  36, 40, 44, 48, 52, 56, 60, 64, 100, 104, 108, 112, 116, 120, 124, 128, 132, 136, 140, 149, 153, 157, 161, 165,
];
const mostAccessPoints = 16;
const mostHappenings = 1_000;

/** Reads a scenario; the error is a sentence that names the field. */
export function parseScenario(text: string): Result<Scenario, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return err(`The scenario is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  try {
    return ok(readScenario(new Fields(json, "")));
  } catch (fault) {
    if (fault instanceof ScenarioFault) return err(fault.message);
    throw fault;
  }
}

function readScenario(fields: Fields): Scenario {
  const accessPoints = fields.list("accessPoints", mostAccessPoints).map(readAccessPoint);
  const names = accessPoints.map(({ name }) => name);
  const bssids = accessPoints.map(({ bssid }) => bssid);
  const twice = bssids.find((bssid, i) => bssids.indexOf(bssid) !== i);
  if (twice !== undefined) fields.wrong("accessPoints", `gives the bssid ${twice} twice`);
  const torn = accessPoints.find((one) =>
    accessPoints.some((two) => two.name === one.name && !haveOneRegistrar(one, two)),
  );
  if (torn !== undefined) fields.wrong("accessPoints", `gives the box ${torn.name} two Registrars`);
  const scenario: Scenario = {
    seed: fields.integer("seed", -(2 ** 31), 2 ** 32 - 1, 1),
    conditions: {
      loss: fields.number("loss", 0, 1, clearAir.loss),
      delayMs: fields.integer("delayMs", 1, 10_000, clearAir.delayMs),
      repeat: fields.number("repeat", 0, 1, clearAir.repeat),
    },
    accessPoints,
    station: readStation(fields.object("station"), names),
    happenings: fields
      .list("happenings", mostHappenings, [])
      .map((happening) => readHappening(happening, accessPoints)),
  };
  if (bssids.includes(scenario.station.macAddress))
    fields.wrong("station.macAddress", "is an access point's bssid too");
  fields.nothingElse();
  return scenario;
}

function readAccessPoint(fields: Fields, index: number): ScenarioAccessPoint {
  const name = fields.text("name", 1, 32);
  const ssid = new TextEncoder().encode(fields.text("ssid", 1, 32, name));
  const security = fields.oneOf("security", securities, "WPA2");
  const channel = fields.integer("channel", 1, 177, 1);
  if (channel > 14 && !channels5.includes(channel)) fields.wrong("channel", "is no channel of the 2.4 or 5 GHz band");
  const accessPoint: ScenarioAccessPoint = {
    name,
    ssid,
    security,
    channel,
    bssid: readAddress(fields, "bssid", `02:00:00:00:00:${hexByte(index)}`),
    key: readKey(fields, security),
    signal: fields.nullable("signal", () => fields.integer("signal", -120, 0, -50)),
    uuid: uuidOf(name),
    subnet: fields.integer("subnet", 0, 255, index + 1),
    dhcp: fields.flag("dhcp", true),
    wps: fields.flag("wps", !withoutWps.includes(security)),
    registrar: fields.oneOf("registrar", ["built-in", "elsewhere"], "built-in"),
  };
  if (accessPoint.wps && withoutWps.includes(security))
    fields.wrong("wps", `must be false, because WPS cannot be used with ${security} alone`);
  fields.nothingElse();
  return accessPoint;
}

/** Radios without WPS have none. */
function haveOneRegistrar(one: ScenarioAccessPoint, two: ScenarioAccessPoint): boolean {
  return !one.wps || !two.wps || one.registrar === two.registrar;
}

function readKey(fields: Fields, security: Security): Secret | null {
  if (security === "open") {
    if (fields.has("key")) fields.wrong("key", "must be left out, because the network is open");
    return null;
  }
  const key = fields.text("key", 8, 64);
  if (key.length === 64 && !/^[0-9a-f]{64}$/i.test(key))
    fields.wrong("key", "has 64 characters that are not all hex digits");
  if (!/^[\x20-\x7e]*$/.test(key)) fields.wrong("key", "may only hold printable ASCII characters");
  return new Secret(key);
}

function readStation(fields: Fields, names: readonly string[]): Scenario["station"] {
  const station = {
    name: fields.text("name", 1, 32, "Simulated station"),
    macAddress: readAddress(fields, "macAddress", "02:00:00:00:01:00"),
    connectedTo: fields.nullable("connectedTo", () =>
      fields.has("connectedTo") ? fields.oneOf("connectedTo", names) : null,
    ),
  };
  fields.nothingElse();
  return station;
}

function readHappening(fields: Fields, accessPoints: readonly ScenarioAccessPoint[]): Happening {
  const atMs = Math.round(fields.number("at", 0, 1e6) * 1000);
  const types = ["press", "enterPin", "stop", "off", "on", "move"] as const;
  const given = types.filter((type) => fields.has(type));
  const [type] = given;
  if (type === undefined || given.length > 1) return fields.wrong("", `must say one of ${types.join(", ")}`);
  const name = fields.oneOf(
    type,
    accessPoints.map((one) => one.name),
  );
  if ((type === "press" || type === "enterPin") && !accessPoints.some((one) => one.name === name && one.wps))
    fields.wrong(type, "names an access point without WPS");
  if (type === "enterPin" && accessPoints.some((one) => one.name === name && one.registrar === "elsewhere"))
    fields.wrong(type, "names an access point whose Registrar is elsewhere, and PINs are entered there");
  const base = { atMs, accessPoint: name };
  const happening: Happening =
    type === "enterPin"
      ? { ...base, type, pin: readPin(fields) }
      : type === "move"
        ? { ...base, type, signal: fields.nullable("signal", () => fields.integer("signal", -120, 0)) }
        : { ...base, type };
  fields.nothingElse();
  return happening;
}

function readPin(fields: Fields): Pin {
  const pin = parsePin(fields.text("pin", 4, 16));
  return pin.ok ? pin.value : fields.wrong("pin", "must have 4 digits, or 8 with a right check digit");
}

function readAddress(fields: Fields, name: string, otherwise: string): MacAddress {
  const address = parseMacAddress(fields.text(name, 12, 17, otherwise));
  if (address === null) return fields.wrong(name, 'must be an address such as "02:00:00:00:00:01"');
  // The lowest bit of the first byte makes a group of it.
  return Number.parseInt(address.slice(1, 2), 16) % 2 === 1
    ? fields.wrong(name, "must not be a group address")
    : address;
}

/** One box, one name, one UUID on all its radios. */
function uuidOf(name: string): string {
  return createHash("sha256").update(`openwps simulated access point ${name}`).digest("hex").slice(0, 32);
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** The scenario of `air` and of the demo: one device, and two access points to choose from. */
export const builtInScenario: Scenario = {
  seed: 1,
  conditions: clearAir,
  accessPoints: [
    builtIn({ name: "Home", bssid: "02:00:00:00:00:01", channel: 6, signal: -47, key: "correct horse battery" }, 1),
    builtIn({ name: "Neighbour", bssid: "02:00:00:00:00:02", channel: 11, signal: -71, key: "not your business" }, 2),
  ],
  station: { name: "Simulated station", macAddress: "02:00:00:00:01:00" as MacAddress, connectedTo: null },
  happenings: [],
};

function builtIn(
  {
    name,
    bssid,
    channel,
    signal,
    key,
  }: Record<"name" | "bssid" | "key", string> & Record<"channel" | "signal", number>,
  subnet: number,
): ScenarioAccessPoint {
  return {
    name,
    ssid: new TextEncoder().encode(name),
    bssid: bssid as MacAddress,
    channel,
    security: "WPA2",
    key: new Secret(key),
    signal,
    uuid: uuidOf(name),
    subnet,
    dhcp: true,
    wps: true,
    registrar: "built-in",
  };
}
