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
});

test("the air of another process is refused with its reason, and anything else with the forms", () => {
  expect(() => parseAp("air@/run/air")).toThrow(/have their Registrar in that process.*Take air or air:FILE/);
  for (const text of ["", "wlan0", "hostapd:", "hostapd:a b", "hostapd_cli:", "airs"])
    expect(() => parseAp(text)).toThrow("in one of these forms");
});
