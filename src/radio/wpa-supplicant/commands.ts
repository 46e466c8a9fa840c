/** wpa_supplicant's commands, with replies read and refusals turned into sentences. Keeps no state of its own. */
import type { MacAddress } from "../../wsc/address.ts";
import { toHex } from "../../wsc/bytes.ts";
import type { Secret } from "../../wsc/secret.ts";
import type { ControlSocket } from "../control/control-socket.ts";
import { parsePairs } from "../control/text.ts";
import { RadioError } from "../station-radio.ts";
import type { NetworkSetting } from "./network.ts";
import { type BssEntry, parseBss } from "./scan.ts";

/** A network in wpa_supplicant's list. */
export interface ListedNetwork {
  readonly id: number;
  readonly disabled: boolean;
  /** It is in use now. */
  readonly current: boolean;
}

/** Global settings that this backend touches. */
export type GlobalSetting = "wps_cred_processing" | "update_config";

export class Commands {
  readonly #control: Pick<ControlSocket<never>, "request">;

  constructor(control: Pick<ControlSocket<never>, "request">) {
    this.#control = control;
  }

  /** Sends a command that has nothing to say but OK. */
  async must(command: string): Promise<void> {
    const reply = await this.#control.request(command);
    if (reply !== "OK") throw refusal(command, reply);
  }

  /** As {@link must}, for a command that is as well refused: whether it was taken. */
  async may(command: string): Promise<boolean> {
    return (await this.#control.request(command)) === "OK";
  }

  /** A command that gives data. */
  async ask(command: string): Promise<string> {
    const reply = await this.#control.request(command);
    if (/^(?:FAIL|UNKNOWN COMMAND)/.test(reply)) throw refusal(command, reply);
    return reply;
  }

  async status(): Promise<ReadonlyMap<string, string>> {
    return parsePairs(await this.ask("STATUS"));
  }

  async setting(name: GlobalSetting): Promise<string> {
    return (await this.ask(`GET ${name}`)).trim();
  }

  /** `ERROR`, `WARNING`, `INFO`, ... of its log; null when it does not say. */
  async logLevel(): Promise<string | null> {
    return /^Current level: ([A-Z]+)$/m.exec(await this.#control.request("LOG_LEVEL"))?.[1] ?? null;
  }

  async startPushButton(bssid: MacAddress | undefined): Promise<void> {
    await this.must(bssid === undefined ? "WPS_PBC" : `WPS_PBC ${bssid}`);
  }

  async startPin(bssid: MacAddress | undefined, pin: Secret): Promise<void> {
    await this.ask(`WPS_PIN ${bssid ?? "any"} ${pin.revealText()}`);
  }

  /** @param which `FIRST`, `NEXT-<id>` or a BSSID */
  async bss(which: string): Promise<BssEntry | null> {
    return parseBss(await this.#control.request(`BSS ${which}`));
  }

  /** Its whole table of access points, those included that have not been heard for a while. */
  async bssTable(): Promise<readonly BssEntry[]> {
    const table: BssEntry[] = [];
    let entry = await this.bss("FIRST");
    while (entry !== null) {
      table.push(entry);
      entry = await this.bss(`NEXT-${entry.id}`);
    }
    return table;
  }

  async networks(): Promise<readonly ListedNetwork[]> {
    const networks: ListedNetwork[] = [];
    // A reply holds 4 kB; the list goes on behind the last id that it had room for.
    for (let last = -1; ; ) {
      const reply = await this.ask(last < 0 ? "LIST_NETWORKS" : `LIST_NETWORKS LAST_ID=${last}`);
      const page = reply.split("\n").flatMap((line) => {
        const match = /^(\d+)\t.*\t((?:\[[A-Z0-9-]+\])*)$/.exec(line);
        const flags = match?.[2] ?? "";
        const id = Number(match?.[1]);
        return match === null || id <= last
          ? []
          : [{ id, disabled: flags.includes("[DISABLED]"), current: flags.includes("[CURRENT]") }];
      });
      networks.push(...page);
      const end = page.at(-1)?.id;
      if (end === undefined || reply.length < 3500) return networks;
      last = end;
    }
  }

  /** A setting of a network, without the quotes around a text; empty when not set. */
  async networkSetting(id: number, name: string): Promise<string> {
    const reply = await this.#control.request(`GET_NETWORK ${id} ${name}`);
    return reply === "FAIL" ? "" : reply.replace(/^"(.*)"$/s, "$1");
  }

  /** The name of a network as hex digits; empty when it has none. */
  async networkSsid(id: number): Promise<string> {
    // Printable names come in quotes, others as hex.
    const reply = await this.#control.request(`GET_NETWORK ${id} ssid`);
    const text = /^"(.*)"$/s.exec(reply)?.[1];
    if (text !== undefined) return toHex(new TextEncoder().encode(text));
    return reply === "FAIL" ? "" : reply;
  }

  /** Adds a network, disabled as wpa_supplicant adds them; gives its id. Leaves nothing behind when a setting is refused. */
  async addNetwork(settings: readonly NetworkSetting[]): Promise<number> {
    const id = Number(await this.ask("ADD_NETWORK"));
    try {
      await this.setNetwork(id, settings);
    } catch (error) {
      await this.removeNetwork(id);
      throw error;
    }
    return id;
  }

  async setNetwork(id: number, settings: readonly NetworkSetting[]): Promise<void> {
    for (const [name, value] of settings) await this.must(`SET_NETWORK ${id} ${name} ${value}`);
  }

  /** Harmless when it is gone already. */
  async removeNetwork(id: number): Promise<void> {
    await this.may(`REMOVE_NETWORK ${id}`);
  }

  /** Lets a network be chosen again without choosing it now. */
  async enableNetwork(id: number): Promise<void> {
    await this.may(`ENABLE_NETWORK ${id} no-connect`);
  }

  /** Whether a station is in the hotspot that we are, with its port open. */
  async isGuest(address: MacAddress): Promise<boolean> {
    const reply = await this.#control.request(`STA ${address}`);
    return /^flags=.*\[AUTHORIZED\]/m.test(reply);
  }

  /** The networks that exist only while WPS is under way: none when it is not. */
  async wpsNetworks(): Promise<readonly number[]> {
    const ids: number[] = [];
    for (const { id } of await this.networks()) if ((await this.networkSetting(id, "key_mgmt")) === "WPS") ids.push(id);
    return ids;
  }
}

/** Names the command without its values: among them are keys and PINs. */
function refusal(command: string, reply: string): RadioError {
  const [name = "", , setting = ""] = command.split(" ");
  if (reply === "UNKNOWN COMMAND")
    return new RadioError(
      "unsupported",
      `This wpa_supplicant does not know the command ${name}.`,
      "Name the socket of one interface, such as /run/wpa_supplicant/wlan0, and use a wpa_supplicant that was built with WPS.",
    );
  const what = name === "SET_NETWORK" ? `${name} ${setting}` : name;
  return new RadioError(
    "refused",
    `wpa_supplicant refused ${what}.`,
    "Its log says why (journalctl -u wpa_supplicant), at more length after: wpa_cli log_level debug.",
  );
}
