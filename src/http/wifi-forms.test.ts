import { expect, test } from "vitest";
import { gatewayOf } from "./ethernet.ts";
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

test("the gateway is read from the kernel's table", () => {
  const routes = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
    "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
  ].join("\n");
  expect(gatewayOf("eth0", routes)).toBe("192.168.0.1");
  expect(gatewayOf("eth1", routes)).toBeNull();
});
