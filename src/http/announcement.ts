/** Tells the local network by mDNS (DNS-SD) where a service is: `HOST.local`, `_http._tcp`, TXT `id`. */
import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import ciao from "@homebridge/ciao";
import { RadioError } from "../radio/station-radio.ts";
import type { MacAddress } from "../wsc/address.ts";
import { apiMac } from "./wifi-forms.ts";

export interface Announced {
  /** One label; the service is found as `HOST.local`. */
  readonly hostName: string;
  /** What people call it; empty: its host name. */
  readonly name: string;
  /** Where it listens: only there it is announced. `0.0.0.0` and `::` are everywhere. */
  readonly address: string;
  readonly port: number;
  readonly id: MacAddress | null;
}

/**
 * Announces from now on, on each network that this machine is or comes into. `close` takes it back, and says goodbye to
 * them.
 * @throws a {@link RadioError} with a sentence when this machine cannot
 */
export async function announce(announced: Announced): Promise<{ close(): Promise<void> }> {
  const { hostName, address, port, id } = announced;
  // The library would not only fail without it, but end the process.
  if (!Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ internal }) => internal)))
    throw new RadioError(
      "refused",
      "The service is not announced by mDNS, because this machine has no loopback interface that is up.",
      "Bring it up (ip link set lo up) and start the service again, or do without: --no-mdns.",
    );
  const responder = ciao.getResponder({
    interface: await interfacesOf(address),
    // Who listens on IPv4 only is not reached at the others.
    disableIpv6: isIPv4(address),
  });
  const service = responder.createService({
    name: serviceName(announced),
    type: "http",
    hostname: hostName,
    port,
    txt: id === null ? {} : { id: apiMac(id) },
  });
  await service.advertise();
  return {
    close: async () => {
      await service.destroy();
      await responder.shutdown();
    },
  };
}

/**
 * A label of DNS has at most 63 bytes (RFC 6763, 4.1.1); with a longer one the library neither announces nor ends. A
 * name that somebody else has already is told apart by " (2)" behind it.
 */
const nameBytes = 63 - " (99)".length;

/** What the service is called among others of its type: as people call it, as far as there is room for that. */
export function serviceName({ name, hostName }: Pick<Announced, "name" | "hostName">): string {
  const letters = [...(name === "" ? hostName : name)];
  while (Buffer.byteLength(letters.join("")) > nameBytes) letters.pop();
  return letters.join("");
}

/** By name, also those that have no address yet. Left to itself the library runs a command for that every 15 seconds. */
async function interfacesOf(address: string): Promise<string[]> {
  if (address !== "0.0.0.0" && address !== "::") return [address];
  const table = await readFile("/proc/net/dev", "utf8");
  return [...table.matchAll(/^ *([^\s:|]+):/gm)].map(([, name = ""]) => name);
}
