/** The op-code of a message that comes without one: UPnP carries messages bare, and their type says it all. */
import type { OpCode } from "../wsc/eap/packet.ts";
import { messageTypeOf, SCHEMAS } from "../wsc/messages.ts";

/** What is no message counts as one, for the machines to refuse. */
export function opCodeOf(message: Uint8Array): OpCode {
  const type = messageTypeOf(message);
  return type === null ? "WSC_MSG" : SCHEMAS[type].opCode;
}
