/**
 * MD5 and HMAC-MD5 (RFC 2104), which is what RADIUS has. By node:crypto's one-shot `hash`: its Hash and Hmac objects, eight
 * of which an answer would take, keep the garbage collector busier than all the rest of the server.
 */
import { hash } from "node:crypto";

const BLOCK = 64;

/** 16 bytes, of the parts end to end. */
export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  // Pooled buffers, and a digest that comes as a string, for the same reason.
  return Buffer.from(hash("md5", Buffer.concat(parts), "binary"), "latin1");
}

/** 16 bytes. */
export function hmacMd5(key: Uint8Array, message: Uint8Array): Uint8Array {
  const short = key.length > BLOCK ? md5(key) : key;
  return md5(padded(short, 0x5c), md5(padded(short, 0x36), message));
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(key);
  return block.map((byte) => byte ^ pad);
}
