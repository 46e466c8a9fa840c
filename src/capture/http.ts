/**
 * HTTP/1.x messages out of one direction of a connection, in the order they were said. Lengths are bounded; what is no
 * HTTP, or too long, makes the rest of the direction unreadable, and that is all.
 */
import { concat } from "../wsc/bytes.ts";

/** A request or an answer. */
export interface HttpMessage {
  /** `NOTIFY /event HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

const LONGEST_HEAD = 8192;
/** Four times what hostapd takes. */
const LONGEST_BODY = 32_768;

/** Reads one direction of one connection. */
export class HttpReader {
  #parts: Uint8Array[] = [];
  #length = 0;
  /** So many bytes are needed before another look can find more. */
  #needed = 1;
  #lost = false;

  /** Takes what one end said, and gives the messages that are complete with it. */
  take(data: Uint8Array): HttpMessage[] {
    if (this.#lost) return [];
    this.#parts.push(data);
    this.#length += data.length;
    if (this.#length < this.#needed) return [];
    let held = concat(...this.#parts);
    const messages: HttpMessage[] = [];
    for (;;) {
      const read = readMessage(held, false);
      if (read === "lost") {
        this.skip();
        this.#lost = true;
        return messages;
      }
      if ("needed" in read) {
        this.#hold(held, read.needed);
        return messages;
      }
      messages.push(read.message);
      held = held.subarray(read.length);
    }
  }

  /** Something is missing here: what was begun is given up, and what comes next is taken for the beginning of a message. */
  skip(): HttpMessage[] {
    this.#hold(new Uint8Array(), 1);
    this.#lost = false;
    return [];
  }

  /** The sender says no more: a message whose length was not given ends here. */
  end(): HttpMessage[] {
    const read = this.#lost ? "lost" : readMessage(concat(...this.#parts), true);
    this.skip();
    return read === "lost" || "needed" in read ? [] : [read.message];
  }

  #hold(held: Uint8Array, needed: number): void {
    this.#parts = held.length === 0 ? [] : [held];
    this.#length = held.length;
    this.#needed = needed;
  }
}

/** There is no telling before there are so many bytes. */
interface More {
  readonly needed: number;
}

type Read = { readonly message: HttpMessage; readonly length: number } | More | "lost";

function readMessage(bytes: Uint8Array, ended: boolean): Read {
  const [first] = bytes;
  if (first === undefined) return { needed: 1 };
  // Whatever begins with no letter is no HTTP, and need not be collected up to the limit.
  if (first < 0x41 || first > 0x5a) return "lost";
  const headLength = endOfHead(bytes);
  if (headLength === null) return bytes.length > LONGEST_HEAD ? "lost" : { needed: bytes.length + 1 };
  const [startLine = "", ...lines] = latin1(bytes.subarray(0, headLength)).split("\r\n");
  if (!/(?:^HTTP\/1\.\d )|(?: HTTP\/1\.\d$)/.test(startLine)) return "lost";
  const headers = new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]];
    }),
  );
  const start = headLength + 4;
  const body = readBody(bytes.subarray(start), startLine, headers, ended);
  if (body === "lost") return "lost";
  if ("needed" in body) return body.needed > LONGEST_BODY ? "lost" : { needed: start + body.needed };
  return { message: { startLine, headers, body: body.bytes }, length: start + body.length };
}

type Body = { readonly bytes: Uint8Array; readonly length: number } | More | "lost";

function readBody(bytes: Uint8Array, startLine: string, headers: ReadonlyMap<string, string>, ended: boolean): Body {
  if (headers.get("transfer-encoding")?.toLowerCase() === "chunked") return readChunks(bytes);
  const given = headers.get("content-length");
  if (given === undefined) {
    const isAnswer = startLine.startsWith("HTTP/") && !/ (?:1\d\d|204|304) /.test(`${startLine} `);
    if (!isAnswer) return { bytes: new Uint8Array(), length: 0 };
    return ended ? { bytes, length: bytes.length } : { needed: bytes.length + 1 };
  }
  const length = Number(given);
  if (!/^\d+$/.test(given) || length > LONGEST_BODY) return "lost";
  return bytes.length < length ? { needed: length } : { bytes: bytes.slice(0, length), length };
}

function readChunks(bytes: Uint8Array): Body {
  const chunks: Uint8Array[] = [];
  for (let offset = 0; ; ) {
    const lineEnd = bytes.indexOf(0x0a, offset);
    if (lineEnd < 0) return { needed: bytes.length + 1 };
    const [size = ""] = latin1(bytes.subarray(offset, lineEnd)).split(/[;\r]/);
    const length = Number.parseInt(size, 16);
    if (!/^[0-9a-f]{1,6}$/i.test(size.trim()) || length > LONGEST_BODY) return "lost";
    const start = lineEnd + 1;
    const end = start + length + 2;
    if (bytes.length < end) return { needed: end };
    // Trailers would follow the last chunk; nobody in UPnP sends any.
    if (length === 0) return { bytes: concat(...chunks), length: end };
    chunks.push(bytes.slice(start, start + length));
    offset = end;
  }
}

function endOfHead(bytes: Uint8Array): number | null {
  for (let at = bytes.indexOf(0x0d); at >= 0 && at < LONGEST_HEAD; at = bytes.indexOf(0x0d, at + 1))
    if (bytes[at + 1] === 0x0a && bytes[at + 2] === 0x0d && bytes[at + 3] === 0x0a) return at;
  return null;
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
