/**
 * Attributes on the wire: 16 bits of id, 16 bits of length, the value; big-endian, nothing between them.
 * As tolerant towards a peer as the reference is, and strict towards ourselves. Knows no message.
 */
import { ATTR, type Attribute, type AttributeName, attributeName, type ValueOf } from "./attributes.ts";
import { err, ok, type Result } from "./result.ts";

/** Why bytes are not the message they should be. */
export type Fault =
  /** An attribute's head or value runs past the end; `offset` is where the attribute begins. */
  | { readonly kind: "truncated"; readonly offset: number }
  | { readonly kind: "badValue"; readonly attribute: AttributeName; readonly length: number }
  | { readonly kind: "tooMany"; readonly attribute: AttributeName }
  | { readonly kind: "missing"; readonly attribute: AttributeName }
  /** Another message than the one asked for. */
  | { readonly kind: "otherMessage"; readonly messageType: number };

/** One attribute as it lies in the bytes: `offset` is where its id begins. */
export interface Tlv {
  readonly id: number;
  readonly offset: number;
  /** A view into the bytes, not a copy. */
  readonly value: Uint8Array;
}

/**
 * Cuts bytes into attributes, known or not.
 *
 * Two things that real peers do are forgiven: one stray byte after a Network Key, and zero bytes after the last
 * attribute (Mac OS X 10.6).
 */
export function readTlvs(bytes: Uint8Array): Result<readonly Tlv[], Fault> {
  const tlvs: Tlv[] = [];
  const fault = walkTlvs(bytes, (id, offset, end) => {
    tlvs.push({ id, offset, value: bytes.subarray(offset + HEAD, end) });
  });
  return fault === null ? ok(tlvs) : err(fault);
}

/** As {@link readTlvs}, for whoever needs but a few of them: `end` is where the value ends. */
export function walkTlvs(bytes: Uint8Array, visit: (id: number, offset: number, end: number) => void): Fault | null {
  const lastNonZero = bytes.findLastIndex((byte) => byte !== 0);
  let offset = 0;
  let before: number | null = null;
  while (offset < bytes.length) {
    if (bytes.length - offset < HEAD) return { kind: "truncated", offset };
    const id = u16At(bytes, offset);
    const end = offset + HEAD + u16At(bytes, offset + 2);
    if (end > bytes.length) {
      // Every id lies in 0x10xx; after a Network Key another high byte is a stray one, and the attribute begins behind it.
      if (id >> 8 === 0x10 || before !== ATTR.networkKey.id) return { kind: "truncated", offset };
      offset += 1;
      continue;
    }
    if (offset > lastNonZero) break;
    visit(id, offset, end);
    before = id;
    offset = end;
  }
  return null;
}

/** Length of an attribute's id and length. */
export const HEAD = 4;

function u16At(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
}

/** Every known attribute that was found, with all its values; an attribute that may come once has one, the last. */
export type Attributes = { readonly [N in AttributeName]?: readonly [ValueOf<N>, ...ValueOf<N>[]] };

/** Reads the values of all known attributes; unknown ones are skipped. The values are copies. */
export function readAttributes(tlvs: readonly Tlv[]): Result<Attributes, Fault> {
  // A dictionary from the start: to become one by way of thirty names costs as much as all the rest.
  const found: { [name: string]: unknown[] | undefined } = Object.create(null);
  for (const { id, value } of tlvs) {
    const name = attributeName(id, value);
    if (name === null) continue;
    const attribute: Attribute<unknown> = ATTR[name];
    const read = readValue(attribute, value);
    if (read === "fail") return err({ kind: "badValue", attribute: name, length: value.length });
    if (read === "ignore") continue;
    const values = found[name];
    if (values === undefined) found[name] = [read.value];
    else if (attribute.limit === 1) values[0] = attribute.kind.merge?.(values[0], read.value) ?? read.value;
    else if (values.length < attribute.limit) values.push(read.value);
    else if (attribute.beyond === "fail") return err({ kind: "tooMany", attribute: name });
  }
  return ok(found as Attributes);
}

function readValue<T>(attribute: Attribute<T>, bytes: Uint8Array): { readonly value: T } | "fail" | "ignore" {
  const { kind, tooShort, tooLong } = attribute;
  const wrong =
    bytes.length < kind.min
      ? tooShort
      : bytes.length > kind.max || bytes.length % kind.multipleOf !== 0
        ? tooLong
        : null;
  if (wrong === "fail" || wrong === "ignore") return wrong;
  const value = kind.read(wrong === "cut" ? bytes.subarray(0, kind.max) : bytes);
  return value === null ? "fail" : { value };
}

