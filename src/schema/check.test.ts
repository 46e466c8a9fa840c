import fc from "fast-check";
import { Check } from "typebox/schema";
import { describe, expect, test } from "vitest";
import { check } from "./check.ts";
import { type TSchema, Type } from "./type.ts";

const leaf: fc.Arbitrary<TSchema> = fc.constantFrom<TSchema>(
  Type.Null(),
  Type.Boolean(),
  Type.Integer(),
  Type.Number({ minimum: 0, maximum: 1 }),
  Type.String(),
  Type.String({ minLength: 1, maxLength: 2 }),
  Type.String({ pattern: "^(?:[0-9a-f]{2})*$" }),
  Type.Enum(["a", "b"]),
  Type.Literal(1),
);
const name = fc.constantFrom("a", "b", "c");
const schema: fc.Arbitrary<TSchema> = fc.letrec<{ schema: TSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((schemas) => Type.Union(schemas)),
    tie("schema").map((items) => Type.Array(items, { minItems: 1, maxItems: 2 })),
    tie("schema").map((values) => Type.Record(Type.String(), values)),
    fc
      .tuple(fc.array(fc.tuple(name, tie("schema"), fc.boolean()), { maxLength: 3 }), fc.boolean())
      .map(([fields, strict]) =>
        Type.Object(
          Object.fromEntries(fields.map(([field, one, needed]) => [field, needed ? one : Type.Optional(one)])),
          strict ? { additionalProperties: false } : {},
        ),
      ),
  ),
})).schema;
/** As it comes out of a store, and made of what the schemas speak of. */
const value = fc
  .letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, true, 0, 1, 0.5, -1, "", "a", "b", "ab", "0f", "0fa", "😀"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(name, fc.constantFrom("__proto__", "toString")), tie("value"), { maxKeys: 3 }),
    ),
  }))
  .value.map((made): unknown => JSON.parse(JSON.stringify(made)));

describe("a value", () => {
  test("is found to be as its schema says, or not, as TypeBox finds it", () => {
    let held = 0;
    fc.assert(
      fc.property(schema, value, (one, json) => {
        const holds = check(one, json);
        if (holds) held++;
        expect(holds).toBe(Check(one, json));
      }),
      { numRuns: 3_000 },
    );
    expect(held).toBeGreaterThan(100);
  });

  test("that every object inherits is not taken for one that is there", () => {
    expect(check(Type.Object({ toString: Type.Null() }), {})).toBe(false);
  });

  test("is not checked by half: a keyword that is not known is a mistake of the caller", () => {
    expect(() => check(Type.Number({ multipleOf: 2 }), 3)).toThrow("multipleOf");
  });
});
