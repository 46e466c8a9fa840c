import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instanceIn, stationIn } from "./station-id.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const address = "02:00:0a:bc:de:f0";

const spellings = ["02-00-0A-BC-DE-F0", "02:00:0a:bc:de:f0", "02000abcdef0", "02000ABCDEF0", "0200.0abc.def0"];

describe.each(spellings)("%s", (spelling) => {
  test("is a station", () => {
    expect(stationIn(bytes(spelling))).toBe(address);
  });

  test.each(["", ":", ":My Network", ":with:colons", ":\u00e9\u4e2d"])("followed by %j is an access point", (name) => {
    expect(instanceIn(bytes(spelling + name))).toBe(address);
  });

  test("with more behind it is no station, and no access point unless a colon is between", () => {
    expect(stationIn(bytes(`${spelling}:x`))).toBeNull();
    expect(instanceIn(bytes(`${spelling}x`))).toBeNull();
  });
});

test.each([
  "",
  "alice",
  "02-00-0A-BC-DE",
  "02-00:0A-BC-DE-F0",
  "02000abcdef",
  "0200.0abcdef0.",
  " 02000abcdef0",
])("%j is neither", (text) => {
  expect(stationIn(bytes(text))).toBeNull();
  expect(instanceIn(bytes(text))).toBeNull();
});

test("the name of a network may be any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 32 }), (ssid) => {
      expect(instanceIn(Uint8Array.of(...bytes("02-00-0A-BC-DE-F0:"), ...ssid))).toBe(address);
    }),
  );
});
