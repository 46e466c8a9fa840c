/**
 * Settings of wpa_supplicant that an enrolment changes for as long as it lasts, and how they come back with the rest of
 * what a run leaves. All three are global: whoever else uses wpa_supplicant would find them changed if we forgot.
 */
import type { Clock } from "../../clock/clock.ts";
import { RadioError, type RadioResidue } from "../station-radio.ts";
import type { Commands } from "./commands.ts";

/** How long wpa_supplicant takes at most to clear away a run that has ended: 0.1 s after a failure, at once otherwise. */
const settleMs = 1_500;
const settleStepMs = 50;

/**
 * During a run
 * - `wps_cred_processing` is 1: the credential comes to us, and wpa_supplicant does not make a network of it;
 * - `update_config` is 0: wpa_supplicant writes its file by itself when a run ends, and would keep the line above in it;
 * - its log is silent below warnings: the credential is told in an event, and events are logged with the key in them.
 */
const duringRun = { wps_cred_processing: "1", update_config: "0", logLevel: "WARNING" } as const;

/** What they are now. */
export async function readRunSettings(commands: Commands): Promise<RadioResidue> {
  return {
    wps_cred_processing: await commands.setting("wps_cred_processing"),
    update_config: await commands.setting("update_config"),
    logLevel: await commands.logLevel(),
  };
}

export async function enterRun(commands: Commands): Promise<void> {
  // A wpa_supplicant without a log of its own refuses the first one.
  await commands.may(`LOG_LEVEL ${duringRun.logLevel}`);
  await commands.must(`SET update_config ${duringRun.update_config}`);
  await commands.must(`SET wps_cred_processing ${duringRun.wps_cred_processing}`);
}

/** Puts back each setting that still is what a run made of it; one that somebody changed since is theirs. */
async function leaveRun(commands: Commands, before: RadioResidue): Promise<void> {
  for (const name of ["wps_cred_processing", "update_config"] as const) {
    const value = before[name];
    if (typeof value === "string" && /^\d$/.test(value) && (await commands.setting(name)) === duringRun[name])
      await commands.must(`SET ${name} ${value}`);
  }
  const { logLevel } = before;
  if (typeof logLevel === "string" && /^[A-Z]+$/.test(logLevel) && (await commands.logLevel()) === duringRun.logLevel)
    await commands.may(`LOG_LEVEL ${logLevel}`);
}

/**
 * Brings wpa_supplicant back to where it was before a run. One that went away has forgotten all of it by itself.
 * @param cancel the run has not ended by itself
 */
export async function clearRun(
  { commands, clock }: { readonly commands: Commands; readonly clock: Clock },
  before: RadioResidue,
  cancel: boolean,
): Promise<void> {
  try {
    const end = clock.now() + (cancel ? 0 : settleMs);
    let left = await commands.wpsNetworks();
    while (left.length > 0 && clock.now() < end) {
      await clock.sleep(settleStepMs);
      left = await commands.wpsNetworks();
    }
    // Only with a run under way: without one WPS_CANCEL drops a live link.
    if (left.length > 0) await commands.may("WPS_CANCEL");
    // While it associates WPS_CANCEL leaves the run's network behind.
    for (const id of await commands.wpsNetworks()) await commands.removeNetwork(id);
    await commands.may("BSSID_IGNORE clear");
    await leaveRun(commands, before);
  } catch (error) {
    if (!(error instanceof RadioError && error.kind === "gone")) throw error;
  }
}
