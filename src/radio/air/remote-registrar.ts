/**
 * What stands behind a simulated access point whose Registrar is in another process: its questions go out in order, and
 * whoever has attached answers them. It knows no socket, opens no window and decides nothing.
 */
import { Queue } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { Conversation, EnrolmentDesk } from "../../wsc/eap/conversation.ts";
import { Secret } from "../../wsc/secret.ts";
import type { AccessPoint } from "../access-point.ts";
import { RadioError } from "../station-radio.ts";

/** Whether all stations share the access point's key, or it asks for the keys of each. */
export type StationKeys = "shared" | "per-device";

/** What an access point asks its Registrar, or tells it. Each `question` wants one answer. */
export type DeskQuestion =
  /** As `Conversation.respond`; the first one of a conversation opens it. The answer: the EAP packet to send next. */
  | {
      readonly type: "respond";
      readonly question: number;
      readonly conversation: number;
      readonly peer: MacAddress;
      readonly response: Uint8Array | null;
    }
  /** The conversation is over. */
  | { readonly type: "close"; readonly conversation: number }
  /** The answer: the keys by which this station may join. */
  | { readonly type: "keys"; readonly question: number; readonly station: MacAddress };

/** An access point that is served to a Registrar elsewhere. */
export interface RelayedAccessPoint {
  readonly accessPoint: AccessPoint;
  readonly desk: RemoteDesk;
}

/** Questions that may wait for a Registrar; while it answers none, further ones are answered by silence. */
const mostQuestions = 256;

/** One access point's desk. While no Registrar is attached nobody enrols, and no key is known but a shared one. */
export class RemoteDesk implements EnrolmentDesk {
  readonly #name: string;
  #registrar: RemoteRegistrar | null = null;
  #keys: StationKeys = "shared";

  /** @param name of the access point, for sentences */
  constructor(name: string) {
    this.#name = name;
  }

  /** Puts a Registrar behind the access point, until it is detached. @throws RadioError while there is another one */
  attach(keys: StationKeys): RemoteRegistrar {
    if (this.#registrar !== null)
      throw new RadioError(
        "refused",
        `${this.#name} has a Registrar already: another process stands behind it.`,
        "Stop that one first, or give this one another access point.",
      );
    // One that dies leaves its stations with the keys that it gave them.
    this.#keys = keys;
    this.#registrar = new RemoteRegistrar(() => {
      this.#registrar = null;
    });
    return this.#registrar;
  }

  open(peer: MacAddress): Conversation {
    return this.#registrar?.open(peer) ?? nobody;
  }

  /** The keys by which a station may join; null: the one that all share. */
  async keysOf(station: MacAddress): Promise<readonly Secret[] | null> {
    if (this.#keys === "shared") return null;
    return this.#registrar?.keysOf(station) ?? [];
  }
}

const nobody: Conversation = { respond: async () => Promise.reject(noAnswer()), close: () => {} };

function noAnswer(): RadioError {
  return new RadioError(
    "gone",
    "The Registrar of this access point does not answer.",
    "Start it again: openwps registrar --ap air@SOCKET.",
  );
}

/** A Registrar in another process, as long as it is attached: `questions` are for it, and `answer` is what it says. */
export class RemoteRegistrar {
  readonly questions = new Queue<DeskQuestion>(mostQuestions);
  readonly #detached: () => void;
  /** Who waits for which answer; undefined: there will be none. */
  readonly #waiting = new Map<number, (answer: unknown) => void>();
  #lastId = 0;
  #isAttached = true;

  constructor(detached: () => void) {
    this.#detached = detached;
  }

  open(peer: MacAddress): Conversation {
    const conversation = ++this.#lastId;
    let asked: number | null = null;
    return {
      respond: async (response) => {
        asked = ++this.#lastId;
        const packet = await this.#ask({ type: "respond", question: asked, conversation, peer, response });
        if (!isEapPacket(packet)) throw noAnswer();
        return packet;
      },
      close: () => {
        if (asked !== null) this.answer(asked, undefined);
        this.questions.push({ type: "close", conversation });
      },
    };
  }

  async keysOf(station: MacAddress): Promise<readonly Secret[]> {
    const keys = await this.#ask({ type: "keys", question: ++this.#lastId, station });
    return areKeys(keys) ? keys : [];
  }

  /** What a question is answered by; one that nobody asked, or not any more, is dropped. */
  answer(question: number, answer: unknown): void {
    this.#waiting.get(question)?.(answer);
    this.#waiting.delete(question);
  }

  /** Takes it away from its access point. What it was asked is not answered any more. Harmless when it is. */
  detach(): void {
    if (!this.#isAttached) return;
    this.#isAttached = false;
    this.questions.end();
    for (const question of [...this.#waiting.keys()]) this.answer(question, undefined);
    this.#detached();
  }

  async #ask(question: Exclude<DeskQuestion, { readonly type: "close" }>): Promise<unknown> {
    if (!this.#isAttached || this.#waiting.size === mostQuestions) return undefined;
    return new Promise((resolve) => {
      this.#waiting.set(question.question, resolve);
      this.questions.push(question);
    });
  }
}

/** Its process is not ours, so what it says is looked at. EAP has 4 bytes before anything else. */
function isEapPacket(answer: unknown): answer is Uint8Array {
  return answer instanceof Uint8Array && answer.length >= 4;
}

/** Passphrases and PSKs as WPA2 has them; a station has two or three at most. */
function areKeys(answer: unknown): answer is readonly Secret[] {
  const isKey = (key: unknown) => key instanceof Secret && key.length >= 8 && key.length <= 64;
  return Array.isArray(answer) && answer.length <= 8 && answer.every(isKey);
}
