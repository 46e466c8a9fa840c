/** `openwps decode`: capture files of each kind, and the packets in them, down to the lines that a person reads. */
import { gzipSync } from "node:zlib";
import { Decoder, decodeCapture } from "../../src/capture/decoder.ts";
import type { DecoderItem } from "../../src/capture/message.ts";
import { explainFault, LINK_TYPE, type Packet } from "../../src/capture/packet.ts";
import { pcapHead, pcapRecord } from "../../src/capture/pcap.ts";
import { writePcapng } from "../../src/capture/pcapng.ts";
import { decodeJson } from "../../src/cli/decode-json.ts";
import { DecodeLines } from "../../src/cli/decode-lines.ts";
import { printable } from "../../src/cli/terminal.ts";
import { concat, toHex } from "../../src/wsc/bytes.ts";
import { parsePin } from "../../src/wsc/pin.ts";
import { must } from "../../test/vectors.ts";
import type { Chance } from "../chance.ts";
import { captured } from "../corpus.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { demand, type Target } from "../target.ts";

const PIN = must(parsePin("12345670"));
const plain = (_style: unknown, text: string) => text;

/** Shows items as the command does, and gives the end. */
function show(items: readonly DecoderItem[]): string {
  const lines = new DecodeLines({ paint: plain, pin: PIN, verbose: true });
  let end = "";
  for (const item of items) {
    JSON.parse(decodeJson(item, PIN));
    // What a file says must not reach the terminal as a command to it.
    // What a file says must not reach the terminal as a command to it.
    for (const line of lines.of(item))
      demand(printable(line) === line, `a line without control characters: ${JSON.stringify(line)}`);
    if (item.type === "message") end = `${item.carrier} ${item.message}`;
  }
  return end;
}

/** A whole file, in chunks of a size that its own length decides. */
export async function tryFile(file: Uint8Array): Promise<string> {
  const size = 1 + (file.length % 97) * 13;
  const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, i) =>
    file.subarray(i * size, (i + 1) * size),
  );
  const items: DecoderItem[] = [];
  for await (const item of decodeCapture(chunks)) items.push(item);
  const end = items.at(-1);
  demand(end?.type === "end", "the last item is the end");
  if (end.fault !== null) explainFault(end.fault);
  show(items);
  return end.fault?.kind ?? "whole";
}

/** Packets to one decoder. */
export function tryPackets(packets: readonly Packet[]): string {
  const decoder = new Decoder();
  const items = packets.flatMap((packet) => decoder.take(packet));
  return show([...items, ...decoder.end(null)]);
}

/** Some packets in a row of one capture, so that fragments and runs are in them. */
function drawPackets(chance: Chance, most: number): readonly Packet[] {
  const capture = chance.pick(captured);
  const from = chance.int(capture.length);
  return capture.slice(from, from + 1 + chance.int(most));
}

function drawFile(chance: Chance): Uint8Array {
  const packets = drawPackets(chance, 6);
  const pcap = chance.oneIn(2);
  const parts = pcap
    ? [pcapHead(packets[0]?.linkType ?? LINK_TYPE.ethernet), ...packets.map(pcapRecord)]
    : [...writePcapng(packets)];
  // Mostly damage to heads: what is in the packets is tried without files.
  const file = concat(...parts.map((part) => (chance.oneIn(parts.length) ? damagedHead(part, chance) : part)));
  if (!chance.oneIn(16)) return chance.oneIn(4) ? mutateBytes(file, chance) : file;
  const packed = new Uint8Array(gzipSync(file));
  return chance.oneIn(2) ? mutateBytes(packed, chance) : packed;
}

function damagedHead(part: Uint8Array, chance: Chance): Uint8Array {
  return concat(mutateBytes(part.subarray(0, 32), chance), part.subarray(32));
}

function drawDamaged(chance: Chance): readonly Packet[] {
  const linkTypes = Object.values(LINK_TYPE);
  return drawPackets(chance, 12).map((packet) => ({
    ...packet,
    linkType: chance.oneIn(12) ? chance.pick(linkTypes) : packet.linkType,
    bytes: chance.oneIn(3) ? mutateBytes(packet.bytes, chance, [chance.pick(captured[0] ?? []).bytes]) : packet.bytes,
  }));
}

export const captureTargets: readonly Target[] = [
  {
    name: "captureFile",
    share: 3,
    states: [],
    draw: (chance) => {
      const file = drawFile(chance);
      return {
        get input() {
          return toHex(file);
        },
        run: () => tryFile(file),
      };
    },
  },
  {
    name: "packets",
    share: 4,
    states: [],
    draw: (chance) => {
      const packets = drawDamaged(chance);
      return {
        get input() {
          return packets.map(({ linkType, bytes }) => `${linkType}:${toHex(bytes)}`).join(" ");
        },
        run: () => tryPackets(packets),
      };
    },
  },
];
