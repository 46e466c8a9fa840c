/** Stories of a device with a button, told on the simulated air in virtual time. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RadioError } from "../src/radio/station-radio.ts";
import { pressPairs } from "../src/station/press-pairs.ts";
import type { Station } from "../src/station/station.ts";
import { Outlet } from "../src/stream/queue.ts";
import { Device, type DeviceOptions, radioWith } from "./station-world.ts";

let device: Device;
let stop: AbortController;
let pressing: Promise<void>;
let troubles: unknown[];
/** Presses of the device's button; `button.ts` makes them of what its contact does. */
let button: Outlet<"short">;

beforeEach(() => {
  stop = new AbortController();
  button = new Outlet(8);
  troubles = [];
});
afterEach(async () => {
  stop.abort();
  await device.until(pressing);
  await device.close();
});

async function given(options?: DeviceOptions): Promise<Station> {
  device = new Device(options);
  const station = await device.startIn("station");
  pressing = pressPairs(
    station,
    { presses: ({ signal }) => button.listen(signal) },
    { signal: stop.signal, onTrouble: (trouble) => troubles.push(trouble) },
  );
  return station;
}

const press = () => button.tell("short");
const begun = (station: Station) => device.sessionWhere(station, ({ active }) => active);
const atHome = () => device.linkIn("connected", device.home.ssid);

describe("the device's button", () => {
  test("starts a pairing, and the access point's button ends it well", async () => {
    const station = await given();
    press();
    expect(await begun(station)).toMatchObject({ method: "pbc", phase: "searching" });
    await device.press("Neighbour");
    expect(await device.ended(station)).toMatchObject({ result: "success", peer: { ssid: "Neighbour" } });
  });

  test("pressed a second time cancels, and a third time starts anew", async () => {
    const station = await given();
    press();
    await begun(station);
    await device.clock.advance(5_000);
    press();
    expect(await device.ended(station)).toMatchObject({ result: "cancelled", reason: null });
    await atHome();
    press();
    await begun(station);
    await device.press("Neighbour");
    expect(await device.ended(station)).toMatchObject({ result: "success" });
  });

  test("pressed twice at once cancels what has hardly begun", async () => {
    const station = await given();
    press();
    press();
    await device.clock.advance(5_000);
    expect(station.session()).toMatchObject({ active: false, result: "cancelled" });
    await atHome();
  });

  test("pressed again while the device is on its way back does nothing", async () => {
    const station = await given();
    press();
    await begun(station);
    press();
    press();
    press();
    expect(await device.ended(station)).toMatchObject({ result: "cancelled" });
    await device.clock.advance(5_000);
    expect(station.session().active).toBe(false);
    await atHome();
  });

  test("cancels what was begun by other means", async () => {
    const station = await given();
    await device.until(station.startPairing({ method: "pin" }));
    press();
    expect(await device.ended(station)).toMatchObject({ method: "pin", result: "cancelled" });
  });

  test("pressed as the access point lets the device in brings it back where it was", async () => {
    const station = await given();
    press();
    await begun(station);
    await device.press("Neighbour");
    await device.sessionWhere(station, ({ phase }) => phase === "connecting");
    press();
    expect(await device.ended(station)).toMatchObject({ result: "cancelled" });
    await atHome();
  });

  test("pressed after a success starts the next pairing", async () => {
    const station = await given();
    press();
    await begun(station);
    await device.press("Neighbour");
    await device.ended(station);
    press();
    expect(await begun(station)).toMatchObject({ phase: "searching", result: null });
  });

  test("pressed in the moment in which somebody else starts a pairing leaves it alone", async () => {
    const station = await given();
    const starting = station.startPairing({ method: "pbc" });
    press();
    expect(await device.until(starting)).toMatchObject({ ok: true });
    await device.clock.advance(5_000);
    expect(station.session()).toMatchObject({ active: true, phase: "searching" });
  });

  test("does nothing without a radio but say so, and works when it is back", async () => {
    let gone = false;
    const radioGone = new RadioError("gone", "The radio is gone.", "Plug it in.");
    const station = await given({
      radio: (radio) =>
        radioWith(radio, {
          residue: async () => {
            if (gone) throw radioGone;
            return radio.residue();
          },
        }),
    });
    gone = true;
    press();
    await device.clock.advance(1_000);
    expect(troubles).toEqual([radioGone]);
    expect(station.session().active).toBe(false);
    gone = false;
    press();
    await begun(station);
  });

  test("is heard no more once nobody follows it", async () => {
    const station = await given();
    stop.abort();
    await device.until(pressing);
    press();
    await device.clock.advance(1_000);
    expect(station.session().active).toBe(false);
  });
});
