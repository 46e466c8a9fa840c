import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

test("a secret says [secret] however it is printed", () => {
  const secret = new Secret("correct horse");
  expect(`${secret}`).toBe("[secret]");
  expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
  expect(inspect({ secret })).toBe("{ secret: [secret] }");
  expect(Object.keys(secret)).toEqual([]);
});

test("a secret keeps its own copy of the bytes", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const secret = new Secret(bytes);
  bytes[0] = 9;
  expect(secret.reveal()).toEqual(Uint8Array.of(1, 2, 3));
});

test("tests tell two secrets apart", () => {
  expect(new Secret("a")).toEqual(new Secret("a"));
  expect(new Secret("a")).not.toEqual(new Secret("b"));
  expect({ key: new Secret("a") }).not.toEqual({ key: new Secret("b") });
});
