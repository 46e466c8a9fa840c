/**
 * wpa_supplicant's control interface as the rest of this folder uses it: requests one after another, and events.
 * Two conversations, so that a burst of events never displaces a reply. It notices when wpa_supplicant goes away or is
 * started again, and finds it again. Knows the few commands that this takes, and no others.
 */
import type { Clock, Timer } from "../../clock/clock.ts";
import { RadioError } from "../station-radio.ts";
import { datagramCarrier } from "./datagram.ts";
import { type Endpoint, missing, type OpenEndpoint, unanswered } from "./endpoint.ts";
import { type ControlEvent, parseEvent } from "./events.ts";
import { openWpaCli } from "./wpa-cli.ts";

/** What a listener hears: wpa_supplicant's own events, and that it went away or is (again) there, forgetful of us. */
export type ControlNews = ControlEvent | { readonly type: "gone" } | { readonly type: "back" };

/** How long wpa_supplicant may think about a command; it is one thread and scans in between. */
const replyWithinMs = 10_000;
/** The conversation for events is tried this often: a kill -9 leaves no other trace. */
const watchdogMs = 2_000;

export interface ControlSocket {
  readonly path: string;
  /**
   * Sends one command and gives its reply without the closing line break. Rejects with a {@link RadioError} when
   * nobody answers; a reply such as `FAIL` is the caller's to judge.
   */
  request(command: string): Promise<string>;
  /** Calls `hear` with all news from now on; call what it gives back to stop that. */
  listen(hear: (news: ControlNews) => void): () => void;
  close(): void;
}

/**
 * Opens both conversations.
 * @param path the interface's socket, such as `/run/wpa_supplicant/wlan0`
 * @param carrier another way to carry commands than the best one of this machine
 */
export async function openControlSocket(options: {
  readonly path: string;
  readonly clock: Clock;
  readonly carrier?: OpenEndpoint;
}): Promise<ControlSocket> {
  const { path, clock } = options;
  const carrier = options.carrier ?? datagramCarrier() ?? openWpaCli;
  const commands = new Requests(path, clock, carrier);
  const monitor = new Monitor(path, clock, carrier);
  try {
    // Whoever waits for a reply when wpa_supplicant dies need not wait for the clock.
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
    listen: (hear) => monitor.listen(hear),
    close: () => {
      monitor.close();
      commands.close();
    },
  };
}

/** One question at a time: replies carry no number, so a late one would be taken for the next one's. */
class Requests {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #carrier: OpenEndpoint;
  #endpoint: Endpoint | null = null;
  #answer: ((reply: string | RadioError) => void) | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(path: string, clock: Clock, carrier: OpenEndpoint) {
    this.#path = path;
    this.#clock = clock;
    this.#carrier = carrier;
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
    this.#send(command);
    const reply = await new Promise<string | RadioError>((resolve) => {
      const late = this.#clock.after(replyWithinMs, () => resolve(unanswered(this.#path)));
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

  /** After a restart of wpa_supplicant the old conversation is refused; one that was never delivered is sent again. */
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
    return this.#carrier(this.#path, {
      message: (text) => {
        if (parseEvent(text) === null) this.#answer?.(text);
      },
      broken: () => this.drop(),
    });
  }

  /** Gives up the conversation; a reply that is awaited will not come. */
  drop(): void {
    this.#endpoint?.close();
    this.#endpoint = null;
    this.#answer?.(unanswered(this.#path));
  }
}

class Monitor {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #carrier: OpenEndpoint;
  readonly #listeners = new Set<(news: ControlNews) => void>();
  #endpoint: Endpoint | null = null;
  #timer: Timer | null = null;
  #replied: ((reply: string) => void) | null = null;
  #there = true;
  #closed = false;

  constructor(path: string, clock: Clock, carrier: OpenEndpoint) {
    this.#path = path;
    this.#clock = clock;
    this.#carrier = carrier;
  }

  listen(hear: (news: ControlNews) => void): () => void {
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
  }

  async attach(): Promise<void> {
    this.#endpoint?.close();
    this.#endpoint = this.#carrier(this.#path, {
      message: (text) => this.#take(text),
      broken: () => this.#lose(),
    });
    if ((await this.#ask("ATTACH")) !== "OK") throw missing(this.#path);
    this.#watch();
  }

  #take(text: string): void {
    const event = parseEvent(text);
    if (event === null) this.#replied?.(text.trim());
    else this.#tell(event);
    if (event?.type === "terminating") this.#lose();
  }

  /** Nobody tells us of a kill -9, and a monitor that was too slow is dropped without a word. */
  #watch(): void {
    this.#timer?.cancel();
    if (this.#closed) return;
    this.#timer = this.#clock.after(watchdogMs, () => void this.#check());
  }

  async #check(): Promise<void> {
    if (this.#closed) return;
    try {
      if (this.#endpoint === null) {
        await this.attach();
        this.#there = true;
        this.#tell({ type: "back" });
      } else {
        await this.#ask("PING");
        this.#watch();
      }
    } catch {
      this.#lose();
    }
  }

  #lose(): void {
    this.#endpoint?.close();
    this.#endpoint = null;
    if (this.#there) {
      this.#there = false;
      this.#tell({ type: "gone" });
    }
    this.#watch();
  }

  #ask(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = this.#clock.after(replyWithinMs, () => reject(unanswered(this.#path)));
      this.#replied = (reply) => {
        late.cancel();
        this.#replied = null;
        resolve(reply);
      };
      try {
        if (this.#endpoint === null) throw unanswered(this.#path);
        this.#endpoint.send(command);
      } catch (error) {
        late.cancel();
        reject(error);
      }
    });
  }

  #tell(news: ControlNews): void {
    for (const hear of [...this.#listeners]) hear(news);
  }
}
