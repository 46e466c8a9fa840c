/**
 * What a Registrar gives to a particular Enrollee of all that its network can do: which mode, and the key in
 * which form. Plain functions of what the Enrollee said in M1; whether it gets anything is for `policy/` to say.
 */
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE } from "./attributes.ts";
import { toHex } from "./bytes.ts";
import { pbkdf2Sha1 } from "./crypto.ts";
import { Secret } from "./secret.ts";
import type { EnrolleeIdentity } from "./session/registrar-messages.ts";

/** Bitmaps of what a network can do. */
export interface Modes {
  readonly authenticationTypes: number;
  readonly encryptionTypes: number;
}

/** One way to protect a network, as a Credential names it: one bit of each bitmap. */
export interface Mode {
  readonly authenticationType: number;
  readonly encryptionType: number;
}

/** The strongest mode that both sides know; null when they share none. */
export function agreedMode(own: Modes, enrollee: EnrolleeIdentity): Mode | null {
  const { open, wpaPsk, wpa2Psk } = AUTHENTICATION_TYPE;
  const { none, tkip, aes } = ENCRYPTION_TYPE;
  const authentication = shared(own.authenticationTypes, claimedAuthentication(enrollee.authenticationTypes));
  const encryption = shared(own.encryptionTypes, enrollee.encryptionTypes);
  const authenticationType = [wpa2Psk, wpaPsk, open].find((type) => (authentication & type) !== 0);
  if (authenticationType === undefined) return null;
  if (authenticationType === open) return { authenticationType, encryptionType: none };
  const encryptionType = [aes, tkip].find((type) => (encryption & type) !== 0);
  return encryptionType === undefined ? null : { authenticationType, encryptionType };
}

/** Quirk `swapped-type-flags`: who shares nothing with us has got its flags wrong. */
function shared(own: number, announced: number): number {
  return (own & announced) === 0 ? own : own & announced;
}

/** Quirk `forgotten-wpa2-psk`: WPA2 with 802.1X and WPA with a PSK, but not WPA2 with a PSK, does not exist. */
function claimedAuthentication(announced: number): number {
  const { wpaPsk, wpa2Psk, wpa2Eap } = AUTHENTICATION_TYPE;
  return (announced & (wpaPsk | wpa2Psk | wpa2Eap)) === (wpaPsk | wpa2Eap) ? announced | wpa2Psk : announced;
}

/**
 * Whether an Enrollee is better given the PSK than the passphrase it comes from: one without a display shows it to nobody,
 * and one is known (quirk `apple-passphrase`) that fails with a passphrase.
 */
export function prefersPsk({ configMethods, manufacturer, modelName }: EnrolleeIdentity): boolean {
  return (
    (configMethods & CONFIG_METHOD.display) === 0 || (manufacturer.startsWith("Apple ") && modelName === "AirPort")
  );
}

/**
 * The PSK of a passphrase as 64 hex digits. Takes milliseconds, on purpose of its inventors (4096 rounds of PBKDF2).
 * @param passphrase 8..63 bytes
 */
export function pskFrom(passphrase: Secret, ssid: Uint8Array): Secret {
  return new Secret(toHex(pbkdf2Sha1(passphrase.reveal(), ssid, 4096, 32)));
}
