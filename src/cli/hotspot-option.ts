/** The device's own set-up hotspot, as a person configures it. */
import type { Hotspot } from "../radio/station-radio.ts";
import { isJoinable } from "../station/network.ts";
import { Secret } from "../wsc/secret.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";
import { readSecretFile } from "./secret-file.ts";
import type { StationFlags } from "./station-options.ts";

type HotspotFlags = Pick<
  StationFlags,
  "hotspotSsid" | "hotspotKey" | "hotspotKeyFile" | "hotspotOpen" | "unconfigured"
>;

/**
 * The hotspot; null when none is configured.
 * @param defaultSsid its name when nobody gave it one
 */
export async function hotspotOf(flags: HotspotFlags, defaultSsid: string): Promise<Hotspot | null> {
  const { hotspotSsid, hotspotKey, hotspotKeyFile, hotspotOpen = false, unconfigured } = flags;
  const wanted = [hotspotSsid, hotspotKey, hotspotKeyFile].some((one) => one !== undefined) || hotspotOpen;
  if (!wanted && unconfigured !== "hotspot") return null;
  const ssid = new TextEncoder().encode(hotspotSsid ?? defaultSsid);
  if (ssid.length < 1 || ssid.length > 32)
    throw new Complaint(`The hotspot's name has ${ssid.length} bytes; a network's name has 1 to 32.`, EXIT.usage);
  const given = hotspotKeyFile === undefined ? hotspotKey : await readSecretFile(hotspotKeyFile, "hotspot's password");
  if (hotspotOpen && given !== undefined)
    throw new Complaint("The hotspot is to be open and to have a password. Leave one of the two away.", EXIT.usage);
  if (hotspotOpen) return { ssid, key: null };
  if (given === undefined)
    throw new Complaint(
      "The hotspot has no password. Give it one of 8 to 63 characters (key in the table [hotspot], or --hotspot-key-file), or let everybody in with --hotspot-open.",
      EXIT.usage,
    );
  const key = new Secret(given);
  if (!isJoinable({ ssid, key }))
    throw new Complaint("The hotspot's password must have 8 to 63 characters, or be 64 hex digits.", EXIT.usage);
  return { ssid, key };
}
