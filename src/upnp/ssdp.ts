/**
 * How devices on a network find each other (UPnP Device Architecture 1.0, 1): datagrams that look like HTTP, read and
 * written. Who sends them when is not known here.
 */

/** Where all of them are said and heard. */
export const SSDP_ADDRESS = "239.255.255.250";
export const SSDP_PORT = 1900;

/** Longest datagram that is looked at. */
const LONGEST = 4096;
/** A searcher gets its answers spread over so many seconds at most. */
const LONGEST_WAIT = 120;

/** What a device says of one of the things that it is. */
export interface SsdpDevice {
  /** Where its description is. */
  readonly location: string;
  /** What it is: a type, a UUID, `upnp:rootdevice`. */
  readonly target: string;
  /** Its UUID and, after `::`, the target. */
  readonly usn: string;
  /** Seconds for which this holds. */
  readonly maxAge: number;
  /** Which system and product; null where it does not say. */
  readonly server: string | null;
}

export type SsdpMessage =
  /** Somebody looks for `target`, or for all there is (`ssdp:all`). */
  | { readonly type: "search"; readonly target: string; readonly maxWaitSeconds: number }
  /** The answer to a search. */
  | (SsdpDevice & { readonly type: "found" })
  | (SsdpDevice & { readonly type: "alive" })
  | { readonly type: "byebye"; readonly target: string; readonly usn: string };

/** Reads a datagram; null for what is none of these. */
export function readSsdp(bytes: Uint8Array): SsdpMessage | null {
  if (bytes.length > LONGEST) return null;
  const [startLine = "", ...lines] = new TextDecoder("latin1").decode(bytes).split(/\r?\n/);
  const headers = new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon < 1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const];
    }),
  );
  if (/^M-SEARCH \* HTTP\/1\.[01]$/i.test(startLine)) return readSearch(headers);
  if (/^HTTP\/1\.[01] 200\b/.test(startLine)) return readDevice("found", headers.get("st"), headers);
  if (!/^NOTIFY \* HTTP\/1\.[01]$/i.test(startLine)) return null;
  const target = headers.get("nt");
  const usn = headers.get("usn");
  switch (headers.get("nts")) {
    case "ssdp:alive":
      return readDevice("alive", target, headers);
    case "ssdp:byebye":
      return target === undefined || usn === undefined ? null : { type: "byebye", target, usn };
    default:
      return null;
  }
}

type Headers = ReadonlyMap<string, string>;

function readSearch(headers: Headers): SsdpMessage | null {
  const target = headers.get("st");
  const wait = headers.get("mx") ?? "";
  const isSearch = /^"?ssdp:discover"?$/.test(headers.get("man") ?? "");
  if (!isSearch || target === undefined || target === "" || !/^\d{1,9}$/.test(wait)) return null;
  return { type: "search", target, maxWaitSeconds: Math.min(Number(wait), LONGEST_WAIT) };
}

function readDevice(type: "found" | "alive", target: string | undefined, headers: Headers): SsdpMessage | null {
  const location = headers.get("location");
  const usn = headers.get("usn");
  const [, age = "1800"] = /\bmax-age\s*=\s*(\d{1,9})/i.exec(headers.get("cache-control") ?? "") ?? [];
  if (location === undefined || usn === undefined || target === undefined) return null;
  return { type, location, target, usn, maxAge: Number(age), server: headers.get("server") ?? null };
}

const GROUP = `${SSDP_ADDRESS}:${SSDP_PORT}`;

/** @param date of the answer to a search, as HTTP has it; without one the header is left out */
export function composeSsdp(message: SsdpMessage, date: string | null = null): Uint8Array {
  // Latin-1, as it is read: headers have no other characters.
  return Uint8Array.from(`${linesOf(message, date).join("\r\n")}\r\n\r\n`, (letter) => letter.charCodeAt(0));
}

function linesOf(message: SsdpMessage, date: string | null): readonly string[] {
  switch (message.type) {
    case "search":
      return [
        "M-SEARCH * HTTP/1.1",
        `HOST: ${GROUP}`,
        'MAN: "ssdp:discover"',
        `MX: ${message.maxWaitSeconds}`,
        `ST: ${message.target}`,
      ];
    case "found":
      return [
        "HTTP/1.1 200 OK",
        `CACHE-CONTROL: max-age=${message.maxAge}`,
        ...(date === null ? [] : [`DATE: ${date}`]),
        "EXT:",
        `LOCATION: ${message.location}`,
        ...(message.server === null ? [] : [`SERVER: ${message.server}`]),
        `ST: ${message.target}`,
        `USN: ${message.usn}`,
      ];
    case "alive":
      return [
        "NOTIFY * HTTP/1.1",
        `HOST: ${GROUP}`,
        `CACHE-CONTROL: max-age=${message.maxAge}`,
        `LOCATION: ${message.location}`,
        "NTS: ssdp:alive",
        ...(message.server === null ? [] : [`SERVER: ${message.server}`]),
        `NT: ${message.target}`,
        `USN: ${message.usn}`,
      ];
    case "byebye":
      return [
        "NOTIFY * HTTP/1.1",
        `HOST: ${GROUP}`,
        "NTS: ssdp:byebye",
        `NT: ${message.target}`,
        `USN: ${message.usn}`,
      ];
  }
}
