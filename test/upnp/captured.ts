/** What an external Registrar and hostapd said to each other in `captures/er-upnp.pcap`, in the order it was said. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type HttpMessage, HttpReader } from "../../src/capture/http.ts";
import { readLink } from "../../src/capture/link.ts";
import { readCapture } from "../../src/capture/reader.ts";
import { Flow, readSegment } from "../../src/capture/tcp.ts";

const UDP = 17;

async function readRun(): Promise<{ http: readonly HttpMessage[]; datagrams: readonly Uint8Array[] }> {
  const file = new Uint8Array(readFileSync(join(import.meta.dirname, "..", "captures", "er-upnp.pcap")));
  const http: HttpMessage[] = [];
  const datagrams: Uint8Array[] = [];
  const flows = new Map<string, { flow: Flow; reader: HttpReader }>();
  for await (const event of readCapture([file])) {
    if (event.type !== "packet") continue;
    const content = readLink(event);
    if (content?.type !== "ether") continue;
    const datagram = udpIn(content.payload);
    if (datagram !== null) datagrams.push(datagram);
    const segment = readSegment(content.payload);
    if (segment === null) continue;
    const name = `${segment.from} ${segment.to}`;
    const { flow, reader } = flows.get(name) ?? { flow: new Flow(), reader: new HttpReader() };
    flows.set(name, { flow, reader });
    for (const data of flow.take(segment)) if (data !== "gap") http.push(...reader.take(data));
  }
  return { http, datagrams };
}

function udpIn(packet: Uint8Array): Uint8Array | null {
  const head = ((packet[0] ?? 0) & 0x0f) * 4;
  if (packet[9] !== UDP) return null;
  const length = new DataView(packet.buffer, packet.byteOffset + head).getUint16(4);
  return packet.slice(head + 8, head + length);
}

const run = await readRun();

/** Requests and answers. */
export const { http, datagrams } = run;

/** Those that are XML. */
export const documents: readonly HttpMessage[] = http.filter(({ body }) => body[0] === 0x3c);
