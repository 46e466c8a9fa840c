/**
 * One network on which external Registrars find access points: under the address that its interface has, and under
 * another one when that changes.
 */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { Clock } from "../clock/clock.ts";
import type { LocalAddress } from "../upnp/wlan-config-service.ts";

/** Node does not tell when an address changes. */
const LOOK_MS = 5_000;

/** Our place on a network. An interface that was made anew under its old name has another index, and hears us no more. */
export interface Place extends LocalAddress {
  readonly index: string | null;
}

/** The IPv4 addresses of an interface whose network can be reached now; most have one. */
export function placesOn(name: string): readonly Place[] {
  const index = indexOf(name);
  const addresses = networkInterfaces()[name] ?? [];
  return addresses.flatMap(({ family, address, netmask }) => (family === "IPv4" ? [{ address, netmask, index }] : []));
}

export interface UpnpNetworkOptions {
  /** Where it is first served. */
  readonly place: Place;
  /** Where it could be served now, in the order of preference; none while the network is away. */
  readonly places: () => readonly Place[];
  readonly clock: Clock;
  /** Has all access points found at an address. Gives what ends that. */
  readonly serve: (address: LocalAddress) => Promise<() => Promise<void>>;
  /** There is another address, at which they cannot be found; they will be tried again. */
  readonly onTrouble: (error: unknown) => void;
}

export class UpnpNetwork {
  readonly #options: UpnpNetworkOptions;
  readonly #stop = new AbortController();
  #following: Promise<void> = Promise.resolve();
  /** Null: they cannot be found. */
  #served: { readonly place: Place; readonly end: () => Promise<void> } | null = null;

  private constructor(options: UpnpNetworkOptions) {
    this.#options = options;
  }

  /** @throws whatever `serve` throws at the first address */
  static async open(options: UpnpNetworkOptions): Promise<UpnpNetwork> {
    const network = new UpnpNetwork(options);
    await network.#serve(options.place);
    // Ends by the signal alone.
    network.#following = network.#follow().catch(() => {});
    return network;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
    await this.#served?.end();
    this.#served = null;
  }

  async #follow(): Promise<never> {
    const { clock, onTrouble } = this.#options;
    for (;;) {
      await clock.sleep(LOOK_MS, { signal: this.#stop.signal });
      await this.#look().catch(onTrouble);
    }
  }

  async #look(): Promise<void> {
    const now = this.#options.places();
    const [place] = now;
    // A network that is away for a while comes back to those who listen still.
    if (place === undefined || now.some((one) => this.#isServed(one))) return;
    const before = this.#served;
    this.#served = null;
    await before?.end();
    await this.#serve(place);
  }

  async #serve(place: Place): Promise<void> {
    this.#served = { place, end: await this.#options.serve(place) };
  }

  #isServed({ address, netmask, index }: Place): boolean {
    const place = this.#served?.place;
    return place?.address === address && place.netmask === netmask && place.index === index;
  }
}

/** Null where the system does not tell it like Linux. */
function indexOf(name: string): string | null {
  try {
    return readFileSync(`/sys/class/net/${name}/ifindex`, "ascii").trim();
  } catch {
    return null;
  }
}
