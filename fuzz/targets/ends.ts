/**
 * The four ends of EAP-WSC around the machines, and one that passes a station on to a Registrar elsewhere, at every packet
 * of a run, in whole messages and in fragments: damaged packets, several in a row, between silence and decisions.
 */
import { toHex } from "../../src/wsc/bytes.ts";
import { openAccessPointServer, stepAccessPointServer } from "../../src/wsc/eap/access-point-server.ts";
import type { Transfer } from "../../src/wsc/eap/fragments.ts";
import { buildPacket, type OpCode, parsePacket } from "../../src/wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../../src/wsc/eap/peer.ts";
import { openRegistrarPeer, stepRegistrarPeer } from "../../src/wsc/eap/registrar-peer.ts";
import { openServer, relayed, type ServerState, stepServer } from "../../src/wsc/eap/server.ts";
import { pushButtonPassword } from "../../src/wsc/pin.ts";
import { drawEnrollee } from "../../src/wsc/session/enrollee.ts";
import { drawRegistrar, openRegistrar, type RegistrarState, stepRegistrar } from "../../src/wsc/session/registrar.ts";
import * as visit from "../../test/access-point-pair.ts";
import { credentials, devices, seededRandom } from "../../test/engine-pair.ts";
import type { Chance } from "../chance.ts";
import { eapPackets, messages } from "../corpus.ts";
import { mutate } from "../mutate-attributes.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { demand, same, type Target } from "../target.ts";

/** What goes in, beside packets: only servers know these. */
type Word = "silence" | "cutOff" | "decide" | "refuse";
const WORDS: readonly Word[] = ["silence", "silence", "decide", "refuse", "cutOff"];

interface Reached {
  readonly sent: Uint8Array | null;
  readonly at: At;
}

/** An end of a conversation in some state. Nothing is kept: `take` gives the state that follows. */
interface At {
  readonly role: string;
  readonly session: string;
  readonly transfer: Transfer;
  readonly over: boolean;
  readonly fragmentSize: number;
  take(input: Uint8Array | Word): Reached;
}

type Peer<S> = {
  readonly session: { readonly name: string };
  readonly transfer: Transfer;
  readonly closed: boolean;
  readonly fragmentSize: number;
} & S;

function peerAt<S>(
  role: string,
  state: Peer<S>,
  step: (state: Peer<S>, packet: Uint8Array) => { readonly state: Peer<S>; readonly reply: Uint8Array | null },
): At {
  return {
    role,
    session: state.session.name,
    transfer: state.transfer,
    over: state.closed,
    fragmentSize: state.fragmentSize,
    take: (input) => {
      if (typeof input === "string") return { sent: null, at: peerAt(role, state, step) };
      const next = step(state, input);
      return { sent: next.reply, at: peerAt(role, next.state, step) };
    },
  };
}

type Server<S> = {
  readonly session: { readonly name: string };
  readonly transfer: Transfer;
  readonly awaiting: string;
  readonly fragmentSize: number;
} & S;

function serverAt<S>(
  role: string,
  state: Server<S>,
  step: (state: Server<S>, input: Uint8Array | Word) => { readonly state: Server<S>; readonly send: Uint8Array | null },
): At {
  return {
    role,
    session: state.session.name,
    transfer: state.transfer,
    over: state.awaiting === "nothing",
    fragmentSize: state.fragmentSize,
    take: (input) => {
      const next = step(state, input);
      return { sent: next.send, at: serverAt(role, next.state, step) };
    },
  };
}

function enrolmentAt(fragmentSize: number): readonly [peer: At, server: At] {
  const config = { device: devices.enrollee, password: pushButtonPassword };
  const peer = openPeer(config, drawEnrollee(seededRandom(1)), { fragmentSize });
  const server = openServer({ device: devices.registrar }, drawRegistrar(seededRandom(2)), { fragmentSize });
  return [
    peerAt("enrollee over EAP", peer, stepPeer),
    serverAt("registrar over EAP", server, (state, input) => {
      if (typeof input !== "string") return stepServer(state, { type: "response", packet: input });
      if (input === "decide") return stepServer(state, { type: "admit", password: pushButtonPassword, credentials });
      return stepServer(state, input === "refuse" ? { type: "refuse", configError: 12 } : { type: input });
    }),
  ];
}

