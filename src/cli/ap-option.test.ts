/** AP, as a person writes it. */
import { expect, test } from "vitest";
import { parseAp } from "./ap-option.ts";

test("each form of AP is read", () => {
  expect(parseAp("hostapd:wlan0")).toEqual({ type: "hostapd", target: "wlan0" });
  expect(parseAp("hostapd:/run/hostapd/wlan0")).toEqual({ type: "hostapd", target: "/run/hostapd/wlan0" });
  const command = "ssh root@router hostapd_cli -i wlan0";
  expect(parseAp(`hostapd_cli:${command}`)).toEqual({ type: "hostapdCli", command });
  expect(parseAp("air")).toEqual({ type: "air", file: null });
  expect(parseAp("air:home.json")).toEqual({ type: "air", file: "home.json" });
  expect(parseAp("air@/run/air")).toEqual({ type: "airSocket", socket: "/run/air" });
});

test("anything else is refused with the forms", () => {
  for (const text of ["", "wlan0", "hostapd:", "hostapd:a b", "hostapd_cli:", "airs", "air@", "hostapd@wlan0"])
    expect(() => parseAp(text)).toThrow("in one of these forms");
});
