/** Everything that reads attributes: the codec with each message, Credentials, settings, elements, NFC, capture words. */
import { attributeTitle, attributeWords, decodeAttribute } from "../../src/capture/attribute-words.ts";
import { readElements } from "../../src/radio/wpa-supplicant/elements.ts";
import { newSettings, shownSettings } from "../../src/wsc/ap-settings.ts";
import { concat } from "../../src/wsc/bytes.ts";
import { parse, readTlvs, type Slot } from "../../src/wsc/codec.ts";
import { decodeCredential, encodeCredential, mergedCredentials, usableCredentials } from "../../src/wsc/credential.ts";
import { aesCbcDecrypt, aesCbcEncrypt, hmacSha256 } from "../../src/wsc/crypto.ts";
import {
  attributesIn,
  authorizedMacsIn,
  ELEMENTS,
  type ElementKind,
  readElement,
  toElements,
  writeElement,
} from "../../src/wsc/elements.ts";
import { type SessionKeys, sessionKeysFrom } from "../../src/wsc/keys.ts";
import { decode, encode, messageTypeOf, SCHEMAS, type Schema } from "../../src/wsc/messages.ts";
import {
  composeConfigurationToken,
  composeHandoverRequest,
  composeHandoverSelect,
  composePasswordToken,
  frequencyOf,
  ownTokenPassword,
  readConfigurationToken,
  readHandoverRequest,
  readHandoverSelect,
  readPasswordToken,
  toNdef,
} from "../../src/wsc/nfc.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { openSettings, SETTINGS, sealSettings } from "../../src/wsc/settings.ts";
import { speaks2, violations } from "../../src/wsc/strict.ts";
import type { Chance } from "../chance.ts";
import { attributeLists, credentialValues, elements, messages, plaintexts, tokens } from "../corpus.ts";
import { mutate } from "../mutate-attributes.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { type Checks, demand, same } from "../target.ts";
import { bytesTarget } from "./bytes-target.ts";

const KEYS: SessionKeys = sessionKeysFrom(new Secret("the keys of no run"));
const IV = new Uint8Array(16);

