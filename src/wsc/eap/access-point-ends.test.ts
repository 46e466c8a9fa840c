/** A station as Registrar and an access point as Enrollee, over EAP. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apPin, apSettings, devices } from "../../../test/access-point-pair.ts";
import { seededRandom } from "../../../test/engine-pair.ts";
import { Secret } from "../secret.ts";
import { drawEnrollee } from "../session/enrollee.ts";
import type { ExternalRegistrarTask } from "../session/external-registrar.ts";
import { drawRegistrar } from "../session/registrar.ts";
import { type AccessPointServerInput, openAccessPointServer, stepAccessPointServer } from "./access-point-server.ts";
import { buildPacket, ENROLLEE_IDENTITY, parsePacket } from "./packet.ts";
import { openRegistrarPeer, stepRegistrarPeer } from "./registrar-peer.ts";

const identityRequest = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
const fresh = { ...apSettings, networkKey: new Secret("a fresh passphrase") };
const configure: ExternalRegistrarTask = { type: "configure", settings: fresh };

interface Options {
  readonly task?: ExternalRegistrarTask;
  readonly peerFragmentSize?: number;
  readonly serverFragmentSize?: number;
  readonly decision?: AccessPointServerInput;
  /** Comes in before so many responses of the station. */
  readonly lockBefore?: number;
}

function run(options: Options = {}) {
  const { task = configure, decision = { type: "apply" } } = options;
  let peer = openRegistrarPeer({ device: devices.registrar, password: apPin, task }, drawRegistrar(seededRandom(1)), {
    fragmentSize: options.peerFragmentSize,
  });
  let server = openAccessPointServer(
    {
      device: devices.accessPoint,
      wscState: 2,
      access: { type: "readAndWrite", passwords: [apPin] },
      settings: apSettings,
    },
    drawEnrollee(seededRandom(2)),
    { fragmentSize: options.serverFragmentSize },
  );
  const told: string[] = [];
  let request: Uint8Array | null = identityRequest;
  for (let responses = 0; request !== null; responses++) {
    const answered = stepRegistrarPeer(peer, request);
    peer = answered.state;
    if (answered.reply === null) break;
    if (options.lockBefore === responses) server = stepAccessPointServer(server, { type: "lock" }).state;
    let step = stepAccessPointServer(server, { type: "response", packet: answered.reply });
    for (const event of step.events) if (event.type === "message") told.push(event.message);
    if (step.events.some(({ type }) => type === "settingsGiven")) {
      expect(step.send).toBeNull();
      step = stepAccessPointServer(step.state, decision);
      for (const event of step.events) if (event.type === "message") told.push(event.message);
    }
    server = step.state;
    request = step.send;
  }
  return { peer, server, told };
}

test("new settings go through, are acknowledged, and the run ends with EAP-Failure", () => {
  const { peer, server, told } = run();
  expect(told.join(" ")).toBe("M1 M2 M3 M4 M5 M6 M7 M8 WSC_Done WSC_ACK");
  expect(peer.outcome).toEqual({ type: "configured", settings: fresh });
  expect(peer.closed).toBe(true);
  expect(server.session).toEqual({ name: "configured", settings: fresh });
});

test("any pair of fragment sizes comes to the same end", () => {
  const size = fc.integer({ min: 20, max: 500 });
  fc.assert(
    fc.property(size, size, (peerFragmentSize, serverFragmentSize) => {
      const { peer, server } = run({ peerFragmentSize, serverFragmentSize });
      expect(peer.outcome?.type).toBe("configured");
      expect(server.session.name).toBe("configured");
    }),
    { numRuns: 15 },
  );
});

describe("a lock that sets in", () => {
  test.each([1, 2, 3, 4])("before response %i ends the run with NACK 15", (lockBefore) => {
    const { peer, server } = run({ lockBefore });
    expect(peer.outcome).toMatchObject({ type: "failed", error: { kind: "refused", configError: 15 } });
    expect(server.session).toEqual({ name: "failed", error: { kind: "setupLocked" } });
    expect(server.awaiting).toBe("nothing");
  });

  test("while somebody thinks about new settings ends it at once", () => {
    expect(run({ decision: { type: "lock" } }).server.session).toEqual({
      name: "failed",
      error: { kind: "setupLocked" },
    });
  });
});

test("a station that wants to be enrolled has come to the wrong server", () => {
  const { server } = run({ task: { type: "learn" } });
  const waiting = openAccessPointServer(
    { device: devices.accessPoint, wscState: 2, access: { type: "none" }, settings: apSettings },
    drawEnrollee(seededRandom(2)),
  );
  const identity = new TextEncoder().encode(ENROLLEE_IDENTITY);
  const packet = buildPacket({ code: "response", identifier: 1, type: "identity", identity });
  const step = stepAccessPointServer(waiting, { type: "response", packet });
  expect(step.send === null ? null : parsePacket(step.send)?.type).toBe("failure");
  expect(step.ended).toBe(true);
  expect(server.session.name).toBe("read");
});

test("after three sends without an answer the access point gives up", () => {
  const server = openAccessPointServer(
    { device: devices.accessPoint, wscState: 2, access: { type: "none" }, settings: apSettings },
    drawEnrollee(seededRandom(2)),
  );
  const identity = new TextEncoder().encode("WFA-SimpleConfig-Registrar-1-0");
  const packet = buildPacket({ code: "response", identifier: 1, type: "identity", identity });
  let step = stepAccessPointServer(server, { type: "response", packet });
  const m1 = step.send;
  for (let i = 0; i < 2; i++) {
    step = stepAccessPointServer(step.state, { type: "silence" });
    expect(step.send).toEqual(m1);
  }
  step = stepAccessPointServer(step.state, { type: "silence" });
  expect(step.ended).toBe(true);
  expect(step.state.session).toEqual({ name: "failed", error: { kind: "cutOff", awaited: "M2" } });
  expect(stepAccessPointServer(step.state, { type: "lock" })).toMatchObject({ send: null, ended: true });
});

test("neither end throws, whatever bytes come", () => {
  const { peer, server } = run({ task: { type: "learn" } });
  const begun = openRegistrarPeer(
    { device: devices.registrar, password: apPin, task: configure },
    drawRegistrar(seededRandom(1)),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const state of [peer, begun]) stepRegistrarPeer(state, bytes);
      stepAccessPointServer(server, { type: "response", packet: bytes });
    }),
  );
});
