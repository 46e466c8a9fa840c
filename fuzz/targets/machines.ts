/**
 * The four machines, in every state they have: one damaged message, signed or not. Whatever comes, a machine answers by
 * a sound message or none, goes on only with what its peer has proven, and stays where it is once its run is over.
 */
import { getDiffieHellman } from "node:crypto";
import { fromHex, toHex } from "../../src/wsc/bytes.ts";
import type { Slot } from "../../src/wsc/codec.ts";
import { type Attributes, parse } from "../../src/wsc/codec.ts";
import { encodeCredential } from "../../src/wsc/credential.ts";
import type { OpCode } from "../../src/wsc/eap/packet.ts";
import { configErrorFor } from "../../src/wsc/errors.ts";
import type { SessionKeys } from "../../src/wsc/keys.ts";
import { AUTHENTICATOR_LENGTH, decode, type MessageType, SCHEMAS, type Schema } from "../../src/wsc/messages.ts";
import type { Exchange } from "../../src/wsc/session/exchange.ts";
import type { Outgoing, WscMessage } from "../../src/wsc/session/session.ts";
import { openSettings, SETTINGS } from "../../src/wsc/settings.ts";
import { violations } from "../../src/wsc/strict.ts";
import type { Chance } from "../chance.ts";
import { attributeLists, messages } from "../corpus.ts";
import { adopt, forgeAttributes, forgeSettings, replaced, signed } from "../forge.ts";
import { mutate } from "../mutate-attributes.ts";
import { type Delivered, enrolments, type Scene, scenes, visits } from "../scenes.ts";
import { demand, same, type Target } from "../target.ts";

const OP_CODES: readonly OpCode[] = ["WSC_MSG", "WSC_ACK", "WSC_NACK", "WSC_Done", "FRAG_ACK", "WSC_Start"];

/** Messages of our own runs, which carry the nonces of the scenes. */
const own: readonly Outgoing[] = [...enrolments, ...visits].flatMap(({ deliveries }) =>
  deliveries.map(({ message }) => message),
);

/** Group 5, by its own name. */
const PRIME = BigInt(`0x${getDiffieHellman("modp5").getPrime("hex")}`);
const PUBLIC_KEY = 0x1032;
const NO_KEYS: readonly bigint[] = [0n, 1n, PRIME - 1n, PRIME, PRIME + 1n, 2n ** 1536n - 1n];

/** A damaged message for a scene: raw, or under the keys of its run, or taken from another run. */
export function drawBlow(scene: Scene, chance: Chance): WscMessage {
  const { due, exchange, previous } = scene;
  const base = due ?? chance.pick(own);
  const opCode = chance.oneIn(20) ? chance.pick(OP_CODES) : base.opCode;
  const blow = (bytes: Uint8Array): WscMessage => ({ opCode, bytes });
  if (base.type === "M1" && chance.oneIn(8))
    return blow(replaced(base.bytes, PUBLIC_KEY, () => numberBytes(chance.pick(NO_KEYS))));
  if (exchange === null || previous === null || chance.oneIn(4))
    return blow(mutate(base.bytes, chance, attributeLists));
  switch (chance.int(6)) {
    case 0:
      return blow(adopt(exchange, previous, chance.oneIn(2) ? chance.pick(own).bytes : chance.pick(messages)));
    case 1:
      return blow(chance.pick(own).bytes);
    case 2:
    case 3:
      return blow(forgeSettings(exchange, previous, base.bytes, chance));
    default:
      return blow(forgeAttributes(exchange, previous, base.bytes, chance));
  }
}

/** Strikes, and checks what came of it. */
export function strike(scene: Scene, message: WscMessage): string {
  const before = message.bytes.slice();
  const after = scene.deliver(message);
  demand(same(before, message.bytes), "a message is not changed by who reads it");
  const { state, send } = after;

  if (scene.finals.includes(scene.stateName)) {
    demand(after.unchanged && send === null, `${scene.role} stays ${scene.stateName}`);
    return "stays";
  }
  if (send !== null) demandSound(send);
  if (state.name === "failed") {
    demand(state.error !== undefined, "a failure has a reason");
    if (send !== null) {
      const nack = decode(SCHEMAS.WSC_NACK, send.bytes);
      demand(nack.ok && Number.isInteger(configErrorFor(state.error)), "who fails sends a NACK or nothing");
    }
    demand(!after.movesAgain(scene.due ?? message), "a failed run stays so");
    return `${send === null ? "aborts" : "rejects"}, ${state.error.kind}`;
  }
  if (state.name === scene.stateName) return "stays";
  demandEarned(scene, message, after);
  return `goes to ${state.name}`;
}

/** What we say ourselves is whole and by the book. */
function demandSound(send: Outgoing): void {
  const schema: Schema<Slot> = SCHEMAS[send.type] as Schema<Slot>;
  demand(schema.opCode === send.opCode && decode(schema, send.bytes).ok, `${send.type} goes out whole`);
  const wrong = violations(send.bytes);
  // The recorded devices announce more than 2.0 allows in their flags; that is theirs.
  const own = wrong.ok ? wrong.value.filter(({ attribute }) => !attribute?.endsWith("Flags")) : [];
  demand(wrong.ok && own.length === 0, `${send.type} goes out by the book: ${JSON.stringify(own)}`);
}

