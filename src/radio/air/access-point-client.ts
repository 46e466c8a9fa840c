/**
 * An access point of an air that another process serves, for the Registrar that stands behind it here: the port over a
 * socket, and the conversations of its stations brought to a desk. When the air goes away and comes back, so does it.
 */
import type { Clock } from "../../clock/clock.ts";
import { Outlet } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { Conversation, InstanceId } from "../../wsc/eap/conversation.ts";
import type { Secret } from "../../wsc/secret.ts";
import type {
  AccessPoint,
  AccessPointEvent,
  AccessPointFacts,
  AccessPointStatus,
  AdvertisedWindow,
  AssociatedStation,
  NetworkSettings,
  RestartSettings,
  Shown,
} from "../access-point.ts";
import { RadioError } from "../station-radio.ts";
import type { EventItem, ServeItem } from "./access-point-calls.ts";
import type { Backing } from "./backing.ts";
import { Connection, errorFrom } from "./connection.ts";
import type { DeskQuestion } from "./remote-registrar.ts";

/** Unread events kept for each listener. */
const eventLag = 256;
/** How often an air that went away is looked for. */
const retryMs = 1_000;

export interface AirAccessPointOptions {
  readonly path: string;
  readonly clock: Clock;
  /** null: only to look at them, which others may do too. */
  readonly backing: Backing | null;
}

/**
 * All access points of a served air whose Registrar is elsewhere, with `backing` as that Registrar until they are closed.
 * @throws RadioError, with a sentence, when there is no such air or access point, or when one has a Registrar already
 */
export async function openAirAccessPoints(options: AirAccessPointOptions): Promise<readonly AccessPoint[]> {
  const { path, clock } = options;
  const connection = await Connection.open(path, clock);
  const instances = (await connection.call("relayed", {})) as readonly MacAddress[];
  await connection.close();
  if (instances.length === 0)
    throw new RadioError(
      "unsupported",
      `No access point of the air at ${path} leaves its Registrar to another process.`,
      'Say "registrar": "elsewhere" of one in the scenario that is served there.',
    );
  const opened: AccessPoint[] = [];
  try {
    for (const instance of instances) opened.push(new SocketAccessPoint(options, await join(options, instance)));
  } catch (error) {
    for (const accessPoint of opened) await accessPoint.close();
    throw error;
  }
  return opened;
}

/** One access point for as long as its air is there. */
interface Joined {
  readonly instance: InstanceId;
  readonly connection: Connection;
  readonly facts: AccessPointFacts;
  readonly events: AsyncGenerator<EventItem, void>;
  /** null: somebody else may answer them. */
  readonly questions: AsyncGenerator<ServeItem, void> | null;
}

