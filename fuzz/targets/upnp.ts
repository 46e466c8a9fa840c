/** What comes over the network in UPnP: SSDP datagrams, descriptions, SOAP, events, and what is in these. */
import { fromBase64, toBase64 } from "../../src/upnp/base64.ts";
import { composeDescription, readDescription } from "../../src/upnp/description.ts";
import {
  composePropertySet,
  readCallbacks,
  readPropertySet,
  readSeq,
  readSid,
  readTimeout,
} from "../../src/upnp/gena.ts";
import { composeSelection, readSelection } from "../../src/upnp/selected-registrar.ts";
import { composeAnswer, composeCall, composeFault, readAnswer, readCall } from "../../src/upnp/soap.ts";
import { composeSsdp, readSsdp } from "../../src/upnp/ssdp.ts";
import { composeWlanEvent, readWlanEvent } from "../../src/upnp/wlan-event.ts";
import { LONGEST_XML } from "../../src/upnp/xml.ts";
import { concat } from "../../src/wsc/bytes.ts";
import { datagrams, documents } from "../../test/upnp/captured.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import { mutateText } from "../mutate-text.ts";
import { type Checks, demand, same, type Target } from "../target.ts";
import { bytesTarget } from "./bytes-target.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A document that is written anew may be longer than is read: what was no UTF-8 has become three bytes each. */
function rereads(document: string, isSame: (written: Uint8Array) => boolean, rule: string): void {
  const written = utf8(document);
  demand(written.length > LONGEST_XML || isSame(written), rule);
}

/** What is in an event, or in the argument of SetSelectedRegistrar. */
function tryValue(text: string): void {
  const bytes = fromBase64(text);
  if (bytes === null) return;
  demand(same(fromBase64(toBase64(bytes)), bytes), "base64 reads as it was written");
  const event = readWlanEvent(bytes);
  if (event !== null) demand(same(readWlanEvent(composeWlanEvent(event)), event), "an event reads as it was written");
  const selection = readSelection(bytes);
  if (!selection.ok) return;
  const again = readSelection(composeSelection(selection.value));
  demand(again.ok && same(again.value, selection.value), "a selection reads as it was written");
}

export const upnpChecks = {
  ssdp(bytes: Uint8Array) {
    const message = readSsdp(bytes);
    if (message === null) return "none";
    demand(same(readSsdp(composeSsdp(message)), message), "a datagram reads as it was written");
    return message.type;
  },

  upnpXml(bytes: Uint8Array) {
    const call = readCall(bytes);
    for (const value of call?.values.values() ?? []) tryValue(value);
    const answer = readAnswer(bytes);
    if (answer?.type === "fault") {
      const again = readAnswer(utf8(composeFault(answer.code ?? 0, answer.description)));
      demand(again?.type === "fault" && again.code === (answer.code ?? 0), "a fault reads as it was written");
      return `fault ${answer.code}`;
    }
    if (answer !== null) {
      rereads(
        composeAnswer(answer),
        (written) => same(readAnswer(written), answer),
        "an answer reads as it was written",
      );
      return "answer";
    }
    if (call !== null) {
      rereads(composeCall(call), (written) => same(readCall(written), call), "a call reads as it was written");
      return "call";
    }
    const properties = readPropertySet(bytes);
    if (properties !== null) {
      for (const value of properties.values()) tryValue(value);
      const isSame = (written: Uint8Array) => same([...(readPropertySet(written) ?? [])], [...properties]);
      rereads(composePropertySet(properties), isSame, "events read as they were written");
      return `event of ${properties.size}`;
    }
    const description = readDescription(bytes);
    if (typeof description === "string") return description;
    const isSame = (written: Uint8Array) => same(readDescription(written), description);
    rereads(composeDescription(description), isSame, "a description reads as written");
    return "description";
  },

  upnpHeader(bytes: Uint8Array) {
    const text = new TextDecoder("latin1").decode(bytes);
    const seq = readSeq(text);
    const seconds = readTimeout(text);
    demand(seconds === null || (seconds >= 0 && seconds <= 86_400), "a subscription lasts a day at most");
    demand((readCallbacks(text) ?? []).length <= 8, "a subscriber has eight callbacks at most");
    return `${readSid(text) === null ? "-" : "sid"} ${seq === null ? "-" : "seq"} ${seconds === null ? "-" : "timeout"}`;
  },
} satisfies Checks<Uint8Array>;

const headers = [
  "<http://127.0.0.1:49153/event/99813181/1>",
  "<http://192.168.1.9:80/a><http://192.168.1.9:81/b>",
  "Second-1800",
  "Second-infinite",
  "uuid:f89213d5-3280-44b8-a367-f58d0d1b951f",
  "4294967295",
];
const xml = documents.map(({ body }) => body);

/** Half of the damage is to text: elements doubled, dropped, cut; the other half to bytes. */
function damaged(bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[]): Uint8Array {
  if (chance.oneIn(64)) return stretched(bytes, chance);
  if (chance.oneIn(2)) return mutateBytes(bytes, chance, [chance.pick(others)]);
  return utf8(mutateText(new TextDecoder().decode(bytes), chance, [new TextDecoder().decode(chance.pick(others))]));
}

/** As long as is read, by one thing again and again: what takes more time than its length shows by that. */
function stretched(bytes: Uint8Array, chance: Chance): Uint8Array {
  const piece = utf8(chance.pick([" ", "\0", "\n", "<", "<a>", "<a/>", "&", "<!--", "<![CDATA[", 'a="" ', "A"]));
  const at = chance.int(bytes.length + 1);
  const count = Math.max(0, Math.floor((LONGEST_XML - bytes.length) / piece.length));
  const pieces = Array.from({ length: count }, () => piece);
  return concat(bytes.subarray(0, at), ...pieces, bytes.subarray(at));
}

export const upnpTargets: readonly Target[] = [
  bytesTarget({
    name: "ssdp",
    share: 2,
    draw: (chance) => damaged(chance.pick(datagrams), chance, datagrams),
    check: upnpChecks.ssdp,
  }),
  bytesTarget({
    name: "upnpXml",
    share: 2,
    draw: (chance) => damaged(chance.pick(xml), chance, xml),
    check: upnpChecks.upnpXml,
  }),
  bytesTarget({
    name: "upnpHeader",
    share: 1,
    draw: (chance) => utf8(mutateText(chance.pick(headers), chance, headers)),
    check: upnpChecks.upnpHeader,
  }),
];
