/**
 * Events as XML and the headers around them (UPnP Device Architecture 1.0, 4): what a router tells, who is told, and for
 * how long. Sockets are elsewhere.
 */
import { readUuidName } from "./wlan-config.ts";
import { escapeXml, parseXml } from "./xml.ts";

/** Longest URL that is taken for a callback, in characters. */
const LONGEST_URL = 700;
/** Most callbacks of one subscriber. */
const MOST_CALLBACKS = 8;

/** The variables in a notification, by name; the last of a name counts. Null for what is no notification. */
export function readPropertySet(body: Uint8Array): ReadonlyMap<string, string> | null {
  const root = parseXml(body);
  if (root?.name !== "propertyset") return null;
  const properties = new Map<string, string>();
  for (const property of root.children)
    if (property.name === "property") for (const { name, text } of property.children) properties.set(name, text);
  return properties;
}

export function composePropertySet(properties: ReadonlyMap<string, string>): string {
  const elements = [...properties].map(
    ([name, value]) => `<e:property><${name}>${escapeXml(value)}</${name}></e:property>\n`,
  );
  return (
    `<?xml version="1.0" encoding="utf-8"?>\n<e:propertyset xmlns:e="urn:schemas-upnp-org:event-1-0">\n` +
    `${elements.join("")}</e:propertyset>\n`
  );
}

/** The URLs of a CALLBACK header, each in angle brackets; null where there is none, or too many or too long ones. */
export function readCallbacks(header: string): readonly string[] | null {
  const urls = [...header.matchAll(/<([^<>]*)>/g)].map(([, url = ""]) => url);
  const isGood = urls.length > 0 && urls.length <= MOST_CALLBACKS && urls.every(({ length }) => length <= LONGEST_URL);
  return isGood ? urls : null;
}

/** Seconds in a TIMEOUT header (`Second-1800`), at most a day; null for "infinite" and for nonsense. */
export function readTimeout(header: string): number | null {
  const [, seconds] = /^second-(\d{1,9})$/i.exec(header.trim()) ?? [];
  return seconds === undefined ? null : Math.min(Number(seconds), 86_400);
}

/** A subscription's name as the router spelled it; null for one that is no UUID. */
export function readSid(header: string): string | null {
  const sid = header.trim();
  return readUuidName(sid) === null || sid.length !== 41 ? null : sid;
}

/** The number of an event, 32 bits; null for nonsense. */
export function readSeq(header: string): number | null {
  const text = header.trim();
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : null;
}

/** What follows an event in the count, which begins again at 1. */
export function nextSeq(seq: number): number {
  return seq === 0xffff_ffff ? 1 : seq + 1;
}
