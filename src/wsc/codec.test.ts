import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tlv } from "../../test/engine-pair.ts";
import { loadVector, must, vectorNames } from "../../test/vectors.ts";
import { ATTR, type AttributeName } from "./attributes.ts";
import { concat, fromHex, toHex } from "./bytes.ts";
import { parse, pick, readTlvs, type Slot, write } from "./codec.ts";
import { decode, encode, SCHEMAS, type Schema } from "./messages.ts";
import { Secret } from "./secret.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const read = (...tlvs: readonly Uint8Array[]) => parse(concat(...tlvs));
const values = (...tlvs: readonly Uint8Array[]) => must(read(...tlvs));

describe("attributes in bytes", () => {
  test("nothing holds nothing", () => expect(values()).toEqual({}));

  test.each([
    ["1022", 0],
    ["102200", 0],
    ["10220001", 0],
    ["1022000104101a", 5],
    ["1022000104ffffffff", 5],
  ])("%s runs past the end", (hex, offset) => {
    expect(parse(fromHex(hex))).toEqual({ ok: false, error: { kind: "truncated", offset } });
  });

  test("an unknown one is skipped, whatever its id", () => {
    expect(values(tlv(0x10fb, "0102"), tlv(0x2022, "05"), tlv(0x1022, "04"))).toEqual({ messageType: [4] });
  });

  test("a view into a larger buffer is read from its own beginning", () => {
    expect(must(parse(Buffer.concat([fromHex("ffff"), tlv(0x1022, "04")]).subarray(2)))).toEqual({ messageType: [4] });
  });

  test("values are copies: the bytes may be used again", () => {
    const bytes = tlv(0x101a, new Uint8Array(16).fill(1));
    const { enrolleeNonce } = must(parse(bytes));
    bytes.fill(9);
    expect(enrolleeNonce).toEqual([new Uint8Array(16).fill(1)]);
  });

  test("of one that may come once, the last counts", () => {
    expect(values(tlv(0x1012, "0000"), tlv(0x1012, "0004"))).toEqual({ devicePasswordId: [4] });
  });
});

describe("lengths", () => {
  const fixed = Object.entries(ATTR).filter(
    ([, { kind, tooShort, tooLong }]) => kind.min === kind.max && tooShort === "fail" && tooLong === "fail",
  );

  test.each(fixed)("another than its own fails a message with %s", (name, { id, kind }) => {
    for (const length of [0, kind.min - 1, kind.min + 1])
      expect(read(tlv(id, new Uint8Array(length)))).toEqual({
        ok: false,
        error: { kind: "badValue", attribute: name, length },
      });
    expect(read(tlv(id, new Uint8Array(kind.min))).ok).toBe(true);
  });

  test("a manufacturer is cut at 64 bytes, the other texts at 32", () => {
    const long = ascii("x".repeat(70));
    expect(values(tlv(0x1021, long), tlv(0x1023, long), tlv(0x1024, long), tlv(0x1042, long))).toEqual({
      manufacturer: ["x".repeat(64)],
      modelName: ["x".repeat(32)],
      modelNumber: ["x".repeat(32)],
      serialNumber: ["x".repeat(32)],
    });
  });

  test("a text is never cut in the middle of a character when it goes out again", () => {
    const { modelName = [""] } = values(tlv(0x1023, ascii(`${"x".repeat(31)}ü`)));
    expect(ascii(modelName[0]).length).toBeLessThanOrEqual(32);
    expect(() => write(["modelName"], { modelName: modelName[0] })).not.toThrow();
  });

  test.each([
    ["device name of 33 bytes", 0x1011, 33],
    ["SSID of 33 bytes", 0x1045, 33],
    ["public key of 189 bytes", 0x1032, 189],
    ["public key of 193 bytes", 0x1032, 193],
    ["network key of 65 bytes", 0x1027, 65],
    ["foreign extension of 2 bytes", 0x1049, 2],
  ])("a %s counts as absent", (_, id, length) => {
    expect(values(tlv(id, new Uint8Array(length)))).toEqual({});
  });

  test("an absent one does not push out a good one before it", () => {
    expect(values(tlv(0x1045, ascii("net")), tlv(0x1045, new Uint8Array(33)))).toEqual({ ssid: [ascii("net")] });
  });
});

