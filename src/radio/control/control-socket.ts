/**
 * The control interface of wpa_supplicant or hostapd, as their backends use it: requests one after another, and events.
 * Two conversations, so that a burst of events never displaces a reply. It notices when the daemon goes away or is
 * started again, and finds it again. Knows the few commands that this takes, and no others; what an event says is read
 * by the backend.
 */
import type { Clock, Timer } from "../../clock/clock.ts";
import { RadioError } from "../station-radio.ts";
import { openCli } from "./cli.ts";
import { datagramCarrier } from "./datagram.ts";
import { type Daemon, type Endpoint, type OpenEndpoint, type Server, unanswered } from "./endpoint.ts";
import { eventLine } from "./text.ts";

/** What a listener hears: the daemon's own events, and that it went away or is (again) there, forgetful of us. */
export type ControlNews<Event> =
  | Event
  | { readonly type: "gone"; readonly trouble: RadioError }
  | { readonly type: "back" };

/** At least this much the socket itself understands: `terminating`, the daemon is about to end. */
interface AnyEvent {
  readonly type: string;
}

/** How long the daemon may think about a command; it is one thread and scans in between. */
const replyWithinMs = 10_000;
/** The conversation for events is tried this often: a kill -9 leaves no other trace. */
const watchdogMs = 2_000;
/** Who cannot be reached is tried ever more rarely, up to this: a login over the network is no small thing to ask. */
const longestWaitMs = { socket: watchdogMs, command: 60_000 } as const;
/**
 * How long a conversation that is opened again may be silent. A client far away waits for its daemon, answers when that
 * is back, and cannot be ended from here: not too many of them are to be left behind.
 */
const silentForMs = { socket: replyWithinMs, command: 15 * 60_000 } as const;

export interface ControlSocket<Event> {
  readonly path: string;
  /**
   * Sends one command and gives its reply without the closing line break. Rejects with a {@link RadioError} when
   * nobody answers; a reply such as `FAIL` is the caller's to judge.
   */
  request(command: string): Promise<string>;
  /**
   * Resolves when everything that the daemon has said up to now is heard. Replies and events go different ways, and
   * either may be faster. Rejects with a {@link RadioError} when nobody is there.
   */
  settled(): Promise<void>;
  /** Calls `hear` with all news from now on; call what it gives back to stop that. */
  listen(hear: (news: ControlNews<Event>) => void): () => void;
  close(): void;
}

/**
 * Opens both conversations.
 * @param options.path the interface's socket, such as `/run/wpa_supplicant/wlan0`, or with `by: "command"` the
 *   command that the carrier runs
 * @param options.carrier another way to carry commands than the best one of this machine
 */
export async function openControlSocket<Event extends AnyEvent>(options: {
  readonly daemon: Daemon;
  readonly path: string;
  readonly by?: Server["by"];
  readonly clock: Clock;
  /** Reads one datagram; null when it is not an event but a reply. Total on any text. */
  readonly readEvent: (datagram: string) => Event | null;
  readonly carrier?: OpenEndpoint;
}): Promise<ControlSocket<Event>> {
  const { daemon, path, by = "socket", clock, readEvent } = options;
  const server: Server = { daemon, path, by };
  const carrier = options.carrier ?? datagramCarrier() ?? openCli;
  const monitor = new Monitor(server, clock, carrier, readEvent);
  // A client without its daemon waits for it in silence; a socket says at once that nobody is there.
  const commands = new Requests(server, clock, carrier, () => (by === "command" ? monitor.trouble : null));
  try {
    // Whoever waits for a reply when the daemon dies need not wait for the clock.
    monitor.listen((news) => news.type === "gone" && commands.drop());
    await commands.request("PING");
    await monitor.attach();
  } catch (error) {
    monitor.close();
    commands.close();
    throw error;
  }
  return {
    path,
    request: (command) => commands.request(command),
    settled: () => monitor.settled(),
    listen: (hear) => monitor.listen(hear),
    close: () => {
      monitor.close();
      commands.close();
    },
  };
}

/** One question at a time: replies carry no number, so a late one would be taken for the next one's. */
class Requests {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #carrier: OpenEndpoint;
  #endpoint: Endpoint | null = null;
  #answer: ((reply: string | RadioError) => void) | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** Why it is no use to ask now; null when it may be one. */
  readonly #useless: () => RadioError | null;

  constructor(server: Server, clock: Clock, carrier: OpenEndpoint, useless: () => RadioError | null) {
    this.#server = server;
    this.#clock = clock;
    this.#carrier = carrier;
    this.#useless = useless;
  }

  request(command: string): Promise<string> {
    const reply = this.#queue.then(() => this.#ask(command));
    this.#queue = reply.catch(() => undefined);
    return reply;
  }

  close(): void {
    this.#closed = true;
    this.drop();
  }

