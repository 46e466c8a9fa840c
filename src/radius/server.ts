/**
 * A RADIUS authentication server for access points whose stations enrol at a desk of ours, and, where each station has
 * keys of its own, ask for them (hostapd's `macaddr_acl=2` with `wpa_psk_radius=2`). It takes nothing from anybody who
 * does not know a shared secret and prove it by a Message-Authenticator, says nothing to him either, and decides nothing.
 */
import type { RemoteInfo, Socket } from "node:dgram";
import type { Clock } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { EnrolmentDesk, InstanceId } from "../wsc/eap/conversation.ts";
import { buildPacket } from "../wsc/eap/packet.ts";
import type { Secret } from "../wsc/secret.ts";
import { Duplicates } from "./duplicates.ts";
import { Enrolments } from "./enrolments.ts";
import type { DropReason, RadiusEvent, RejectReason } from "./events.ts";
import { latin1 } from "./latin1.ts";
import { type Endpoint, listen } from "./listen.ts";
import {
  eapAttributes,
  eapIn,
  firstValue,
  parseRadius,
  RADIUS_ATTRIBUTE,
  RADIUS_CODE,
  type RadiusAttribute,
  type RadiusPacket,
} from "./packet.ts";
import { type SharedSecret, SharedSecrets } from "./secrets.ts";
import { isSignedRequest, signAnswer } from "./signature.ts";
import { instanceIn, stationIn } from "./station-id.ts";
import { tunnelPasswords } from "./tunnel-password.ts";

/** What a station that wants to join is told by its access point, which keeps it for a while (hostapd: 30 s). */
export type KeyAnswer =
  /** The passphrases (8..63 characters) or PSKs (64 hex digits), any of which it may know; 1..40. */
  { readonly type: "keys"; readonly keys: readonly Secret[] } | { readonly type: "reject" };

/** Whoever knows the keys of stations. */
export interface StationKeys {
  /** A rejected promise leaves the question without answer: the access point asks again. */
  answer(station: MacAddress, instance: InstanceId): Promise<KeyAnswer>;
}

/** Where to listen, whom to answer, and who decides. */
export interface RadiusServerOptions {
  readonly listen: readonly Endpoint[];
  readonly secrets: readonly SharedSecret[];
  readonly desk: EnrolmentDesk;
  /** Without it, stations that ask are rejected. */
  readonly keys?: StationKeys | undefined;
  readonly clock: Clock;
  /** Told of every datagram; must not throw. */
  readonly tell?: ((event: RadiusEvent) => void) | undefined;
}

/** Answers kept for repeated requests; some hundred bytes each, 4096 at most. */
const ANSWERS_KEPT = 4096;
/** Requests under way; a client's identifiers allow it 256 on one port. */
const MOST_UNDER_WAY = 1024;
const RUN_LIMITS = { inAll: 1024, byClient: 128 } as const;
/** What proxies add to a request goes back with the answer (RFC 2865, 5.33), if it leaves room for one. */
const LONGEST_PROXY_STATE = 1024;
interface Answer {
  readonly type: "accept" | "reject" | "challenge";
  readonly attributes: readonly RadiusAttribute[];
  readonly why: RejectReason | null;
}

interface Listener {
  readonly socket: Socket;
  /** Its place among all: the same request at another one is another request. */
  readonly number: number;
}

type SignedAnswer = Omit<Answer, "attributes"> & { readonly bytes: Uint8Array };

/** A request from somebody who knows the secret. */
interface Question {
  readonly client: string;
  readonly secret: Secret;
  readonly packet: RadiusPacket;
  readonly proxyState: readonly RadiusAttribute[];
  /** Whom it is about, and where; null where it does not say. */
  readonly station: MacAddress | null;
  readonly instance: InstanceId | null;
}

