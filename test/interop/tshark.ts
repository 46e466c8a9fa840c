/** Wireshark's dissector as a second opinion: the `wps.*` fields that tshark finds in a capture, packet by packet. */
import { spawnSync } from "node:child_process";

/** Why tests against it cannot run here; null when they can. In CI they must, so that there it throws. */
export function tsharkMissing(): string | null {
  if (spawnSync("tshark", ["--version"]).error === undefined) return null;
  const sentence = "tshark is not installed: apt-get install tshark";
  const { CI } = process.env;
  if (CI) throw new Error(sentence);
  console.warn(`Skipped: ${sentence}`);
  return sentence;
}

/** One field below an attribute, such as `wps.message_type`. */
export interface TsharkField {
  readonly name: string;
  /** As tshark shows it. */
  readonly show: string;
  /** Its bytes in hex; of a single bit, that bit. */
  readonly value: string;
}

/** One attribute as tshark found it. */
export interface TsharkAttribute {
  readonly id: number;
  readonly length: number;
  readonly fields: readonly TsharkField[];
}

export interface TsharkPacket {
  /** Frame number, from 1. */
  readonly number: number;
  readonly attributes: readonly TsharkAttribute[];
  /** What it has to complain about. */
  readonly complaints: readonly string[];
  /** More EAP-WSC fragments follow. */
  readonly moreFragments: boolean;
  /** Has an EAP-WSC op-code. */
  readonly opCode: number | null;
}

const COMPLAINT =
  /^(?:_ws\.malformed|_ws\.unreassembled|wps\.packet_too_short|wps\.length\.(?:value_too_long|too_long))$/;

/** All packets of a capture file. */
export function readWithTshark(file: string): TsharkPacket[] {
  return tshark("-r", file, "-T", "pdml").split("<packet>").slice(1).map(readPacket);
}

/** The times of all packets, seconds since 1970 with nine digits after the point. */
export function timesOf(file: string): string[] {
  return tshark("-r", file, "-T", "fields", "-e", "frame.time_epoch").trim().split("\n");
}

function tshark(...args: readonly string[]): string {
  const { stdout, status, stderr } = spawnSync("tshark", args, { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  if (status !== 0) throw new Error(`tshark ended with ${status}: ${stderr}`);
  return stdout;
}

function readPacket(text: string, index: number): TsharkPacket {
  const attributes: { id: number; length: number; fields: TsharkField[] }[] = [];
  const complaints: string[] = [];
  let moreFragments = false;
  let opCode: number | null = null;
  for (const [, body = ""] of text.matchAll(/<(?:field|proto) ([^>]*)>/g)) {
    const part = (name: string) => unescaped(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(body)?.[1] ?? "");
    const field = { name: part("name"), show: part("show"), value: part("value") };
    if (COMPLAINT.test(field.name)) complaints.push(`${field.name} ${part("showname")}`);
    if (field.name === "eap.wps.flags.more") moreFragments = Number(field.value) !== 0;
    if (field.name === "eap.wps.code") opCode = Number(field.show);
    if (field.name === "wps.type") attributes.push({ id: Number(field.show), length: 0, fields: [] });
    const last = attributes.at(-1);
    if (last === undefined || !field.name.startsWith("wps.") || field.name === "wps.type") continue;
    if (field.name === "wps.length") last.length = Number(field.show);
    else last.fields.push(field);
  }
  return { number: index + 1, attributes, complaints, moreFragments, opCode };
}

function unescaped(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
