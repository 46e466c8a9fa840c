/**
 * The addresses of a network interface, as the system's DHCP client or a person gave them. Reads; sets nothing.
 */
import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import type { IpAddress } from "./station-radio.ts";

/**
 * The address others reach the interface at: IPv4, or else a global IPv6 one; null when it has neither.
 * Link-local addresses do not count: an interface gives them to itself.
 * @param options.first preferred to all others where the interface has it
 * @param options.except addresses that do not count either
 */
export async function readAddress(
  ifname: string,
  options: { readonly first?: string | undefined; readonly except?: ReadonlySet<string> } = {},
): Promise<IpAddress | null> {
  const { first, except } = options;
  const all = (networkInterfaces()[ifname] ?? []).filter(({ address }) => except?.has(address) !== true);
  const found =
    all.find(({ address }) => address === first) ??
    all.find(({ family, address }) => family === "IPv4" && !address.startsWith("169.254.")) ??
    all.find(({ family, address }) => family === "IPv6" && !/^fe[89ab]/i.test(address));
  if (found === undefined) return null;
  const gateway = found.family === "IPv4" ? parseRoutes(await read("/proc/net/route"), ifname) : null;
  return { ip: found.address, mask: found.netmask, gateway, dns: parseResolvers(await read("/etc/resolv.conf")) };
}

/** The gateway of an interface's default route in `/proc/net/route`, dotted; null without one. */
export function parseRoutes(table: string, ifname: string): string | null {
  for (const line of table.split("\n")) {
    const [name, destination, gateway, flags] = line.split(/\s+/);
    // Little-endian hex; flag 2 says that the route goes by a gateway.
    if (name !== ifname || destination !== "00000000" || (Number.parseInt(flags ?? "", 16) & 2) === 0) continue;
    if (gateway === undefined || !/^[0-9a-f]{8}$/i.test(gateway)) continue;
    return (gateway.match(/../g) ?? [])
      .reverse()
      .map((byte) => Number.parseInt(byte, 16))
      .join(".");
  }
  return null;
}

/** The name servers of a `resolv.conf`. */
export function parseResolvers(text: string): readonly string[] {
  return [...text.matchAll(/^nameserver[ \t]+(\S+)/gm)].map((match) => match[1] ?? "");
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
