/** What carries WSC messages: EAP packets, their fragments, RADIUS. And what a hotspot's guests send: DHCP. */
import { eapMessage } from "../../src/radio/air/eap-message.ts";
import { answer, type Desk } from "../../src/radio/hotspot/answers.ts";
import { buildDhcpReply, parseDhcpRequest } from "../../src/radio/hotspot/dhcp-packet.ts";
import type { Leases } from "../../src/radio/hotspot/leases.ts";
import {
  buildRadius,
  eapAttributes,
  eapIn,
  firstValue,
  parseRadius,
  RADIUS_ATTRIBUTE,
  RADIUS_CODE,
} from "../../src/radius/packet.ts";
import { isSignedAnswer, isSignedRequest, signAnswer, signRequest } from "../../src/radius/signature.ts";
import { macAddressBytes, macAddressFrom } from "../../src/wsc/address.ts";
import { concat } from "../../src/wsc/bytes.ts";
import { IDLE, receiveFragment, split, type Transfer } from "../../src/wsc/eap/fragments.ts";
import { buildPacket, type Fragment, parsePacket, peerRoleIn } from "../../src/wsc/eap/packet.ts";
import { Secret } from "../../src/wsc/secret.ts";
import type { Chance } from "../chance.ts";
import { eapPackets, messages } from "../corpus.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { type Checks, demand, same } from "../target.ts";
import { bytesTarget } from "./bytes-target.ts";

const SECRET = new Secret("radius secret");
const REQUEST_AUTHENTICATOR = new Uint8Array(16).fill(9);
/** As fragments.ts has it. */
const LONGEST_MESSAGE = 50_000;

/** Each takes any bytes, throws what must not be, and says how it ended. */
export const packetChecks: Checks<Uint8Array> = {
  eap(bytes) {
    peerRoleIn(bytes);
    const name = eapMessage(bytes);
    const packet = parsePacket(bytes);
    if (packet === null) return "none";
    const built = buildPacket(packet);
    demand(same(parsePacket(built), packet), "an EAP packet reads as it was built");
    demand(built.length <= bytes.length, "nothing is read that is not there");
    return packet.type === "wsc" ? `wsc ${packet.fragment.opCode} ${name}` : packet.type;
  },

  /** A conversation of one end: each packet is 2 bytes of length and so many of an EAP-WSC packet's fragment. */
  fragments(bytes) {
    let transfer: Transfer = IDLE;
    let end = "idle";
    for (const fragment of fragmentsIn(bytes)) {
      const received = receiveFragment(transfer, fragment);
      if (!received.ok) return received.error;
      if (received.value.type === "message") {
        end = "message";
        demand(received.value.message.bytes.length <= LONGEST_MESSAGE + 1400, "messages have an end");
        transfer = IDLE;
      } else {
        end = received.value.fragment.opCode;
        transfer = received.value.transfer;
        if (transfer.name === "receiving")
          demand(transfer.bytes.length <= LONGEST_MESSAGE, "no more is kept than announced");
      }
    }
    return `${end}, then ${transfer.name}`;
  },

  /** The bytes as a message that is cut up and put together again. */
  pieces(bytes) {
    if (bytes.length > LONGEST_MESSAGE) return "too long";
    const size = 5 + (bytes[0] ?? 0);
    let transfer: Transfer = IDLE;
    const pieces = split({ opCode: "WSC_MSG", bytes }, size);
    for (const [i, fragment] of pieces.entries()) {
      const received = receiveFragment(transfer, fragment);
      demand(received.ok, `piece ${i} of ${pieces.length} is taken`);
      if (received.value.type === "reply") transfer = received.value.transfer;
      else
        demand(i === pieces.length - 1 && same(received.value.message.bytes, bytes), "pieces come to what was cut up");
    }
    return pieces.length === 1 ? "whole" : "cut up";
  },

  radius(bytes) {
    const packet = parseRadius(bytes);
    if (packet === null) return "none";
    demand(same(parseRadius(buildRadius(packet)), packet), "a RADIUS packet reads as it was built");
    const eap = eapIn(packet);
    if (eap !== null)
      demand(same(concat(...eapAttributes(eap).map(({ value }) => value)), eap), "EAP is cut up and joined");
    firstValue(packet, RADIUS_ATTRIBUTE.state);
    const signed = isSignedRequest(packet, SECRET) || isSignedAnswer(packet, REQUEST_AUTHENTICATOR, SECRET);
    return signed ? "signed" : eap === null ? "without EAP" : "with EAP";
  },

  /** A guest's request to a server that has lent one address already. */
  dhcp(bytes) {
    const request = parseDhcpRequest(bytes);
    if (request === null) return "none";
    const { leases, reply } = answer(DESK, LEASES, request, 1);
    demand(leases.length <= DESK.pool.count, "no more is lent than there is");
    demand(new Set(leases.map(({ address }) => address)).size === leases.length, "nothing is lent twice");
    if (reply === null) return `${request.type}, no answer`;
    const built = buildDhcpReply(request, reply, DESK);
    demand(built.length >= 300 && built.length < 576, "a reply has a length that every client takes");
    demand(parseDhcpRequest(built) === null, "a reply is no request");
    return `${request.type}, ${reply.type}`;
  },
};

const GUEST = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 1, 0));
const DESK: Desk = { address: 0xc0a80401, mask: 0xffffff00, pool: { first: 0xc0a8040a, count: 2 } };
const LEASES: Leases = [{ address: 0xc0a8040a, client: GUEST, until: 2 }];

