/**
 * What checks requests and writes answers by their schemas is the framework's own, but it is loaded, and made for each
 * schema, when it is first needed: for all routes at the start that would take a third of the time until a service
 * listens, and most of them are never called.
 */
import { createRequire } from "node:module";
import type { FastifyServerOptions } from "fastify";

type Factory = Required<NonNullable<NonNullable<FastifyServerOptions["schemaController"]>["compilersFactory"]>>;
type BuildSerializer = Factory["buildSerializer"];
type Validate = ((data: unknown) => boolean) & { readonly errors?: readonly object[] | null };
type BuildValidator = (schemas: unknown, options: unknown) => (route: object) => Validate;

/** As the framework resolves its own dependencies. */
const require = createRequire(createRequire(import.meta.url).resolve("fastify"));

const buildValidator = (schemas: unknown, options: unknown) => {
  const compile = once(() => (require("@fastify/ajv-compiler") as () => BuildValidator)()(schemas, options));
  return (route: object) => {
    const validate = once(() => compile()(route));
    return (data: unknown) => validate()(data) || { error: validate().errors };
  };
};

const buildSerializer: BuildSerializer = (schemas, options) => {
  const compile = once(() =>
    (require("@fastify/fast-json-stringify-compiler") as () => BuildSerializer)()(schemas, options),
  );
  return (route) => {
    const serialize = once(() => compile()(route));
    return (data: unknown) => serialize()(data);
  };
};

/** For the option `schemaController` of the framework. */
export const compilersFactory: Factory = {
  // Any function that says what was wrong will do; the type is that of the one compiler that comes with the framework.
  buildValidator: buildValidator as unknown as Factory["buildValidator"],
  buildSerializer,
};

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
