import fc from "fast-check";
import { expect, test } from "vitest";
import { loadVector, messageOf } from "../../test/vectors.ts";
import { toHex } from "./bytes.ts";
import { parse } from "./codec.ts";
import { redacted } from "./redaction.ts";

test.each(["M4", "M5", "M6", "M7", "M8"] as const)("%s keeps all but what is sealed in it", (type) => {
  const bytes = messageOf(loadVector("pin"), type)?.bytes ?? new Uint8Array();
  const [before, after] = [parse(bytes), parse(redacted(bytes))];
  if (!before.ok || !after.ok) throw new Error("a recorded message cannot be read");
  const sealed = before.value.encryptedSettings?.[0] ?? new Uint8Array();
  expect(sealed.some((byte) => byte !== 0)).toBe(true);
  expect(after.value).toEqual({ ...before.value, encryptedSettings: [new Uint8Array(sealed.length)] });
});

test("M1 has nothing sealed, and stays as it is", () => {
  const bytes = messageOf(loadVector("pin"), "M1")?.bytes ?? new Uint8Array();
  expect(toHex(redacted(bytes))).toBe(toHex(bytes));
});

test("any bytes keep their length, and those that are no message show nothing", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => redacted(bytes).length === bytes.length));
  expect(redacted(Uint8Array.of(0x10, 0x18, 0, 9, 1, 2))).toEqual(new Uint8Array(6));
});