/** A network's end with a Registrar elsewhere that hears what the station says. */
interface Proxy extends ServerState {
  readonly elsewhere: RegistrarState;
  readonly heard: Uint8Array;
}

function proxyAt(fragmentSize: number): readonly [peer: At, server: At] {
  const [peer] = enrolmentAt(fragmentSize);
  const server = openServer({ device: devices.registrar }, drawRegistrar(seededRandom(2)), { fragmentSize });
  const elsewhere = openRegistrar({ device: devices.registrar }, drawRegistrar(seededRandom(5)));
  return [peer, serverAt("proxy over EAP", { ...server, elsewhere, heard: new Uint8Array() }, stepProxy)];
}

function stepProxy({ elsewhere, heard, ...server }: Proxy, input: Uint8Array | Word) {
  if (relayed(server) !== "registrar") {
    const { state, send, events } = stepServer(
      server,
      input === "decide" || input === "refuse" ? passOn : packetOr(input),
    );
    const said = events.findLast((event) => event.type === "message" && event.direction === "in");
    // The Registrar elsewhere has nothing to say to the acknowledgement of our M2D, but to the M1 before.
    const isNews = said?.type === "message" && said.message !== "WSC_ACK";
    return { state: { ...state, elsewhere, heard: isNews ? said.bytes : heard }, send };
  }
  if (input === "decide") {
    const message = { opCode: "WSC_MSG", bytes: heard } as const;
    let step = stepRegistrar(elsewhere, { type: "message", message });
    if (step.state.name === "deciding")
      step = stepRegistrar(step.state, { type: "admit", password: pushButtonPassword, credentials });
    const { state, send } = stepServer(server, answer(step.send?.bytes ?? heard));
    return { state: { ...state, elsewhere: step.state, heard }, send };
  }
  // What is damaged comes from the Registrar now.
  const packet = typeof input === "string" ? null : parsePacket(input);
  const said =
    input === "refuse"
      ? ({ type: "giveUp" } as const)
      : packet?.type === "wsc"
        ? answer(packet.fragment.data)
        : packetOr(input);
  const { state, send } = stepServer(server, said);
  return { state: { ...state, elsewhere, heard }, send };
}

const passOn = { type: "refuse", configError: 0, elsewhere: true } as const;
const answer = (bytes: Uint8Array) => ({ type: "answer", answer: { bytes, from: "192.0.2.7" } }) as const;
const packetOr = (input: Uint8Array | Exclude<Word, "decide" | "refuse">) =>
  typeof input === "string" ? { type: input } : ({ type: "response", packet: input } as const);

function visitAt(fragmentSize: number): readonly [peer: At, server: At] {
  const { apPin, apSettings, devices } = visit;
  const config = {
    device: devices.registrar,
    password: apPin,
    task: { type: "configure", settings: apSettings },
  } as const;
  const access = { type: "readAndWrite", passwords: [apPin] } as const;
  const peer = openRegistrarPeer(config, drawRegistrar(seededRandom(4)), { fragmentSize });
  const server = openAccessPointServer(
    { device: devices.accessPoint, wscState: 2, access, settings: apSettings },
    drawEnrollee(seededRandom(3)),
    { fragmentSize },
  );
  return [
    peerAt("external registrar over EAP", peer, stepRegistrarPeer),
    serverAt("access point over EAP", server, (state, input) => {
      if (typeof input !== "string") return stepAccessPointServer(state, { type: "response", packet: input });
      if (input === "decide") return stepAccessPointServer(state, { type: "apply" });
      return stepAccessPointServer(state, input === "refuse" ? { type: "refuse", configError: 0 } : { type: input });
    }),
  ];
}

interface Moment {
  readonly at: At;
  /** The packet that is due, or the decision. */
  readonly due: Uint8Array | Word;
}

