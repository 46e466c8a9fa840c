/**
 * Settings of wpa_supplicant that an enrolment changes for as long as it lasts, and how they come back.
 * All three are global: whoever else uses wpa_supplicant would find them changed if we forgot.
 */
import type { RadioResidue } from "../station-radio.ts";
import type { Commands } from "./commands.ts";

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
export async function leaveRun(commands: Commands, before: RadioResidue): Promise<void> {
  for (const name of ["wps_cred_processing", "update_config"] as const) {
    const value = before[name];
    if (typeof value === "string" && /^\d$/.test(value) && (await commands.setting(name)) === duringRun[name])
      await commands.must(`SET ${name} ${value}`);
  }
  const { logLevel } = before;
  if (typeof logLevel === "string" && /^[A-Z]+$/.test(logLevel) && (await commands.logLevel()) === duringRun.logLevel)
    await commands.may(`LOG_LEVEL ${logLevel}`);
}