/** One server on all of its addresses. */
export class RadiusServer {
  readonly #sockets: readonly Socket[];
  readonly #secrets: SharedSecrets;
  readonly #enrolments: Enrolments;
  readonly #duplicates: Duplicates;
  readonly #keys: StationKeys | null;
  readonly #tell: (event: RadiusEvent) => void;
  #closed = false;

  private constructor(options: RadiusServerOptions, sockets: readonly Socket[]) {
    const { desk, clock } = options;
    this.#sockets = sockets;
    this.#secrets = new SharedSecrets(options.secrets);
    this.#enrolments = new Enrolments({ desk, clock, limits: RUN_LIMITS });
    this.#duplicates = new Duplicates({ clock, most: ANSWERS_KEPT });
    this.#keys = options.keys ?? null;
    this.#tell = options.tell ?? (() => {});
    for (const [number, socket] of sockets.entries()) {
      const at = { socket, number };
      socket.on("message", (datagram, from) => void this.#receive(at, datagram, from));
      socket.on("error", (trouble) => this.#tell({ type: "trouble", trouble }));
    }
  }

  /**
   * Listens, and answers from now on.
   * @throws RadiusError when it cannot listen; RangeError for secrets that {@link SharedSecrets} does not take
   */
  static async open(options: RadiusServerOptions): Promise<RadiusServer> {
    const bound = await Promise.allSettled(options.listen.map(listen));
    const sockets = bound.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    try {
      for (const one of bound) if (one.status === "rejected") throw one.reason;
      return new RadiusServer(options, sockets);
    } catch (trouble) {
      for (const socket of sockets) socket.close();
      throw trouble;
    }
  }

  /** Where it listens, in the order asked for. */
  get endpoints(): readonly Endpoint[] {
    return this.#sockets.map((socket) => {
      const { address, port } = socket.address();
      return { host: address, port };
    });
  }

  /** Enrolments under way. */
  get runs(): number {
    return this.#enrolments.count;
  }

  /** What was answered about a station is not repeated: its keys are other ones now. */
  forget(station: MacAddress): void {
    this.#duplicates.forget(station);
  }

