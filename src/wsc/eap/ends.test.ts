/** Both ends of EAP-WSC against each other and against what goes wrong between them. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { credentials, devices, seededRandom } from "../../../test/engine-pair.ts";
import { toHex } from "../bytes.ts";
import { pushButtonPassword } from "../pin.ts";
import { drawEnrollee } from "../session/enrollee.ts";
import { drawRegistrar } from "../session/registrar.ts";
import { buildPacket, type EapPacket, parsePacket } from "./packet.ts";
import { openPeer, stepPeer } from "./peer.ts";
import { openServer, stepServer } from "./server.ts";

const identityRequest = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });

/** Our two ends, packet by packet: `toPeer` and `toServer` carry one packet each. */
function createPair(options: { readonly peerFragmentSize?: number; readonly serverFragmentSize?: number } = {}) {
  const random = seededRandom(7);
  const password = pushButtonPassword;
  const pair = {
    peer: openPeer({ device: devices.enrollee, password }, drawEnrollee(random), {
      fragmentSize: options.peerFragmentSize,
    }),
    server: openServer({ device: devices.registrar }, drawRegistrar(random), {
      fragmentSize: options.serverFragmentSize,
    }),
    toPeer(request: Uint8Array): Uint8Array | null {
      const step = stepPeer(pair.peer, request);
      pair.peer = step.state;
      return step.reply;
    },
    toServer(packet: Uint8Array): Uint8Array | null {
      const step = stepServer(pair.server, { type: "response", packet });
      pair.server = step.state;
      if (!step.events.some(({ type }) => type === "asked")) return step.send;
      expect(step.send).toBeNull();
      const admitted = stepServer(pair.server, { type: "admit", password, credentials });
      pair.server = admitted.state;
      return admitted.send;
    },
    silence() {
      const step = stepServer(pair.server, { type: "silence" });
      pair.server = step.state;
      return step;
    },
    /** Carries on for so many requests, or to the end; gives the last one, which has not reached the peer yet. */
    run(rounds = Number.POSITIVE_INFINITY): Uint8Array {
      let request = identityRequest;
      for (let i = 0; i < rounds; i++) {
        const reply = pair.toPeer(request);
        const next = reply === null ? null : pair.toServer(reply);
        if (next === null) break;
        request = next;
      }
      return request;
    },
  };
  return pair;
}

const wsc = (identifier: number, code: "request" | "response", changes: object): Uint8Array => {
  const fragment = {
    opCode: "WSC_MSG",
    moreFragments: false,
    messageLength: null,
    data: new Uint8Array(4),
    ...changes,
  };
  return buildPacket({ code, identifier, type: "wsc", fragment } as EapPacket);
};

test("any pair of fragment sizes comes to the same end", () => {
  const size = fc.integer({ min: 20, max: 500 });
  fc.assert(
    fc.property(size, size, (peerFragmentSize, serverFragmentSize) => {
      const pair = createPair({ peerFragmentSize, serverFragmentSize });
      pair.run();
      expect(pair.peer.outcome).toEqual({ type: "paired", credentials });
      expect(pair.server.session.name).toBe("enrolled");
    }),
    { numRuns: 20 },
  );
});

