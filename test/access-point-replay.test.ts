/**
 * Recorded runs between wpa_supplicant as Registrar and hostapd as Enrollee: both our machines, given what those drew,
 * say byte for byte what those said.
 */
import { describe, expect, test } from "vitest";
import { toHex } from "../src/wsc/bytes.ts";
import { openAccessPointServer, stepAccessPointServer } from "../src/wsc/eap/access-point-server.ts";
import { peerRoleIn } from "../src/wsc/eap/packet.ts";
import { openRegistrarPeer, stepRegistrarPeer } from "../src/wsc/eap/registrar-peer.ts";
import {
  type AccessPointConfig,
  type ApAccess,
  openAccessPoint,
  stepAccessPoint,
} from "../src/wsc/session/access-point-enrollee.ts";
import {
  type ExternalRegistrarTask,
  openExternalRegistrar,
  stepExternalRegistrar,
} from "../src/wsc/session/external-registrar.ts";
import { type AccessPointReplay, accessPointReplayOf, loadVector, type Vector, type VectorMessage } from "./vectors.ts";

const right = { enrollee: "12345670", registrar: "12345670" };

const runs = [
  { name: "reg_learn", pins: right, accessPoint: "read", registrar: "learned" },
  { name: "reg_wrong", pins: { ...right, registrar: "98765430" }, accessPoint: "failed", registrar: "failed" },
  // hostapd could not write these settings to its file, and refused them.
  { name: "reg_config", pins: right, accessPoint: "failed", registrar: "failed" },
  { name: "locked", pins: right, accessPoint: "failed", registrar: "failed" },
];

/** Real peers of 2.0 do nothing that strict mode would refuse. */
const tempers = [
  { temper: "tolerant", strict: false },
  { temper: "strict", strict: true },
];

const sentBy = (vector: Vector, mac: string) => vector.messages.filter(({ from }) => from === mac);
const shown = (messages: readonly Pick<VectorMessage, "type" | "opCode" | "bytes">[]) =>
  messages.map(({ type, opCode, bytes }) => ({ type, opCode, bytes: toHex(bytes) }));

function accessPointOf(vector: Vector, { enrollee, settings }: AccessPointReplay): AccessPointConfig {
  const access: ApAccess =
    vector.name === "locked" ? { type: "none" } : { type: "readAndWrite", passwords: [enrollee.password] };
  return { device: enrollee.device, wscState: 2, access, settings };
}

function taskOf({ newSettings }: AccessPointReplay): ExternalRegistrarTask {
  return newSettings === null ? { type: "learn" } : { type: "configure", settings: newSettings };
}

function playAccessPoint(vector: Vector, replay: AccessPointReplay, strict: boolean) {
  const opened = openAccessPoint({ ...accessPointOf(vector, replay), strict }, replay.enrollee.draws);
  const said = [opened.send];
  let { state } = opened;
  for (const message of sentBy(vector, vector.stationMac)) {
    let step = stepAccessPoint(state, { type: "message", message });
    if (step.state.name === "deciding") step = stepAccessPoint(step.state, { type: "refuse", configError: 0 });
    state = step.state;
    said.push(step.send);
  }
  return { state, said: said.filter((message) => message !== null) };
}

function playRegistrar(vector: Vector, replay: AccessPointReplay, strict = false) {
  const { device, password, draws } = replay.registrar;
  let state = openExternalRegistrar({ device, password, task: taskOf(replay), strict }, draws);
  const said = [];
  for (const message of sentBy(vector, vector.apMac)) {
    const step = stepExternalRegistrar(state, message);
    state = step.state;
    if (step.send !== null) said.push(step.send);
  }
  return { state, said };
}

describe.each(runs)("recorded run $name", ({ name, pins, ...ends }) => {
  const vector = loadVector(name);
  const replay = accessPointReplayOf(vector, pins);

  test.each(tempers)("our access point says what hostapd said, $temper", ({ strict }) => {
    const { state, said } = playAccessPoint(vector, replay, strict);
    expect(shown(said)).toEqual(shown(sentBy(vector, vector.apMac)));
    expect(state.name).toBe(ends.accessPoint);
  });

  test.each(tempers)("our Registrar says what wpa_supplicant said, $temper", ({ strict }) => {
    const { state, said } = playRegistrar(vector, replay, strict);
    expect(shown(said)).toEqual(shown(sentBy(vector, vector.stationMac)));
    expect(state.name).toBe(ends.registrar);
  });
});

test("reg_learn: the Registrar has learned the network that hostapd was set up with", () => {
  const vector = loadVector("reg_learn");
  const { state } = playRegistrar(vector, accessPointReplayOf(vector, right));
  if (state.name !== "learned") throw new Error(state.name);
  expect(new TextDecoder().decode(state.settings.ssid)).toBe("VectorNet");
  expect(state.settings.networkKey.revealText()).toBe("vector passphrase one");
});

describe.each(runs)("the EAP packets of $name", ({ name, pins }) => {
  const vector = loadVector(name);
  const replay = accessPointReplayOf(vector, pins);
  const packets = (mac: string) =>
    vector.eap.filter(({ from, bytes }) => from === mac && bytes.length >= 4).map(({ bytes }) => bytes);

  test("our peer sends what wpa_supplicant sent", () => {
    const { device, password, draws } = replay.registrar;
    let state = openRegistrarPeer({ device, password, task: taskOf(replay) }, draws);
    const sent: Uint8Array[] = [];
    for (const packet of packets(vector.apMac)) {
      const step = stepRegistrarPeer(state, packet);
      state = step.state;
      if (step.reply !== null) sent.push(step.reply);
    }
    expect(sent.map(toHex)).toEqual(packets(vector.stationMac).map(toHex));
    expect(state.closed).toBe(true);
    expect(state.outcome?.type).toBe(name === "reg_learn" ? "learned" : "failed");
  });

  test("our server sends what hostapd sent", () => {
    let state = openAccessPointServer(accessPointOf(vector, replay), replay.enrollee.draws);
    const [identityRequest, ...recorded] = packets(vector.apMac);
    expect(identityRequest?.at(-1)).toBe(1);
    const sent: Uint8Array[] = [];
    let ended = false;
    for (const packet of packets(vector.stationMac)) {
      expect(peerRoleIn(packet)).toBe(sent.length === 0 ? "registrar" : null);
      let step = stepAccessPointServer(state, { type: "response", packet });
      if (step.state.session.name === "deciding")
        step = stepAccessPointServer(step.state, { type: "refuse", configError: 0 });
      ({ state, ended } = step);
      if (step.send !== null) sent.push(step.send);
    }
    expect(sent.map(toHex)).toEqual(recorded.map(toHex));
    expect(ended).toBe(true);
    expect(state.session.name).toBe(name === "reg_learn" ? "read" : "failed");
  });
});
