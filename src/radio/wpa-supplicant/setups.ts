/** How wpa_supplicant is brought to a setup: joining a network, or whatever networks it has, or being a hotspot, or off. */
import { toHex } from "../../wsc/bytes.ts";
import type { Network, RadioSetup } from "../station-radio.ts";
import type { Commands } from "./commands.ts";
import { stationSettings } from "./network.ts";
import { addHotspot, addStation, findStation, removeHotspot, removeStations } from "./own-networks.ts";

/** @param applied what it was last told, where that is known */
export async function bringTo(commands: Commands, setup: RadioSetup, applied: RadioSetup | null): Promise<void> {
  switch (setup.mode) {
    case "off":
      await commands.must("DISCONNECT");
      await removeHotspot(commands);
      await removeStations(commands);
      break;
    case "station":
      await removeHotspot(commands);
      if (setup.network === null) await joinWhatever(commands);
      else await join(commands, setup.network, applied?.mode === "station" ? applied.network : null);
      break;
    case "accessPoint":
      if (isSameHotspot(applied, setup)) break;
      await removeHotspot(commands);
      await removeStations(commands);
      await addHotspot(commands, setup.hotspot);
      break;
  }
}

/** Whether it is a member of the network that we put in. */
export async function isMember(commands: Commands, network: Network): Promise<boolean> {
  const found = await findStation(commands, network.ssid);
  return found !== null && (await isLinkedBy(commands, found));
}

async function isLinkedBy(commands: Commands, id: number): Promise<boolean> {
  const status = await commands.status();
  return status.get("wpa_state") === "COMPLETED" && status.get("id") === String(id);
}

async function joinWhatever(commands: Commands): Promise<void> {
  await removeStations(commands);
  const status = await commands.status();
  if (status.get("wpa_state") !== "COMPLETED" || status.get("mode") !== "station") await commands.must("REASSOCIATE");
}

/** Joins a network; a link that is there already, perhaps by a process before us, is not given up for it. */
async function join(commands: Commands, network: Network, known: Network | null): Promise<void> {
  const found = await findStation(commands, network.ssid);
  const linked = found !== null && (await isLinkedBy(commands, found));
  if (linked && (known === null || isSameNetwork(known, network))) {
    await removeStations(commands, found);
    if (known === null) await commands.setNetwork(found, stationSettings(network));
    return;
  }
  // Added anew also when it is there: wpa_supplicant leaves one that failed before alone for a while.
  await removeStations(commands);
  await addStation(commands, network);
  await commands.must("REASSOCIATE");
}

/** As wpa_supplicant sees it; addresses are none of its business. */
function isSameNetwork(a: Network, b: Network): boolean {
  return JSON.stringify(stationSettings(a)) === JSON.stringify(stationSettings(b));
}

function isSameHotspot(applied: RadioSetup | null, setup: RadioSetup & { readonly mode: "accessPoint" }): boolean {
  return (
    applied?.mode === "accessPoint" &&
    toHex(applied.hotspot.ssid) === toHex(setup.hotspot.ssid) &&
    applied.hotspot.key?.revealText() === setup.hotspot.key?.revealText()
  );
}
