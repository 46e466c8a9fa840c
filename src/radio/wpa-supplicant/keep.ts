/** Writing a network into wpa_supplicant's own file, in place of older ones of its name. */
import { type Network, RadioError } from "../station-radio.ts";
import type { Commands } from "./commands.ts";
import { busy } from "./complaints.ts";
import { stationSettings } from "./network.ts";
import { findStation, giveAway, namesakes, removeStations } from "./own-networks.ts";

/** Why it would not last; null when it would. */
export async function keepTrouble(commands: Commands): Promise<string | null> {
  if ((await commands.setting("update_config")) === "1") return null;
  return "wpa_supplicant may not change its own file (update_config=0), so it would forget the network when it is started again. Put update_config=1 into its configuration and restart it.";
}

/** @throws a {@link RadioError}, and nothing has changed, when it could not be written */
export async function keepNetwork(commands: Commands, network: Network): Promise<void> {
  if ((await commands.wpsNetworks()).length > 0) throw busy();
  const own = await findStation(commands, network.ssid);
  const id = own ?? (await commands.addNetwork(stationSettings(network)));
  await commands.setNetwork(id, stationSettings(network));
  await commands.enableNetwork(id);
  const takeBack = await giveAway(commands, id);
  await removeStations(commands);
  if (!(await commands.may("SAVE_CONFIG"))) {
    if (own === null) await commands.removeNetwork(id);
    else await takeBack();
    throw new RadioError(
      "refused",
      "wpa_supplicant could not write the network into its own file, so it will forget it when it is started again.",
      (await keepTrouble(commands)) ?? "Let wpa_supplicant write to its configuration file and to the folder it is in.",
    );
  }
  // The network is safe; what it replaces may go.
  const replaced = await namesakes(commands, id);
  for (const other of replaced) await commands.removeNetwork(other);
  if (replaced.length > 0) await commands.may("SAVE_CONFIG");
}
