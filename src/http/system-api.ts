/**
 * `GET /api/v1/system`: what the device is and how it is connected, in the names and forms that clients of this API
 * know (MAC addresses as 12 upper-case hex digits, `wps` a boolean here). What is not known is null, nothing is made up.
 */
import { Type } from "typebox";
import { type Link, RadioError } from "../radio/station-radio.ts";
import type { Station } from "../station/station.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { App } from "./app.ts";
import { errorResponses } from "./errors.ts";
import type { EthernetLink } from "./ethernet.ts";
import { apiMac, channelOf, signalPercent } from "./wifi-forms.ts";

/** What the service knows of its device besides the radio. */
export interface SystemFacts {
  /** A name a person gave; empty when nobody did. */
  readonly name: string;
  readonly model: string;
  readonly firmware: string;
  readonly ethernet: () => Promise<EthernetLink>;
}

const text = Type.Union([Type.String(), Type.Null()]);
const number = Type.Union([Type.Integer(), Type.Null()]);
const address = { ip: text, mask: text, gateway: text, dns: text };

const System = Type.Object({
  device: Type.Object({ name: Type.String(), id: text, model: Type.String(), firmware: Type.String() }),
  wifi: Type.Object({
    ssid: text,
    bssid: text,
    channel: number,
    ht: text,
    rssi: number,
    signal: number,
    auth_mode: text,
    pairwise_cipher: text,
    group_cipher: text,
    phy: text,
    wps: Type.Union([Type.Boolean(), Type.Null()]),
    country: text,
    mac: text,
    ...address,
    status: Type.Enum(["OK", "Error", "Disabled", "Disconnected"]),
    mode: Type.Enum(["STA", "AP", "OFF"]),
  }),
  ethernet: Type.Object({
    mac: text,
    ...address,
    status: Type.Enum(["Up", "Down"]),
  }),
});

/** Adds the endpoint. A radio that is gone shows as Wi-Fi status `Error`; the rest of the answer is still worth having. */
export function systemApi(app: App, station: Station, facts: SystemFacts): void {
  const schema = {
    summary: "What the device is and how it is connected",
    response: { 200: System, ...errorResponses },
  };
  app.get("/api/v1/system", { schema }, async () => {
    const [link, ethernet] = await Promise.all([linkOrNull(station), facts.ethernet()]);
    return {
      device: {
        name: facts.name,
        id: macOrNull(link?.macAddress ?? ethernet.macAddress),
        model: facts.model,
        firmware: facts.firmware,
      },
      wifi: wifi(link),
      ethernet: {
        mac: macOrNull(ethernet.macAddress),
        ip: ethernet.ip,
        mask: ethernet.mask,
        gateway: ethernet.gateway,
        dns: ethernet.dns,
        status: ethernet.up ? ("Up" as const) : ("Down" as const),
      },
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

function wifi(link: Link | null) {
  const bss = link?.bss ?? null;
  const address = link?.address ?? null;
  return {
    ssid: bss === null ? null : new TextDecoder().decode(bss.ssid),
    bssid: bss === null ? null : apiMac(bss.bssid),
    channel: bss === null ? null : channelOf(bss.frequency),
    ht: bss?.ht ?? null,
    rssi: bss?.rssi ?? null,
    signal: bss === null ? null : signalPercent(bss.rssi),
    auth_mode: bss?.authMode ?? null,
    pairwise_cipher: bss?.pairwiseCipher ?? null,
    group_cipher: bss?.groupCipher ?? null,
    phy: bss?.phy ?? null,
    wps: bss === null ? null : bss.wps !== null,
    country: bss?.country ?? null,
    mac: macOrNull(link?.macAddress ?? null),
    ip: address?.ip ?? null,
    mask: address?.mask ?? null,
    gateway: address?.gateway ?? null,
    dns: address?.dns[0] ?? null,
    status: wifiStatus(link),
    mode: link?.state === "accessPoint" ? ("AP" as const) : link?.state === "off" ? ("OFF" as const) : ("STA" as const),
  };
}

const macOrNull = (address: MacAddress | null) => (address === null ? null : apiMac(address));

/** Disabled: switched off. Error: the radio is gone, or the last try to connect failed. Disconnected: not yet, or no more. */
function wifiStatus(link: Link | null): "OK" | "Error" | "Disabled" | "Disconnected" {
  if (link === null) return "Error";
  switch (link.state) {
    case "off":
      return "Disabled";
    case "connected":
    case "accessPoint":
      return "OK";
    case "connecting":
    case "disconnected":
      return link.trouble === null ? "Disconnected" : "Error";
  }
}
