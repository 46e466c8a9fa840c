/** `openwps check` and `openwps scan` on the air: access points of every kind, each with what speaks against WPS. */
import { describe, expect, test } from "vitest";
import { openAir } from "../on-air.ts";
import { openwps } from "../program.ts";

interface Found {
  readonly type: string;
  readonly ssid: string;
  readonly auth_mode: string;
  readonly wps: string;
  readonly button: { readonly possible: boolean; readonly key: string };
  readonly pin: { readonly possible: boolean; readonly key: string };
  readonly cautions: readonly { readonly key: string }[];
}

interface Report {
  readonly status: number | null;
  readonly whole: Found | undefined;
  readonly each: readonly Found[];
}

function read(status: number | null, log: string): Report {
  const lines = log.split("\n").filter((line) => line.startsWith("{"));
  const [whole, ...each] = lines.map((line) => JSON.parse(line) as Found);
  return { status, whole, each };
}

/**
 * A scan waits a few hundredths of a second for an answer, and here it may be late; a window may even be over by then. So
 * another look, as a person would take.
 */
async function lookingAgain(look: () => Promise<Report>): Promise<Report> {
  for (;;) {
    const report = await look();
    if (report.each.length === 5 && report.each.some(({ button }) => button.possible)) return report;
  }
}

describe.concurrent("openwps check", () => {
  test("tells apart what is hidden, WPA3 only, mixed, locked, enterprise and pressed", async ({ task }) => {
    const air = await openAir({ name: task.name, radios: 6 });
    try {
      const passphrase = "home is my castle";
      const sae = ["wpa_key_mgmt=SAE", "ieee80211w=2"];
      const [pressed] = await Promise.all([
        air.accessPoint({ ssid: "pressed", passphrase }),
        air.accessPoint({ ssid: "hidden", passphrase, config: ["ignore_broadcast_ssid=1", "wps_state=0"] }),
        air.accessPoint({ ssid: "new", passphrase, config: [...sae, "wps_state=0"] }),
        air.accessPoint({ ssid: "mixed", passphrase, config: ["wpa_key_mgmt=WPA-PSK SAE", "ieee80211w=1"] }),
        air.accessPoint({ ssid: "locked", passphrase, config: ["ap_setup_locked=1", "ap_pin=12345670"] }),
      ]);
      const station = await air.station();
      const { whole, each, status } = await lookingAgain(async () => {
        await pressed?.pressButton();
        const check = await openwps(air, station, ["check", "--radio", `wpa_supplicant:${station.ifname}`, "--json"]);
        return read(await check.ended, check.log());
      });
      expect(status).toBe(0);
      expect(whole).toMatchObject({ type: "check", button: { possible: true }, pin: { possible: false } });
      const of = (ssid: string) => each.find((one) => one.ssid === ssid);
      expect(of("pressed")).toMatchObject({ wps: "true", button: { possible: true, key: "button-pressed" } });
      expect(of("")).toMatchObject({ button: { key: "hidden" }, pin: { key: "hidden" } });
      expect(of("new")).toMatchObject({ auth_mode: "WPA3", button: { key: "only-wpa3" } });
      expect(of("mixed")).toMatchObject({ auth_mode: "WPA2-WPA3", button: { key: "no-button-pressed" } });
      expect(of("locked")).toMatchObject({ cautions: [{ key: "setup-locked" }] });
    } finally {
      await air.close();
    }
  });
});
