/**
 * Messages of a peer that holds the keys of a run and means ill: damaged inside a right Authenticator, and inside right
 * Encrypted Settings, so that the checks behind both are reached.
 */

import { concat } from "../src/wsc/bytes.ts";
import { aesCbcDecrypt } from "../src/wsc/crypto.ts";
import { authenticatorOf, type SessionKeys } from "../src/wsc/keys.ts";
import { AUTHENTICATOR_LENGTH } from "../src/wsc/messages.ts";
import type { Exchange } from "../src/wsc/session/exchange.ts";
import type { Chance } from "./chance.ts";
import { attributeLists } from "./corpus.ts";
import { mutateAttributes } from "./mutate-attributes.ts";
import { seal } from "./targets/attributes.ts";

const AUTHENTICATOR_HEAD = Uint8Array.of(0x10, 0x05, 0, 8);
const ENCRYPTED_SETTINGS = 0x1018;
const ENROLLEE_NONCE = 0x101a;
const REGISTRAR_NONCE = 0x1039;

/** Puts an Authenticator behind attributes that have none. */
export function signed(keys: SessionKeys, previous: Uint8Array, attributes: Uint8Array): Uint8Array {
  return concat(attributes, AUTHENTICATOR_HEAD, authenticatorOf(keys, previous, attributes));
}

/** A genuine message with damaged attributes under a right Authenticator. */
export function forgeAttributes(
  { keys }: Exchange,
  previous: Uint8Array,
  message: Uint8Array,
  chance: Chance,
): Uint8Array {
  return signed(keys, previous, mutateAttributes(withoutAuthenticator(message), chance, attributeLists));
}

/** A genuine message whose Encrypted Settings hold damaged attributes, under right keys. */
export function forgeSettings(
  { keys }: Exchange,
  previous: Uint8Array,
  message: Uint8Array,
  chance: Chance,
): Uint8Array {
  const attributes = replaced(withoutAuthenticator(message), ENCRYPTED_SETTINGS, (value) => {
    const text = settingsIn(keys, value);
    return seal(mutateAttributes(text, chance, attributeLists), keys, chance.bytes(16));
  });
  return signed(keys, previous, attributes);
}

/** A message of another run, taken over into this one. */
export function adopt(
  { keys, enrolleeNonce, registrarNonce }: Exchange,
  previous: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const adopted = replaced(
    replaced(withoutAuthenticator(message), ENROLLEE_NONCE, () => enrolleeNonce),
    REGISTRAR_NONCE,
    () => registrarNonce,
  );
  return signed(keys, previous, adopted);
}

/** What is in Encrypted Settings that the keys open, without Key Wrap Authenticator and padding. */
function settingsIn(keys: SessionKeys, value: Uint8Array): Uint8Array {
  if (value.length < 32 || value.length % 16 !== 0) return new Uint8Array();
  const padded = aesCbcDecrypt(keys.keyWrapKey.reveal(), value.subarray(0, 16), value.subarray(16));
  return padded.subarray(0, Math.max(0, padded.length - (padded.at(-1) ?? 0) - 12));
}

function withoutAuthenticator(message: Uint8Array): Uint8Array {
  const tail = message.subarray(-AUTHENTICATOR_LENGTH);
  return AUTHENTICATOR_HEAD.every((byte, i) => tail[i] === byte) ? message.subarray(0, -AUTHENTICATOR_LENGTH) : message;
}

/** The attributes with another value for those of an id. */
export function replaced(attributes: Uint8Array, id: number, change: (value: Uint8Array) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < attributes.length; ) {
    const [a = 0, b = 0, c = 0, d = 0] = attributes.subarray(offset, offset + 4);
    const end = offset + 4 + c * 256 + d;
    const value = attributes.subarray(offset + 4, end);
    const next = a * 256 + b === id ? change(value) : value;
    parts.push(Uint8Array.of(a, b, next.length >> 8, next.length), next);
    offset = end;
  }
  return concat(...parts);
}
