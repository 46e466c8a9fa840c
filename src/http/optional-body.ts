/** For requests whose body may be left out: then everything is as by default. */
import type { FastifyRequest } from "fastify";

/** A route's `preValidation`; the API's document knows by it that the body is not required. */
export const optionalBody = async (request: FastifyRequest): Promise<void> => {
  // A body that says null is one, and refused.
  if (request.body === undefined) request.body = {};
};