/** Plays a run, and gives both ends before each packet and after the last. */
function momentsOf([peer, server]: readonly [peer: At, server: At]): readonly Moment[] {
  const moments: Moment[] = [];
  let packet: Uint8Array = buildPacket({
    code: "request",
    identifier: 0,
    type: "identity",
    identity: new Uint8Array(),
  });
  for (let station = peer, network = server; ; ) {
    moments.push({ at: station, due: packet });
    const reply = station.take(packet);
    station = reply.at;
    if (reply.sent === null) return [...moments, { at: station, due: packet }, { at: network, due: packet }];
    moments.push({ at: network, due: reply.sent });
    let request = network.take(reply.sent);
    if (request.sent === null) {
      moments.push({ at: request.at, due: "decide" });
      request = request.at.take("decide");
    }
    network = request.at;
    if (request.sent === null) throw new Error(`${network.role}: says nothing in ${network.session}`);
    packet = request.sent;
  }
}

const moments: readonly Moment[] = [1400, 60]
  .flatMap((size) => [enrolmentAt(size), visitAt(size), proxyAt(size)])
  .flatMap(momentsOf);

const stateOf = ({ role, session, transfer, over }: At) =>
  `${role} ${session}${over ? ", over" : ""}, ${transfer.name}`;
const states: readonly string[] = [...new Set(moments.map(({ at }) => stateOf(at)))];

const OP_CODES: readonly OpCode[] = ["WSC_MSG", "WSC_ACK", "WSC_NACK", "WSC_Done", "FRAG_ACK", "WSC_Start"];

/** A packet damaged as bytes, or rebuilt around damaged fields so that it is still one. */
function drawPacket(due: Uint8Array | Word, chance: Chance): Uint8Array | Word {
  if (chance.oneIn(10)) return chance.pick(WORDS);
  const bytes = typeof due === "string" ? chance.pick(eapPackets) : due;
  if (chance.oneIn(3)) return mutateBytes(bytes, chance, eapPackets);
  const packet = parsePacket(bytes);
  if (packet === null || packet.type === "success" || packet.type === "failure") return chance.pick(eapPackets);
  const { code } = packet;
  const identifier = chance.oneIn(6) ? chance.int(256) : packet.identifier;
  if (packet.type !== "wsc") return buildPacket({ ...packet, identifier });
  const { fragment } = packet;
  const data = chance.oneIn(2)
    ? fragment.data
    : mutate(chance.oneIn(4) ? chance.pick(messages) : fragment.data, chance, messages);
  return buildPacket({
    code: chance.oneIn(20) ? "request" : code,
    identifier,
    type: "wsc",
    fragment: {
      opCode: chance.oneIn(5) ? chance.pick(OP_CODES) : fragment.opCode,
      moreFragments: chance.oneIn(5) !== fragment.moreFragments,
      messageLength: chance.oneIn(5)
        ? chance.pick([null, 0, data.length, 50_000, 50_001, 65_535])
        : fragment.messageLength,
      data: data.subarray(0, 65_000),
    },
  });
}

export const endTarget: Target = {
  name: "ends",
  share: 12,
  states,
  draw: (chance) => {
    const state = chance.pick(states);
    const { at, due } = chance.pick(moments.filter((moment) => stateOf(moment.at) === state));
    // The last one is what was due: often the run goes on all the same.
    const inputs = [...Array.from({ length: chance.between(1, 4) }, () => drawPacket(due, chance)), due];
    return {
      get input() {
        return `${state}: ${inputs.map((input) => (typeof input === "string" ? input : toHex(input))).join(" ")}`;
      },
      run: () => {
        let now = at;
        for (const input of inputs) {
          const { over } = now;
          const reached = now.take(input);
          now = reached.at;
          demand(!over || (reached.sent === null && now.over), "a conversation that is over stays so");
          if (reached.sent !== null) demandSound(reached.sent, now);
          if (now.transfer.name === "receiving")
            demand(now.transfer.bytes.length <= now.transfer.messageLength, "no more is kept than announced");
        }
        return `${state}: ${now.session}${now.over ? ", over" : ""}`;
      },
    };
  },
};

/** What we send is a packet, and no longer than agreed. */
function demandSound(sent: Uint8Array, { fragmentSize }: At): void {
  const packet = parsePacket(sent);
  demand(packet !== null && same(buildPacket(packet), sent), "what is sent is a packet");
  if (packet.type === "wsc") demand(sent.length - 12 <= fragmentSize, "no piece is longer than agreed");
}
