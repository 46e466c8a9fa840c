import { expect, test } from "vitest";
import { HINTS, pairingError, REASONS } from "./reasons.ts";

test.each(Object.entries(REASONS))("%s is told in a sentence, and so is what to do next", (_key, reason) => {
  for (const text of [reason.sentence, reason.hint]) expect(text).toMatch(/^[A-Z][^\n]*\.$/);
  expect(reason.sentence).not.toBe(reason.hint);
});

test("the radio's own words win over the table's", () => {
  const error = pairingError("radio-gone", { message: "It was unplugged.", hint: "Plug it in." });
  expect(error).toEqual({ result: "failed", reason: "radio-gone", sentence: "It was unplugged.", hint: "Plug it in." });
});

test.each(Object.entries(HINTS))("%s is told in a sentence, by a key that no reason has", (key, hint) => {
  expect(hint).toMatch(/^[A-Z][^\n]*\.$/);
  expect(REASONS).not.toHaveProperty(key);
});
