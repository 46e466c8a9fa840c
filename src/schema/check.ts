/**
 * Whether a value is as a schema of `type.ts` says: for what is read from the store. Requests are checked by the web
 * framework, which has words for what is wrong.
 */
import type { Static, TSchema } from "./type.ts";

/**
 * Whether it is. What the schema says of numbers, lengths and patterns counts.
 * @throws RangeError when the schema says something that this does not know
 */
export function check<T extends TSchema>(schema: T, value: unknown): value is Static<T> {
  for (const { holds, rule } of rulesOf(schema)) if (!holds(rule, value, schema)) return false;
  return true;
}

interface Rule {
  readonly holds: Keyword;
  readonly rule: never;
}

/** The schemas of this program are few, and each is asked about many values. */
const known = new WeakMap<TSchema, readonly Rule[]>();

function rulesOf(schema: TSchema): readonly Rule[] {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const rules = Object.entries(schema).map(([keyword, rule]) => {
    const holds = keywords[keyword];
    if (holds === undefined) throw new RangeError(`schema: the keyword ${keyword} is not known`);
    return { holds, rule: rule as never };
  });
  known.set(schema, rules);
  return rules;
}

type Keyword = (rule: never, value: unknown, schema: TSchema) => boolean;

/** As JSON Schema has it: what a keyword does not apply to passes. */
const keywords: Readonly<Record<string, Keyword>> = {
  description: () => true,
  type: (type: string, value) => ofType(value, type),
  const: (expected: unknown, value) => value === expected,
  enum: (values: readonly unknown[], value) => values.includes(value),
  anyOf: (schemas: readonly TSchema[], value) => schemas.some((schema) => check(schema, value)),
  minimum: (least: number, value) => typeof value !== "number" || value >= least,
  maximum: (most: number, value) => typeof value !== "number" || value <= most,
  minLength: (least: number, value) => typeof value !== "string" || [...value].length >= least,
  maxLength: (most: number, value) => typeof value !== "string" || [...value].length <= most,
  pattern: (pattern: string, value) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
  items: (items: TSchema, value) => !Array.isArray(value) || value.every((item) => check(items, item)),
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most: number, value) => !Array.isArray(value) || value.length <= most,
  required: (names: readonly string[], value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name)),
  properties: (properties: Readonly<Record<string, TSchema>>, value) => {
    if (!isObject(value)) return true;
    for (const name in properties) {
      const one = properties[name];
      if (one !== undefined && Object.hasOwn(value, name) && !check(one, value[name])) return false;
    }
    return true;
  },
  patternProperties: (patterns: Readonly<Record<string, TSchema>>, value) =>
    !isObject(value) ||
    Object.entries(patterns).every(([pattern, one]) =>
      Object.entries(value).every(([name, item]) => !new RegExp(pattern, "u").test(name) || check(one, item)),
    ),
  additionalProperties: (allowed: boolean, value, { properties = {} }: { readonly properties?: object }) =>
    allowed || !isObject(value) || Object.keys(value).every((name) => Object.hasOwn(properties, name)),
};

function ofType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