/** States that a message without Authenticator ends. */
const UNSIGNED_STATES = ["awaitM1", "awaitDone", "awaitAck", "awaitM2dAck"];

/** A run went on: its peer must have earned it. */
function demandEarned(scene: Scene, { bytes }: WscMessage, { state, movesAgain }: Delivered): void {
  const { role, stateName, due, exchange } = scene;
  // To leave after M7 an external Registrar need not prove anything more.
  const tookLeave = role === "accessPoint" && state.name === "read";
  const unsigned = UNSIGNED_STATES.includes(stateName) || tookLeave;
  if (unsigned && exchange !== null && stateName !== "awaitM1")
    demand(isOfRun(exchange, bytes), `${role} does not leave ${stateName} for what belongs to another run`);
  if (!unsigned) demand(isAuthentic(scene, bytes), `${role} does not leave ${stateName} for what is not authentic`);
  if (due !== null && exchange !== null)
    demand(
      same(proofIn(exchange.keys, due.type, bytes), proofIn(exchange.keys, due.type, due.bytes)),
      `${role} does not leave ${stateName} without proof of the password`,
    );
  const key = publicKeyIn(bytes);
  if (key !== null) demand(key > 1n && key < PRIME - 1n, `${role} takes no public key that gives its own away`);
  if (state.name === "paired" && "credentials" in state && Array.isArray(state.credentials)) {
    demand(state.credentials.length > 0, "who is paired has a credential");
    state.credentials.forEach(encodeCredential);
  }
  if (scene.finals.includes(state.name)) demand(!movesAgain({ opCode: "WSC_MSG", bytes }), `${state.name} stays so`);
}

function publicKeyIn(bytes: Uint8Array): bigint | null {
  const attributes = parse(bytes);
  const key = attributes.ok ? attributes.value.publicKey?.[0] : undefined;
  return key === undefined ? null : BigInt(`0x${toHex(key)}`);
}

function numberBytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(384, "0"));
}

/** Whether a message shows the nonces of a run. */
function isOfRun(exchange: Exchange, bytes: Uint8Array): boolean {
  const attributes = parse(bytes);
  if (!attributes.ok) return false;
  const { enrolleeNonce, registrarNonce } = attributes.value;
  return same(enrolleeNonce?.[0], exchange.enrolleeNonce) && same(registrarNonce?.[0], exchange.registrarNonce);
}

/** Whether a message ends with the Authenticator that only a holder of the keys can give it. */
function isAuthentic({ exchange, previous }: Scene, bytes: Uint8Array): boolean {
  if (exchange === null || previous === null) return false;
  return same(signed(exchange.keys, previous, bytes.subarray(0, -AUTHENTICATOR_LENGTH)), bytes);
}

/** What in a message proves half a password, beside the hashes that came before; null where nothing does. */
function proofIn(keys: SessionKeys, type: MessageType, bytes: Uint8Array): unknown {
  const attributes = parse(bytes);
  if (!attributes.ok) return "none";
  switch (type) {
    case "M4":
      return [attributes.value.rHash1?.[0], settingsIn(keys, SETTINGS.M4, attributes.value)];
    case "M5":
      return settingsIn(keys, SETTINGS.M5, attributes.value);
    case "M6":
      return settingsIn(keys, SETTINGS.M6, attributes.value);
    case "M7":
      return settingsIn(keys, SETTINGS.M7, attributes.value);
    default:
      return null;
  }
}

function settingsIn<S extends Slot>(
  keys: SessionKeys,
  slots: readonly S[],
  { encryptedSettings }: Attributes,
): unknown {
  return encryptedSettings === undefined ? "none" : openSettings(keys, slots, encryptedSettings[0]);
}

const fingerprints = scenes.map((scene) => scene.fingerprint());

/** A step that changed the state it was given would show here. */
export function demandIntactScenes(): void {
  for (const [i, scene] of scenes.entries())
    demand(fingerprints[i] === scene.fingerprint(), `the state ${scene.stateName} of ${scene.role} is as it was`);
}

const stateOf = ({ role, stateName }: Scene) => `${role} ${stateName}`;
const states: readonly string[] = [...new Set(scenes.map(stateOf))];

export const machineTarget: Target = {
  name: "machines",
  share: 26,
  states,
  draw: (chance) => {
    // By state, not by scene: there are more runs through some than through others.
    const state = chance.pick(states);
    const scene = chance.pick(scenes.filter((one) => stateOf(one) === state));
    const blow = drawBlow(scene, chance);
    return {
      get input() {
        return `${state}, scene ${scenes.indexOf(scene)}: ${blow.opCode} ${toHex(blow.bytes)}`;
      },
      run: () => `${state}: ${strike(scene, blow)}`,
    };
  },
};
