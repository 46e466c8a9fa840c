/**
 * What schemas are written with: TypeBox's builders as far as this house needs them, with TypeBox's types, and plain
 * JSON Schema at run time. TypeBox itself is more than five hundred modules, which take a third of the time that a
 * service needs to start; its types take none.
 */
import type { TSchema, Type as TypeBox } from "typebox";

export type { Static, TSchema } from "typebox";

type Builders = Pick<
  typeof TypeBox,
  | "Array"
  | "Boolean"
  | "Enum"
  | "Integer"
  | "Literal"
  | "Null"
  | "Number"
  | "Object"
  | "Optional"
  | "Partial"
  | "Record"
  | "String"
  | "Union"
  | "Unsafe"
>;

type Schema = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, Schema>>;

/** Not part of the schema: it tells the object around a property that the property may be missing. */
const optional: unique symbol = Symbol("optional");

function asOptional(schema: Schema): Schema {
  return Object.defineProperty({ ...schema }, optional, { value: true });
}

function objectOf(properties: Properties, options: Schema = {}): Schema {
  const required = Object.keys(properties).filter((name) => !(optional in (properties[name] ?? {})));
  return { type: "object", ...(required.length === 0 ? {} : { required }), properties, ...options };
}

const ofType = (type: string) => (options: Schema) => ({ type, ...options });

const builders = {
  Array: (items: Schema, options: Schema) => ({ type: "array", items, ...options }),
  Boolean: ofType("boolean"),
  Enum: (values: readonly unknown[], options: Schema) => ({ enum: values, ...options }),
  Integer: ofType("integer"),
  Literal: (value: unknown, options: Schema) => ({ type: typeof value, const: value, ...options }),
  Null: ofType("null"),
  Number: ofType("number"),
  Object: objectOf,
  Optional: asOptional,
  Partial: ({ properties }: { readonly properties: Properties }, options: Schema) =>
    objectOf(Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, asOptional(one)])), options),
  Record: (_names: Schema, values: Schema, options: Schema) => ({
    type: "object",
    patternProperties: { "^.*$": values },
    ...options,
  }),
  String: ofType("string"),
  Union: (anyOf: readonly Schema[], options: Schema) => ({ anyOf, ...options }),
  Unsafe: (schema: TSchema) => schema,
};

/** As TypeBox's `Type`, whose documentation is theirs; `type.test.ts` compares the two. */
// Their types say more than these functions can: what a value of the schema is.
export const Type = builders as unknown as Builders;
