/**
 * A subscription to what a router hears (UPnP Device Architecture 1.0, 4): a small HTTP server for its notifications,
 * which believes the router alone, and renewal before the time is up.
 */
import { createSocket } from "node:dgram";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Clock, Instant, Timer } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import { Queue } from "../stream/queue.ts";
import { concat, toHex } from "../wsc/bytes.ts";
import { equal, systemRandom } from "../wsc/crypto.ts";
import type { Random } from "../wsc/random.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import { fromBase64 } from "./base64.ts";
import { nextSeq, readPropertySet, readSeq, readSid, readTimeout } from "./gena.ts";
import { ask, FAREWELL_MS, type HttpAnswer } from "./http-client.ts";
import type { Router, RouterFault } from "./router.ts";
import { readWlanEvent, type WlanEvent } from "./wlan-event.ts";
import { LONGEST_XML } from "./xml.ts";

/** What we ask for, in seconds; the router decides. */
const WANTED_SECONDS = 1800;
/** Before a renewal that got lost is said again. */
const AGAIN_MS = 60_000;
/** Most events that nobody has read yet. */
const MOST_UNREAD = 256;
/** Connections at once; a router uses one at a time. */
const MOST_CONNECTIONS = 8;
const REQUEST_TIMEOUT_MS = 10_000;

/** What a subscriber hears. */
export type RouterEvent =
  | WlanEvent
  /** A bitmap: 0x10, setup is locked. hostapd always says 1. */
  | { readonly type: "status"; readonly accessPoint: number }
  /** Events were lost on the way. */
  | { readonly type: "gap" }
  /** The last one, where the router ended it: it did not renew the subscription. */
  | { readonly type: "ended"; readonly fault: RouterFault };

export interface Subscription {
  /** Ends when it is closed, or when the router ends it. For one reader. */
  readonly events: AsyncIterable<RouterEvent>;
  /** Tells the router that nobody listens any more, and waits five seconds at most for it to take note. */
  close(): Promise<void>;
}

export interface SubscriptionOptions {
  readonly router: Router;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** For subscribing only: what has begun is ended by {@link Subscription.close}. */
  readonly signal?: AbortSignal | undefined;
}

/** Subscribes. The first event comes at once: what the router told last. @throws the signal's reason once it aborts */
export async function subscribe(options: SubscriptionOptions): Promise<Result<Subscription, RouterFault>> {
  const { router, clock = systemClock, random = systemRandom, signal } = options;
  signal?.throwIfAborted();
  const listener = new Listener(router, `/event/${toHex(random("key", 16))}`);
  const callback = await listener.open(await addressTowards(router.events.hostname));
  const headers = { CALLBACK: `<${callback}>`, NT: "upnp:event", TIMEOUT: `Second-${WANTED_SECONDS}` };
  let granted: Result<Grant, RouterFault>;
  try {
    granted = grantIn(await ask(router.events, { method: "SUBSCRIBE", headers }, { clock, signal }));
  } catch (error) {
    await listener.close();
    throw error;
  }
  if (!granted.ok) {
    await listener.close();
    return granted;
  }
  const { sid } = granted.value;
  listener.accept(sid);
  const renewal = new Renewal(router, clock, sid, (fault) => listener.end({ type: "ended", fault }));
  renewal.plan(granted.value.seconds);
  const leave = async () => {
    renewal.stop();
    await ask(router.events, { method: "UNSUBSCRIBE", headers: { SID: sid } }, { clock, patienceMs: FAREWELL_MS });
    listener.end(null);
    await listener.close();
  };
  let left: Promise<void> | null = null;
  return ok({
    events: listener.events,
    close: () => {
      left ??= leave();
      return left;
    },
  });
}

interface Grant {
  readonly sid: string;
  readonly seconds: number;
}

function grantIn(answer: Result<HttpAnswer, RouterFault>): Result<Grant, RouterFault> {
  if (!answer.ok) return answer;
  const { status, headers } = answer.value;
  if (status !== 200) return err({ kind: "declined", action: "subscription", code: status });
  const sid = typeof headers["sid"] === "string" ? readSid(headers["sid"]) : null;
  const seconds = typeof headers["timeout"] === "string" ? readTimeout(headers["timeout"]) : null;
  return sid === null
    ? err({ kind: "badAnswer", action: "subscription" })
    : ok({ sid, seconds: seconds ?? WANTED_SECONDS });
}

/** Renews at half time, so that there is time for it to get lost and be said again. */
class Renewal {
  readonly #router: Router;
  readonly #clock: Clock;
  readonly #sid: string;
  readonly #onEnd: (fault: RouterFault) => void;
  #timer: Timer | null = null;
  #until: Instant = 0;
  #stopped = false;

