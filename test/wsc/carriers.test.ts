/** Whole runs over EAP in pieces of 50 bytes, and packets that are none of EAP-WSC's. */
import { describe, expect, test } from "vitest";
import { openAccessPointServer, stepAccessPointServer } from "../../src/wsc/eap/access-point-server.ts";
import { buildPacket, parsePacket } from "../../src/wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../../src/wsc/eap/peer.ts";
import { openRegistrarPeer, stepRegistrarPeer } from "../../src/wsc/eap/registrar-peer.ts";
import { openServer, stepServer } from "../../src/wsc/eap/server.ts";
import { pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { drawEnrollee } from "../../src/wsc/session/enrollee.ts";
import { drawRegistrar } from "../../src/wsc/session/registrar.ts";
import type { DevicePassword } from "../../src/wsc/session/session.ts";
import { apPin, apSettings, devices as boxes } from "../access-point-pair.ts";
import { pin } from "../air/world.ts";
import { credentials, devices, seededRandom } from "../engine-pair.ts";
import { ascii } from "./forge.ts";

const identityRequest = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
const fragmentSize = 50;
const mixed = credentials.map((credential) => ({ ...credential, authenticationType: 0x22, encryptionType: 0x0c }));

/** A station and the network, packet by packet. */
class Enrolment {
  peer;
  server;
  readonly password: DevicePassword;
  /** Bytes of the longest packet. */
  longest = 0;

  constructor(password: DevicePassword) {
    this.password = password;
    this.peer = openPeer({ device: devices.enrollee, password }, drawEnrollee(seededRandom(1)), { fragmentSize });
    this.server = openServer({ device: devices.registrar }, drawRegistrar(seededRandom(2)), { fragmentSize });
  }

  toPeer(request: Uint8Array): Uint8Array | null {
    const { state, reply } = stepPeer(this.peer, request);
    this.peer = state;
    this.longest = Math.max(this.longest, request.length, reply?.length ?? 0);
    return reply;
  }

  toServer(packet: Uint8Array): Uint8Array | null {
    const heard = stepServer(this.server, { type: "response", packet });
    const asked = heard.events.some(({ type }) => type === "asked");
    const step = asked
      ? stepServer(heard.state, { type: "admit", password: this.password, credentials: mixed })
      : heard;
    this.server = step.state;
    return step.send;
  }

  /** Goes on to the end, or until the station is about to get a packet of which this holds. */
  run(until: () => boolean = () => false): Uint8Array {
    let request = identityRequest;
    while (!until()) {
      const reply = this.toPeer(request);
      const next = reply === null ? null : this.toServer(reply);
      if (next === null) break;
      request = next;
    }
    return request;
  }
}

describe("in pieces of 50 bytes", () => {
  test.each([
    ["push button", pushButtonPassword],
    ["a PIN", pinPassword(pin("12345670"))],
  ])("a station enrols by %s, and gets a network in mixed mode", (_, password) => {
    const enrolment = new Enrolment(password);
    enrolment.run();
    expect(enrolment.peer.outcome).toEqual({ type: "paired", credentials: mixed });
    expect(enrolment.server.session.name).toBe("enrolled");
    // Code, identifier, length and the type of EAP-WSC come before the pieces.
    expect(enrolment.longest).toBeLessThanOrEqual(12 + fragmentSize);
  });

  test("a Registrar learns a network in mixed mode by the access point's PIN", () => {
    const settings = { ...apSettings, authenticationType: 0x22, encryptionType: 0x0c };
    let peer = openRegistrarPeer(
      { device: boxes.registrar, password: apPin, task: { type: "learn" } },
      drawRegistrar(seededRandom(3)),
      { fragmentSize },
    );
    let server = openAccessPointServer(
      { device: boxes.accessPoint, wscState: 2, access: { type: "readAndWrite", passwords: [apPin] }, settings },
      drawEnrollee(seededRandom(4)),
      { fragmentSize },
    );
    for (let request: Uint8Array | null = identityRequest; request !== null; ) {
      const answered = stepRegistrarPeer(peer, request);
      peer = answered.state;
      if (answered.reply === null) break;
      const step = stepAccessPointServer(server, { type: "response", packet: answered.reply });
      server = step.state;
      request = step.send;
    }
    expect(peer.outcome).toMatchObject({ type: "learned", settings: { authenticationType: 0x20 } });
    expect(server.session.name).toBe("read");
  });
});

describe("M2 under another op-code", () => {
  const opCodeAt = 12;
  test.each([
    ["none that there is (0)", 0],
    ["WSC_Start", 1],
  ])("%s: is passed over, and M2 itself is still welcome", (_, opCode) => {
    const enrolment = new Enrolment(pushButtonPassword);
    // The first piece of M2.
    const request = enrolment.run(() => enrolment.server.session.name === "awaitM3");
    const other = Uint8Array.from(request, (byte, i) => (i === opCodeAt ? opCode : byte));
    expect(enrolment.toPeer(other)).toBeNull();
    expect(enrolment.peer.outcome).toBeNull();
    expect(enrolment.toPeer(request)).not.toBeNull();
  });

  test("WSC_Done: ends the run in silence", () => {
    const peer = openPeer({ device: devices.enrollee, password: pushButtonPassword }, drawEnrollee(seededRandom(1)));
    const start = buildPacket({
      code: "request",
      identifier: 1,
      type: "wsc",
      fragment: { opCode: "WSC_Start", moreFragments: false, messageLength: null, data: new Uint8Array() },
    });
    const done = buildPacket({
      code: "request",
      identifier: 2,
      type: "wsc",
      fragment: { opCode: "WSC_Done", moreFragments: false, messageLength: null, data: new Uint8Array() },
    });
    const { state, reply } = stepPeer(stepPeer(peer, start).state, done);
    expect(reply).toBeNull();
    expect(state.outcome).toEqual({ type: "failed", error: { kind: "unexpectedOpCode", opCode: "WSC_Done" } });
  });
});

test("a peer that names itself otherwise than WSC has it gets EAP-Failure", () => {
  const identity = ascii("WFA-SimpleConfig-Enrollee-unexpected");
  const { server } = new Enrolment(pushButtonPassword);
  const packet = buildPacket({ code: "response", identifier: 3, type: "identity", identity });
  const { send, ended } = stepServer(server, { type: "response", packet });
  expect(parsePacket(send ?? packet)?.type).toBe("failure");
  expect(ended).toBe(true);
});
