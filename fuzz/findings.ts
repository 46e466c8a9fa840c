/** What fuzzing has found, as the smallest input that showed it: tried again in test/fuzz.test.ts, whatever the seeds. */
import { concat } from "../src/wsc/bytes.ts";

export interface Found<Input> {
  readonly check: string;
  /** What went wrong, as it was. */
  readonly found: string;
  readonly input: Input;
}

/** A RADIUS packet as long as may be, whose Message-Authenticator (80) is empty; State (24) fills the rest. */
const radiusWithEmptyAuthenticator = concat(
  Uint8Array.of(1, 7, 0x10, 0x00),
  new Uint8Array(16),
  Uint8Array.of(80, 2),
  // 4074 bytes are left: 15 times 255, and 249.
  ...[...Array<number>(15).fill(255), 249].map((size) => concat(Uint8Array.of(24, size), new Uint8Array(size - 2))),
);

export const foundInPackets: readonly Found<Uint8Array>[] = [
  {
    check: "radius",
    found:
      "a packet as long as may be, with a Message-Authenticator too short, made isSignedRequest throw a RangeError",
    input: radiusWithEmptyAuthenticator,
  },
];

/** A station's record whose network has a field that nobody knows. */
const recordOfTomorrow = {
  version: 1,
  setup: {
    mode: "station",
    network: { ssid: "486f6d65", key: "636f727265637420686f727365", wpa1: false, sae: true, constructor: "x" },
  },
  run: null,
  last: null,
};

export const foundInTexts: readonly Found<string>[] = [
  {
    check: "record",
    found:
      "a field that nobody knows, in the network of a stored record, became one of the network that radios are given",
    input: JSON.stringify(recordOfTomorrow),
  },
];

export const foundInReplies: readonly Found<string>[] = [
  {
    check: "hostapdReply",
    found: "a frequency with too many digits was Infinity",
    input: "state=ENABLED\nfreq=2e412",
  },
  {
    check: "hostapdConf",
    found: "a number with too many digits was Infinity",
    input: `wps_state=${"2".repeat(400)}`,
  },
  {
    check: "hostapdConf",
    found: "so was a negative one",
    input: `wps_state=-${"2".repeat(400)}`,
  },
];