describe("repeatable attributes", () => {
  const times = (n: number, bytes: Uint8Array) => Array.from({ length: n }, () => bytes);

  test("of 12 credentials the first 10 are kept", () => {
    const { credential = [] } = values(...Array.from({ length: 12 }, (_, i) => tlv(0x100e, Uint8Array.of(i))));
    expect(credential.map((value) => value.reveal()[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("of 12 requested device types the first 10 are kept", () => {
    expect(values(...times(12, tlv(0x106a, new Uint8Array(8)))).requestedDeviceType).toHaveLength(10);
  });

  test("an eleventh foreign extension fails the message, the Wi-Fi Alliance's not counted", () => {
    const wfa = tlv(0x1049, "00372a000120");
    expect(read(wfa, ...times(10, tlv(0x1049, "001122"))).ok).toBe(true);
    expect(read(...times(11, tlv(0x1049, "001122")))).toEqual({
      ok: false,
      error: { kind: "tooMany", attribute: "vendorExtension" },
    });
  });

  test("an extension of 1025 bytes fails the message", () => {
    expect(read(tlv(0x1049, new Uint8Array(1024))).ok).toBe(true);
    expect(read(tlv(0x1049, new Uint8Array(1025))).ok).toBe(false);
  });
});

describe("the Wi-Fi Alliance's extension", () => {
  const wfa = (hex: string) => values(tlv(0x1049, `00372a${hex}`)).wfaExtension?.[0];

  test.each([
    ["", {}],
    ["000120", { version2: 0x20 }],
    ["000120030101", { version2: 0x20, requestToEnroll: 1 }],
    ["0106020000000100", { authorizedMacs: fromHex("020000000100") }],
    ["0100000120", { authorizedMacs: new Uint8Array(), version2: 0x20 }],
    ["01080200000001000200000120", { authorizedMacs: fromHex("020000000100"), version2: 0x20 }],
    [`0124${"020000000100".repeat(6)}000120`, { authorizedMacs: fromHex("020000000100".repeat(6)), version2: 0x20 }],
    [
      "02010104010505020080060180",
      { networkKeyShareable: 1, settingsDelayTime: 5, registrarConfigMethods: 0x80, multiAp: 0x80 },
    ],
    ["7703aabbcc000120", { version2: 0x20 }],
    ["00012005", { version2: 0x20 }],
    ["0001200509", { version2: 0x20 }],
  ])("%s", (hex, expected) => expect(wfa(hex)).toEqual(expected));

  test.each([
    "0000",
    "00022020",
    "02020101",
    "03020101",
    "0400",
    "050180",
    "06020101",
  ])("a wrong length (%s) fails the message", (hex) => expect(read(tlv(0x1049, `00372a${hex}`)).ok).toBe(false));

  test("in two pieces is one", () => {
    expect(values(tlv(0x1049, "00372a000120"), tlv(0x1049, "00372a060180")).wfaExtension).toEqual([
      { version2: 0x20, multiAp: 0x80 },
    ]);
  });
});

describe("texts", () => {
  test("an empty one goes out as one space, and comes back empty", () => {
    const bytes = write(["deviceName"], { deviceName: "" });
    expect(toHex(bytes)).toBe("1011000120");
    expect(must(parse(bytes))).toEqual({ deviceName: [""] });
    expect(values(tlv(0x1011, ""))).toEqual({ deviceName: [""] });
  });

  test("one ends where a NUL stands, whatever follows", () => {
    expect(values(tlv(0x1011, "4c616d7000")).deviceName).toEqual(["Lamp"]);
    expect(values(tlv(0x1011, "4c616d70000000ff41")).deviceName).toEqual(["Lamp"]);
    expect(values(tlv(0x1011, "0000")).deviceName).toEqual([""]);
  });

  test("a byte order mark and broken UTF-8 are not lost silently", () => {
    expect(values(tlv(0x1011, "efbbbf41")).deviceName).toEqual(["\ufeffA"]);
    expect(values(tlv(0x1011, "41ff")).deviceName).toEqual(["A\ufffd"]);
  });
});

describe("what real peers do", () => {
  test("zero bytes after the last attribute are padding (Mac OS X 10.6)", () => {
    expect(values(tlv(0x1022, "04"), new Uint8Array(8))).toEqual({ messageType: [4] });
  });

  test("a message of nothing but zeros is read in one go", () => {
    const zeros = new Uint8Array(50_000);
    expect(values(zeros)).toEqual({});
    zeros[zeros.length - 1] = 1;
    expect(parse(zeros).ok).toBe(false);
  });

  test("a zero head in the middle is an attribute nobody knows", () => {
    expect(values(new Uint8Array(4), tlv(0x1022, "04"))).toEqual({ messageType: [4] });
  });

  test.each(["00", "20", "ff"])("one stray byte %s after a Network Key is passed over", (stray) => {
    const { networkKey, macAddress } = values(tlv(0x1027, ""), fromHex(stray), tlv(0x1020, "020000000100"));
    expect(networkKey?.[0].length).toBe(0);
    expect(macAddress).toEqual(["02:00:00:00:01:00"]);
  });

  test("a stray byte anywhere else is none", () => {
    expect(read(tlv(0x1045, "61"), fromHex("00"), tlv(0x1020, "020000000100")).ok).toBe(false);
  });
});

describe("writing", () => {
  test.each<[string, () => unknown]>([
    ["a nonce of 15 bytes", () => write(["enrolleeNonce"], { enrolleeNonce: new Uint8Array(15) })],
    ["a device name of 33 bytes", () => write(["deviceName"], { deviceName: "x".repeat(33) })],
    ["a number too large", () => write(["configError"], { configError: 0x10000 })],
    ["a negative number", () => write(["configError"], { configError: -1 })],
    ["a key of 65 bytes", () => write(["networkKey"], { networkKey: new Secret(new Uint8Array(65)) })],
  ])("%s is the caller's bug", (_, call) => expect(call).toThrow(RangeError));

  test("a missing value is the caller's bug and named", () => {
    expect(() => write(["ssid"], {} as never)).toThrow("ssid: expected a value, got none");
  });
});

describe("for any bytes", () => {
  const names = Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[];
  const real = vectorNames.flatMap((name) => loadVector(name).messages);
  /** Attributes of known ids with any value, often of a legal length: what gets deep into the decoder. */
  const attributes = fc
    .array(
      fc.tuple(
        fc.constantFrom(...(Object.keys(ATTR) as AttributeName[])),
        fc.uint8Array({ maxLength: 40 }),
        fc.boolean(),
      ),
      { maxLength: 30 },
    )
    .map((list) =>
      concat(
        ...list.map(([name, value, legal]) => {
          const { id, kind } = ATTR[name];
          const fitted = new Uint8Array(kind.min);
          fitted.set(value.subarray(0, kind.min));
          return tlv(id, legal ? fitted : value);
        }),
      ),
    );
  const mutated = fc
    .tuple(fc.constantFrom(...real), fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 5 }), fc.nat(20))
    .map(([{ bytes }, changes, cut]) => {
      const copy = bytes.slice(0, Math.max(0, bytes.length - (cut > 10 ? 0 : cut)));
      for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
      return copy;
    });
  const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), attributes, mutated);

  test("reading gives a result, never an exception", () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        readTlvs(bytes);
        for (const name of names) decode(SCHEMAS[name] as Schema<Slot>, bytes);
      }),
      { numRuns: 500 },
    );
  });

  test("what was read can be written, and reads the same", () => {
    fc.assert(
      fc.property(anything, (bytes) => {
        for (const name of names) {
          const schema: Schema<Slot> = SCHEMAS[name];
          const body = decode(schema, bytes);
          if (!body.ok) continue;
          const written = encode(schema, body.value);
          expect(toHex(encode(schema, must(decode(schema, written))))).toBe(toHex(written));
          expect(must(decode(schema, written))).toEqual(body.value);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("so can any mixture of attributes, whatever message they make up", () => {
    const everything = (Object.keys(ATTR) as AttributeName[]).map((name) => `${name}*` as const);
    let read = 0;
    fc.assert(
      fc.property(anything, (bytes) => {
        const attributes = parse(bytes);
        if (!attributes.ok) return;
        read += 1;
        const written = write(everything, must(pick(everything, attributes.value)));
        expect(must(parse(written))).toEqual(attributes.value);
        expect(toHex(write(everything, must(pick(everything, must(parse(written))))))).toBe(toHex(written));
      }),
      { numRuns: 1000 },
    );
    expect(read, "of 1000 were readable").toBeGreaterThan(200);
  });
});
