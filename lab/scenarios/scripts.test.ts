/** `openwps lua` on the air: the basic example connects a real radio. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAir } from "../on-air.ts";
import { openwps } from "../program.ts";

test("the basic example joins at the press of a button, and stays connected after its end", async ({ task }) => {
  const air = await openAir({ name: task.name, radios: 2 });
  try {
    const [home, station] = await Promise.all([
      air.accessPoint({ ssid: "home", passphrase: "home is my castle" }),
      air.station({ networks: [] }),
    ]);
    await Promise.all([home.serveAddresses(), station.askForAddresses()]);
    await home.pressButton();
    const file = join(import.meta.dirname, "..", "..", "examples", "wps-basic.lua");
    const command = await openwps(air, station, ["lua", file, "--radio", `wpa_supplicant:${station.ifname}`]);
    expect(await command.ended, command.log()).toBe(0);
    expect(command.log()).toContain("WPS: Success, connecting to AP...");
    expect(await station.linkedTo()).toBe(home.bssid);
  } finally {
    await air.close();
  }
});
