/** Both machines in memory, without carrier: every message of a run with the state of whoever is about to receive it. */
import { fromHex } from "../src/wsc/bytes.ts";
import type { Credential } from "../src/wsc/credential.ts";
import type { MessageType } from "../src/wsc/messages.ts";
import type { Random } from "../src/wsc/random.ts";
import {
  drawEnrollee,
  type EnrolleeDraws,
  type EnrolleeEvent,
  type EnrolleeState,
  openEnrollee,
  stepEnrollee,
} from "../src/wsc/session/enrollee.ts";
import type { Exchange } from "../src/wsc/session/exchange.ts";
import {
  drawRegistrar,
  openRegistrar,
  type RegistrarDraws,
  type RegistrarEvent,
  type RegistrarState,
  stepRegistrar,
} from "../src/wsc/session/registrar.ts";
import type { DevicePassword, Outgoing } from "../src/wsc/session/session.ts";
import { loadVector, replayOf } from "./vectors.ts";

const { enrollee: station, registrar: accessPoint } = replayOf(loadVector("pbc"));

/** The devices of the recorded runs. */
export const devices = { enrollee: station.device, registrar: accessPoint.device } as const;

/** The credential of the recorded run `pbc`. */
export const credentials: readonly Credential[] = accessPoint.credentials;

/** Bytes that look like chance but are the same each time (xorshift32), so that a failing test fails again. */
export function seededRandom(seed: number): Random {
  let state = seed | 1;
  return (_purpose, length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state & 0xff;
    });
}

/** One message on its way, and whom it is about to reach. */
export type Delivery = { readonly message: Outgoing } & (
  | { readonly to: "enrollee"; readonly state: EnrolleeState }
  | { readonly to: "registrar"; readonly state: RegistrarState }
);

export interface Played {
  readonly deliveries: readonly Delivery[];
  readonly enrollee: EnrolleeState;
  readonly registrar: RegistrarState;
  readonly enrolleeEvents: readonly EnrolleeEvent[];
  readonly registrarEvents: readonly RegistrarEvent[];
  /** The keys of the run; null when it ended before M2. */
  readonly exchange: Exchange | null;
}

export interface PlayOptions {
  readonly enrolleePassword: DevicePassword;
  readonly otherPasswords?: readonly DevicePassword[];
  /** null: the Registrar refuses with Configuration Error 0. */
  readonly registrarPassword: DevicePassword | null;
  readonly granted?: readonly Credential[];
  readonly newPassword?: DevicePassword;
  readonly multiAp?: number;
  /** Both sides. */
  readonly strict?: boolean;
  readonly enrolleeDraws?: EnrolleeDraws;
  readonly registrarDraws?: RegistrarDraws;
}

/** Plays a run from M1 until nobody has anything to say. */
export function play(options: PlayOptions): Played {
  const { granted = credentials, strict = false } = options;
  const opened = openEnrollee(
    {
      device: devices.enrollee,
      strict,
      password: options.enrolleePassword,
      otherPasswords: options.otherPasswords ?? [],
      ...(options.multiAp === undefined ? {} : { multiAp: options.multiAp }),
    },
    options.enrolleeDraws ?? drawEnrollee(seededRandom(1)),
  );
  let enrollee = opened.state;
  let registrar = openRegistrar(
    { device: devices.registrar, strict },
    options.registrarDraws ?? drawRegistrar(seededRandom(2)),
  );
  let exchange: Exchange | null = null;
  const deliveries: Delivery[] = [];
  const enrolleeEvents: EnrolleeEvent[] = [];
  const registrarEvents: RegistrarEvent[] = [];

  let message = opened.send;
  while (message !== null) {
    deliveries.push({ to: "registrar", state: registrar, message });
    const heard = stepRegistrar(registrar, { type: "message", message });
    const decided =
      heard.state.name !== "deciding"
        ? heard
        : stepRegistrar(
            heard.state,
            options.registrarPassword === null
              ? { type: "refuse", configError: 0 }
              : {
                  type: "admit",
                  password: options.registrarPassword,
                  credentials: granted,
                  ...(options.newPassword === undefined ? {} : { newPassword: options.newPassword }),
                },
          );
    registrarEvents.push(...heard.events, ...(decided === heard ? [] : decided.events));
    registrar = decided.state;
    if (registrar.name === "awaitM3" || registrar.name === "awaitDone") exchange = registrar.exchange;
    if (decided.send === null) break;

    deliveries.push({ to: "enrollee", state: enrollee, message: decided.send });
    const answered = stepEnrollee(enrollee, decided.send);
    enrolleeEvents.push(...answered.events);
    enrollee = answered.state;
    message = answered.send;
  }
  return { deliveries, enrollee, registrar, enrolleeEvents, registrarEvents, exchange };
}

/** The delivery of a message in a run. */
export function deliveryOf(played: Played, type: MessageType): Delivery {
  const delivery = played.deliveries.find(({ message }) => message.type === type);
  if (delivery === undefined) throw new Error(`no ${type} in this run`);
  return delivery;
}

/** Attributes as a test writes and changes them: hex of the id, bytes of the value. */
export function tlv(id: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? fromHex(value) : value;
  return Uint8Array.from([id >> 8, id & 0xff, bytes.length >> 8, bytes.length & 0xff, ...bytes]);
}
