/**
 * `/api/v1/wifi/sta/settings`: the network that the device joins as a client, in the names and forms that clients of
 * this API know. What the station does with it is decided there; here requests become settings, or sentences.
 */
import { isIPv4 } from "node:net";
import { type Bss, type Network, RadioError } from "../radio/station-radio.ts";
import { type Static, Type } from "../schema/type.ts";
import { isJoinable, networkNamed } from "../station/network.ts";
import type { Station, WifiSettings } from "../station/station.ts";
import { ok, type Result } from "../wsc/result.ts";
import { Secret } from "../wsc/secret.ts";
import type { App } from "./app.ts";
import { refuseBusy } from "./busy.ts";
import { bodyFaults, refusals, refuse } from "./errors.ts";
import { noContent, sendNoContent } from "./no-content.ts";
import { noAddress, readStaticAddress, refusal, type SettingsRefusal } from "./read-address.ts";
import type { Scan } from "./scan-api.ts";
import { ssidBytes, ssidText } from "./wifi-forms.ts";

const path = "/api/v1/wifi/sta/settings";

/** What this API tells as the limit of the power while nobody has set one; the radio then goes by its own. */
const defaultTxPower = 17;

const enable = Type.Boolean({ description: "Whether the device is a client of this network" });
const name = Type.String({ description: "The network's name, 1 to 32 bytes of UTF-8; empty when there is none" });
const password = Type.String({
  description: "8 to 63 characters, or a key of 64 hex digits; empty for an open network",
  writeOnly: true,
});
const static_ip = Type.Boolean({ description: "Whether the device has the address below, instead of one by DHCP" });
const address = Type.String({ description: `Dotted IPv4, ${noAddress} where there is none` });
const max_tx_power = Type.Number({
  minimum: 0,
  maximum: 21,
  multipleOf: 0.5,
  description: "The most that the radio sends with, in dBm",
});

const Settings = Type.Object({
  enable,
  name,
  static_ip,
  ip: address,
  netmask: address,
  gateway: address,
  dns: address,
  max_tx_power,
});

const mayBeMissing = {
  password: Type.Optional(password),
  static_ip: Type.Optional(static_ip),
  ip: Type.Optional(address),
  netmask: Type.Optional(address),
  gateway: Type.Optional(address),
  dns: Type.Optional(address),
  max_tx_power: Type.Optional(max_tx_power),
};
/**
 * "The whole object" is what cannot be guessed: whether to connect, and to what. The rest has documented defaults, and
 * the documentation's own examples leave it out.
 */
const Whole = Type.Object({ enable, name, ...mayBeMissing }, { additionalProperties: false });
const Part = Type.Object(
  { enable: Type.Optional(enable), name: Type.Optional(name), ...mayBeMissing },
  { additionalProperties: false },
);
type Asked = Static<typeof Part>;

/** Where {@link Whole} begins. */
const nothing: WifiSettings = { enabled: false, network: null, maxTxPower: null };

/** Adds the endpoints. @param scan tells how the network protects itself that a person names */
export function staSettingsApi(app: App, station: Station, scan: Scan): void {
  /** One change after the other: each starts from what the last one left. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };

  /** The settings asked for, or why not; `busy` before anything is looked at that takes time. */
  const read = async (asked: Asked, base: WifiSettings): Promise<Result<WifiSettings, SettingsRefusal>> => {
    const now = station.wifi();
    const blind = readSettings(asked, base, now, []);
    // A name that is not UTF-8 may be one in sight.
    if (!blind.ok && !asked.name?.includes("\ufffd")) return blind;
    return asked.name === undefined && asked.password === undefined
      ? blind
      : readSettings(asked, base, now, await inSight(scan));
  };

  const show = { summary: "The network that the device joins", response: { 200: Settings, ...refusals() } };
  app.get(path, { schema: show }, async () => settingsBody(station.wifi()));

  const change = {
    200: Settings,
    ...refusals(...bodyFaults, "busy", "radio-gone", "radio-refused", "not-stored"),
  };
  const replace = { summary: "Set the network that the device joins", body: Whole, response: change };
  app.post(path, { schema: replace }, (request, reply) =>
    inTurn(async () => {
      if (station.session().active) return refuseBusy(reply);
      const settings = await read(request.body, nothing);
      if (!settings.ok) return refuseSettings(reply, settings.error);
      return (await station.setWifi(settings.value)) === "busy" ? refuseBusy(reply) : settingsBody(station.wifi());
    }),
  );

  const update = { summary: "Change some of it; what is not given stays", body: Part, response: change };
  app.put(path, { schema: update }, (request, reply) =>
    inTurn(async () => {
      if (station.session().active) return refuseBusy(reply);
      const settings = await read(request.body, station.wifi());
      if (!settings.ok) return refuseSettings(reply, settings.error);
      return (await station.setWifi(settings.value)) === "busy" ? refuseBusy(reply) : settingsBody(station.wifi());
    }),
  );

  const erase = {
    summary: "Forget the network and switch the client off",
    response: { 204: noContent, ...refusals("busy", "radio-gone", "radio-refused", "not-stored") },
  };
  app.delete(path, { schema: erase }, (_request, reply) =>
    inTurn(async () => ((await station.setWifi(nothing)) === "busy" ? refuseBusy(reply) : sendNoContent(reply))),
  );
}

