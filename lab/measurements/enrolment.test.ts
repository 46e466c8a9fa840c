/** How soon a device is connected with its own key after its enrolment has ended, for both ways to bring keys to hostapd. */
import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { openControlSocket } from "../../src/radio/control/control-socket.ts";
import { WPA_SUPPLICANT } from "../../src/radio/control/endpoint.ts";
import { parseEvent } from "../../src/radio/wpa-supplicant/events.ts";
import { openAir } from "../on-air.ts";
import { until } from "../process.ts";
import { type Delivery, LabRegistrar } from "../registrar-on-air.ts";
import { tell } from "./figures.ts";

/** Of one device, one right after the other. */
const runs = 4;

test.each<Delivery>(["radius", "file"])("from the end of a run to the connection, by %s", {
  timeout: 1_200_000,
}, async (delivery) => {
  const registrar = new LabRegistrar({ keys: "per-device", delivery });
  const air = await openAir({ name: `enrolment by ${delivery}`, radios: 2 });
  try {
    const accessPoint = await air.accessPoint({ ssid: "devices", passphrase: null, config: registrar.config });
    const service = await registrar.start([accessPoint]);
    const lamp = await air.station();
    const common = { daemon: WPA_SUPPLICANT, clock: systemClock, readEvent: parseEvent };
    const control = await openControlSocket({ ...common, path: lamp.socket });
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const connected = new Promise<number>((resolve) => {
        const quiet = control.listen((news) => {
          if (news.type !== "connected") return;
          quiet();
          resolve(systemClock.now());
        });
      });
      expect(await service.pressButton(accessPoint.bssid)).toBe("open");
      await control.request("WPS_PBC");
      const at = await connected;
      await until(async () => service.activity.filter(({ type }) => type === "enrolment").length === run + 1, 200);
      const last = service.activity.findLast((entry) => entry.type === "enrolment");
      if (last?.type !== "enrolment") throw new Error("no run was noted");
      times.push(at - last.endedAt);
    }
    control.close();
    // It knew the key each time, and did not read its file anew while the device was on its way.
    expect(accessPoint.log()).not.toMatch(/no PSK configured|no longer valid/);
    tell(`keys by ${delivery}, end of the run to connected`, times);
  } finally {
    await registrar.stop();
    await air.close();
  }
});
