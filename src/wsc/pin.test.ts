import { expect, test } from "vitest";
import { generatePin, parsePin, pinPassword, pushButtonPassword } from "./pin.ts";

test.each([
  ["12345670", "12345670"],
  ["1234 5670", "12345670"],
  ["1234-5670", "12345670"],
  [" 0000 0000 ", "00000000"],
  ["1234", "1234"],
  ["00-00", "0000"],
])("%j is the PIN %s", (text, pin) => {
  expect(parsePin(text)).toEqual({ ok: true, value: pin });
});

test.each([
  ["12345671", { kind: "checkDigit" }],
  ["21345670", { kind: "checkDigit" }],
  ["", { kind: "length", digits: 0 }],
  ["123", { kind: "length", digits: 3 }],
  ["1234567", { kind: "length", digits: 7 }],
  ["123456701", { kind: "length", digits: 9 }],
  ["12345a70", { kind: "notDigits" }],
  ["١٢٣٤", { kind: "notDigits" }],
])("%j is no PIN", (text, error) => {
  expect(parsePin(text)).toEqual({ ok: false, error });
});

test("a generated PIN is valid, leading zeros included", () => {
  for (const last of [0, 7, 100, 255]) {
    const pin = generatePin((_, length) => Uint8Array.from({ length }, (_, i) => (i === length - 1 ? last : 0)));
    expect(pin).toMatch(/^0{4}[0-9]{4}$/);
    expect(parsePin(pin)).toEqual({ ok: true, value: pin });
  }
});

test("device passwords: a PIN under id 0, push button under id 4 with eight zeros", () => {
  const pin = parsePin("1234-5670");
  if (!pin.ok) throw new Error(pin.error.kind);
  expect(pinPassword(pin.value).id).toBe(0);
  expect(pinPassword(pin.value).secret.revealText()).toBe("12345670");
  expect(pushButtonPassword.id).toBe(4);
  expect(pushButtonPassword.secret.revealText()).toBe("00000000");
});
