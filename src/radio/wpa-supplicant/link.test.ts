import { describe, expect, test } from "vitest";
import { macAddressFrom } from "../../wsc/address.ts";
import { parsePairs } from "../control/text.ts";
import { goneAway } from "./complaints.ts";
import { linkState, networkIn, Trouble } from "./link.ts";

const bssid = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, 0));
const status = (...lines: readonly string[]) => parsePairs(lines.join("\n"));
const member = status("bssid=02:00:00:00:00:00", "ssid=a\\xffb", "mode=station", "wpa_state=COMPLETED");

describe("the state of a link", () => {
  test("is what STATUS says of it", () => {
    expect(linkState(member, null)).toBe("connected");
    expect(linkState(status("mode=AP", "wpa_state=COMPLETED"), null)).toBe("accessPoint");
    expect(linkState(status("wpa_state=4WAY_HANDSHAKE"), null)).toBe("connecting");
    expect(linkState(status("wpa_state=INTERFACE_DISABLED"), null)).toBe("off");
    expect(linkState(status(), null)).toBe("connecting");
  });

  test("without one is off when it was told to be", () => {
    for (const state of ["DISCONNECTED", "INACTIVE", "SCANNING"])
      expect(linkState(status(`wpa_state=${state}`), { mode: "off" })).toBe("off");
    expect(linkState(status("wpa_state=INACTIVE"), { mode: "station", network: null })).toBe("disconnected");
  });

  test("has the name of a network only in it, and not of a hotspot", () => {
    expect(networkIn(member)).toBe("a\\xffb");
    expect(networkIn(status("ssid=home", "wpa_state=SCANNING"))).toBeNull();
    expect(networkIn(status("ssid=ours", "mode=AP", "wpa_state=COMPLETED"))).toBeNull();
  });
});

describe("the trouble of a link", () => {
  test("is a wrong key, whatever else was said before", () => {
    const trouble = new Trouble();
    trouble.hear({ type: "rejected" });
    expect(trouble.value).toBe("rejected");
    trouble.hear({ type: "networkDisabled", reason: "WRONG_KEY" });
    trouble.hear({ type: "networkDisabled", reason: "CONN_FAILED" });
    expect(trouble.value).toBe("wrongKey");
  });

  test("is that the network is not there only when two scans in a row missed it", () => {
    const trouble = new Trouble();
    trouble.hear({ type: "networkNotFound" });
    trouble.hear({ type: "trying", bssid, ssid: null });
    trouble.hear({ type: "networkNotFound" });
    expect(trouble.value).toBeNull();
    trouble.hear({ type: "networkNotFound" });
    expect(trouble.value).toBe("notFound");
    trouble.hear({ type: "trying", bssid, ssid: null });
    expect(trouble.value).toBeNull();
  });

  test("ends with a connection, or with wpa_supplicant", () => {
    for (const type of ["connected", "gone"] as const) {
      const trouble = new Trouble();
      trouble.hear({ type: "rejected" });
      trouble.hear(type === "connected" ? { type, bssid } : { type, trouble: goneAway() });
      expect(trouble.value).toBeNull();
    }
  });
});
