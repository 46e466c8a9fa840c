/** The answer to whoever wants to change the radio's setup while a pairing has it. */
import { refuse } from "./errors.ts";

/** Refuses as `busy`. */
export function refuseBusy<R extends Parameters<typeof refuse>[0]>(reply: R): R {
  return refuse(reply, "busy", "A pairing is under way. Wait for its end, or cancel it with DELETE /api/v1/wifi/wps.");
}