/** Each takes any bytes, throws what must not be, and says how it ended. */
export const attributeChecks: Checks<Uint8Array> = {
  messages(bytes) {
    const tlvs = readTlvs(bytes);
    if (tlvs.ok)
      demand(
        tlvs.value.every(({ value }) => value.length <= bytes.length),
        "values lie within the bytes",
      );
    for (const frame of [null, "probeRequest", "probeResponse"] as const) violations(bytes, frame);
    const attributes = parse(bytes);
    if (attributes.ok) speaks2(attributes.value);
    const ends = Object.values(SCHEMAS).map((schema) => decodedEnd(schema as Schema<Slot>, bytes));
    const type = messageTypeOf(bytes);
    return type === null ? (ends[0] ?? "") : `${type} ${ends[Object.keys(SCHEMAS).indexOf(type)]}`;
  },

  credential(bytes) {
    const credential = decodeCredential(new Secret(bytes));
    const choice = usableCredentials([new Secret(bytes), new Secret(bytes)]);
    if (choice.ok)
      for (const one of mergedCredentials(choice.value.usable)) {
        demand(one.ssid.length >= 1 && one.ssid.length <= 32, "a usable credential has a name");
        encodeCredential(one);
      }
    if (!credential.ok) return fault(credential.error);
    // Of several NULs behind a passphrase one is forgiven; the others make it a bad key, which is not for keeping.
    if (credential.value.networkKey.reveal().at(-1) !== 0) {
      const again = decodeCredential(encodeCredential(credential.value));
      demand(again.ok && same(again.value, credential.value), "a credential reads as it was written");
    }
    return choice.ok ? `ok, ${choice.value.skipped[0]?.reason ?? "usable"}` : choice.error.kind;
  },

  /** The bytes as Encrypted Settings: not even the ciphertext is whole. */
  sealedSettings(bytes) {
    const opened = openSettings(KEYS, SETTINGS.M8, bytes);
    if (!opened.ok) return fault(opened.error);
    const text = aesCbcDecrypt(KEYS.keyWrapKey.reveal(), bytes.subarray(0, 16), bytes.subarray(16));
    demand(
      same(seal(text.subarray(0, -12 - (text.at(-1) ?? 0)), KEYS, bytes.slice(0, 16)), bytes),
      "what opens was sealed",
    );
    return "ok";
  },

  /** The bytes as what is inside Encrypted Settings, sealed as by a peer that holds the keys. */
  settings(bytes) {
    const sealed = seal(bytes);
    const ends = Object.entries(SETTINGS).map(([name, slots]) => {
      const all: readonly Slot[] = slots;
      const opened = openSettings(KEYS, all, sealed);
      if (!opened.ok) return fault(opened.error);
      const again = openSettings(KEYS, all, sealSettings(KEYS, IV, all, opened.value));
      demand(again.ok && same(again.value, opened.value), `settings of ${name} read as they were written`);
      return `${name} ok`;
    });
    const shown = openSettings(KEYS, SETTINGS.M7OfAccessPoint, sealed);
    if (shown.ok) shownSettings(shown.value);
    const told = openSettings(KEYS, SETTINGS.M8ForAccessPoint, sealed);
    const settings = told.ok ? newSettings(told.value) : null;
    if (settings?.ok) demand(settings.value.ssid.length >= 1, "an access point gets a name");
    return settings?.ok ? "fit for an access point" : (ends.find((end) => end.endsWith("ok")) ?? ends[0] ?? "");
  },

  elements(bytes) {
    for (const privacy of [true, false])
      demand(
        readElements(bytes, { frequency: privacy ? 2412 : 5180, privacy }).ssid.length <= 32,
        "names have 32 bytes",
      );
    const attributes = attributesIn(bytes);
    if (attributes === null) return "none";
    demand(same(attributesIn(toElements(attributes)), attributes), "elements read as they were cut");
    const ends = (Object.keys(ELEMENTS) as ElementKind[]).map((kind) => {
      const read = readElement(kind, attributes);
      if (!read.ok) return fault(read.error);
      if (read.value.wfaExtension !== undefined) authorizedMacsIn(read.value.wfaExtension);
      const again = readElement(kind, attributesIn(writeElement(kind, read.value)) ?? new Uint8Array());
      demand(again.ok && same(again.value, read.value), `a ${kind} reads as it was written`);
      return "ok";
    });
    return ends[0] ?? "";
  },

  tokens(bytes) {
    const password = readPasswordToken(bytes);
    if (password.ok) {
      const again = readPasswordToken(toNdef(composePasswordToken(password.value)));
      demand(again.ok && same(again.value, password.value), "a password token reads as it was written");
      ownTokenPassword(password.value);
      return "password";
    }
    const configuration = readConfigurationToken(bytes);
    if (configuration.ok) {
      const { usable, where } = configuration.value;
      const again = readConfigurationToken(toNdef(composeConfigurationToken(usable, where)));
      // A token without a usable credential is no token, and none can be made of it.
      if (usable.length > 0)
        demand(again.ok && same(again.value.usable, usable), "a configuration token reads as it was written");
      frequencyOf(where);
      return "configuration";
    }
    const request = readHandoverRequest(bytes);
    if (request.ok) {
      const again = readHandoverRequest(composeHandoverRequest(request.value));
      demand(again.ok && same(again.value, request.value), "a handover request reads as it was written");
    }
    const select = readHandoverSelect(bytes);
    if (select.ok) {
      const again = readHandoverSelect(toNdef(composeHandoverSelect(select.value)));
      demand(again.ok && same(again.value, select.value), "a handover select reads as it was written");
      frequencyOf(select.value.where);
      return "handover select";
    }
    return request.ok ? "handover request" : fault(password.error);
  },

  words(bytes) {
    const tlvs = readTlvs(bytes);
    if (!tlvs.ok) return tlvs.error.kind;
    for (const tlv of tlvs.value) {
      const decoded = decodeAttribute(tlv);
      demand(!/\p{Cc}/u.test(attributeTitle(decoded)), "a title has no control characters");
      attributeWords(decoded);
      JSON.stringify(decoded);
    }
    return "ok";
  },
};

