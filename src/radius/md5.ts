/** MD5 and HMAC-MD5, which is what RADIUS has. */
import { digest, hmac } from "../wsc/crypto.ts";

/** 16 bytes, of the parts end to end. */
export function md5(...parts: readonly Uint8Array[]): Uint8Array {
  return digest("md5", parts);
}

/** 16 bytes, of the parts end to end. */
export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac("md5", key, parts);
}
