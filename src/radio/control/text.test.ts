import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePairs, unescapeText } from "./text.ts";

test("escaped text gives back the bytes it stands for", () => {
  expect(unescapeText("plain é")).toEqual(new TextEncoder().encode("plain é"));
  expect(unescapeText('\\"\\\\\\n\\r\\t\\e')).toEqual(Uint8Array.of(0x22, 0x5c, 0x0a, 0x0d, 0x09, 0x1b));
  expect(unescapeText("\\x00\\xff\\xC3\\xa9")).toEqual(Uint8Array.of(0x00, 0xff, 0xc3, 0xa9));
  expect(unescapeText("\\q\\x4\\")).toEqual(new TextEncoder().encode("\\q\\x4\\"));
});

test("every byte string survives wpa_supplicant's escaping", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 32 }), (bytes) => {
      const escaped = Array.from(bytes, (byte) => {
        if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
        return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
      }).join("");
      expect(unescapeText(escaped)).toEqual(bytes);
    }),
  );
});

test("of a key that comes twice the first counts, so that a peer's text cannot overrule it", () => {
  const pairs = parsePairs("bssid=02:00:00:00:01:00\nssid=a=b\nbssid=66:66:66:66:66:66\nno sign\n=x\n");
  expect([...pairs]).toEqual([
    ["bssid", "02:00:00:00:01:00"],
    ["ssid", "a=b"],
  ]);
});
