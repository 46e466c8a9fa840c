/**
 * hostapd's Registrar beside ours: Debian's hostapd as a RADIUS server, our Enrollee in front of it, and the CPU time that
 * the kernel has counted for hostapd's process.
 */
import { readFileSync } from "node:fs";
import { systemClock } from "../src/clock/system-clock.ts";
import { RadiusClient } from "../src/radius/client.ts";
import { eapAttributes, eapIn, firstValue, RADIUS_ATTRIBUTE, type RadiusAttribute } from "../src/radius/packet.ts";
import { parseMacAddress } from "../src/wsc/address.ts";
import { systemRandom, uuidFromMac } from "../src/wsc/crypto.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../src/wsc/eap/packet.ts";
import { openPeer, type PeerState, stepPeer } from "../src/wsc/eap/peer.ts";
import { openServer, stepServer } from "../src/wsc/eap/server.ts";
import { pushButtonPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { drawEnrollee } from "../src/wsc/session/enrollee.ts";
import { drawRegistrar, type RegistrarDraws } from "../src/wsc/session/registrar.ts";
import { credentials, devices } from "../test/engine-pair.ts";
import { Hostapd } from "../test/interop/hostapd.ts";

const IDENTITY_REQUEST = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });

const HEAD: readonly RadiusAttribute[] = [
  { type: RADIUS_ATTRIBUTE.userName, value: new TextEncoder().encode(ENROLLEE_IDENTITY) },
  { type: RADIUS_ATTRIBUTE.nasIdentifier, value: new TextEncoder().encode("bench") },
];

/** Microseconds of CPU per enrolment, hostapd's process as a whole: RADIUS, EAP and Registrar. */
export async function hostapdMicros(enrolments: number): Promise<number> {
  const hostapd = await Hostapd.start();
  const client = await RadiusClient.open({
    host: "127.0.0.1",
    port: hostapd.port,
    secret: new Secret(hostapd.secret),
    clock: systemClock,
  });
  try {
    // Warm: its first run loads what the others find loaded.
    await enrol(hostapd, client, 0);
    const before = cpuMicros(hostapd.pid);
    for (let i = 1; i <= enrolments; i++) await enrol(hostapd, client, i);
    return (cpuMicros(hostapd.pid) - before) / enrolments;
  } finally {
    client.close();
    await hostapd.stop();
  }
}

/** Each enrolment is one of another device, as in a shop; two of one would be taken for one that comes back. */
function openDevice(number: number): PeerState {
  const macAddress = parseMacAddress(`02000003${number.toString(16).padStart(4, "0")}`);
  if (macAddress === null) throw new RangeError(`number: expected 0..65535, got ${number}`);
  const device = { ...devices.enrollee, macAddress, uuid: uuidFromMac(macAddress) };
  return openPeer({ device, password: pushButtonPassword }, drawEnrollee(systemRandom));
}

async function enrol(hostapd: Hostapd, client: RadiusClient, number: number): Promise<void> {
  await hostapd.command("wps_pbc");
  let peer = openDevice(number);
  let request = IDENTITY_REQUEST;
  let echoed: readonly RadiusAttribute[] = [];
  for (;;) {
    const { state, reply } = stepPeer(peer, request);
    peer = state;
    if (reply === null) break;
    const answer = await client.request([...HEAD, ...echoed, ...eapAttributes(reply)]);
    request = eapIn(answer) ?? new Uint8Array();
    const value = firstValue(answer, RADIUS_ATTRIBUTE.state);
    echoed = value === null ? [] : [{ type: RADIUS_ATTRIBUTE.state, value }];
  }
  if (peer.outcome?.type !== "paired")
    throw new Error(`hostapd did not enrol device ${number}: ${JSON.stringify(peer.outcome)}`);
  await hostapd.says("WPS-REG-SUCCESS");
}

/** User and system time of a process. Linux counts it in hundredths of a second, whatever the machine. */
function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name in parentheses, which may hold anything; times are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** The network's end of ours, EAP included, against the packets that a device has sent in a run with the same draws. */
export function ourServer(): () => void {
  const draws = drawRegistrar(systemRandom);
  const sent: Uint8Array[] = [];
  let peer = openDevice(1);
  serve(draws, (request) => {
    const { state, reply } = stepPeer(peer, request);
    peer = state;
    if (reply !== null) sent.push(reply);
    return reply;
  });
  return () => {
    let next = 0;
    serve(draws, () => sent[next++] ?? null);
  };
}

function serve(draws: RegistrarDraws, replyTo: (request: Uint8Array) => Uint8Array | null): void {
  let server = openServer({ device: devices.registrar }, draws);
  for (let packet = replyTo(IDENTITY_REQUEST); packet !== null; ) {
    let step = stepServer(server, { type: "response", packet });
    if (step.state.session.name === "deciding")
      step = stepServer(step.state, { type: "admit", password: pushButtonPassword, credentials });
    server = step.state;
    packet = step.send === null ? null : replyTo(step.send);
  }
  if (server.session.name !== "enrolled") throw new Error(`not enrolled, but ${server.session.name}`);
}
