import { expect, test } from "vitest";
import { toHex } from "../../wsc/bytes.ts";
import { Secret } from "../../wsc/secret.ts";
import { pskOf } from "./handshake.ts";

test("a PSK belongs to its passphrase and its SSID, as in the test vectors of IEEE 802.11, annex J", () => {
  const psk = (ssid: string, key: Secret) => toHex(pskOf(new TextEncoder().encode(ssid), key));
  const one = new Secret("password");
  const other = new Secret("ThisIsAPassword");
  for (let again = 0; again < 2; again++) {
    expect(psk("IEEE", one)).toBe("f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e");
    expect(psk("ThisIsASSID", other)).toBe("0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af");
    expect(psk("ThisIsASSID", one)).not.toBe(psk("IEEE", one));
  }
});

test("64 hex digits are a PSK already, at any SSID", () => {
  expect(toHex(pskOf(Uint8Array.of(1), new Secret("0F".repeat(32))))).toBe("0f".repeat(32));
});
