/** What fuzzing has found, as the smallest input that showed it: tried again in test/fuzz.test.ts, whatever the seeds. */
import { concat } from "../src/wsc/bytes.ts";

export interface Found {
  readonly check: string;
  /** What went wrong, as it was. */
  readonly found: string;
  readonly input: Uint8Array;
}

/** A RADIUS packet as long as may be, whose Message-Authenticator (80) is empty; State (24) fills the rest. */
const radiusWithEmptyAuthenticator = concat(
  Uint8Array.of(1, 7, 0x10, 0x00),
  new Uint8Array(16),
  Uint8Array.of(80, 2),
  // 4074 bytes are left: 15 times 255, and 249.
  ...[...Array<number>(15).fill(255), 249].map((size) => concat(Uint8Array.of(24, size), new Uint8Array(size - 2))),
);

export const foundInPackets: readonly Found[] = [
  {
    check: "radius",
    found:
      "a packet as long as may be, with a Message-Authenticator too short, made isSignedRequest throw a RangeError",
    input: radiusWithEmptyAuthenticator,
  },
];
