/** A registrar's API on the simulated air in virtual time, without a socket: for the tests beside this file. */
import type { InjectOptions } from "fastify";
import type { App } from "../../src/http/app.ts";
import { createRegistrarServer } from "../../src/http/registrar-server.ts";
import { registrarDevice } from "../../src/registrar/device.ts";
import type { KeyPolicy } from "../../src/registrar/key-policy.ts";
import { openServiceSettings, readPassword } from "../../src/settings/settings.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../../src/wsc/attributes.ts";
import type { Conversation } from "../../src/wsc/eap/conversation.ts";
import { buildPacket } from "../../src/wsc/eap/packet.ts";
import { openPeer, type PeerEvent, stepPeer } from "../../src/wsc/eap/peer.ts";
import { openRegistrarPeer, type RegistrarPeerEvent, stepRegistrarPeer } from "../../src/wsc/eap/registrar-peer.ts";
import type { MessageType } from "../../src/wsc/messages.ts";
import { type Pin, pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { drawEnrollee } from "../../src/wsc/session/enrollee.ts";
import type { ExternalRegistrarConfig } from "../../src/wsc/session/external-registrar.ts";
import { drawRegistrar } from "../../src/wsc/session/registrar.ts";
import type { DevicePassword } from "../../src/wsc/session/session.ts";
import { home, mac, RegistrarWorld } from "../registrar-world.ts";

export const instance = "/api/v1/wps/instances/020000000001";
/** The first and the second station of a world, in the API's words. */
export const lamp = "020000000101";
export const meter = "020000000102";
/** Comes as an external Registrar. */
export const laptop = mac("02:00:00:00:02:01");

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what it is, each test says by what it expects of it
  readonly body: any;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export type RegistrarApi = Awaited<ReturnType<typeof openRegistrarApi>>;

/** Close it. @param options.password that protects it; it may be given by Basic */
export async function openRegistrarApi(options: { readonly keys?: KeyPolicy; readonly password?: string } = {}) {
  const { keys = "shared", password } = options;
  const world = new RegistrarWorld({ keys });
  const service = await world.start();
  const secret = password === undefined ? null : readPassword(password);
  const settings = await openServiceSettings({
    store: createMemoryStore(),
    defaults: { name: "", hostName: "registrar", protection: secret !== null, password: secret },
  });
  const app: App = createRegistrarServer({ service, settings, clock: world.clock, version: "1.2.3", basic: true });

  /** Time stands still meanwhile. */
  async function ask(method: Method, url: string, body?: object, more: InjectOptions = {}): Promise<Answer> {
    const answer = await app.inject({ method, url, ...(body && { payload: body }), ...more });
    const isJson = String(answer.headers["content-type"]).startsWith("application/json");
    return {
      status: answer.statusCode,
      body: isJson ? answer.json() : null,
      text: answer.body,
      headers: answer.headers,
    };
  }

  return {
    world,
    service,
    app,
    ask,
    status: async () => (await ask("GET", `${instance}/status`)).body,
    /** What an onlooker is told from now on. */
    watch: (headers: Readonly<Record<string, string>> = {}) => watch(app, headers),
    press: () => ask("POST", `${instance}/enrolment`, { method: "pbc" }),
    /** A device that has come to the desk; it waits after each of its messages until it is told to go on. */
    comeAsDevice: (password = pushButtonPassword) => comeAsDevice(service.open(laptop, home), world, password),
    /** A station that has come with a device PIN. */
    comeAsRegistrar: (pin: Pin, task?: ExternalRegistrarConfig["task"]) =>
      comeAsRegistrar(service.open(laptop, home), world, pin, task),
    close: () => app.close(),
  };
}

export interface SseEvent {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly data: any;
}

/** An event stream that goes on until the app is closed; `events` grows as they come. */
async function watch(app: App, headers: Readonly<Record<string, string>>) {
  const answer = await app.inject({ url: "/api/v1/events", headers, payloadAsStream: true });
  const events: SseEvent[] = [];
  let text = "";
  const stream = answer.stream();
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, name, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (name !== undefined && data !== undefined) events.push({ name, data: JSON.parse(data) });
    }
  });
  const ended = new Promise<void>((resolve) => stream.once("end", resolve));
  return { status: answer.statusCode, headers: answer.headers, events, ended };
}

const firstRequest = () =>
  buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });

/** A run that goes on message by message. */
export interface Visit {
  /** Goes on until this message was sent, and answered; false: it has ended before. */
  until(message: MessageType): Promise<boolean>;
  finish(): Promise<void>;
  /** Walks away. */
  leave(): Promise<void>;
}

function comeAsDevice(conversation: Conversation, world: RegistrarWorld, password: DevicePassword) {
  const device = { ...registrarDevice("Device", laptop), configMethods: 0x0280 };
  let peer = openPeer({ device, password }, drawEnrollee(world.random));
  const run = visit(conversation, world, (request) => {
    const step = stepPeer(peer, request);
    peer = step.state;
    return step;
  });
  /** What it has been given. */
  const credentials = () => (peer.outcome?.type === "paired" ? peer.outcome.credentials : []);
  return { ...run, credentials };
}

function comeAsRegistrar(
  conversation: Conversation,
  world: RegistrarWorld,
  pin: Pin,
  task: ExternalRegistrarConfig["task"] = { type: "learn" },
): Visit {
  const device = registrarDevice("Laptop", laptop);
  let peer = openRegistrarPeer({ device, password: pinPassword(pin), task }, drawRegistrar(world.random));
  return visit(conversation, world, (request) => {
    const step = stepRegistrarPeer(peer, request);
    peer = step.state;
    return step;
  });
}

interface Step {
  readonly reply: Uint8Array | null;
  readonly events: readonly (RegistrarPeerEvent | PeerEvent)[];
}

function visit(conversation: Conversation, world: RegistrarWorld, step: (request: Uint8Array) => Step): Visit {
  let request = firstRequest();
  /** One request answered, and the next one fetched. Gives what was sent; null at the end. */
  const round = async (): Promise<readonly MessageType[] | null> => {
    const { reply, events } = step(request);
    if (reply === null) return null;
    request = await conversation.respond(reply);
    return events.flatMap((event) => (event.type === "message" && event.direction === "out" ? [event.message] : []));
  };
  return {
    async until(wanted) {
      for (let sent = await round(); sent !== null; sent = await round()) {
        if (!sent.includes(wanted)) continue;
        await world.clock.advance(0);
        return true;
      }
      return false;
    },
    async finish() {
      while ((await round()) !== null);
      await world.clock.advance(1_000);
    },
    async leave() {
      conversation.close();
      await world.clock.advance(0);
    },
  };
}

/** Settings that an external Registrar may give. */
export const otherSettings = {
  type: "configure",
  settings: {
    ssid: new TextEncoder().encode("Other"),
    authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
    encryptionType: ENCRYPTION_TYPE.aes,
    networkKey: new Secret("another passphrase"),
  },
} as const;
