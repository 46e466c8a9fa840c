/**
 * The networks that we put into wpa_supplicant, told from a person's own by a mark (`id_str`), so that a process that
 * comes after a crash finds them. A person's own networks are never changed, but for the time of a hotspot: it
 * can only be had by disabling all others, and its mark says which they were.
 */
import { toHex } from "../../wsc/bytes.ts";
import type { Hotspot, Network } from "../station-radio.ts";
import type { Commands } from "./commands.ts";
import { hotspotSettings, stationSettings } from "./network.ts";

const mark = "openwps";

interface Own {
  readonly id: number;
  /** For a hotspot: the networks that it disabled. */
  readonly hotspot: readonly number[] | null;
}

async function ownNetworks(commands: Commands): Promise<readonly Own[]> {
  const own: Own[] = [];
  for (const { id } of await commands.networks()) {
    const text = await commands.networkSetting(id, "id_str");
    if (text === mark) own.push({ id, hotspot: null });
    else if (text.startsWith(`${mark}:`))
      own.push({
        id,
        hotspot: text
          .slice(mark.length + 1)
          .split(",")
          .filter(Boolean)
          .map(Number),
      });
  }
  return own;
}

/** Takes our hotspot off the air, if there is one, and lets the networks be used again that it disabled. */
export async function removeHotspot(commands: Commands): Promise<void> {
  for (const { id, hotspot } of await ownNetworks(commands)) {
    if (hotspot === null) continue;
    await commands.removeNetwork(id);
    for (const disabled of hotspot) await commands.enableNetwork(disabled);
  }
}

/** Removes our stations' networks; `except` one of them. */
export async function removeStations(commands: Commands, except?: number): Promise<void> {
  for (const { id, hotspot } of await ownNetworks(commands))
    if (hotspot === null && id !== except) await commands.removeNetwork(id);
}

/** Our station's network, where there is one with this name. */
export async function findStation(commands: Commands, ssid: Uint8Array): Promise<number | null> {
  for (const { id, hotspot } of await ownNetworks(commands))
    if (hotspot === null && (await commands.networkSsid(id)) === toHex(ssid)) return id;
  return null;
}

/** Adds our station's network, preferred to all others. */
export async function addStation(commands: Commands, network: Network): Promise<number> {
  const priorities = [0];
  for (const { id } of await commands.networks())
    priorities.push(Number(await commands.networkSetting(id, "priority")) || 0);
  const id = await commands.addNetwork([
    ...stationSettings(network),
    ["priority", String(Math.max(...priorities) + 1)],
    ["id_str", `"${mark}"`],
  ]);
  await commands.enableNetwork(id);
  return id;
}

/** Opens a hotspot and disables every other network meanwhile. */
export async function addHotspot(commands: Commands, hotspot: Hotspot): Promise<void> {
  const enabled = (await commands.networks()).filter(({ disabled }) => !disabled).map(({ id }) => id);
  const id = await commands.addNetwork([...hotspotSettings(hotspot), ["id_str", `"${mark}:${enabled.join(",")}"`]]);
  await commands.must(`SELECT_NETWORK ${id}`);
}

/** Makes our network a person's own. Gives what undoes it. */
export async function giveAway(commands: Commands, id: number): Promise<() => Promise<void>> {
  const priority = await commands.networkSetting(id, "priority");
  await commands.setNetwork(id, [
    ["id_str", "NULL"],
    ["priority", "0"],
  ]);
  return () =>
    commands.setNetwork(id, [
      ["id_str", `"${mark}"`],
      ["priority", priority],
    ]);
}

/** A person's other networks of the same name that are protected by a key or not at all; enterprise ones are others. */
export async function namesakes(commands: Commands, id: number): Promise<readonly number[]> {
  const ssid = await commands.networkSsid(id);
  const same: number[] = [];
  for (const other of await commands.networks()) {
    if (other.id === id || (await commands.networkSsid(other.id)) !== ssid) continue;
    const keyMgmt = await commands.networkSetting(other.id, "key_mgmt");
    if (!/PSK|SAE|NONE/.test(keyMgmt)) continue;
    same.push(other.id);
  }
  return same;
}
