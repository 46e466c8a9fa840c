/** What of the engine is measured: messages, exponentiations, and each side of an enrolment by itself. */

import type { Slot } from "../src/wsc/codec.ts";
import { PRIVATE_KEY_LENGTH, publicKeyOf, sharedSecret, systemRandom } from "../src/wsc/crypto.ts";
import { decode, encode, type MessageType, SCHEMAS, type Schema } from "../src/wsc/messages.ts";
import { pushButtonPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { drawEnrollee, openEnrollee, stepEnrollee } from "../src/wsc/session/enrollee.ts";
import { drawRegistrar, openRegistrar, stepRegistrar } from "../src/wsc/session/registrar.ts";
import type { Outgoing } from "../src/wsc/session/session.ts";
import { credentials, devices, play } from "../test/engine-pair.ts";
import { loadVector, must, vectorNames } from "../test/vectors.ts";

const vectors = vectorNames.map(loadVector);

/** A recorded message of a type. */
function recorded(type: MessageType): Uint8Array {
  const message = vectors.flatMap((vector) => vector.messages).find((one) => one.type === type);
  if (message === undefined) throw new Error(`no ${type} was recorded`);
  return message.bytes;
}

export interface MessageWork {
  readonly type: MessageType;
  readonly length: number;
  decode(): void;
  encode(): void;
}

export const messageWorks: readonly MessageWork[] = (Object.keys(SCHEMAS) as MessageType[]).map((type) => {
  const schema: Schema<Slot> = SCHEMAS[type] as Schema<Slot>;
  const bytes = recorded(type);
  const body = must(decode(schema, bytes));
  return {
    type,
    length: bytes.length,
    decode: () => {
      if (!decode(schema, bytes).ok) throw new Error(`${type} does not decode`);
    },
    encode: () => {
      encode(schema, body);
    },
  };
});

const peerKey = publicKeyOf(new Secret(systemRandom("privateKey", PRIVATE_KEY_LENGTH)));

/** What either side cannot do without: its own public key, and the shared secret. */
export function twoExponentiations(): void {
  const privateKey = new Secret(systemRandom("privateKey", PRIVATE_KEY_LENGTH));
  publicKeyOf(privateKey);
  sharedSecret(privateKey, peerKey);
}

/** An enrolment from M1 to Done, both sides with fresh draws. */
export function enrolment(): void {
  const played = play({
    enrolleePassword: pushButtonPassword,
    registrarPassword: pushButtonPassword,
    enrolleeDraws: drawEnrollee(systemRandom),
    registrarDraws: drawRegistrar(systemRandom),
  });
  if (played.enrollee.name !== "paired" || played.registrar.name !== "enrolled") throw new Error("no enrolment");
}

// One side alone: what the other said in a run with the same draws.
const draws = { enrollee: drawEnrollee(systemRandom), registrar: drawRegistrar(systemRandom) };
const { deliveries } = play({
  enrolleePassword: pushButtonPassword,
  registrarPassword: pushButtonPassword,
  enrolleeDraws: draws.enrollee,
  registrarDraws: draws.registrar,
});
const heardBy = (side: "enrollee" | "registrar"): readonly Outgoing[] =>
  deliveries.filter(({ to }) => to === side).map(({ message }) => message);
const toEnrollee = heardBy("enrollee");
const toRegistrar = heardBy("registrar");

export function enrolleeSide(): void {
  let { state } = openEnrollee({ device: devices.enrollee, password: pushButtonPassword }, draws.enrollee);
  for (const message of toEnrollee) state = stepEnrollee(state, message).state;
  if (state.name !== "paired") throw new Error(`not paired, but ${state.name}`);
}

export function registrarSide(): void {
  let state = openRegistrar({ device: devices.registrar }, draws.registrar);
  for (const message of toRegistrar) {
    state = stepRegistrar(state, { type: "message", message }).state;
    if (state.name === "deciding")
      state = stepRegistrar(state, { type: "admit", password: pushButtonPassword, credentials }).state;
  }
  if (state.name !== "enrolled") throw new Error(`not enrolled, but ${state.name}`);
}