/** Both steps at once. */
export function parse(bytes: Uint8Array): Result<Attributes, Fault> {
  const tlvs = readTlvs(bytes);
  return tlvs.ok ? readAttributes(tlvs.value) : tlvs;
}

/** A place in a message: `name` must be there once, `name?` may be, `name*` may be there more than once. */
export type Slot = AttributeName | `${AttributeName}?` | `${AttributeName}*`;

/** The values of a list of slots. */
export type Body<S extends Slot> = {
  readonly [N in S as N extends AttributeName ? N : never]: N extends AttributeName ? ValueOf<N> : never;
} & {
  readonly [N in S as N extends `${infer M extends AttributeName}?`
    ? M
    : never]?: N extends `${infer M extends AttributeName}?` ? ValueOf<M> : never;
} & {
  readonly [N in S as N extends `${infer M extends AttributeName}*`
    ? M
    : never]: N extends `${infer M extends AttributeName}*` ? readonly ValueOf<M>[] : never;
};

/** Takes what the slots name, in whatever order it came; the rest is left. */
export function pick<S extends Slot>(slots: readonly S[], attributes: Attributes): Result<Body<S>, Fault> {
  const body: { [name: string]: unknown } = {};
  for (const slot of slots) {
    const { name, arity } = parts(slot);
    const values: readonly unknown[] = attributes[name] ?? [];
    if (arity === "*") body[name] = values;
    else if (values.length > 0) body[name] = values[values.length - 1];
    else if (arity === "") return err({ kind: "missing", attribute: name });
  }
  // The loop above is what the type says; TypeScript cannot see it through the names.
  return ok(body as Body<S>);
}

/**
 * Writes the values of slots in the order of the slots.
 * @throws RangeError for a value that its attribute cannot hold: the caller's bug
 */
export function write<S extends Slot>(slots: readonly S[], body: Body<S>): Uint8Array {
  const values = body as { readonly [name: string]: unknown };
  const ids: number[] = [];
  const written: Uint8Array[] = [];
  let length = 0;
  const add = (name: AttributeName, value: unknown) => {
    const bytes = valueBytes(name, value);
    ids.push(ATTR[name].id);
    written.push(bytes);
    length += HEAD + bytes.length;
  };
  for (const slot of slots) {
    const { name, arity } = parts(slot);
    const value = values[name];
    if (arity === "*") for (const each of value as readonly unknown[]) add(name, each);
    else if (value !== undefined || arity === "") add(name, value);
  }
  return joined(ids, written, length);
}

function valueBytes(name: AttributeName, value: unknown): Uint8Array {
  const { kind }: Attribute<unknown> = ATTR[name];
  if (value === undefined) throw new TypeError(`${name}: expected a value, got none`);
  const bytes = kind.write(value);
  if (bytes.length < kind.min || bytes.length > kind.max || bytes.length % kind.multipleOf !== 0)
    throw new RangeError(`${name}: expected ${kind.min} to ${kind.max} bytes, got ${bytes.length}`);
  return bytes;
}

/** Attributes end to end: their ids and values, and what they come to. */
function joined(ids: readonly number[], values: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const [i, value] of values.entries()) {
    const id = ids[i] ?? 0;
    bytes[offset] = id >> 8;
    bytes[offset + 1] = id;
    bytes[offset + 2] = value.length >> 8;
    bytes[offset + 3] = value.length;
    bytes.set(value, offset + HEAD);
    offset += HEAD + value.length;
  }
  return bytes;
}

interface Parts {
  readonly name: AttributeName;
  readonly arity: "" | "?" | "*";
}

function parts(slot: Slot): Parts {
  const known = PARTS.get(slot);
  if (known !== undefined) return known;
  const last = slot.at(-1);
  const taken: Parts =
    last === "?" || last === "*"
      ? { name: slot.slice(0, -1) as AttributeName, arity: last }
      : { name: slot as AttributeName, arity: "" };
  PARTS.set(slot, taken);
  return taken;
}

/** What each slot was taken apart into: slots are few, and taken in every message. */
const PARTS = new Map<Slot, Parts>();
