/** For requests whose body may be left out: then everything is as by default. */
import type { FastifyRequest } from "fastify";

/** A route's `preValidation`; the API's document knows by it that the body is not required. */
export const optionalBody = async (request: FastifyRequest): Promise<void> => {
  request.body ??= {};
};
