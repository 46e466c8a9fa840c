/** The power that a radio sends with, limited by `iw`: wpa_supplicant has no command for it. */
import { runProgram } from "../interface/programs.ts";

/**
 * Limits the power of an interface's radio.
 * @param dBm 0..21, of which what is behind the point is left out: a limit is not to be passed; null: as much as the radio may
 * @throws a `RadioError` when it cannot be done
 */
export async function limitPower(ifname: string, dBm: number | null): Promise<void> {
  // iw counts in hundredths of a dBm, but Linux (mac80211) refuses anything between whole ones.
  const limit = dBm === null ? ["auto"] : ["limit", String(Math.floor(dBm) * 100)];
  await runProgram({ name: "iw", package: "iw" }, ["dev", ifname, "set", "txpower", ...limit], {
    failed: "The power of the radio was not limited",
    hint: "See what it can do with: iw phy. Some drivers know no limit; leave max_tx_power as it is then.",
  });
}