/** Decodes; what was decoded must be writable, and read the same again. */
function decodedEnd(schema: Schema<Slot>, bytes: Uint8Array): string {
  const body = decode(schema, bytes);
  if (!body.ok) return fault(body.error);
  const written = encode(schema, body.value);
  const again = decode(schema, written);
  demand(again.ok && same(again.value, body.value), `${schema.name} reads as it was written`);
  demand(same(encode(schema, again.value), written), `${schema.name} is written as it was written`);
  return "ok";
}

/** Encrypted Settings around any bytes: proper Key Wrap Authenticator, padding and cipher. */
export function seal(text: Uint8Array, keys: SessionKeys = KEYS, iv: Uint8Array = IV): Uint8Array {
  const wrap = concat(Uint8Array.of(0x10, 0x1e, 0, 8), hmacSha256(keys.authKey.reveal(), text).subarray(0, 8));
  const whole = concat(text, wrap);
  const padding = 16 - (whole.length % 16);
  return concat(iv, aesCbcEncrypt(keys.keyWrapKey.reveal(), iv, concat(whole, new Uint8Array(padding).fill(padding))));
}

/** Settings without their Key Wrap Authenticator, which `seal` puts there again. */
const bare: readonly Uint8Array[] = plaintexts.map((text) => text.subarray(0, -12));

/** A handover by touch was not recorded; ours are damaged instead. */
const touched: readonly Uint8Array[] = [
  ...tokens,
  composeHandoverRequest({ publicKeyHash: new Uint8Array(20).fill(1), uuid: new Uint8Array(16).fill(2) }),
  toNdef(
    composeHandoverSelect({
      publicKeyHash: new Uint8Array(20).fill(1),
      ssid: new TextEncoder().encode("Home"),
      where: { rfBands: 1, apChannel: 6 },
    }),
  ),
];

const draws: {
  readonly [name in keyof typeof attributeChecks]: readonly [share: number, draw: (chance: Chance) => Uint8Array];
} = {
  messages: [24, (chance) => mutate(chance.pick(messages), chance, attributeLists)],
  credential: [8, (chance) => mutate(chance.pick(credentialValues), chance, attributeLists)],
  sealedSettings: [2, (chance) => mutateBytes(seal(chance.pick(bare)), chance)],
  settings: [8, (chance) => mutate(chance.pick(bare), chance, attributeLists)],
  elements: [8, (chance) => drawElements(chance)],
  tokens: [6, (chance) => (chance.oneIn(2) ? mutateBytes : mutate)(chance.pick(touched), chance, tokens)],
  words: [6, (chance) => mutate(chance.pick(attributeLists), chance, attributeLists)],
};

/** Damaged elements, or sound elements with damaged attributes in them. */
function drawElements(chance: Chance): Uint8Array {
  const whole = chance.pick(elements);
  if (chance.oneIn(2)) return mutateBytes(whole, chance, elements);
  return concat(whole.subarray(0, 40), toElements(mutate(attributesIn(whole) ?? whole, chance, attributeLists)));
}

export const attributeTargets = Object.entries(draws).map(([name, [share, draw]]) =>
  bytesTarget({ name, share, draw, check: attributeChecks[name] }),
);

function fault(error: { readonly kind: string; readonly fault?: unknown; readonly attribute?: string }): string {
  if (error.kind === "malformed" && typeof error.fault === "object" && error.fault !== null && "kind" in error.fault)
    return `malformed, ${fault(error.fault as { readonly kind: string })}`;
  return error.attribute === undefined ? error.kind : `${error.kind} ${error.attribute}`;
}
