/**
 * The EAP packets of recorded runs: each survives parsing and building, and both ends, given what hostapd and
 * wpa_supplicant drew, send byte for byte what those sent, fragments and closing EAP-Failure included.
 */
import { describe, expect, test } from "vitest";
import { toHex } from "../src/wsc/bytes.ts";
import { buildPacket, parsePacket } from "../src/wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../src/wsc/eap/peer.ts";
import { openServer, type ServerState, stepServer } from "../src/wsc/eap/server.ts";
import { loadVector, type Replay, replayOf, type Vector, vectorNames } from "./vectors.ts";

const both = (pin: string) => ({ enrollee: pin, registrar: pin });

interface Run {
  readonly name: string;
  readonly pins?: { readonly enrollee: string; readonly registrar: string };
  readonly stationFragmentSize?: number;
}

const runs: readonly Run[] = [
  { name: "pbc" },
  { name: "psk64" },
  { name: "mixed" },
  { name: "frag", stationFragmentSize: 50 },
  { name: "pin", pins: both("12345670") },
  { name: "pin4", pins: both("1234") },
  { name: "wrongpin1", pins: { enrollee: "99995670", registrar: "12345670" } },
  { name: "wrongpin2", pins: { enrollee: "12340000", registrar: "12345670" } },
];

/** Without EAPOL-Start, which the files list too and which is no EAP packet. */
const packets = (vector: Vector) => vector.eap.filter(({ bytes }) => bytes.length >= 4);
const hexes = (all: readonly Uint8Array[]) => all.map(toHex);
const sentBy = (vector: Vector, mac: string) =>
  packets(vector)
    .filter(({ from }) => from === mac)
    .map(({ bytes }) => bytes);

/** What the server sends in answer to one response, whose M1 it admits at once. */
function respond(state: ServerState, packet: Uint8Array, { registrar }: Replay) {
  const step = stepServer(state, { type: "response", packet });
  if (!step.events.some((event) => event.type === "asked")) return step;
  const { password, credentials } = registrar;
  return stepServer(step.state, { type: "admit", password, credentials });
}

test.each(vectorNames)("%s: every EAP packet survives parsing and building", (name) => {
  for (const { bytes } of packets(loadVector(name))) {
    const packet = parsePacket(bytes);
    if (packet === null) throw new Error(`no EAP packet: ${toHex(bytes)}`);
    expect(toHex(buildPacket(packet))).toBe(toHex(bytes));
  }
});

describe.each(runs)("recorded run $name", ({ name, pins, stationFragmentSize: fragmentSize }) => {
  const vector = loadVector(name);
  const replay = replayOf(vector, pins);

  test("our peer sends what wpa_supplicant sent", () => {
    let state = openPeer(replay.enrollee, replay.enrollee.draws, { fragmentSize });
    const sent: Uint8Array[] = [];
    for (const packet of sentBy(vector, vector.apMac)) {
      const step = stepPeer(state, packet);
      state = step.state;
      if (step.reply !== null) sent.push(step.reply);
    }
    expect(hexes(sent)).toEqual(hexes(sentBy(vector, vector.stationMac)));
    expect(state.closed).toBe(true);
    expect(state.outcome?.type).toBe(name.startsWith("wrongpin") ? "failed" : "paired");
  });

  test("our server sends what hostapd sent", () => {
    let state = openServer(replay.registrar, replay.registrar.draws);
    const [identityRequest, ...recorded] = sentBy(vector, vector.apMac);
    expect(identityRequest?.at(-1)).toBe(1);
    const sent: Uint8Array[] = [];
    let ended = false;
    for (const packet of sentBy(vector, vector.stationMac)) {
      const step = respond(state, packet, replay);
      state = step.state;
      ended = step.ended;
      if (step.send !== null) sent.push(step.send);
    }
    expect(hexes(sent)).toEqual(hexes(recorded));
    expect(ended).toBe(true);
    expect(state.session.name).toBe(name.startsWith("wrongpin") ? "failed" : "enrolled");
  });
});
