/** `204 No Content` with the `Content-Length: 0` that clients of this API are told to expect. */
import type { FastifyReply } from "fastify";
import { Type } from "../schema/type.ts";

/**
 * Answers 204. HTTP (RFC 9110, 8.6) has no Content-Length on a 204 and Fastify takes it off; the API's documents show
 * it, and devices that speak this API send it, so it is written past the framework.
 */
export function sendNoContent(reply: FastifyReply): FastifyReply {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(204, { "Content-Length": 0 }).end();
  return reply;
}

/** A 204 in a route's response schema. */
export const noContent = Type.Null({ description: "Done; there is nothing more to say" });
