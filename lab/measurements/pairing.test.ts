/**
 * How long a pairing takes by our service, beside wpa_supplicant's own command, in turn on the same radio: from the
 * request to the connection with the new key. Both begin connected, with the access point's button pressed already.
 */
import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { openControlSocket } from "../../src/radio/control/control-socket.ts";
import { WPA_SUPPLICANT } from "../../src/radio/control/endpoint.ts";
import { parseEvent } from "../../src/radio/wpa-supplicant/events.ts";
import { openAir } from "../on-air.ts";
import { Service } from "../program.ts";
import { median, say, tell } from "./figures.ts";

const runs = 10;

test("from the request to the connection", { timeout: 1_200_000 }, async ({ task }) => {
  const air = await openAir({ name: task.name, radios: 2 });
  try {
    const accessPoint = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
    const station = await air.station();
    await accessPoint.serveAddresses();
    await station.askForAddresses();
    const service = new Service(air, station);
    await service.start();
    const common = { daemon: WPA_SUPPLICANT, clock: systemClock, readEvent: parseEvent };
    const control = await openControlSocket({ ...common, path: station.socket });
    const connection = () =>
      new Promise<void>((resolve) => {
        const quiet = control.listen((news) => {
          if (news.type !== "connected") return;
          quiet();
          resolve();
        });
      });
    const timed = async (begin: () => Promise<unknown>): Promise<number> => {
      await accessPoint.pressButton();
      const connected = connection();
      const start = performance.now();
      await begin();
      await connected;
      return performance.now() - start;
    };
    const byService = async () => {
      const took = await timed(async () =>
        expect((await service.request("POST", "/api/v1/wifi/wps")).status).toBe(204),
      );
      expect(await service.ended()).toMatchObject({ result: "success" });
      return took;
    };
    const byCommand = () => timed(async () => expect(await control.request("WPS_PBC")).toBe("OK"));

    await byService();
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let i = 0; i < runs; i++) {
      theirs.push(await byCommand());
      ours.push(await byService());
    }
    control.close();
    tell("openwps station, POST to connected", ours);
    tell("wpa_supplicant, WPS_PBC to connected", theirs);
    say(`ratio of the medians: ${(median(ours) / median(theirs)).toFixed(2)}`);
  } finally {
    await air.close();
  }
});