function refuseSettings<R extends Parameters<typeof refuse>[0]>(reply: R, { reason, message }: SettingsRefusal): R {
  return refuse(reply, "bad-value", message, reason);
}

/** Without the password: that is never shown again. */
function settingsBody({ enabled, network, maxTxPower }: WifiSettings): Static<typeof Settings> {
  return {
    enable: enabled,
    name: network === null ? "" : ssidText(network.ssid),
    ...addressBody(network),
    max_tx_power: maxTxPower ?? defaultTxPower,
  };
}

function addressBody(network: Network | null) {
  const stored = network?.staticAddress;
  return {
    static_ip: stored !== undefined,
    ip: stored?.ip ?? noAddress,
    netmask: stored?.mask ?? noAddress,
    gateway: stored?.gateway ?? noAddress,
    dns: stored?.dns ?? noAddress,
  };
}

/** What is in sight, as far as the radio can tell: without it a network is taken for what most are. */
async function inSight(scan: Scan): Promise<readonly Bss[]> {
  try {
    return await scan();
  } catch (error) {
    if (error instanceof RadioError) return [];
    throw error;
  }
}

/**
 * The settings that are asked for; the error never shows the password.
 * @param base what stays where nothing is asked
 * @param now what is in force
 */
function readSettings(
  asked: Asked,
  base: WifiSettings,
  now: WifiSettings,
  seen: readonly Bss[],
): Result<WifiSettings, SettingsRefusal> {
  const enabled = asked.enable ?? base.enabled;
  const network = readNetwork(asked, base.network, now.network, seen);
  if (!network.ok) return network;
  // A device that nobody has set up joins the networks that its radio was configured with, and may go on doing so.
  if (enabled && network.value === null && !(now.enabled && now.network === null))
    return refusal("no-network", 'There is no network to join. Give its "name", or "enable": false.');
  return ok({ enabled, network: network.value, maxTxPower: asked.max_tx_power ?? base.maxTxPower });
}

function readNetwork(
  asked: Asked,
  base: Network | null,
  now: Network | null,
  seen: readonly Bss[],
): Result<Network | null, SettingsRefusal> {
  if (/\p{Surrogate}/u.test(`${asked.name ?? ""}${asked.password ?? ""}`))
    return refusal(
      "half-character",
      "The name or the password has half a character in it, which no encoding can write.",
    );
  const known = [...(now === null ? [] : [now]), ...seen].map(({ ssid }) => ssid);
  const ssid = asked.name === undefined ? (base?.ssid ?? new Uint8Array()) : ssidBytes(asked.name, known);
  const key =
    asked.password === undefined ? (base?.key ?? null) : asked.password === "" ? null : new Secret(asked.password);
  const staticAddress = readAddress(asked, base);
  if (!staticAddress.ok) return staticAddress;
  if (ssid.length === 0) {
    if (key !== null) return refusal("name-missing", 'A password goes with a network: give its "name" too.');
    if (staticAddress.value !== undefined)
      return refusal("name-missing", 'A static address goes with a network: give its "name" too.');
    return ok(null);
  }
  if (ssid.length > 32)
    return refusal("name-too-long", `The name has ${ssid.length} bytes of UTF-8, and a network's name has at most 32.`);
  if (!isJoinable({ ssid, key }))
    return refusal(
      "password-length",
      "The password must have 8 to 63 characters, none of them a control character, or be a key of 64 hex digits; leave it empty for an open network.",
    );
  const same = base !== null && asked.name === undefined && asked.password === undefined;
  return ok({ ...(same ? base : networkNamed(ssid, key, seen)), staticAddress: staticAddress.value });
}

function readAddress(asked: Asked, base: Network | null): Result<Network["staticAddress"], SettingsRefusal> {
  const before = addressBody(base);
  const { static_ip = before.static_ip, ip = before.ip, netmask = before.netmask } = asked;
  const { gateway = before.gateway, dns = before.dns } = asked;
  if (static_ip) return readStaticAddress({ ip, netmask, gateway, dns });
  for (const text of [asked.ip, asked.netmask, asked.gateway, asked.dns]) {
    if (text !== undefined && !isIPv4(text))
      return refusal("address-form", "An address must be four numbers from 0 to 255 with dots between them.");
    if (text !== undefined && text !== noAddress && asked.static_ip === undefined)
      return refusal("addresses-unused", 'The addresses count only with "static_ip": true.');
  }
  return ok(undefined);
}
