/**
 * Debian's hostapd as an access point that relays EAP to RADIUS servers, and Debian's wpa_supplicant as a station of it.
 * Between them is a pair of virtual Ethernet interfaces in place of a radio, so that this needs root.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex } from "../../src/wsc/bytes.ts";
import { decodeCredential } from "../../src/wsc/credential.ts";
import { ENROLLEE_IDENTITY } from "../../src/wsc/eap/packet.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { must } from "../vectors.ts";
import { Program, programsMissing, skipped } from "./program.ts";
import { mac } from "./radius-station.ts";
import { secretText } from "./radius-world.ts";

/** Why tests with it cannot run here; null when they can. */
export function relayMissing(): string | null {
  const missing = programsMissing(
    ["hostapd", "-v", "hostapd"],
    ["wpa_supplicant", "-v", "wpasupplicant"],
    ["ip", "-V", "iproute2"],
  );
  if (missing !== null) return missing;
  const probe = `owprobe${process.pid % 10_000}`;
  if (spawnSync("ip", ["link", "add", probe, "type", "veth"]).status === 0) {
    execFileSync("ip", ["link", "del", probe]);
    return null;
  }
  return skipped("this user may not make network interfaces: run it as root, with CAP_NET_ADMIN");
}

let relays = 0;

/** An access point with one station at it. Each has interfaces and addresses of its own. */
export class Relay {
  readonly instance = mac(`0200000a0${relays % 10}01`);
  readonly station = mac(`0200000a0${relays++ % 10}02`);
  /** Interface names hold 15 characters. */
  readonly #interfaces = [`owa${process.pid}n${relays}`, `ows${process.pid}n${relays}`] as const;
  readonly #programs: Program[] = [];
  #folder = "";

  /** @param port of a RADIUS server on this machine */
  async start(port: number): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), "openwps-relay-"));
    const [ours, theirs] = this.#interfaces;
    const pair = ["type", "veth", "peer", "name", theirs, "address", this.station];
    execFileSync("ip", ["link", "add", ours, "address", this.instance, ...pair]);
    for (const one of this.#interfaces) execFileSync("ip", ["link", "set", one, "up"]);
    const hostapd = await this.#run("hostapd", [], {
      "hostapd.conf": [
        "driver=wired",
        `interface=${ours}`,
        "ieee8021x=1",
        "use_pae_group_addr=1",
        "eap_server=0",
        "own_ip_addr=127.0.0.1",
        "auth_server_addr=127.0.0.1",
        `auth_server_port=${port}`,
        `auth_server_shared_secret=${secretText}`,
      ],
    });
    await hostapd.says("AP-ENABLED");
  }

  /**
   * Sends the station in.
   * @param method in wpa_supplicant's words: `pbc=1`, `pin=12345670`
   */
  async enrol(method: string, settings: readonly string[] = []): Promise<Program> {
    const [, theirs] = this.#interfaces;
    const network = ["key_mgmt=IEEE8021X", "eap=WSC", `identity="${ENROLLEE_IDENTITY}"`, `phase1="${method}"`];
    return this.#run("wpa_supplicant", ["-D", "wired", "-i", theirs, "-c"], {
      "wpa_supplicant.conf": [
        "ap_scan=0",
        "wps_cred_processing=1",
        "network={",
        ...network,
        "eapol_flags=0",
        ...settings,
        "}",
      ],
    });
  }

  /** Ends all programs and takes the interfaces away. */
  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.stop()));
    spawnSync("ip", ["link", "del", this.#interfaces[0]]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(name: string, options: readonly string[], file: Readonly<Record<string, readonly string[]>>) {
    const [[base, lines]] = Object.entries(file) as [[string, readonly string[]]];
    const path = join(this.#folder, base);
    await writeFile(path, `${lines.join("\n")}\n`);
    const program = new Program(name, [...options, path]);
    this.#programs.push(program);
    return program;
  }
}

/** The network's key, as wpa_supplicant says that it has received it. */
export async function keyReceived(station: Program, withinMs?: number): Promise<string> {
  const said = await station.says("WPS-SUCCESS", withinMs);
  const [, hex = ""] = /WPS-CRED-RECEIVED 100e....([0-9a-f]*)/.exec(said) ?? [];
  return must(decodeCredential(new Secret(fromHex(hex)))).networkKey.revealText();
}

export type Mishap = "lost" | "repeated";

/** A line between a relay and a server, on which one datagram has a mishap: the n-th request or answer, counted from 1. */
export class Line {
  readonly #near: Socket;
  readonly #far: Socket;
  #relayPort = 0;
  /** How many requests and answers have passed, or should have. */
  readonly passed = { request: 0, answer: 0 };

  private constructor(near: Socket, far: Socket, plan: Readonly<Record<string, Mishap>>) {
    this.#near = near;
    this.#far = far;
    const times = (kind: "request" | "answer") => {
      const mishap = plan[`${kind} ${++this.passed[kind]}`];
      return mishap === undefined ? 1 : mishap === "lost" ? 0 : 2;
    };
    near.on("message", (bytes, from) => {
      this.#relayPort = from.port;
      for (let i = times("request"); i > 0; i--) far.send(bytes);
    });
    far.on("message", (bytes) => {
      for (let i = times("answer"); i > 0; i--) near.send(bytes, this.#relayPort, "127.0.0.1");
    });
  }

  /** @param plan such as `{"request 3": "lost"}` */
  static async open(serverPort: number, plan: Readonly<Record<string, Mishap>>): Promise<Line> {
    const [near, far] = [createSocket("udp4"), createSocket("udp4")];
    await new Promise<void>((resolve) => near.bind(0, "127.0.0.1", resolve));
    await new Promise<void>((resolve) => far.connect(serverPort, "127.0.0.1", resolve));
    return new Line(near, far, plan);
  }

  get port(): number {
    return this.#near.address().port;
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }
}
