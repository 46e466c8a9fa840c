/**
 * `GET /api/v1/system`: what the device is and how it is connected, in the names and forms that clients of this API
 * know (MAC addresses as 12 upper-case hex digits, `wps` a boolean here). What is not known is null, nothing is made up.
 */
import { type Link, RadioError } from "../radio/station-radio.ts";
import { type TSchema, Type } from "../schema/type.ts";
import type { Mode } from "../station/record.ts";
import type { Station } from "../station/station.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { App } from "./app.ts";
import { refusals } from "./errors.ts";
import { cameOver, type EthernetLink } from "./ethernet.ts";
import { bssBody, bssFields } from "./scan-api.ts";
import { apiMac, apiMode } from "./wifi-forms.ts";

/** What the service knows of its device besides the radio. */
export interface SystemFacts {
  readonly model: string;
  readonly firmware: string;
  readonly ethernet: () => Promise<EthernetLink>;
  /** Whether the device is of no use to anybody without an address; true without it. */
  readonly needsAddress?: boolean | undefined;
}

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const text = nullable(Type.String());
const mac = nullable(Type.String({ pattern: "^[0-9A-F]{12}$" }));
const address = { ip: text, mask: text, gateway: text, dns: text };

const System = Type.Object({
  device: Type.Object({
    name: Type.String({ description: "What people call it; empty when nobody gave it a name" }),
    id: mac,
    model: Type.String(),
    firmware: Type.String(),
  }),
  wifi: Type.Object({
    ssid: nullable(bssFields.ssid),
    bssid: nullable(bssFields.bssid),
    channel: bssFields.channel,
    ht: nullable(bssFields.ht),
    rssi: nullable(bssFields.rssi),
    signal: nullable(bssFields.signal),
    auth_mode: nullable(bssFields.auth_mode),
    pairwise_cipher: nullable(bssFields.pairwise_cipher),
    group_cipher: nullable(bssFields.group_cipher),
    phy: nullable(bssFields.phy),
    wps: nullable(Type.Boolean()),
    country: bssFields.country,
    mac,
    ...address,
    status: Type.Enum(["OK", "Error", "Disabled", "Disconnected"]),
    mode: Type.Enum(["STA", "AP", "OFF"]),
  }),
  ethernet: Type.Object({ mac, ...address, status: Type.Enum(["Up", "Down"]) }),
  asked_over: nullable(
    Type.Enum(["ethernet", "wifi"], {
      description: "By which of them this request came, so that a page can say what breaks its contact",
    }),
  ),
});

/**
 * Adds the endpoint. A radio that is gone shows as Wi-Fi status `Error`; the rest of the answer is still worth having.
 * @param settings know the device's name
 */
export function systemApi(
  app: App,
  station: Station,
  settings: { readonly current: { readonly name: string } },
  facts: SystemFacts,
): void {
  const { model, firmware, needsAddress = true } = facts;
  const schema = { summary: "What the device is and how it is connected", response: { 200: System, ...refusals() } };
  /** The radio's own address names the device, also while the radio is away. */
  let radioAddress: MacAddress | null = null;
  app.get("/api/v1/system", { schema }, async (request) => {
    const [link, ethernet] = await Promise.all([linkOrNull(station), facts.ethernet()]);
    radioAddress = link?.macAddress ?? radioAddress;
    return {
      device: { name: settings.current.name, id: macOrNull(radioAddress ?? ethernet.macAddress), model, firmware },
      wifi: wifi(link, station.mode, needsAddress),
      ethernet: {
        mac: macOrNull(ethernet.macAddress),
        ip: ethernet.ip,
        mask: ethernet.mask,
        gateway: ethernet.gateway,
        dns: ethernet.dns,
        status: ethernet.up ? ("Up" as const) : ("Down" as const),
      },
      asked_over: cameOver(request.socket.localAddress, ethernet, link?.address?.ip ?? null),
    };
  });
}

async function linkOrNull(station: Station): Promise<Link | null> {
  try {
    return await station.link();
  } catch (error) {
    if (error instanceof RadioError) return null;
    throw error;
  }
}

const notConnected = {
  ssid: null,
  bssid: null,
  channel: null,
  ht: null,
  rssi: null,
  signal: null,
  auth_mode: null,
  pairwise_cipher: null,
  group_cipher: null,
  phy: null,
  wps: null,
  country: null,
};

function wifi(link: Link | null, mode: Mode, needsAddress: boolean) {
  const bss = link?.bss ?? null;
  const address = link?.address ?? null;
  return {
    ...(bss === null ? notConnected : { ...bssBody(bss), wps: bss.wps !== null }),
    mac: macOrNull(link?.macAddress ?? null),
    ip: address?.ip ?? null,
    mask: address?.mask ?? null,
    gateway: address?.gateway ?? null,
    dns: address?.dns[0] ?? null,
    status: wifiStatus(link, needsAddress),
    mode: apiMode[link === null ? mode : doing(link)],
  };
}

/** What the radio is, which in mid-pairing is not what the device is set up to be. */
function doing({ state }: Link): Mode {
  return state === "off" || state === "accessPoint" ? state : "station";
}

const macOrNull = (address: MacAddress | null) => (address === null ? null : apiMac(address));

/**
 * OK: clients of this API wait for it and then use the network, so it takes an address, too. Disabled: switched off.
 * Error: the radio is gone, or the last try to connect failed. Disconnected: not yet, or no more, or without an
 * address.
 */
function wifiStatus(link: Link | null, needsAddress: boolean): "OK" | "Error" | "Disabled" | "Disconnected" {
  if (link === null) return "Error";
  switch (link.state) {
    case "off":
      return "Disabled";
    case "connected":
      return needsAddress && link.address === null ? "Disconnected" : "OK";
    case "accessPoint":
      return "OK";
    case "connecting":
    case "disconnected":
      return link.trouble === null ? "Disconnected" : "Error";
  }
}
