import { expect, test } from "vitest";
import { apiMac, channelOf, signalPercent } from "./wifi-forms.ts";

test("an address is 12 upper-case hex digits", () => {
  expect(apiMac("dc:15:c8:4f:ba:b6")).toBe("DC15C84FBAB6");
});

test("signal strength runs from 0 to 100 percent", () => {
  expect([-127, -100, -75, -50, -29, 0].map(signalPercent)).toEqual([0, 0, 50, 100, 100, 100]);
});

test("a frequency has its channel in each band, and none outside", () => {
  const frequencies = [2412, 2437, 2472, 2484, 5180, 5825, 5955, 7115, 2400, 868];
  expect(frequencies.map(channelOf)).toEqual([1, 6, 13, 14, 36, 165, 1, 233, null, null]);
});
