/**
 * Runs to interfere with: what whoever awaits a message makes of another one in its place, forged by somebody who holds the
 * keys of the run. A station with a Registrar, or an access point with an external Registrar.
 */
import { ATTR, type AttributeName } from "../../src/wsc/attributes.ts";
import { concat } from "../../src/wsc/bytes.ts";
import { readTlvs } from "../../src/wsc/codec.ts";
import { aesCbcEncrypt, hmacSha256 } from "../../src/wsc/crypto.ts";
import type { WscError } from "../../src/wsc/errors.ts";
import { decode, type MessageType, WSC_NACK } from "../../src/wsc/messages.ts";
import { stepAccessPoint } from "../../src/wsc/session/access-point-enrollee.ts";
import { stepEnrollee } from "../../src/wsc/session/enrollee.ts";
import { type Exchange, sign } from "../../src/wsc/session/exchange.ts";
import { stepExternalRegistrar } from "../../src/wsc/session/external-registrar.ts";
import { stepRegistrar } from "../../src/wsc/session/registrar.ts";
import type { DevicePassword, Outgoing, WscMessage } from "../../src/wsc/session/session.ts";
import { type ApPlayOptions, apSettings, playAccessPoint } from "../access-point-pair.ts";
import { type Played, play, tlv } from "../engine-pair.ts";
import { must } from "../vectors.ts";

/** A machine after a message. */
interface Reached {
  readonly state: { readonly name: string; readonly error?: WscError };
  readonly send: Outgoing | null;
}

interface Delivery {
  readonly message: Outgoing;
  /** What its receiver does with these messages in its place. */
  receive(messages: readonly WscMessage[]): Reached;
}

/** New value of an attribute, null to take it away, undefined to leave it. */
export type Change = (id: number) => Uint8Array | null | undefined;

export interface Run {
  /** Every message of the run, in order. */
  readonly messages: readonly Outgoing[];
  /** Not to be asked for in a run that ended before M2. */
  readonly exchange: Exchange;
  /** A message of the run as it was. */
  message(type: MessageType): Outgoing;
  /** The machine that awaits this message, after others in its place. */
  reached(type: MessageType, ...messages: readonly WscMessage[]): Reached;
  /** The same in short: `goes on to ...`, `abort: ...` (nothing is said), or `NACK n: ...`. */
  given(type: MessageType, ...messages: readonly WscMessage[]): string;
  /** A message of the run with changed attributes, signed anew. */
  forged(type: MessageType, change: Change): WscMessage;
  /** Attributes as Encrypted Settings, under the keys of the run. */
  sealed(attributes: Uint8Array): Uint8Array;
}

/** A station enrols; the Registrar knows this password. */
export function stationRun(password: DevicePassword): Run {
  return runPlayed(play({ enrolleePassword: password, registrarPassword: password }));
}

/** Any run of a station. */
export function runPlayed({ deliveries, exchange }: Played): Run {
  return runOf(
    deliveries.map((delivery) => ({
      message: delivery.message,
      receive: (messages) =>
        delivery.to === "enrollee"
          ? oneAfterTheOther(stepEnrollee, delivery.state, messages)
          : oneAfterTheOther(
              (state, message) => stepRegistrar(state, { type: "message", message }),
              delivery.state,
              messages,
            ),
    })),
    exchange,
  );
}

/** An external Registrar that knows the PIN of an access point gives it new settings, if nothing else is said. */
export function accessPointRun(options: Partial<ApPlayOptions> = {}): Run {
  const { deliveries, exchange } = playAccessPoint({ task: { type: "configure", settings: apSettings }, ...options });
  return runOf(
    deliveries.map((delivery) => ({
      message: delivery.message,
      receive: (messages) =>
        delivery.to === "accessPoint"
          ? oneAfterTheOther(
              (state, message) => stepAccessPoint(state, { type: "message", message }),
              delivery.state,
              messages,
            )
          : oneAfterTheOther(stepExternalRegistrar, delivery.state, messages),
    })),
    exchange,
  );
}

function oneAfterTheOther<S extends Reached["state"]>(
  step: (state: S, message: WscMessage) => { readonly state: S; readonly send: Outgoing | null },
  state: S,
  messages: readonly WscMessage[],
): Reached {
  return messages.reduce<{ readonly state: S; readonly send: Outgoing | null }>(
    (reached, message) => step(reached.state, message),
    { state, send: null },
  );
}

function runOf(deliveries: readonly Delivery[], keys: Exchange | null): Run {
  const exchange = () => {
    if (keys === null) throw new Error("the run ended before its keys");
    return keys;
  };
  const at = (type: MessageType) => {
    const index = deliveries.findIndex(({ message }) => message.type === type);
    const delivery = deliveries[index];
    if (delivery === undefined) throw new Error(`no ${type} in this run`);
    return { delivery, previous: deliveries[index - 1]?.message.bytes ?? new Uint8Array() };
  };
  const reached = (type: MessageType, ...messages: readonly WscMessage[]) => at(type).delivery.receive(messages);
  return {
    messages: deliveries.map(({ message }) => message),
    get exchange() {
      return exchange();
    },
    reached,
    message: (type) => at(type).delivery.message,
    given: (type, ...messages) => inShort(reached(type, ...messages)),
    forged: (type, change) => {
      const { delivery, previous } = at(type);
      return { opCode: "WSC_MSG", bytes: sign(exchange(), previous, edited(delivery.message.bytes, change)) };
    },
    sealed: (attributes) => {
      const wrap = tlv(ATTR.keyWrapAuthenticator.id, keyWrap(exchange(), attributes));
      return encrypted(exchange(), padded(concat(attributes, wrap)));
    },
  };
}

function inShort({ state, send }: Reached): string {
  if (state.error === undefined) return `goes on to ${state.name}`;
  if (send === null) return `abort: ${state.error.kind}`;
  return `NACK ${must(decode(WSC_NACK, send.bytes)).configError}: ${state.error.kind}`;
}

/** 8 bytes that seal attributes. */
export function keyWrap({ keys }: Exchange, attributes: Uint8Array): Uint8Array {
  return hmacSha256(keys.authKey.reveal(), attributes).subarray(0, 8);
}

/** PKCS#5. */
export function padded(text: Uint8Array): Uint8Array {
  const count = 16 - (text.length % 16);
  return concat(text, new Uint8Array(count).fill(count));
}

/** Encrypted Settings of whole blocks, whatever they hold. */
export function encrypted({ keys }: Exchange, blocks: Uint8Array): Uint8Array {
  const iv = new Uint8Array(16).fill(0x5a);
  return concat(iv, aesCbcEncrypt(keys.keyWrapKey.reveal(), iv, blocks));
}

/** The attributes of a message with some of them changed. */
export function edited(bytes: Uint8Array, change: Change): Uint8Array {
  return concat(
    ...must(readTlvs(bytes)).map(({ id, value }) => {
      const changed = change(id);
      return changed === null ? new Uint8Array() : tlv(id, changed ?? value);
    }),
  );
}

export function replacing(name: AttributeName, value: Uint8Array): Change {
  return (id) => (id === ATTR[name].id ? value : undefined);
}

export function without(name: AttributeName): Change {
  return (id) => (id === ATTR[name].id ? null : undefined);
}

/** Attributes by their names, as bytes; those that are null are left out. */
export function attributes(values: { readonly [N in AttributeName]?: Uint8Array | null }): Uint8Array {
  const names = Object.keys(values) as AttributeName[];
  return concat(
    ...names.map((name) => {
      const value = values[name];
      return value === null || value === undefined ? new Uint8Array() : tlv(ATTR[name].id, value);
    }),
  );
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
