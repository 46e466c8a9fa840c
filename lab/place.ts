/** Where a radio and its programs are: on this machine, or on one of their own, which is a network namespace. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type MacAddress, parseMacAddress } from "../src/wsc/address.ts";

const run = promisify(execFile);

export class Place {
  readonly ifname: string;
  readonly macAddress: MacAddress;
  readonly #phy: string;
  readonly #apart: boolean;

  constructor(ifname: string, apart: boolean) {
    this.ifname = ifname;
    this.macAddress = macAddressOf(ifname);
    this.#phy = readFileSync(`/sys/class/net/${ifname}/phy80211/name`, "utf8").trim();
    this.#apart = apart;
  }

  async enter(): Promise<void> {
    if (!this.#apart) return;
    await run("ip", ["netns", "add", this.ifname]);
    await run("iw", ["phy", this.#phy, "set", "netns", "name", this.ifname]);
    await this.run("ip", "link", "set", "lo", "up");
  }

  async leave(): Promise<void> {
    if (!this.#apart) return;
    await this.run("iw", "phy", this.#phy, "set", "netns", "1");
    await run("ip", ["netns", "del", this.ifname]);
  }

  /** Whether it is associated; null where that cannot be seen from here. */
  hasCarrier(): boolean | null {
    if (this.#apart) return null;
    try {
      return readFileSync(`/sys/class/net/${this.ifname}/carrier`, "utf8").trim() === "1";
    } catch {
      return false; // It is down.
    }
  }

  /** A command line that runs there. */
  line(command: string, args: readonly string[]): readonly [command: string, args: readonly string[]] {
    return this.#apart ? ["ip", ["netns", "exec", this.ifname, command, ...args]] : [command, args];
  }

  run(command: string, ...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
    return run(...this.line(command, args));
  }

  /** Lays a cable from here, to there, where it is `eth0`; gives its name here and its address there. */
  async cable(): Promise<{ readonly here: string; readonly there: string }> {
    const net = `10.250.${this.ifname.slice(4)}`;
    const here = `cable-${this.ifname}`;
    await run("ip", ["link", "add", here, "type", "veth", "peer", "name", "eth0", "netns", this.ifname]);
    await run("ip", ["addr", "add", `${net}.1/24`, "dev", here]);
    await run("ip", ["link", "set", here, "up"]);
    await this.run("ip", "addr", "add", `${net}.2/24`, "dev", "eth0");
    await this.run("ip", "link", "set", "eth0", "up");
    return { here, there: `${net}.2` };
  }
}

function macAddressOf(ifname: string): MacAddress {
  const address = parseMacAddress(readFileSync(`/sys/class/net/${ifname}/address`, "utf8").trim());
  if (address === null) throw new Error(`${ifname} has no MAC address`);
  return address;
}
