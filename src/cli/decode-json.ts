/** What the decoder gives as lines of JSON. Bytes are hex, addresses text, secrets `[secret]`; nothing is left out or folded. */
import type { DecodedAttribute } from "../capture/attribute-words.ts";
import { hex, uuidWords } from "../capture/attribute-words.ts";
import type { DecodedMessage, DecoderItem } from "../capture/message.ts";
import { explainFault } from "../capture/packet.ts";
import { judgePin } from "../capture/pin-verdict.ts";
import { passwordIdOf, type Run, wrongHalfOf } from "../capture/run.ts";
import { faultWords, summarize } from "../capture/summary.ts";
import { ATTR } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import type { Pin } from "../wsc/pin.ts";

/** One item as one line. */
export function decodeJson(item: DecoderItem, pin: Pin | null): string {
  switch (item.type) {
    case "message":
      return JSON.stringify(messageJson(item));
    case "run":
      return JSON.stringify({ type: "run", ...runJson(item.run), ...(pin && { pin: judgePin(item.run, pin) }) });
    case "end":
      return JSON.stringify({
        type: "end",
        packets: item.packets,
        unreadLinkTypes: Object.fromEntries(item.unread),
        error: item.fault && explainFault(item.fault),
      });
  }
}

function messageJson(decoded: DecodedMessage): object {
  const { packet, at, from, to, direction, carrier, message, repeated, fragments, run, ssid, attributes, fault } =
    decoded;
  return {
    type: "message",
    packet,
    time: timeText(at),
    from,
    to,
    direction,
    carrier,
    message,
    run,
    repeated,
    ...(fragments > 1 && { fragments }),
    ...(decoded.action !== null && { action: decoded.action, station: decoded.station }),
    ...(decoded.identity !== null && { identity: decoded.identity }),
    ...(ssid !== null && { ssid: new TextDecoder().decode(ssid) }),
    summary: summarize(decoded),
    attributes: attributesJson(attributes),
    error: fault && faultWords(fault),
  };
}

/** By name; by number, `0x1234`, where there is none. What may come more than once is always a list. */
function attributesJson(attributes: readonly DecodedAttribute[]): object {
  const found: { [name: string]: unknown } = {};
  for (const { id, name, value } of attributes) {
    const key = name ?? hex(id, 4);
    const repeatable = name === null || ATTR[name].limit > 1;
    found[key] = repeatable
      ? [...((found[key] as unknown[] | undefined) ?? []), valueJson(value)]
      : valueJson(value, name);
  }
  return found;
}

function valueJson(value: unknown, name: string | null = null): unknown {
  if (value instanceof Uint8Array) return name === "uuidE" || name === "uuidR" ? uuidWords(value) : toHex(value);
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  return Object.fromEntries(Object.entries(value).map(([part, each]) => [part, valueJson(each)]));
}

function runJson(run: Run): object {
  const end = ({ uuid, name }: Run["enrollee"]) => ({ uuid: uuid && uuidWords(uuid), name });
  return {
    run: run.number,
    outcome: run.outcome,
    configError: run.configError,
    wrongHalf: wrongHalfOf(run),
    devicePasswordId: passwordIdOf(run),
    enrollee: { is: run.enrolleeIs, mac: run.enrolleeMac, ...end(run.enrollee) },
    registrar: end(run.registrar),
    messages: [...run.seen],
    firstPacket: run.firstPacket,
    lastPacket: run.lastPacket,
  };
}

/** `2026-11-21T02:30:22.123456789Z`; null for a time that is none or that no calendar has. */
function timeText(at: bigint | null): string | null {
  if (at === null || at < 0n || at >= 8_640_000_000_000_000_000_000n) return null;
  const date = new Date(Number(at / 1_000_000n)).toISOString();
  return date.replace(/\.\d{3}Z$/, `.${String(at % 1_000_000_000n).padStart(9, "0")}Z`);
}
