/**
 * The settings of an access point as an external Registrar reads them (M7) and writes them (M8): what is shown, and
 * what of new ones an access point takes on. How they are put into force is not known here.
 */
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "./attributes.ts";
import type { Body } from "./codec.ts";
import { type CredentialFault, hasFittingKey, type NetworkSettings, networkFrom, onlyPsk } from "./credential.ts";
import type { Random } from "./random.ts";
import { err, ok, type Result } from "./result.ts";
import { Secret } from "./secret.ts";
import type { SETTINGS } from "./settings.ts";

/** Why an access point cannot take settings on. */
export type ApSettingsFault =
  | CredentialFault
  /** An access point must have a name. */
  | { readonly kind: "noSsid" }
  /** Neither open nor WPA or WPA2 with a PSK; or open, and yet encrypted. */
  | { readonly kind: "badAuthenticationType"; readonly authenticationType: number }
  /** WPS forbids WEP since 2.0. */
  | { readonly kind: "wep" };

/**
 * What an access point becomes that nobody has configured when it enrols its first station: it keeps its name, and
 * makes up a passphrase of 22 characters. It counts as configured once Done is here.
 */
export function inventedSettings(ssid: Uint8Array, random: Random): NetworkSettings {
  const passphrase = btoa(String.fromCharCode(...random("key", 16))).replaceAll("=", "");
  return {
    ssid,
    authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
    encryptionType: ENCRYPTION_TYPE.aes,
    networkKey: new Secret(passphrase),
  };
}

/** What M7 shows: the strongest single mode of a mixed one, because Windows 7 rejects combined values. */
export function strongestMode(settings: NetworkSettings): NetworkSettings {
  const { wpaPsk, wpa2Psk } = AUTHENTICATION_TYPE;
  const { tkip, aes } = ENCRYPTION_TYPE;
  return {
    ...settings,
    authenticationType: strongest(settings.authenticationType, wpa2Psk, wpaPsk),
    encryptionType: strongest(settings.encryptionType, aes, tkip),
  };
}

function strongest(types: number, ...inOrder: readonly number[]): number {
  return inOrder.find((type) => (types & type) !== 0) ?? types;
}

/** What an external Registrar learns from M7. */
export function shownSettings(
  shown: Body<(typeof SETTINGS.M7OfAccessPoint)[number]>,
): Result<NetworkSettings, ApSettingsFault> {
  const network = networkFrom(shown);
  if (!network.ok) return network;
  return hasFittingKey(network.value) ? network : err({ kind: "badKey" });
}

/**
 * What an access point makes of M8: what is weak alone gets what is strong beside it. An address that is
 * not its own is forgiven, because Registrars disagree about whose belongs there.
 */
export function newSettings(
  told: Body<(typeof SETTINGS.M8ForAccessPoint)[number]>,
): Result<NetworkSettings, ApSettingsFault> {
  const network = networkFrom(told);
  if (!network.ok) return network;
  const { ssid, authenticationType, encryptionType } = network.value;
  const { none, wep, tkip, aes } = ENCRYPTION_TYPE;
  if (ssid.length === 0) return err({ kind: "noSsid" });
  if (!hasFittingKey(network.value)) return err({ kind: "badKey" });
  if ((encryptionType & (none | tkip | aes)) === 0)
    return err(encryptionType & wep ? { kind: "wep" } : { kind: "badEncryptionType", encryptionType });
  // Whoever asks for more than we can be must not find the network open, or under a key that was meant for something else.
  const isOpen = authenticationType === AUTHENTICATION_TYPE.open && (encryptionType & none) !== 0;
  if (!isOpen && !onlyPsk(authenticationType)) return err({ kind: "badAuthenticationType", authenticationType });
  return ok({
    ...network.value,
    authenticationType:
      authenticationType | (authenticationType & AUTHENTICATION_TYPE.wpaPsk ? AUTHENTICATION_TYPE.wpa2Psk : 0),
    encryptionType: encryptionType | (encryptionType & tkip ? aes : 0),
  });
}
