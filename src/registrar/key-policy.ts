/**
 * Which key a device gets when it is let in: the one that all share, or one of its own. The rest of what is done about
 * keys (the book, their delivery to access points, taking them back) is `keyring.ts`.
 */
import type { AccessPoint, AccessPointFacts } from "../radio/access-point.ts";
import { RadioError } from "../radio/station-radio.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import type { Random } from "../wsc/random.ts";
import { Secret } from "../wsc/secret.ts";
import type { SharedCredential } from "./grant.ts";

/** `shared`: the network's one key for everybody. `per-device`: each its own. */
export type KeyPolicy = "shared" | "per-device";

/** Bytes of a device's key; it travels as twice as many hex digits, which spares access points its derivation. */
const KEY_LENGTH = 32;

/** A key for one device. */
export function newDeviceKey(random: Random): Secret {
  return new Secret(toHex(random("key", KEY_LENGTH)));
}

/** The part of an access point that its keys need. */
export type KeyedAccessPoint = Pick<
  AccessPoint,
  "name" | "instance" | "facts" | "sharedKey" | "configure" | "deny" | "allow" | "deauthenticate" | "reloadKeys"
>;

/**
 * The network with the key that all its stations share.
 * @throws RadioError when it has none, or is one that WPS cannot hand out
 */
export async function sharedCredential(accessPoint: KeyedAccessPoint): Promise<SharedCredential> {
  const { name, facts } = accessPoint;
  const { ssid } = facts;
  const types = typesOf(facts);
  if (types === null) throw cannotHandOut(name, facts);
  if (facts.security === "open") return { ssid, key: null, ...types };
  const key = await accessPoint.sharedKey();
  if (key !== null) return { ssid, key, ...types };
  throw new RadioError(
    "unsupported",
    `${name} has no passphrase that its stations share, so there is nothing to hand out.`,
    "Give it one (wpa_passphrase in hostapd's configuration), or run the registrar with --keys per-device.",
  );
}

/**
 * The network as a device with a key of its own is told it; without that key.
 * @throws RadioError when its stations cannot have keys of their own
 */
export function networkOfOwnKeys({ name, facts }: KeyedAccessPoint): Omit<SharedCredential, "key"> {
  const types = typesOf(facts);
  if (types === null) throw cannotHandOut(name, facts);
  if (facts.security !== "open") return { ssid: facts.ssid, ...types };
  throw new RadioError(
    "unsupported",
    `${name} is open: there are no keys in it that devices could have.`,
    "Set it to WPA2-Personal (wpa=2 and wpa_key_mgmt=WPA-PSK in hostapd's configuration).",
  );
}

/** What a Credential says of the network's security; null for what WPS cannot hand out. */
function typesOf({ security }: AccessPointFacts): Omit<SharedCredential, "ssid" | "key"> | null {
  const { open, wpaPsk, wpa2Psk } = AUTHENTICATION_TYPE;
  const { none, tkip, aes } = ENCRYPTION_TYPE;
  switch (security) {
    case "open":
      return { authenticationType: open, encryptionType: none };
    case "WPA-WPA2":
      return { authenticationType: wpaPsk | wpa2Psk, encryptionType: tkip | aes };
    case "WPA2":
    case "WPA2-WPA3":
      return { authenticationType: wpa2Psk, encryptionType: aes };
    default:
      return null;
  }
}

function cannotHandOut(name: string, { security }: AccessPointFacts): RadioError {
  return new RadioError(
    "unsupported",
    `${name} is set to ${security}, whose keys WPS cannot hand out.`,
    "Set it to WPA2-Personal, or to WPA2/WPA3 mixed mode.",
  );
}

/** Why an access point whose own Registrar answers has no place where each device has a key of its own. */
export function givesOneKey({ name }: Pick<AccessPoint, "name">): RadioError {
  return new RadioError(
    "unsupported",
    `${name} lets devices in by its own Registrar, which gives all of them the same key.`,
    "Set it to eap_server=0 with this registrar as its auth_server_addr, or run the registrar with --keys shared.",
  );
}
