/** Vitest compares own fields, and a `Secret` shows none: without this any two would count as equal. */
import { expect } from "vitest";
import { equal } from "../src/wsc/crypto.ts";
import { Secret } from "../src/wsc/secret.ts";

expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (!(a instanceof Secret) && !(b instanceof Secret)) return undefined;
    return a instanceof Secret && b instanceof Secret && equal(a.reveal(), b.reveal());
  },
]);