async function join({ path, clock, backing }: AirAccessPointOptions, bssid: InstanceId): Promise<Joined> {
  const connection = await Connection.open(path, clock);
  const { signal } = new AbortController();
  const stream = <T>(call: string, args: object) => connection.stream(call, args, signal) as AsyncGenerator<T, void>;
  try {
    const keys = backing?.keysOf ? "per-device" : "shared";
    const questions = backing && stream<ServeItem>("serve", { bssid, keys });
    await questions?.next();
    const events = stream<EventItem>("events", { bssid });
    const { value: first } = await events.next();
    if (first === undefined) throw new TypeError("events: expected the facts first, got the end");
    return { instance: bssid, connection, facts: first.facts, events, questions };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

class SocketAccessPoint implements AccessPoint {
  readonly name: string;
  readonly instance: InstanceId;
  readonly #options: AirAccessPointOptions;
  readonly #events = new Outlet<AccessPointEvent>(eventLag);
  readonly #closing = new AbortController();
  readonly #living: Promise<void>;
  #connection: Connection;
  #facts: AccessPointFacts;

  constructor(options: AirAccessPointOptions, joined: Joined) {
    this.name = `air@${options.path}`;
    this.instance = joined.instance;
    this.#options = options;
    this.#connection = joined.connection;
    this.#facts = joined.facts;
    this.#living = this.#live(joined);
  }

  get facts(): AccessPointFacts {
    return this.#facts;
  }

  events(options: { readonly signal: AbortSignal }): AsyncIterable<AccessPointEvent> {
    return this.#events.listen(options.signal);
  }

  async advertise(window: AdvertisedWindow | null): Promise<Shown> {
    return (await this.#call("advertise", { window })) as Shown;
  }

  async sharedKey(): Promise<Secret | null> {
    // Where it asks for the keys of each station, the one that it was configured with opens nothing.
    if (this.#options.backing?.keysOf) return null;
    return (await this.#call("sharedKey")) as Secret | null;
  }

  async stations(): Promise<readonly AssociatedStation[]> {
    return (await this.#call("stations")) as readonly AssociatedStation[];
  }

  async deauthenticate(station: MacAddress): Promise<void> {
    await this.#call("deauthenticate", { station });
  }

  async deny(station: MacAddress): Promise<void> {
    await this.#call("deny", { station });
  }

  async allow(station: MacAddress): Promise<void> {
    await this.#call("allow", { station });
  }

  async reloadKeys(): Promise<void> {
    await this.#call("reloadKeys");
  }

  async status(): Promise<AccessPointStatus> {
    return (await this.#call("status")) as AccessPointStatus;
  }

  async configure(settings: NetworkSettings): Promise<void> {
    this.#facts = (await this.#call("configure", { settings })) as AccessPointFacts;
  }

  async restart(settings: RestartSettings): Promise<void> {
    this.#facts = (await this.#call("restart", { settings })) as AccessPointFacts;
  }

  async devicePin(): Promise<Secret | null> {
    return (await this.#call("devicePin")) as Secret | null;
  }

  async setDevicePin(pin: Secret | null, seconds: number): Promise<void> {
    await this.#call("setDevicePin", { pin, seconds });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connection.close();
    await this.#living;
    this.#events.end();
  }

  #call(call: string, args: object = {}): Promise<unknown> {
    return this.#connection.call(call, { bssid: this.instance, ...args });
  }

  /** Follows it until it is closed, from one air to the next. */
  async #live(first: Joined): Promise<void> {
    const { signal } = this.#closing;
    for (let joined: Joined | null = first; joined !== null; joined = await this.#again()) {
      const trouble = await this.#follow(joined);
      if (signal.aborted) return;
      this.#facts = { ...this.#facts, on: false };
      this.#events.tell({ type: "windowEnded", reason: "off" });
      this.#events.tell({ type: "gone", trouble });
    }
  }

  /** Gives the reason why its air is not there any more. */
  async #follow({ connection, events, questions }: Joined): Promise<RadioError> {
    const { backing } = this.#options;
    const answering = backing && questions && answer(connection, this.instance, backing, questions);
    try {
      for await (const { event, facts } of events) {
        this.#facts = facts;
        if (event?.type === "gone") this.#events.tell({ ...event, trouble: errorFrom(event.trouble) as RadioError });
        else if (event !== null) this.#events.tell(event);
      }
      // Its access points were taken off the air for good.
      return goneForGood(this.name);
    } catch (error) {
      if (error instanceof RadioError) return error;
      throw error;
    } finally {
      await connection.close();
      await answering;
    }
  }

  /** Joins it as soon as its air is there again; null when it is closed meanwhile. */
  async #again(): Promise<Joined | null> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#options.clock.sleep(retryMs, { signal });
        const joined = await join(this.#options, this.instance);
        this.#connection = joined.connection;
        this.#facts = joined.facts;
        if (signal.aborted) await joined.connection.close();
        else this.#events.tell({ type: "back" });
        return joined;
      } catch {
        // Not yet. Why it went away has been told.
      }
    }
    return null;
  }
}

/** Brings what an access point asks to the desk, until its air goes away. */
async function answer(
  connection: Connection,
  instance: InstanceId,
  { desk, keysOf }: Backing,
  questions: AsyncIterable<ServeItem>,
): Promise<void> {
  const conversations = new Map<number, Conversation>();
  const answerTo = async (question: Exclude<DeskQuestion, { readonly type: "close" }>) => {
    if (question.type === "keys") return keysOf?.(question.station, instance) ?? [];
    const conversation = conversations.get(question.conversation) ?? desk.open(question.peer, instance);
    conversations.set(question.conversation, conversation);
    return conversation.respond(question.response);
  };
  try {
    for await (const item of questions) {
      if (item.type === "close") {
        conversations.get(item.conversation)?.close();
        conversations.delete(item.conversation);
      } else if (item.type !== "attached") {
        const { question } = item;
        // Nobody waits for it here: an answer that cannot be given ends the run there, or the air has gone.
        void answerTo(item)
          .catch(() => null)
          .then((said) => connection.call("answer", { bssid: instance, question, answer: said }))
          .catch(() => {});
      }
    }
  } catch {
    // The air has gone, which is told by its events.
  } finally {
    for (const conversation of conversations.values()) conversation.close();
  }
}

function goneForGood(name: string): RadioError {
  return new RadioError(
    "gone",
    `The access point of ${name} was taken off the air.`,
    "Start the process that serves it again; the access point comes back with it.",
  );
}
