import { describe, expect, test } from "vitest";
import { loadVector, must, vectorNames } from "../../test/vectors.ts";
import { fromHex, toHex } from "./bytes.ts";
import type { Slot } from "./codec.ts";
import { decode, encode, M2, M4, messageTypeOf, SCHEMAS, type Schema, WSC_ACK } from "./messages.ts";

describe.each(vectorNames)("recorded run %s", (name) => {
  const { messages } = loadVector(name);

  test.each(
    messages.map((message, i) => ({ ...message, i })),
  )("message $i, $type, survives decode and encode", (message) => {
    const schema: Schema<Slot> = SCHEMAS[message.type];
    expect(messageTypeOf(message.bytes)).toBe(message.type);
    expect(message.opCode).toBe(schema.opCode);
    expect(toHex(encode(schema, must(decode(schema, message.bytes))))).toBe(toHex(message.bytes));
  });
});

describe("decode", () => {
  const bytes = (type: string) =>
    loadVector("pbc").messages.find((message) => message.type === type)?.bytes ?? new Uint8Array();

  test("names the message it got instead of the one asked for", () => {
    expect(decode(M4, bytes("M2"))).toEqual({ ok: false, error: { kind: "otherMessage", messageType: 5 } });
  });

  test("names the first attribute that is missing", () => {
    expect(decode(M2, bytes("M2").subarray(0, 5))).toEqual({
      ok: false,
      error: { kind: "missing", attribute: "messageType" },
    });
  });

  test("takes a version of the future and skips an attribute it does not know", () => {
    const m2 = must(
      decode(M2, loadVector("newver").messages.find(({ type }) => type === "M2")?.bytes ?? new Uint8Array()),
    );
    expect(m2.wfaExtension).toEqual({ version2: 0x57 });
  });
});

test("a message of a 1.0 device has no extension, and none is put into it", () => {
  const nonce = new Uint8Array(16).fill(7);
  const body = { version: 0x10, messageType: 0x0d, enrolleeNonce: nonce, registrarNonce: nonce, vendorExtension: [] };
  const sent = encode(WSC_ACK, body);
  expect(toHex(sent)).toBe(`104a000110${"102200010d"}101a0010${toHex(nonce)}10390010${toHex(nonce)}`);
  expect(must(decode(WSC_ACK, sent))).toEqual(body);
});

test("bytes that are no message have no type", () => {
  expect(messageTypeOf(Uint8Array.of(0x10))).toBeNull();
  expect(messageTypeOf(new Uint8Array())).toBeNull();
  expect(messageTypeOf(Uint8Array.of(0x10, 0x22, 0, 1, 0x01))).toBeNull();
});

test("a message is named by its Message Type, whatever else is wrong with it", () => {
  const m4 = fromHex("1022000108" + "100500020000");
  expect(messageTypeOf(m4)).toBe("M4");
  expect(decode(M4, m4)).toEqual({ ok: false, error: { kind: "badValue", attribute: "authenticator", length: 2 } });
});
