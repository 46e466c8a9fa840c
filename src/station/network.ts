/**
 * From what an access point handed out, or a person gave, to a network to join. Pure: what is in sight is told, the choice is the
 * result.
 */
import type { AuthMode, Bss, Network } from "../radio/station-radio.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import type { Credential } from "../wsc/credential.ts";
import type { Secret } from "../wsc/secret.ts";

/**
 * Whether a radio can join it at all: a name of 1..32 bytes, and a key that is 64 hex digits, or 8..63 bytes without
 * control characters, or none. What access points hand out is not always so.
 */
export function isJoinable({ ssid, key }: Pick<Network, "ssid" | "key">): boolean {
  if (ssid.length < 1 || ssid.length > 32) return false;
  if (key === null || /^[0-9a-f]{64}$/i.test(key.revealText())) return true;
  return key.length >= 8 && key.length <= 63 && key.reveal().every((byte) => byte >= 0x20 && byte !== 0x7f);
}

/**
 * The network to join: the first Credential whose network is in sight, else the first. The backends hand over only
 * such as a station can use; null when there is none.
 */
export function chooseNetwork(credentials: readonly Credential[], seen: readonly Bss[]): Network | null {
  const networks = credentials.map((credential) => networkOf(credential, seen)).filter(isJoinable);
  return networks.find(({ ssid }) => seen.some((bss) => sameSsid(bss.ssid, ssid))) ?? networks[0] ?? null;
}

/**
 * The network of this name and key that a person gives, as what is in sight says it protects itself. One that is not
 * in sight is taken for WPA2 or, where the key allows it, WPA3.
 */
export function networkNamed(ssid: Uint8Array, key: Secret | null, seen: readonly Bss[]): Network {
  if (key === null) return { ssid, key, wpa1: false, sae: false };
  const modes = modesOf(ssid, seen);
  return {
    ssid,
    key,
    wpa1: modes.some((mode) => mode === "WPA" || mode === "WPA-WPA2"),
    sae: isPassphrase(key) && (modes.length === 0 || modes.some(doesSae)),
  };
}

export function sameSsid(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/**
 * A Credential knows nothing of WPA3: a WPA2/WPA3 access point says WPA2 in it, and only the scan shows that SAE
 * may be used. And it may say WPA (version 1) where the scan shows better.
 */
function networkOf(credential: Credential, seen: readonly Bss[]): Network {
  const { ssid, networkKey, authenticationType, encryptionType } = credential;
  if (authenticationType === AUTHENTICATION_TYPE.open) return { ssid, key: null, wpa1: false, sae: false };
  const modes = modesOf(ssid, seen);
  const tellsWpa1 =
    (authenticationType & AUTHENTICATION_TYPE.wpa2Psk) === 0 || (encryptionType & ENCRYPTION_TYPE.aes) === 0;
  const showsBetter = modes.length > 0 && modes.every((mode) => /WPA[23]/.test(mode) && mode !== "WPA-WPA2");
  return {
    ssid,
    key: networkKey,
    wpa1: tellsWpa1 && !showsBetter,
    sae: isPassphrase(networkKey) && modes.some(doesSae),
  };
}

function modesOf(ssid: Uint8Array, seen: readonly Bss[]): readonly AuthMode[] {
  return seen.filter((bss) => sameSsid(bss.ssid, ssid)).map(({ authMode }) => authMode);
}

/** SAE works with the passphrase itself; 64 digits are a key made from it. */
function isPassphrase(key: Secret): boolean {
  return key.length < 64;
}

function doesSae(mode: AuthMode): boolean {
  return mode === "WPA2-WPA3" || mode === "WPA3";
}
