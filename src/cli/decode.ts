/**
 * `openwps decode`: what a capture holds of WPS, message by message, for people or for programs. Reads a file or standard
 * input as it comes, so that it also follows a capture under way.
 */
import { open } from "node:fs/promises";
import { decodeCapture } from "../capture/decoder.ts";
import type { DecoderItem } from "../capture/message.ts";
import { explainFault } from "../capture/packet.ts";
import type { Pin } from "../wsc/pin.ts";
import { Complaint } from "./complaint.ts";
import { decodeJson } from "./decode-json.ts";
import { DecodeLines } from "./decode-lines.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { paintFor } from "./terminal.ts";

export interface DecodeOptions {
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly pin: Pin | null;
  /** One JSON object a line, with every beacon in it. */
  readonly json: boolean;
  /** Every attribute of each message. */
  readonly verbose: boolean;
}

/**
 * Prints what can be read, then gives the code to end with.
 * @throws Complaint for a file that cannot be opened, or not be read to its end
 */
export async function runDecode({ file, pin, json, verbose }: DecodeOptions): Promise<ExitCode> {
  const lines = new DecodeLines({ paint: paintFor(process.stdout), pin, verbose });
  const show = json ? (item: DecoderItem) => [decodeJson(item, pin)] : (item: DecoderItem) => lines.of(item);

  for await (const item of decodeCapture(await source(file))) {
    for (const line of show(item)) process.stdout.write(`${line}\n`);
    if (item.type === "end" && item.fault !== null)
      throw new Complaint(`${file === "-" ? "standard input" : file}: ${explainFault(item.fault)}`);
  }
  return EXIT.success;
}

async function source(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === "-") return process.stdin;
  try {
    const handle = await open(file);
    if ((await handle.stat()).isDirectory()) {
      await handle.close();
      throw new Complaint(`${file} is a folder. Give a capture: a pcap or pcapng file.`);
    }
    return handle.createReadStream();
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint(`${file} cannot be opened: ${openFailure(error)}`);
  }
}

function openFailure(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT") return "there is no such file.";
  if (code === "EACCES") return "you may not read it.";
  return error instanceof Error ? error.message : String(error);
}
