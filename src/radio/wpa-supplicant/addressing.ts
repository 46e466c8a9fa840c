/**
 * The IP side of what the radio is told to be: the static address of a network, and of a hotspot its address and its DHCP
 * server. All of it is there for as long as the setup that it belongs to, and no longer.
 */
import type { Clock } from "../../clock/clock.ts";
import { type DhcpServer, openDhcpServer } from "../hotspot/server.ts";
import { InterfaceAddresses, type WantedAddress } from "../interface/addresses.ts";
import { hotspotAddress, type IpAddress, type RadioSetup } from "../station-radio.ts";
import type { Commands } from "./commands.ts";
import { isMember } from "./setups.ts";

export class Addressing {
  readonly #commands: Commands;
  readonly #clock: Clock;
  readonly #addresses: InterfaceAddresses;
  #dhcp: DhcpServer | null = null;
  /** Before the first time the interface is somebody else's: a process that only looks changes nothing. */
  #tended = false;

  constructor(ifname: string, commands: Commands, clock: Clock) {
    this.#commands = commands;
    this.#clock = clock;
    this.#addresses = new InterfaceAddresses(ifname, clock);
  }

  /**
   * Brings addresses and DHCP server to what the setup asks for, as far as the link is there.
   * @param setup null: nothing of ours
   * @throws a `RadioError` when it cannot be done
   */
  async tend(setup: RadioSetup | null): Promise<void> {
    this.#tended = true;
    const isHotspot = setup?.mode === "accessPoint";
    if (!isHotspot) await this.#closeDhcp();
    await this.#addresses.settle(await this.#wanted(setup));
    if (isHotspot) this.#dhcp ??= await this.#openDhcp();
  }

  /** The same again, after the link has changed. */
  async tendAgain(setup: RadioSetup | null): Promise<void> {
    if (this.#tended) await this.tend(setup);
  }

  /** The address on the network that it is a member of, as STATUS names it; null: on a hotspot's own. */
  read(network: string | null): Promise<IpAddress | null> {
    return this.#addresses.read(network);
  }

  /** That network is left, or is about to be: its addresses are not to be taken for the next one's. */
  leave(network: string | null): Promise<void> {
    return this.#addresses.leave(network);
  }

  /** What has been set stays; the server ends with us. */
  async close(): Promise<void> {
    await this.#closeDhcp();
  }

  async #wanted(setup: RadioSetup | null): Promise<WantedAddress | null> {
    switch (setup?.mode) {
      case "accessPoint":
        return { address: { ...hotspotAddress, gateway: null, dns: null }, linked: true };
      case "station": {
        const address = setup.network?.staticAddress;
        if (setup.network === null || address === undefined) return null;
        return { address, linked: await isMember(this.#commands, setup.network) };
      }
      default:
        return null;
    }
  }

  #openDhcp(): Promise<DhcpServer> {
    return openDhcpServer({ clock: this.#clock, isGuest: (client) => this.#commands.isGuest(client) });
  }

  async #closeDhcp(): Promise<void> {
    await this.#dhcp?.close();
    this.#dhcp = null;
  }
}
