/**
 * The addresses of one interface: gives it the one that it is to have by us, takes that back, and tells which address it
 * can be reached at. The commands are in `plan.ts`, the list of name servers in `resolver.ts`; when which address is
 * wanted is the backend's to say.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { Clock } from "../../clock/clock.ts";
import { readAddress } from "../address.ts";
import { type IpAddress, RadioError, type StaticAddress } from "../station-radio.ts";
import { type Origins, originsAt, strangers } from "./origins.ts";
import {
  hasDependents,
  hasOwn,
  type IpCommand,
  type Present,
  parseAddresses,
  parseDefaultRoutes,
  plan,
} from "./plan.ts";
import { runProgram } from "./programs.ts";
import { Resolver } from "./resolver.ts";
import { type OwnAddress, readStaticAddress } from "./static-address.ts";

const ip = { name: "ip", package: "iproute2" } as const;

export interface WantedAddress {
  readonly address: StaticAddress;
  /**
   * Its network is there. Without it the interface has the address, so that connections outlive a short loss, but
   * neither gateway nor name server: they would lead nowhere, and keep the device from those of its cable.
   */
  readonly linked: boolean;
}

export class InterfaceAddresses {
  readonly #ifname: string;
  readonly #clock: Clock;
  readonly #resolver: Resolver;
  /** What it has by us; undefined while it is not known what an earlier process has left. */
  #given: WantedAddress | null | undefined;
  #origins: Origins = new Map();

  constructor(ifname: string, clock: Clock, resolver = new Resolver(ifname)) {
    this.#ifname = ifname;
    this.#clock = clock;
    this.#resolver = resolver;
  }

  /**
   * Gives the interface this address, or takes back what it has by us, also by an earlier process. What others gave
   * it stays. May be repeated at will. The address is the first thing that is set and the last that is taken back, so
   * that whoever finds none after a crash need not look for the rest.
   * @throws a {@link RadioError}
   */
  async settle(wanted: WantedAddress | null): Promise<void> {
    if (wanted === null && this.#given === null) return;
    const read = wanted === null ? null : readStaticAddress(wanted.address);
    const own = read === null || wanted?.linked === true ? read : { ...read, gateway: null };
    const present = await this.#present(wanted === null);
    const { remove, add } = plan(this.#ifname, present, own);
    const dns = wanted?.linked === true ? wanted.address.dns : null;
    const dnsMayBeOurs = hasOwn(present) || typeof this.#given?.address.dns === "string";
    this.#given = undefined;
    if (dns === null || remove.some(isAddressCommand)) await this.#resolver.takeBack(dnsMayBeOurs);
    await this.#remove(remove, present, own);
    for (const command of add) await this.#ip(command, "did not get its address");
    if (dns !== null) await this.#resolver.set(dns);
    this.#given = wanted;
  }

  /** A network is left: what the interface has from it will not fit the next one. null: which one is not known. */
  async leave(network: string | null): Promise<void> {
    this.#origins = originsAt(this.#origins, await this.#all(), network, this.#clock.now());
  }

  /**
   * The address on this network, ours before all others; null without one that fits it, as far as can be known.
   * @param network null: any will do
   */
  async read(network: string | null): Promise<IpAddress | null> {
    const own = this.#given?.address;
    const unfit =
      network === null || this.#origins.size === 0
        ? new Set<string>()
        : strangers(this.#origins, await this.#all(), network, this.#clock.now());
    const address = await readAddress(this.#ifname, { first: own?.ip, except: unfit });
    if (own === undefined || address?.ip !== own.ip) return address;
    return { ...own, dns: own.dns === null ? address.dns : [own.dns] };
  }

  /** @param forgiving without `ip` there cannot be anything of ours either */
  async #present(forgiving: boolean): Promise<Present> {
    const dev = ["dev", this.#ifname];
    try {
      const [addresses, routes] = await Promise.all([
        this.#ip(["-j", "-4", "address", "show", ...dev], "could not be looked at"),
        this.#ip(["-j", "-4", "route", "show", "default", ...dev], "could not be looked at"),
      ]);
      return { addresses: parseAddresses(addresses), routes: parseDefaultRoutes(routes) };
    } catch (error) {
      if (!forgiving || !(error instanceof RadioError)) throw error;
      return { addresses: [], routes: [] };
    }
  }

  /** Of both families; nothing where they cannot be seen. */
  async #all() {
    const show = ["-j", "address", "show", "dev", this.#ifname];
    return parseAddresses(await this.#ip(show, "could not be looked at").catch(() => ""));
  }

  async #remove(commands: readonly IpCommand[], present: Present, own: OwnAddress | null): Promise<void> {
    if (commands.length === 0) return;
    // Without it the kernel removes with an address all later ones of its network. systemd has switched it on already.
    const setting = `/proc/sys/net/ipv4/conf/${this.#ifname}/promote_secondaries`;
    const before = hasDependents(present) ? await readFile(setting, "utf8").catch(() => null) : null;
    if (before !== null) await writeFile(setting, "1").catch(() => {});
    try {
      for (const command of commands) await this.#ip(command, "did not give its address back");
    } catch (error) {
      // Routes vanish by themselves when an interface goes down.
      if (plan(this.#ifname, await this.#present(true), own).remove.length > 0) throw error;
    } finally {
      if (before !== null) await writeFile(setting, before).catch(() => {});
    }
  }

  #ip(command: IpCommand, failed: string): Promise<string> {
    return runProgram(ip, command, {
      failed: `${this.#ifname} ${failed}`,
      hint: `Look at the interface with: ip address show dev ${this.#ifname}.`,
    });
  }
}

function isAddressCommand([object]: IpCommand): boolean {
  return object === "address";
}
