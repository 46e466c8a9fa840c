import { expect, test } from "vitest";
import { type Origins, originsAt, strangers } from "./origins.ts";
import type { PresentAddress } from "./plan.ts";

const lent = (lifetime: number | null, ip = "10.0.0.5"): PresentAddress => ({
  ip,
  prefixLength: 24,
  metric: 0,
  secondary: false,
  lifetime,
});
const none: Origins = new Map();
const at = (seconds: number) => seconds * 1000;

test("an address that was not renewed since its network was left is a stranger in the next one", () => {
  const origins = originsAt(none, [lent(3600)], "home", at(0));
  expect([...strangers(origins, [lent(3590)], "office", at(10))]).toEqual(["10.0.0.5"]);
});

test("a renewed address fits, and so does one that is new", () => {
  const origins = originsAt(none, [lent(3600)], "home", at(0));
  expect(strangers(origins, [lent(3600)], "office", at(10)).size).toBe(0);
  expect(strangers(origins, [lent(60, "10.9.9.9")], "office", at(10)).size).toBe(0);
});

test("back in its own network an address fits again, also when it was still there in another one", () => {
  const home = originsAt(none, [lent(3600)], "home", at(0));
  const office = originsAt(home, [lent(3560)], "office", at(40));
  expect(strangers(office, [lent(3550)], "home", at(50)).size).toBe(0);
  expect([...strangers(office, [lent(3550)], "office", at(50))]).toEqual(["10.0.0.5"]);
});

test("an address of a network that is not known fits nowhere until it is renewed", () => {
  const origins = originsAt(none, [lent(3600)], null, at(0));
  expect(strangers(origins, [lent(3599)], "home", at(1)).size).toBe(1);
});

test("an address without an end is taken as it is: it may be a person's own", () => {
  expect(strangers(originsAt(none, [lent(null)], "home", at(0)), [lent(null)], "office", at(10)).size).toBe(0);
});
