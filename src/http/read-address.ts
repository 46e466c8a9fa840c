/**
 * A static address as a person or a program sends it, and the words for what is wrong with it: an address that cannot
 * work leaves a device that nobody reaches any more.
 */
import { isIPv4 } from "node:net";
import type { StaticAddress } from "../radio/station-radio.ts";
import { err, ok, type Result } from "../wsc/result.ts";

/** The fields of the API. */
export interface AddressFields {
  readonly ip: string;
  readonly netmask: string;
  readonly gateway: string;
  readonly dns: string;
}

/** How this API writes that there is none. */
export const noAddress = "0.0.0.0";

/** What is wrong with settings that were sent. */
export interface SettingsRefusal {
  /** A stable key. */
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
}

/** @param message a sentence */
export function refusal(reason: string, message: string): { readonly ok: false; readonly error: SettingsRefusal } {
  return err({ reason, message });
}

/** Reads the four. */
export function readStaticAddress(fields: AddressFields): Result<StaticAddress, SettingsRefusal> {
  const { ip, netmask, gateway, dns } = fields;
  for (const [field, text] of Object.entries(fields)) {
    if (text === noAddress)
      return refusal(
        "address-missing",
        `A static address needs all of ip, netmask, gateway and dns: the ${field} is missing.`,
      );
    if (!isIPv4(text))
      return refusal("address-form", `The ${field} must be four numbers from 0 to 255 with dots between them.`);
    if (field !== "netmask" && !isUnicast(text))
      return refusal("no-host-address", `The ${field} ${text} is not an address of a single host.`);
  }
  const mask = numberOf(netmask);
  // All ones, then all zeros: inverted and counted up by one it is a power of two.
  const hosts = ~mask >>> 0;
  if ((hosts & (hosts + 1)) !== 0)
    return refusal("netmask-form", `The netmask ${netmask} must be ones and then zeros, as 255.255.255.0 is.`);
  if (hosts < 3 || hosts > 0xffffff)
    return refusal(
      "netmask-size",
      `The netmask ${netmask} leaves no sensible number of addresses; most networks have 255.255.255.0.`,
    );
  for (const [field, text] of [
    ["ip", ip],
    ["gateway", gateway],
  ] as const) {
    const host = (numberOf(text) & hosts) >>> 0;
    if (host === 0)
      return refusal(
        "network-address",
        `The ${field} ${text} is the address of the network itself with the netmask ${netmask}.`,
      );
    if (host === hosts)
      return refusal("broadcast-address", `The ${field} ${text} is the broadcast address with the netmask ${netmask}.`);
  }
  if (((numberOf(ip) ^ numberOf(gateway)) & mask) !== 0)
    return refusal(
      "gateway-elsewhere",
      `The gateway ${gateway} is not in the network of ${ip} with the netmask ${netmask}.`,
    );
  if (ip === gateway) return refusal("gateway-own", `The device cannot have its gateway's address, ${gateway}.`);
  return ok({ ip, mask: netmask, gateway, dns });
}

/** Neither "this network", loopback, multicast nor reserved (RFC 6890). */
function isUnicast(address: string): boolean {
  const first = numberOf(address) >>> 24;
  return first >= 1 && first <= 223 && first !== 127;
}

function numberOf(address: string): number {
  return address.split(".").reduce((number, byte) => ((number << 8) | Number(byte)) >>> 0, 0);
}
