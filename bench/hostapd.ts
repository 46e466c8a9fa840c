/**
 * hostapd's Registrar beside ours: Debian's hostapd as a RADIUS server, our Enrollee in front of it, and the CPU time that
 * the kernel has counted for hostapd's process.
 */
import { systemClock } from "../src/clock/system-clock.ts";
import { RadiusClient } from "../src/radius/client.ts";
import { systemRandom, uuidFromMac } from "../src/wsc/crypto.ts";
import type { DeviceInfo } from "../src/wsc/device.ts";
import { buildPacket } from "../src/wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../src/wsc/eap/peer.ts";
import { openServer, stepServer } from "../src/wsc/eap/server.ts";
import { pushButtonPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { drawEnrollee } from "../src/wsc/session/enrollee.ts";
import { drawRegistrar, type RegistrarDraws } from "../src/wsc/session/registrar.ts";
import { credentials, devices } from "../test/engine-pair.ts";
import { Hostapd } from "../test/interop/hostapd.ts";
import { mac, RadiusStation } from "../test/interop/radius-station.ts";
import { cpuMicros } from "./measure.ts";

const IDENTITY_REQUEST = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });

const accessPoint = mac("02:00:00:00:00:01");

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
function deviceOf(number: number): DeviceInfo {
  const macAddress = mac(`02000003${number.toString(16).padStart(4, "0")}`);
  return { ...devices.enrollee, macAddress, uuid: uuidFromMac(macAddress) };
}

async function enrol(hostapd: Hostapd, client: RadiusClient, number: number): Promise<void> {
  await hostapd.command("wps_pbc");
  const { macAddress } = deviceOf(number);
  const station = new RadiusStation(client, { macAddress, instance: accessPoint, password: pushButtonPassword });
  if ((await station.run()).key === null) throw new Error(`hostapd did not enrol device ${number}`);
  await hostapd.says("WPS-REG-SUCCESS");
}

/** The network's end of ours, EAP included, against the packets that a device has sent in a run with the same draws. */
export function ourServer(): () => void {
  const draws = drawRegistrar(systemRandom);
  const sent: Uint8Array[] = [];
  let peer = openPeer({ device: deviceOf(1), password: pushButtonPassword }, drawEnrollee(systemRandom));
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
