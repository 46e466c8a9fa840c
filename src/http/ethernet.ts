/** The device's wired interface, as Linux tells of it in /sys, /proc and resolv.conf. Never changes anything. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parseResolvers, parseRoutes } from "../radio/address.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";

export interface EthernetLink {
  /** null: there is no wired interface. */
  readonly macAddress: MacAddress | null;
  readonly up: boolean;
  readonly ip: string | null;
  readonly mask: string | null;
  readonly gateway: string | null;
  readonly dns: string | null;
  /** All of its addresses, IPv6 and link-local ones too, as {@link plainAddress} writes them. */
  readonly addresses: readonly string[];
}

/** A device without a wired interface. */
export const noEthernet: EthernetLink = {
  macAddress: null,
  up: false,
  ip: null,
  mask: null,
  gateway: null,
  dns: null,
  addresses: [],
};

/** An IP address without what depends on where one looks from: `::ffff:` before IPv4, the zone behind IPv6. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}

/**
 * By which of its links a request came to the device; null: by neither, as from the machine itself, or it cannot be told.
 * @param localAddress the device's end of the connection
 */
export function cameOver(
  localAddress: string | undefined,
  { addresses }: EthernetLink,
  wifiAddress: string | null,
): "ethernet" | "wifi" | null {
  if (localAddress === undefined) return null;
  const plain = plainAddress(localAddress);
  if (addresses.includes(plain)) return "ethernet";
  return plain === wifiAddress ? "wifi" : null;
}

/** Hardware type of /sys/class/net/X/type: Ethernet. */
const arphrdEther = "1";

/**
 * The first wired interface, one that is up before one that is not; {@link noEthernet} elsewhere than on Linux. It reads
 * without waiting: these files are the kernel's memory, and to have each read by another thread costs some four times as
 * much.
 */
export async function linuxEthernet(): Promise<EthernetLink> {
  const wired = namesOfInterfaces()
    .filter(isWired)
    .map((name) => ({ name, up: sysfs(name, "operstate") === "up" }));
  const chosen = wired.find(({ up }) => up) ?? wired[0];
  if (chosen === undefined) return noEthernet;
  const all = networkInterfaces()[chosen.name] ?? [];
  const ipv4 = all.find(({ family }) => family === "IPv4");
  const gateway = ipv4 === undefined ? null : parseRoutes(readText("/proc/net/route"), chosen.name);
  return {
    macAddress: parseMacAddress(sysfs(chosen.name, "address")),
    up: chosen.up,
    ip: ipv4?.address ?? null,
    mask: ipv4?.netmask ?? null,
    gateway,
    addresses: all.map(({ address }) => plainAddress(address)),
    dns: gateway === null ? null : (parseResolvers(readText("/etc/resolv.conf"))[0] ?? null),
  };
}

function namesOfInterfaces(): readonly string[] {
  try {
    return readdirSync("/sys/class/net").sort();
  } catch {
    return [];
  }
}

/** Ethernet by hardware type, and neither a radio nor something that software made up (bridge, tunnel, bond). */
function isWired(name: string): boolean {
  if (sysfs(name, "type") !== arphrdEther) return false;
  if (exists(name, "wireless") || exists(name, "phy80211")) return false;
  return exists(name, "device") || /^(?:eth|en)/.test(name);
}

const sysfs = (name: string, file: string) => readText(`/sys/class/net/${name}/${file}`).trim();

const exists = (name: string, file: string) => existsSync(`/sys/class/net/${name}/${file}`);

/** Empty when it cannot be read: an interface may go away between two looks. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