  async #ask(command: string): Promise<string> {
    if (this.#closed) throw new RadioError("gone", "The radio has been closed.", "Open it again.");
    const trouble = this.#useless();
    if (trouble !== null) throw trouble;
    this.#send(command);
    const reply = await new Promise<string | RadioError>((resolve) => {
      const late = this.#clock.after(replyWithinMs, () => resolve(unanswered(this.#server)));
      this.#answer = (answer) => {
        late.cancel();
        resolve(answer);
      };
    });
    this.#answer = null;
    if (typeof reply === "string") return reply.replace(/\n$/, "");
    this.drop();
    throw reply;
  }

  /** After a restart of the daemon the old conversation is refused; one that was never delivered is sent again. */
  #send(command: string): void {
    const fresh = this.#endpoint === null;
    try {
      this.#endpoint ??= this.#open();
      this.#endpoint.send(command);
    } catch (error) {
      this.#endpoint = null;
      if (fresh) throw error;
      this.#endpoint = this.#open();
      this.#endpoint.send(command);
    }
  }

  #open(): Endpoint {
    return this.#carrier(this.#server, {
      message: (text) => {
        if (eventLine(text) === null) this.#answer?.(text);
      },
      broken: (why) => this.drop(why),
    });
  }

  /** Gives up the conversation; a reply that is awaited will not come. */
  drop(why: RadioError = unanswered(this.#server)): void {
    this.#endpoint?.close();
    this.#endpoint = null;
    this.#answer?.(why);
  }
}

class Monitor<Event extends AnyEvent> {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #carrier: OpenEndpoint;
  readonly #listeners = new Set<(news: ControlNews<Event>) => void>();
  #endpoint: Endpoint | null = null;
  #timer: Timer | null = null;
  #replied: ((reply: string | RadioError) => void) | null = null;
  /** Questions go one after another here too. */
  #asked: Promise<unknown> = Promise.resolve();
  /** Why nobody is there; null while somebody is. */
  trouble: RadioError | null = null;
  #waitMs: number = watchdogMs;
  #closed = false;
  readonly #readEvent: (datagram: string) => Event | null;

  constructor(server: Server, clock: Clock, carrier: OpenEndpoint, readEvent: (datagram: string) => Event | null) {
    this.#server = server;
    this.#clock = clock;
    this.#carrier = carrier;
    this.#readEvent = readEvent;
  }

  listen(hear: (news: ControlNews<Event>) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    try {
      this.#endpoint?.send("DETACH");
    } catch {
      // It is gone already, and its list of monitors with it.
    }
    this.#endpoint?.close();
    this.#endpoint = null;
    this.#replied?.(unanswered(this.#server));
  }

  async attach(): Promise<void> {
    this.#endpoint?.close();
    this.#endpoint = this.#carrier(this.#server, {
      message: (text) => this.#take(text),
      broken: (why) => this.#lose(why),
    });
    const patience = this.trouble === null ? replyWithinMs : silentForMs[this.#server.by];
    if ((await this.#inTurn("ATTACH", patience)) !== "OK") throw unanswered(this.#server);
    this.#waitMs = watchdogMs;
    this.#watch();
  }

  async settled(): Promise<void> {
    if (this.trouble !== null) throw this.trouble;
    await this.#inTurn("PING");
  }

  #take(text: string): void {
    const event = this.#readEvent(text);
    if (event === null) this.#replied?.(text.trim());
    else this.#tell(event);
    if (event?.type === "terminating") this.#lose(unanswered(this.#server));
  }

  /** Nobody tells us of a kill -9, and a monitor that was too slow is dropped without a word. */
  #watch(): void {
    this.#timer?.cancel();
    if (this.#closed) return;
    this.#timer = this.#clock.after(this.#waitMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#endpoint === null) {
        await this.attach();
        this.trouble = null;
        this.#tell({ type: "back" });
      } else {
        await this.#inTurn("PING");
        this.#watch();
      }
    } catch (error) {
      this.#lose(error instanceof RadioError ? error : unanswered(this.#server));
    }
  }

  #lose(trouble: RadioError = unanswered(this.#server)): void {
    this.#endpoint?.close();
    this.#endpoint = null;
    this.#replied?.(trouble);
    if (this.trouble === null) {
      this.trouble = trouble;
      this.#tell({ type: "gone", trouble });
    } else {
      this.#waitMs = Math.min(2 * this.#waitMs, longestWaitMs[this.#server.by]);
    }
    this.#watch();
  }

  #inTurn(command: string, withinMs = replyWithinMs): Promise<string> {
    const reply = this.#asked.then(() => this.#ask(command, withinMs));
    this.#asked = reply.catch(() => undefined);
    return reply;
  }

  #ask(command: string, withinMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = this.#clock.after(withinMs, () => this.#replied?.(unanswered(this.#server)));
      this.#replied = (reply) => {
        late.cancel();
        this.#replied = null;
        if (typeof reply === "string") resolve(reply);
        else reject(reply);
      };
      try {
        if (this.#endpoint === null) throw unanswered(this.#server);
        this.#endpoint.send(command);
      } catch (error) {
        late.cancel();
        this.#replied = null;
        reject(error);
      }
    });
  }

  #tell(news: ControlNews<Event>): void {
    for (const hear of [...this.#listeners]) hear(news);
  }
}
