/**
 * Encrypted Settings: attributes under AES-128-CBC with a Key Wrap Authenticator as the last of them.
 * Value = IV (16) and ciphertext. Which attributes belong in is said by the slot lists at the end.
 */
import { ATTR } from "./attributes.ts";
import { concat } from "./bytes.ts";
import { type Body, type Fault, parse, pick, readTlvs, type Slot, write } from "./codec.ts";
import { aesCbcDecrypt, aesCbcEncrypt, equal, hmacSha256 } from "./crypto.ts";
import type { SessionKeys } from "./keys.ts";
import { err, ok, type Result } from "./result.ts";

const BLOCK = 16;

/** Why Encrypted Settings do not open. */
export type SettingsFault =
  | { readonly kind: "badLength"; readonly length: number }
  | { readonly kind: "badPadding" }
  | { readonly kind: "badKeyWrapAuthenticator" }
  | { readonly kind: "malformed"; readonly fault: Fault };

/** @param iv 16 bytes, never used before with these keys */
export function sealSettings<S extends Slot>(
  keys: SessionKeys,
  iv: Uint8Array,
  slots: readonly S[],
  body: Body<S>,
): Uint8Array {
  const settings = write(slots, body);
  const text = concat(settings, write(["keyWrapAuthenticator"], { keyWrapAuthenticator: keyWrap(keys, settings) }));
  const padding = BLOCK - (text.length % BLOCK);
  const padded = concat(text, new Uint8Array(padding).fill(padding));
  return concat(iv, aesCbcEncrypt(keys.keyWrapKey.reveal(), iv, padded));
}

/** Decrypts, verifies and takes what the slots name. */
export function openSettings<S extends Slot>(
  keys: SessionKeys,
  slots: readonly S[],
  value: Uint8Array,
): Result<Body<S>, SettingsFault> {
  const text = unsealSettings(keys, value);
  return text.ok ? takeSlots(slots, text.value) : text;
}

/** The second half of {@link openSettings}, for whoever has the attributes already. */
export function takeSlots<S extends Slot>(slots: readonly S[], text: Uint8Array): Result<Body<S>, SettingsFault> {
  const attributes = parse(text);
  const body = attributes.ok ? pick(slots, attributes.value) : attributes;
  return body.ok ? body : err({ kind: "malformed", fault: body.error });
}

/** Decrypts and verifies. Gives the attributes as they were written, the Key Wrap Authenticator with them. */
export function unsealSettings(keys: SessionKeys, value: Uint8Array): Result<Uint8Array, SettingsFault> {
  if (value.length < 2 * BLOCK || value.length % BLOCK !== 0) return err({ kind: "badLength", length: value.length });
  const padded = aesCbcDecrypt(keys.keyWrapKey.reveal(), value.subarray(0, BLOCK), value.subarray(BLOCK));
  const text = withoutPadding(padded);
  if (text === null) return err({ kind: "badPadding" });

  const tlvs = readTlvs(text);
  if (!tlvs.ok) return err({ kind: "malformed", fault: tlvs.error });
  const last = tlvs.value.at(-1);
  if (last?.id !== ATTR.keyWrapAuthenticator.id || !equal(last.value, keyWrap(keys, text.subarray(0, last.offset))))
    return err({ kind: "badKeyWrapAuthenticator" });
  return ok(text);
}

/** Key Wrap Authenticator, 8 bytes, over all attributes before it. */
function keyWrap(keys: SessionKeys, settings: Uint8Array): Uint8Array {
  return hmacSha256(keys.authKey.reveal(), settings).subarray(0, 8);
}

/** PKCS#5: the last 1 to 16 bytes each hold their number. Nobody but the holder of the keys gets here, so time tells nothing. */
function withoutPadding(padded: Uint8Array): Uint8Array | null {
  const count = padded.at(-1) ?? 0;
  if (count < 1 || count > BLOCK) return null;
  if (!padded.subarray(-count).every((byte) => byte === count)) return null;
  return padded.subarray(0, -count);
}

/** What each message's Encrypted Settings hold, the Key Wrap Authenticator aside. */
export const SETTINGS = {
  M4: ["rSnonce1"],
  M5: ["eSnonce1"],
  M6: ["rSnonce2"],
  M7: ["eSnonce2"],
  /** The last two, where the Registrar gives the Enrollee another password for next time. */
  M8: ["credential*", "newPassword?", "devicePasswordId?"],
  /** An access point as Enrollee tells what it is (M7)... */
  M7OfAccessPoint: ["eSnonce2", "ssid", "macAddress", "authenticationType", "encryptionType", "networkKey?"],
  /** ...and is told what to be (M8): the same attributes bare, not in a Credential. */
  M8ForAccessPoint: [
    "networkIndex?",
    "ssid",
    "authenticationType",
    "encryptionType",
    "networkKeyIndex?",
    "networkKey?",
    "macAddress",
  ],
} as const satisfies Record<string, readonly Slot[]>;