  constructor(router: Router, clock: Clock, sid: string, onEnd: (fault: RouterFault) => void) {
    this.#router = router;
    this.#clock = clock;
    this.#sid = sid;
    this.#onEnd = onEnd;
  }

  plan(seconds: number): void {
    this.#until = this.#clock.now() + seconds * 1000;
    this.#wake(Math.max(30, seconds / 2) * 1000);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #renew(): Promise<void> {
    const headers = { SID: this.#sid, TIMEOUT: `Second-${WANTED_SECONDS}` };
    const granted = grantIn(await ask(this.#router.events, { method: "SUBSCRIBE", headers }, { clock: this.#clock }));
    if (this.#stopped) return;
    if (granted.ok) this.plan(granted.value.seconds);
    else if (isLost(granted.error) && this.#clock.now() + AGAIN_MS < this.#until) this.#wake(AGAIN_MS);
    else this.#onEnd(granted.error);
  }

  #wake(ms: number): void {
    this.#timer = this.#clock.after(ms, () => void this.#renew());
  }
}

/** The router has not declined: it was not reached, or is busy. */
function isLost({ kind }: RouterFault): boolean {
  return kind === "unreachable" || kind === "noAnswer";
}

/** The address from which we reach another one; nothing is sent for that. Where there is no way, asking it will tell. */
function addressTowards(address: string): Promise<string> {
  const socket = createSocket("udp4");
  return new Promise((resolve) => {
    socket.connect(9, address, (error?: Error) => {
      resolve(error === undefined ? socket.address().address : "127.0.0.1");
      socket.close();
    });
  });
}

/** The server for notifications. */
class Listener {
  readonly #events = new Queue<RouterEvent>(MOST_UNREAD);
  readonly #path: string;
  readonly #peer: string;
  readonly #server: Server;
  /** Notifications may overtake the answer to the subscription: those of any name wait until it is here. */
  #sid: string | null = null;
  readonly #early: { readonly sid: string; readonly seq: number; readonly body: Uint8Array }[] = [];
  #next = 0;

  constructor({ events }: Router, path: string) {
    this.#path = path;
    this.#peer = events.hostname;
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS });
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on("connection", (socket) => {
      if (socket.remoteAddress !== this.#peer) socket.destroy();
    });
    this.#server.on("request", (request: IncomingMessage, response) => {
      this.#take(request).then(
        (status) => {
          response.writeHead(status, { "Content-Length": 0, Connection: "close" });
          response.end();
        },
        // The sender has gone.
        () => response.destroy(),
      );
    });
  }

  get events(): AsyncIterable<RouterEvent> {
    return this.#events;
  }

  open(address: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, address, () => {
        const bound = this.#server.address();
        const port = typeof bound === "object" && bound !== null ? bound.port : 0;
        resolve(`http://${address}:${port}${this.#path}`);
      });
    });
  }

  accept(sid: string): void {
    this.#sid = sid;
    for (const early of this.#early.splice(0)) if (early.sid === sid) this.#tell(early.seq, early.body);
  }

  end(last: RouterEvent | null): void {
    if (last !== null) this.#events.push(last);
    this.#events.end();
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage): Promise<number> {
    const { sid = "", seq = "", nt, nts } = request.headers;
    const path = new TextEncoder().encode(request.url);
    const own = new TextEncoder().encode(this.#path);
    if (path.length !== own.length || !equal(path, own)) return 404;
    if (request.method !== "NOTIFY") return 405;
    const number = readSeq(String(seq));
    if (nt !== "upnp:event" || nts !== "upnp:propchange" || number === null) return 412;
    const body = await bodyOf(request);
    if (body === null) return 413;
    if (this.#sid === null) {
      if (this.#early.length < MOST_CONNECTIONS) this.#early.push({ sid: String(sid), seq: number, body });
      return 200;
    }
    if (sid !== this.#sid) return 412;
    return this.#tell(number, body);
  }

  #tell(seq: number, body: Uint8Array): number {
    const properties = readPropertySet(body);
    if (properties === null) return 400;
    // Said again, because our answer got lost.
    if (this.#next !== 0 && seq === this.#next - 1) return 200;
    if (seq !== this.#next) this.#events.push({ type: "gap" });
    this.#next = nextSeq(seq);
    const status = properties.get("APStatus") ?? "";
    if (/^\d{1,3}$/.test(status)) this.#events.push({ type: "status", accessPoint: Number(status) });
    const event = readWlanEvent(fromBase64(properties.get("WLANEvent") ?? "") ?? new Uint8Array());
    // The first notification repeats what was last told to others: it is no message to us.
    if (event !== null && seq !== 0) this.#events.push(event);
    return 200;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LONGEST_XML) return null;
    parts.push(part);
  }
  return concat(...parts);
}
