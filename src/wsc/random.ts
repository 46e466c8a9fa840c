/** Chance as an input. The engine has none of its own; `crypto.ts` offers the system's. */

/** What the bytes are for: lets a scripted source give recorded bytes, and fail on a draw it does not expect. */
export type Draw =
  | "enrolleeNonce"
  | "registrarNonce"
  | "privateKey"
  | "E-S1"
  | "E-S2"
  | "R-S1"
  | "R-S2"
  | "iv"
  | "pin"
  | "key"
  | "tokenId"
  | "tokenPassword"
  | "subscription"
  | "delay";

/** Gives `length` bytes of chance. The purpose is for tests, which must know what a draw is for. */
export type Random = (purpose: Draw, length: number) => Uint8Array;