/** A request as clients send it, damaged behind its fixed part mostly: most of that must be right. */
function drawDhcp(chance: Chance): Uint8Array {
  const fixed = new Uint8Array(240);
  fixed.set([1, 1, 6]);
  fixed.set(chance.bytes(4), 4);
  if (chance.oneIn(4)) fixed.set([192, 168, 4, chance.between(9, 13)], 12);
  fixed.set(chance.oneIn(2) ? macAddressBytes(GUEST) : chance.bytes(6), 28);
  fixed.set([0x63, 0x82, 0x53, 0x63], 236);
  const options = concat(
    Uint8Array.of(53, 1, chance.between(1, 8)),
    ...(chance.oneIn(2) ? [Uint8Array.of(50, 4, 192, 168, 4, chance.between(9, 13))] : []),
    ...(chance.oneIn(2) ? [Uint8Array.of(54, 4, 192, 168, 4, chance.between(1, 2))] : []),
    ...(chance.oneIn(2) ? [Uint8Array.of(61, 7, 1), chance.bytes(6)] : []),
    Uint8Array.of(55, 3, 1, 3, 6, 255),
  );
  if (chance.oneIn(8)) return mutateBytes(concat(fixed, options), chance);
  return concat(fixed, chance.oneIn(2) ? mutateBytes(options, chance) : options);
}

function* fragmentsIn(bytes: Uint8Array): Generator<Fragment, void> {
  for (let offset = 0; offset + 2 <= bytes.length; ) {
    const [high = 0, low = 0] = bytes.subarray(offset, offset + 2);
    const packet = parsePacket(bytes.subarray(offset + 2, offset + 2 + high * 256 + low));
    if (packet?.type === "wsc") yield packet.fragment;
    offset += 2 + high * 256 + low;
  }
}

/** The pieces of a message as `fragments` takes them, damaged one by one, dropped, repeated and put in another order. */
function drawFragments(chance: Chance): Uint8Array {
  const bytes = chance.oneIn(16) ? new Uint8Array(chance.length(60_000)) : chance.pick(messages);
  const size = chance.oneIn(2) ? chance.between(5, 64) : chance.between(64, 2000);
  const opCode = chance.pick(["WSC_MSG", "WSC_MSG", "WSC_Done", "WSC_NACK", "FRAG_ACK", "WSC_Start"] as const);
  const pieces: Uint8Array[] = split({ opCode, bytes }, size).map((fragment) => {
    const packet = buildPacket({ code: "request", identifier: 1, type: "wsc", fragment });
    return chance.oneIn(8) ? mutateBytes(packet, chance, eapPackets) : packet;
  });
  if (chance.oneIn(2)) pieces.splice(chance.int(pieces.length), 1);
  if (chance.oneIn(2) && pieces.length > 0) pieces.splice(chance.int(pieces.length), 0, chance.pick(pieces));
  return concat(...pieces.flatMap((piece) => [Uint8Array.of(piece.length >> 8, piece.length), piece]));
}

/** Access-Requests and answers to them, signed, with EAP inside. Now and then as long as a packet may be. */
function drawRadius(chance: Chance): Uint8Array {
  const unsigned = {
    code: chance.pick(Object.values(RADIUS_CODE)),
    identifier: chance.int(256),
    attributes: [
      { type: RADIUS_ATTRIBUTE.userName, value: new TextEncoder().encode("WFA-SimpleConfig-Enrollee-1-0") },
      { type: RADIUS_ATTRIBUTE.state, value: chance.bytes(chance.int(254)) },
      ...eapAttributes(chance.pick(eapPackets)),
    ],
  };
  const sign = chance.oneIn(2) ? signRequest : signAnswer;
  const whole = sign(unsigned, REQUEST_AUTHENTICATOR, SECRET);
  if (chance.oneIn(4)) return mutateBytes(whole, chance, eapPackets);
  // Damage that leaves the packet's own length right, so that what follows is read.
  const attributes = chance.oneIn(4) ? fullOf(chance) : mutateBytes(whole.subarray(20), chance);
  const packet = concat(whole.subarray(0, 20), attributes).subarray(0, 4096);
  packet.set([packet.length >> 8, packet.length & 0xff], 2);
  return packet;
}

/** Attributes up to the longest packet there may be. */
function fullOf(chance: Chance): Uint8Array {
  const attributes: Uint8Array[] = [];
  for (let left = 4076; left >= 2; ) {
    const length = Math.min(left, chance.between(2, 255));
    const type = chance.oneIn(12) ? RADIUS_ATTRIBUTE.messageAuthenticator : chance.int(256);
    attributes.push(Uint8Array.of(type, left - length === 1 ? length - 1 : length), chance.bytes(length - 2));
    left -= length;
  }
  return concat(...attributes);
}

const draws: { readonly [name: string]: readonly [share: number, draw: (chance: Chance) => Uint8Array] } = {
  eap: [8, (chance) => mutateBytes(chance.pick(eapPackets), chance, eapPackets)],
  fragments: [5, drawFragments],
  pieces: [2, (chance) => mutateBytes(chance.pick(messages), chance, messages)],
  radius: [5, drawRadius],
  dhcp: [2, drawDhcp],
};

export const packetTargets = Object.entries(draws).map(([name, [share, draw]]) =>
  bytesTarget({ name, share, draw, check: packetChecks[name] }),
);
