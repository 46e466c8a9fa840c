/**
 * A run as a capture that Wireshark reads: its messages as EAP over Ethernet between the device and its access point.
 * The frames around the messages are made up; what was sealed in them is zeros, as the service tells it.
 */
import type { MessageBody, RunBody } from "../service/bodies.ts";

/** A file of pcap: its head, and of each packet; microseconds, link type Ethernet. */
const magic = 0xa1b2c3d4;
const fileHead = 24;
const packetHead = 16;
const linkEthernet = 1;
/** Ethernet, EAPOL, EAP, expanded type of the Wi-Fi Alliance, operation and flags. */
const frameHead = 14 + 4 + 5 + 7 + 2;

/** Operations of EAP-WSC; all that are not here are WSC_MSG. */
const operations: Readonly<Record<string, number>> = { WSC_ACK: 0x02, WSC_NACK: 0x03, WSC_Done: 0x05 };
const operationMessage = 0x04;

export function captureOf(run: RunBody): ArrayBuffer {
  const packets = run.transcript.map((message, index) => packetOf(run, message, index));
  const length = packets.reduce((sum, packet) => sum + packet.byteLength, fileHead);
  const file = new DataView(new ArrayBuffer(length));
  file.setUint32(0, magic);
  file.setUint16(4, 2);
  file.setUint16(6, 4);
  file.setUint32(16, 0xffff);
  file.setUint32(20, linkEthernet);
  let at = fileHead;
  for (const packet of packets) {
    new Uint8Array(file.buffer).set(new Uint8Array(packet), at);
    at += packet.byteLength;
  }
  return file.buffer;
}

function packetOf({ station, instance }: RunBody, { at, direction, message, bytes }: MessageBody, index: number) {
  const body = bytesOf(bytes);
  const frame = frameHead + body.length;
  const packet = new DataView(new ArrayBuffer(packetHead + frame));
  const all = new Uint8Array(packet.buffer);
  const ms = Date.parse(at);
  packet.setUint32(0, Math.floor(ms / 1000));
  packet.setUint32(4, (ms % 1000) * 1000);
  packet.setUint32(8, frame);
  packet.setUint32(12, frame);
  const isFromDevice = direction === "in";
  // A Registrar on the network has no address on the air.
  const peer = station.macAddress ?? "000000000000";
  all.set(bytesOf(isFromDevice ? instance : peer), packetHead);
  all.set(bytesOf(isFromDevice ? peer : instance), packetHead + 6);
  packet.setUint16(packetHead + 12, 0x888e);
  const eap = packetHead + 18;
  // EAPOL version 1, EAP packet.
  packet.setUint16(packetHead + 14, 0x0100);
  packet.setUint16(packetHead + 16, frame - 18);
  // Requests come from the network, responses from the device, with the same identifier.
  packet.setUint8(eap, isFromDevice ? 2 : 1);
  packet.setUint8(eap + 1, Math.ceil(index / 2) & 0xff);
  packet.setUint16(eap + 2, frame - 18);
  all.set([254, 0x00, 0x37, 0x2a, 0, 0, 0, 1, operations[message] ?? operationMessage, 0], eap + 4);
  all.set(body, packetHead + frameHead);
  return packet.buffer;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
