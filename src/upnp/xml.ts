/**
 * The XML of UPnP, read and written: elements and their text. Attributes, comments and namespaces mean nothing here, and
 * a document that declares entities is not read at all.
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";

/** An element without its prefix. */
export interface XmlElement {
  readonly name: string;
  /** Of the element itself, without that of its children; trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Most bytes of a document: four times what the reference takes. */
export const LONGEST_XML = 32_768;
/** A router with several services has eight levels. */
const DEEPEST = 24;

// Values stay as they were written (`0012` is no number), and nothing is fetched or expanded.
const parser = new XMLParser({
  preserveOrder: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreAttributes: true,
  removeNSPrefix: true,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** Reads a document; null for one that is too long, not well-formed, or declares entities. Never throws. */
export function parseXml(bytes: Uint8Array): XmlElement | null {
  if (bytes.length > LONGEST_XML) return null;
  const text = withoutEnd(new TextDecoder().decode(bytes));
  if (text.includes("<!DOCTYPE") || text.includes("<!ENTITY") || deepest(text) > DEEPEST) return null;
  try {
    if (XMLValidator.validate(text) !== true) return null;
    const nodes: unknown = parser.parse(text);
    const roots = childrenIn(nodes);
    return roots.length === 1 ? (roots[0] ?? null) : null;
  } catch {
    // The parser throws at some of what the validator lets pass.
    return null;
  }
}

/** The first child of this name. */
export function childNamed(element: XmlElement | null, name: string): XmlElement | null {
  return element?.children.find((child) => child.name === name) ?? null;
}

/** The text of the first child of this name; null where there is none, or an empty one. */
export function textIn(element: XmlElement | null, name: string): string | null {
  const text = childNamed(element, name)?.text ?? "";
  return text === "" ? null : text;
}

/** Text as it stands in a document. */
export function escapeXml(text: string): string {
  return withoutControls(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;");
}

/** Routers end documents by a NUL. Not by a pattern: that would try a run of 32,000 blanks from each of them. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[\0\s]/.test(text[end - 1] ?? "")) end--;
  return text.slice(0, end);
}

/** What XML cannot hold becomes `·`; a document that holds it all the same is read like that, too. */
function withoutControls(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "·");
}

/** How many elements are open at once, at most; found before anything recurses. Comments may make it too many. */
function deepest(text: string): number {
  let depth = 0;
  let most = 0;
  for (const [tag] of text.matchAll(/<[^!?<>][^<>]*>/g)) {
    if (tag.startsWith("</")) depth--;
    else if (!tag.endsWith("/>")) depth++;
    most = Math.max(most, depth);
  }
  return most;
}

function childrenIn(nodes: unknown): readonly XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown): XmlElement[] => {
    const [[name, content] = ["#text"]] = Object.entries(node ?? {}).filter(([key]) => key !== ":@");
    return name === "#text" ? [] : [{ name, text: textAmong(content), children: childrenIn(content) }];
  });
}

function textAmong(nodes: unknown): string {
  if (!Array.isArray(nodes)) return "";
  const texts = nodes.flatMap((node: unknown) =>
    typeof node === "object" && node !== null && "#text" in node ? [String(node["#text"])] : [],
  );
  return withoutControls(unescapeXml(texts.join(""))).trim();
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** The five entities that XML itself has, and characters by number. Others stay as they are. */
function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES.get(name) ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}
