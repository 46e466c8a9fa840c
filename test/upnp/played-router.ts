/** A router that does as it is told, also what no router should, for the tests of our external Registrar. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { systemClock } from "../../src/clock/system-clock.ts";
import { toBase64 } from "../../src/upnp/base64.ts";
import { composeDescription, type DeviceDescription } from "../../src/upnp/description.ts";
import { composePropertySet, readCallbacks } from "../../src/upnp/gena.ts";
import { ask, type HttpAnswer, type HttpFault } from "../../src/upnp/http-client.ts";
import { composeAnswer, readCall, type SoapCall } from "../../src/upnp/soap.ts";
import type { Result } from "../../src/wsc/result.ts";

export const description: DeviceDescription = {
  uuid: new Uint8Array(16).fill(7),
  friendlyName: "Played router",
  manufacturer: "Example",
  manufacturerUrl: null,
  modelDescription: null,
  modelName: "Example",
  modelNumber: null,
  modelUrl: null,
  serialNumber: null,
  upc: null,
  scpdUrl: "scpd.xml",
  controlUrl: "control",
  eventSubUrl: "event",
};

export const sid = "uuid:f89213d5-3280-44b8-a367-f58d0d1b951f";

/** An answer, a connection that is cut, or nothing at all. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | "cut"
  | "silence";

export interface Play {
  /** The description, as it is sent. */
  readonly document?: string;
  /** The same, where it is another one each time. */
  readonly describe?: () => string;
  /** What happens when a subscription is asked for, before it is answered. */
  readonly beforeSubscribed?: (router: PlayedRouter) => Promise<void>;
  readonly subscription?: Answer;
  /** As the subscription was without it. */
  readonly renewal?: Answer;
  readonly leaving?: Answer;
  /** As if all were well without it. */
  readonly onCall?: (call: SoapCall) => Promise<Answer>;
}

export class PlayedRouter {
  readonly #server: Server;
  readonly calls: SoapCall[] = [];
  readonly methods: string[] = [];
  callback: URL | null = null;
  #seq = 0;

  private constructor(play: Play) {
    this.#server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const answer = await this.#answer(request, Buffer.concat(parts), play);
      if (answer === "cut") request.socket.destroy();
      if (typeof answer === "string") return;
      const { status, headers = {}, body = "" } = answer;
      response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body), Connection: "close" });
      response.end(body);
    });
  }

  /** @param address one of loopback */
  static async open(play: Play = {}, address = "127.0.0.1"): Promise<PlayedRouter> {
    const router = new PlayedRouter(play);
    await new Promise<void>((resolve) => router.#server.listen(0, address, resolve));
    return router;
  }

  get location(): URL {
    const bound = this.#server.address();
    if (bound === null || typeof bound === "string") throw new Error("it is not open");
    return new URL(`http://${bound.address}:${bound.port}/device.xml`);
  }

  /** Tells the subscriber; by the right headers, where others are not given. */
  notify(event: Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Result<HttpAnswer, HttpFault>> {
    if (this.callback === null) throw new Error("nobody has subscribed");
    const body = composePropertySet(new Map([["WLANEvent", toBase64(event)]]));
    const right = { NT: "upnp:event", NTS: "upnp:propchange", SID: sid, SEQ: String(this.#seq) };
    if (headers["SEQ"] === undefined && Object.keys(headers).length === 0) this.#seq++;
    return ask(this.callback, { method: "NOTIFY", headers: { ...right, ...headers }, body }, { clock: systemClock });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(
    { method = "", headers }: { readonly method?: string | undefined; readonly headers: IncomingHttpHeaders },
    body: Uint8Array,
    play: Play,
  ): Promise<Answer> {
    this.methods.push(method);
    switch (method) {
      case "GET":
        return { status: 200, body: play.describe?.() ?? play.document ?? composeDescription(description) };
      case "SUBSCRIBE": {
        if (headers["sid"] !== undefined && play.renewal !== undefined) return play.renewal;
        const [callback = ""] = readCallbacks(String(headers["callback"])) ?? [];
        this.callback = URL.canParse(callback) ? new URL(callback) : this.callback;
        await play.beforeSubscribed?.(this);
        return play.subscription ?? { status: 200, headers: { SID: sid, TIMEOUT: "Second-1801" } };
      }
      case "POST": {
        const call = readCall(body);
        if (call === null) return { status: 400 };
        this.calls.push(call);
        if (play.onCall !== undefined) return play.onCall(call);
        return { status: 200, body: composeAnswer({ action: call.action, values: new Map() }) };
      }
      case "UNSUBSCRIBE":
        return play.leaving ?? { status: 200 };
      default:
        return { status: 200 };
    }
  }
}
