/**
 * Kinds of attribute values: which lengths are legal, how the bytes read and how they are written.
 * What happens when a length is wrong is not decided here but in the table of attributes.ts.
 */
import { type MacAddress, macAddressBytes, macAddressFrom } from "./address.ts";
import { Secret } from "./secret.ts";

/** `min`, `max`: bytes, both inclusive; a legal length is also a multiple of `multipleOf`. */
export interface ValueKind<T> {
  readonly min: number;
  readonly max: number;
  readonly multipleOf: number;
  /** Takes bytes of a legal length and copies what it keeps; null when their content is wrong all the same. */
  read(bytes: Uint8Array): T | null;
  write(value: T): Uint8Array;
  /** Where two of them in one message add up to one. Elsewhere the later one counts. */
  merge?(earlier: T, later: T): T;
}

/** No attribute is longer: its length field has 16 bits. */
const LONGEST = 0xffff;

function unsigned(length: 1 | 2 | 4): ValueKind<number> {
  return {
    min: length,
    max: length,
    multipleOf: 1,
    read: (bytes) => {
      let value = 0;
      for (const byte of bytes) value = value * 256 + byte;
      return value;
    },
    write: (value) => {
      if (!Number.isInteger(value) || value < 0 || value >= 256 ** length)
        throw new RangeError(`value: expected an integer of ${8 * length} bits, got ${value}`);
      const bytes = new Uint8Array(length);
      for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest;
      return bytes;
    },
  };
}

/** Big-endian, as every integer of the protocol. */
export const u8 = unsigned(1);
export const u16 = unsigned(2);
export const u32 = unsigned(4);

/** Raw bytes: exactly `min` of them, or `min` to `max`. */
export function bytes(min: number, max: number = min, multipleOf = 1): ValueKind<Uint8Array> {
  return { min, max, multipleOf, read: (value) => new Uint8Array(value), write: (value) => value };
}

/** Raw bytes, as many as there are. */
export const anyBytes = bytes(0, LONGEST);

/** Bytes that must not be shown. */
export function secret(min: number, max: number = min): ValueKind<Secret> {
  return { min, max, multipleOf: 1, read: (value) => new Secret(value), write: (value) => value.reveal() };
}

/** The same, not to be shown. */
export const anySecret = secret(0, LONGEST);

/** An address, 6 bytes. */
export const macAddress: ValueKind<MacAddress> = {
  min: 6,
  max: 6,
  multipleOf: 1,
  read: (value) => macAddressFrom(value),
  write: (value) => macAddressBytes(value),
};

/**
 * UTF-8, at most `max` bytes. It ends where a NUL stands: some peers count the one behind it. An empty text travels as one space, because some peers reject an
 * attribute of length 0; so one space reads as empty.
 */
export function text(max: number): ValueKind<string> {
  return {
    min: 0,
    max,
    multipleOf: 1,
    read: (value) => {
      const end = value.indexOf(0);
      let read = decoder.decode(end < 0 ? value : value.subarray(0, end));
      // A replaced bad byte takes three, so that text which came in `max` bytes may need more to go out again.
      while (encoder.encode(read).length > max) read = Array.from(read).slice(0, -1).join("");
      return read === " " ? "" : read;
    },
    write: (value) => encoder.encode(value === "" ? " " : value),
  };
}

const encoder = new TextEncoder();
// One for all: to make one costs more than to decode a name with it. Nothing of one text stays for the next.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
