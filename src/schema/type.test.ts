import { Type as TypeBox } from "typebox";
import { expect, test } from "vitest";
import { Type } from "./type.ts";

/** Each builder, and what can be put into it. */
function samples(T: typeof Type) {
  return {
    String: T.String({ minLength: 1, pattern: "^a" }),
    Number: T.Number({ minimum: 0 }),
    Integer: T.Integer(),
    Boolean: T.Boolean({ description: "a switch" }),
    Null: T.Null(),
    Enum: T.Enum(["a", "b"], { description: "one of two" }),
    "Literal, a text": T.Literal("a"),
    "Literal, a number": T.Literal(1),
    Array: T.Array(T.String(), { maxItems: 2 }),
    Union: T.Union([T.String(), T.Null()], { description: "or nothing" }),
    Record: T.Record(T.String(), T.Number()),
    Object: T.Object({ a: T.String(), b: T.Optional(T.Number()) }, { additionalProperties: false }),
    "Object without properties": T.Object({}),
    "Object of optional ones": T.Object({ a: T.Optional(T.String({ description: "kept" })) }),
    Partial: T.Partial(T.Object({ a: T.String(), b: T.Optional(T.Null()) }), { additionalProperties: false }),
    "Optional in an object in an object": T.Object({ a: T.Optional(T.Object({ b: T.Optional(T.Null()) })) }),
    Unsafe: T.Unsafe<string>({ $ref: "Other#" }),
  };
}

const [ours, theirs] = [samples(Type), samples(TypeBox)] as const;

test.each(Object.keys(ours) as (keyof typeof ours)[])("%s gives the schema that TypeBox gives", (name) => {
  expect(JSON.stringify(ours[name])).toBe(JSON.stringify(theirs[name]));
});