describe("the station's end", () => {
  test("answers a repeated request with the same bytes, and moves on no further", () => {
    const pair = createPair();
    const m2 = pair.run(2);
    const m3 = pair.toPeer(m2);
    const before = pair.peer;
    expect(pair.toPeer(m2)).toEqual(m3);
    expect(pair.peer).toBe(before);
  });

  test("repeats a piece of a message as well", () => {
    const pair = createPair({ peerFragmentSize: 50 });
    const fragAck = pair.run(3);
    expect(pair.toPeer(fragAck)).toEqual(pair.toPeer(fragAck));
  });

  test("repeats Done after it knows that it is paired", () => {
    const pair = createPair();
    const m8 = pair.run(5);
    const done = pair.toPeer(m8);
    expect(pair.peer.outcome?.type).toBe("paired");
    expect(pair.peer.closed).toBe(false);
    expect(pair.toPeer(m8)).toEqual(done);
  });

  test("knows the outcome only when the last piece of Done is out", () => {
    const pair = createPair({ peerFragmentSize: 50 });
    let request = identityRequest;
    while (pair.peer.session.name !== "paired") request = pair.toServer(pair.toPeer(request) ?? request) ?? request;
    expect(pair.peer.outcome).toBeNull();
    expect(pair.toPeer(request)).not.toBeNull();
    expect(pair.peer.outcome?.type).toBe("paired");
  });

  test("fails when the network ends the run too early, and answers nothing any more", () => {
    const pair = createPair();
    const m4 = pair.run(3);
    pair.toPeer(buildPacket({ type: "failure", identifier: 9 }));
    expect(pair.peer.outcome).toEqual({ type: "failed", error: { kind: "cutOff", awaited: "M4" } });
    expect(pair.toPeer(m4)).toBeNull();
  });

  test("acknowledges a notification, and wants EAP-WSC when offered another method", () => {
    const { toPeer } = createPair();
    const request = (method: number): Uint8Array =>
      buildPacket({ code: "request", identifier: 5, type: "other", method, data: Uint8Array.of(1) });
    expect(toHex(toPeer(request(2)) ?? new Uint8Array())).toBe("0205000502");
    expect(toHex(toPeer(request(4)) ?? new Uint8Array())).toBe("0205000603fe");
  });

  test.each([
    ["a message before WSC_Start", {}],
    ["an acknowledgement of nothing", { opCode: "FRAG_ACK" }],
  ])("ignores %s", (_what, changes) => {
    const pair = createPair();
    const before = pair.peer;
    expect(pair.toPeer(wsc(1, "request", changes))).toBeNull();
    expect(pair.peer).toBe(before);
  });

  test("ignores pieces that fit nothing, and goes on with those that do", () => {
    const pair = createPair({ serverFragmentSize: 100 });
    const second = pair.run(3);
    const before = pair.peer;
    expect(pair.toPeer(wsc(90, "request", { opCode: "WSC_Done" }))).toBeNull();
    expect(pair.toPeer(wsc(91, "request", { data: new Uint8Array(1000) }))).toBeNull();
    expect(pair.peer).toBe(before);
    expect(pair.toPeer(second)).not.toBeNull();
  });

  test("survives any bytes at any time", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (packets) => {
        const pair = createPair();
        const request = pair.run(3);
        for (const packet of packets) pair.toPeer(packet);
        if (!pair.peer.closed) expect(pair.toPeer(request)).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe("the network's end", () => {
  test("sends a request three times, and then EAP-Failure", () => {
    const pair = createPair();
    const m2 = pair.run(2);
    expect(pair.silence()).toMatchObject({ send: m2, ended: false });
    expect(pair.silence()).toMatchObject({ send: m2, ended: false });
    const last = pair.silence();
    expect(last.ended).toBe(true);
    expect(parsePacket(last.send ?? new Uint8Array())?.type).toBe("failure");
    expect(pair.server.session).toMatchObject({ name: "failed", error: { kind: "cutOff", awaited: "M3" } });
    expect(pair.silence().send).toBeNull();
  });

  test("counts anew with each request", () => {
    const pair = createPair();
    const m2 = pair.run(2);
    pair.silence();
    pair.silence();
    pair.toServer(pair.toPeer(m2) ?? m2);
    expect(pair.silence().ended).toBe(false);
  });

  test("does nothing about a response that it has had before", () => {
    const pair = createPair();
    const start = pair.run(1);
    const m1 = pair.toPeer(start) ?? start;
    pair.toServer(m1);
    const before = pair.server;
    expect(pair.toServer(m1)).toBeNull();
    expect(pair.server).toBe(before);
  });

  test("does not serve a station that wants to be the Registrar", () => {
    const pair = createPair();
    const identity = new TextEncoder().encode("WFA-SimpleConfig-Registrar-1-0");
    const failure = pair.toServer(buildPacket({ code: "response", identifier: 3, type: "identity", identity }));
    expect(failure).toEqual(buildPacket({ type: "failure", identifier: 3 }));
  });

  test.each([
    ["more than was announced", [{ moreFragments: true, messageLength: 6 }, {}]],
    ["another op-code in mid-message", [{ moreFragments: true, messageLength: 60 }, { opCode: "WSC_ACK" }]],
    ["a first piece without length", [{ moreFragments: true }]],
    ["an acknowledgement of nothing", [{ opCode: "FRAG_ACK" }]],
  ])("ends the run at %s", (_what, pieces) => {
    const pair = createPair();
    pair.run(2);
    let last: Uint8Array | null = null;
    for (const changes of pieces) last = pair.toServer(wsc(pair.server.identifier, "response", changes));
    expect(parsePacket(last ?? new Uint8Array())?.type).toBe("failure");
  });

  test("a NAK ends the run", () => {
    const pair = createPair();
    pair.run(1);
    const { identifier } = pair.server;
    const nak = buildPacket({ code: "response", identifier, type: "other", method: 3, data: Uint8Array.of(4) });
    expect(parsePacket(pair.toServer(nak) ?? nak)?.type).toBe("failure");
  });

  test("a refusal in mid-run goes out as NACK in answer to the next message, EAP-Failure after it", () => {
    const pair = createPair();
    const m4 = pair.run(3);
    const noted = stepServer(pair.server, { type: "refuse", configError: 12 });
    expect(noted.send).toBeNull();
    pair.server = noted.state;
    const nack = pair.toServer(pair.toPeer(m4) ?? m4) ?? m4;
    expect(parsePacket(nack)).toMatchObject({ fragment: { opCode: "WSC_NACK" } });
    const failure = pair.toServer(pair.toPeer(nack) ?? nack) ?? nack;
    expect(parsePacket(failure)?.type).toBe("failure");
    expect(pair.peer.outcome).toMatchObject({ error: { kind: "refused", configError: 12, lastSent: "M5" } });
  });

  test("a refusal after M8 comes too late", () => {
    const pair = createPair();
    const m8 = pair.run(5);
    pair.server = stepServer(pair.server, { type: "refuse", configError: 12 }).state;
    pair.toServer(pair.toPeer(m8) ?? m8);
    expect(pair.server.session.name).toBe("enrolled");
  });
});
