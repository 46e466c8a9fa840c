/** Stories of a device whose radio backend misbehaves in mid-pairing, in virtual time. */
import { afterEach, expect, test } from "vitest";
import { seededRandom } from "../src/radio/air/chance.ts";
import { RadioError, type StationRadio } from "../src/radio/station-radio.ts";
import { openStation } from "../src/station/station.ts";
import { Device, radioWith } from "./station-world.ts";

let device: Device;
afterEach(() => device.close());

test("a radio that refuses once to be put back is put back a moment later, and then left alone", async () => {
  let watching = new AbortController();
  let refusals = 0;
  const applied: string[] = [];
  const refused = () => new RadioError("refused", "The radio is busy.", "Try again.");
  const radio = (real: StationRadio) =>
    radioWith(real, {
      async *watch({ signal }) {
        yield* real.watch({ signal: AbortSignal.any([signal, watching.signal]) });
        if (!signal.aborted) throw refused();
      },
      apply: async (setup) => {
        if (refusals-- > 0) throw refused();
        applied.push(setup.mode);
        await real.apply(setup);
      },
    });
  device = new Device({ radio });
  const station = await device.startIn("station");
  await device.until(station.startPairing({ method: "pbc" }));
  await device.clock.advance(5_000);
  // The keeper notices, and waits for the end of the pairing.
  watching.abort();
  watching = new AbortController();
  await device.clock.advance(5_000);
  applied.length = 0;
  refusals = 1;
  await device.until(station.cancelPairing());
  await device.linkIn("connected", device.home.ssid);
  await device.clock.advance(60_000);
  expect(applied).toEqual(["station"]);
  expect((await device.until(station.link())).state).toBe("connected");
});

test("a backend's mistake in a look around ends the pairing, is logged, and harms nothing", async () => {
  let mistaken = false;
  const radio = (real: StationRadio) =>
    radioWith(real, {
      scan: async (options) => {
        if (mistaken) throw new TypeError("a mistake");
        return real.scan(options);
      },
    });
  device = new Device({ radio });
  const troubles: unknown[] = [];
  const station = await device.until(
    openStation({ ...device, random: seededRandom(1), onTrouble: (trouble) => troubles.push(trouble) }),
  );
  await device.until(device.setUp(station, "station"));
  await device.linkIn("connected", device.home.ssid);
  mistaken = true;
  await device.until(station.startPairing({ method: "pbc" }));
  await device.press("Neighbour");
  expect(await device.ended(station)).toMatchObject({ result: "failed", reason: "internal" });
  expect(troubles).toEqual([expect.any(TypeError)]);
  await device.linkIn("connected", device.home.ssid);
  mistaken = false;
  await device.until(station.startPairing({ method: "pbc" }));
  await device.press("Neighbour");
  expect(await device.ended(station)).toMatchObject({ result: "success" });
  await device.until(station.close());
});
