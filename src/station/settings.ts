/** What a station is told by its configuration, as opposed to what it has learned and stored (see `record.ts`). */

import type { Hotspot } from "../radio/station-radio.ts";

/**
 * Where an IP address comes from once the radio is connected: `wait` for the system's own DHCP client, `none` is
 * needed, or a shell command that brings one and ends.
 */
export type AddressPolicy = "wait" | "none" | { readonly command: string };

export interface StationSettings {
  /**
   * What becomes of the device when a pairing fails that began in access point mode: Wi-Fi off, or the access point
   * again.
   */
  readonly afterFailedPairing: "off" | "restore";
  readonly address: AddressPolicy;
  /** The device's own set-up network; null: it has none, and no access point mode. */
  readonly hotspot: Hotspot | null;
  /**
   * What a device does on which nobody has set anything up: `leave` the radio to the networks it was configured with by
   * somebody else, open the hotspot, or keep the radio off.
   */
  readonly unconfigured: "leave" | "hotspot" | "off";
}

export const defaultSettings: StationSettings = {
  afterFailedPairing: "off",
  address: "wait",
  hotspot: null,
  unconfigured: "leave",
};