  /** Ends all runs; nothing is answered any more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#enrolments.close();
    await Promise.all(this.#sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
  }

  async #receive({ socket, number }: Listener, datagram: Uint8Array, { address, port }: RemoteInfo): Promise<void> {
    const client = plainAddress(address);
    const drop = (reason: DropReason) => this.#tell({ type: "dropped", client, reason });
    // An answer that is not sent is asked for again, like one that is lost.
    const send = (answer: Uint8Array) => void (this.#closed || socket.send(answer, port, address, () => {}));

    // UDP may leave out where it comes from (RFC 768); a socket that is to answer there throws.
    if (port === 0) return drop("malformed");
    const question = this.#read(client, datagram);
    if (typeof question === "string") return drop(question);
    const { identifier, authenticator } = question.packet;
    const request = `${number} ${client} ${port} ${identifier} ${latin1(authenticator)}`;
    const before = this.#duplicates.find(request);
    if (before === null) return drop("repeated");
    if (before !== undefined) {
      this.#tell({ type: "answeredAgain", client });
      return send(before);
    }
    if (this.#duplicates.underWay >= MOST_UNDER_WAY) return drop("busy");

    const { station, instance } = question;
    this.#duplicates.begin(request, station ?? "");
    const answer = await this.#answer(question).catch((trouble: unknown) => {
      this.#tell({ type: "trouble", trouble });
      return "failed" as const;
    });
    if (typeof answer === "string") {
      this.#duplicates.end(request, null);
      return drop(answer);
    }
    if (!this.#duplicates.end(request, answer.bytes)) return drop("outdated");
    this.#tell({ type: "answered", client, answer: answer.type, station, instance, why: answer.why });
    send(answer.bytes);
  }

  /** A request from somebody who may ask, or why it is none. */
  #read(client: string, datagram: Uint8Array): Question | DropReason {
    const secret = this.#secrets.of(client);
    if (secret === null) return "unknownClient";
    const packet = parseRadius(datagram);
    if (packet === null) return "malformed";
    if (packet.code !== RADIUS_CODE.accessRequest) return "notARequest";
    if (firstValue(packet, RADIUS_ATTRIBUTE.messageAuthenticator) === null) return "unsigned";
    if (!isSignedRequest(packet, secret)) return "wrongSecret";
    const proxyState = packet.attributes.filter(({ type }) => type === RADIUS_ATTRIBUTE.proxyState);
    if (proxyState.reduce((sum, { value }) => sum + value.length, 0) > LONGEST_PROXY_STATE) return "malformed";
    const calling = firstValue(packet, RADIUS_ATTRIBUTE.callingStationId);
    const called = firstValue(packet, RADIUS_ATTRIBUTE.calledStationId);
    return {
      client,
      secret,
      packet,
      proxyState,
      station: calling && stationIn(calling),
      instance: called && instanceIn(called),
    };
  }

  async #answer(question: Question): Promise<SignedAnswer | "busy"> {
    const answer = await this.#decide(question);
    if (answer === "busy") return answer;
    const { packet, secret, proxyState } = question;
    const { identifier, authenticator } = packet;
    const attributes = [...answer.attributes, ...proxyState];
    const bytes = signAnswer({ code: CODE[answer.type], identifier, attributes }, authenticator, secret);
    return { type: answer.type, why: answer.why, bytes };
  }

  #decide(question: Question): Answer | Promise<Answer | "busy"> {
    const { station, instance, packet } = question;
    const eap = eapIn(packet);
    // Whoever is told nothing of EAP-Failure waits for it.
    const end = eap === null ? [] : eapAttributes(buildPacket({ type: "failure", identifier: eap[1] ?? 0 }));
    if (station === null) return reject("noStation", end);
    if (instance === null) return reject("noInstance", end);
    return eap === null
      ? this.#answerKeys(question, station, instance)
      : this.#answerEap(question, station, instance, eap);
  }

  async #answerEap(
    { client, packet }: Question,
    peer: MacAddress,
    instance: InstanceId,
    eap: Uint8Array,
  ): Promise<Answer | "busy"> {
    const state = firstValue(packet, RADIUS_ATTRIBUTE.state);
    const answer = await this.#enrolments.answer({ client, peer, instance, state, eap });
    switch (answer.type) {
      case "challenge": {
        const echoed = { type: RADIUS_ATTRIBUTE.state, value: answer.state };
        return { type: "challenge", attributes: [...eapAttributes(answer.eap), echoed], why: null };
      }
      case "reject":
        return reject(answer.why, eapAttributes(answer.eap));
      case "full":
        return "busy";
    }
  }

  async #answerKeys({ packet, secret }: Question, station: MacAddress, instance: InstanceId): Promise<Answer> {
    const userName = firstValue(packet, RADIUS_ATTRIBUTE.userName);
    if (userName === null || stationIn(userName) !== station) return reject("notAStation", []);
    const answer = (await this.#keys?.answer(station, instance)) ?? { type: "reject" };
    if (answer.type === "reject") return reject("noKeys", []);
    const attributes = tunnelPasswords(answer.keys, packet.authenticator, secret);
    return { type: "accept", attributes, why: null };
  }
}

/** The same client has the same address, whichever kind of socket it comes to: `192.0.2.7`, not `::ffff:192.0.2.7`. */
function plainAddress(address: string): string {
  return address.startsWith(IPV4_IN_IPV6) && address.includes(".") ? address.slice(IPV4_IN_IPV6.length) : address;
}

const IPV4_IN_IPV6 = "::ffff:";

const CODE = {
  accept: RADIUS_CODE.accessAccept,
  reject: RADIUS_CODE.accessReject,
  challenge: RADIUS_CODE.accessChallenge,
} as const;

function reject(why: RejectReason | null, attributes: readonly RadiusAttribute[]): Answer {
  return { type: "reject", attributes, why };
}
