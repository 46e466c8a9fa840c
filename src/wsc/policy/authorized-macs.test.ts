/** What an access point announces while it expects somebody. */
import { describe, expect, test } from "vitest";
import { macAddressFrom } from "../address.ts";
import { CONFIG_METHOD } from "../attributes.ts";
import { ANYBODY } from "../elements.ts";
import { authorizedMacs, mergeSelected, selectedByButton, selectedByPassword } from "./authorized-macs.ts";

const address = (n: number) => macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, n));

describe("AuthorizedMACs", () => {
  test("names the newest first", () =>
    expect(authorizedMacs([address(1), address(2)])).toEqual([address(2), address(1)]));
  test("names at most five, and lets the oldest go", () =>
    expect(authorizedMacs([1, 2, 3, 4, 5, 6].map(address))).toEqual([6, 5, 4, 3, 2].map(address)));
  test("names anybody for a PIN that is for anybody", () =>
    expect(authorizedMacs([address(1), null])).toEqual([ANYBODY, address(1)]));
  test("names nobody twice", () =>
    expect(authorizedMacs([address(1), null, address(1), null])).toEqual([ANYBODY, address(1)]));
  test("is empty when nobody is expected", () => expect(authorizedMacs([])).toEqual([]));
});

describe("a push button is announced", () => {
  const { label, keypad, virtualPushButton, physicalPushButton, pushButton } = CONFIG_METHOD;
  test.each([
    ["as a virtual one", label | virtualPushButton | keypad, label | virtualPushButton | keypad],
    ["as a physical one", physicalPushButton, physicalPushButton],
    ["as both", virtualPushButton | physicalPushButton, virtualPushButton | physicalPushButton],
    ["as a physical one when its kind is not known", label | pushButton, label | physicalPushButton],
    ["as a physical one when none is listed", label, label | physicalPushButton],
  ])("%s", (_, own, announced) => {
    expect(selectedByButton(own)).toEqual({
      devicePasswordId: 4,
      configMethods: announced,
      authorizedMacs: [ANYBODY],
    });
  });
});

describe("a PIN is announced", () => {
  test("without the button, as hostapd does it", () =>
    expect(selectedByPassword(0x238c, [null])).toEqual({
      devicePasswordId: 0,
      configMethods: 0x210c,
      authorizedMacs: [ANYBODY],
    }));
  test("and so is a token, by its own id", () =>
    expect(selectedByPassword(0x238c, [address(1)], 0xeb0f)).toMatchObject({ devicePasswordId: 0xeb0f }));
});

describe("several Registrars are announced as one", () => {
  const { label, keypad } = CONFIG_METHOD;
  const one = (devicePasswordId: number, configMethods: number, ...macs: readonly number[]) => ({
    devicePasswordId,
    configMethods,
    authorizedMacs: macs.map(address),
  });
  test.each([
    ["nobody", [], null],
    ["one of them, as it is", [one(0, label, 1)], one(0, label, 1)],
    ["a PIN and a token: the later id", [one(0, label, 1), one(7, keypad, 2)], one(7, label | keypad, 1, 2)],
    ["a button and a PIN: the button", [one(4, keypad, 1), one(0, label, 2)], one(4, label | keypad, 1, 2)],
    ["the same device twice, once", [one(0, label, 1), one(0, label, 1, 2)], one(0, label, 1, 2)],
    ["more than fit: the first five", [one(0, 0, 1, 2, 3), one(0, 0, 4, 5, 6)], one(0, 0, 1, 2, 3, 4, 5)],
  ])("%s", (_what, all, merged) => expect(mergeSelected(all)).toEqual(merged));
});
