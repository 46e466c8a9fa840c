/** A conversation before it is clear what the station has come for: to enrol, or as a Registrar of its own. */
import type { Conversation } from "../wsc/eap/conversation.ts";
import { parsePacket, REGISTRAR_IDENTITY } from "../wsc/eap/packet.ts";

export class Reception implements Conversation {
  readonly #roles: { readonly enrollee: () => Conversation; readonly registrar: () => Conversation | null };
  #chosen: Conversation | null = null;

  /** @param roles what to go on with; `registrar` null: such a station is treated as any stranger, and sent away */
  constructor(roles: { readonly enrollee: () => Conversation; readonly registrar: () => Conversation | null }) {
    this.#roles = roles;
  }

  respond(response: Uint8Array | null): Promise<Uint8Array> {
    this.#chosen ??= (isRegistrar(response) ? this.#roles.registrar() : null) ?? this.#roles.enrollee();
    return this.#chosen.respond(response);
  }

  close(): void {
    this.#chosen?.close();
  }
}

function isRegistrar(response: Uint8Array | null): boolean {
  const packet = response && parsePacket(response);
  return packet?.type === "identity" && new TextDecoder().decode(packet.identity) === REGISTRAR_IDENTITY;
}
