/** Windows as stations see them on the simulated air: what is announced, for how long, and whom it lets in. */
import { describe, expect, test } from "vitest";
import { enrol, openWorld, pin, pushButton, type TestWorld, withPin } from "../air/world.ts";

const key = "correct horse battery";
const radios = [
  { name: "Home", channel: 6, signal: -60, key },
  { name: "Home", channel: 36, signal: -50, key },
];
/** Whether each access point in sight expects somebody, and with which password. */
const announced = async (world: TestWorld) =>
  (await world.clock.until(world.station("Onlooker").scan())).map(({ wps }) => [
    wps?.selectedRegistrar,
    wps?.devicePasswordId,
  ]);

describe("a window is announced", () => {
  test("by button for two minutes, and no longer", async () => {
    const world = openWorld(null, 1);
    await world.clock.until(world.home.pressButton());
    expect(await announced(world)).toContainEqual([true, 4]);
    await world.clock.advance(118_000);
    expect(await announced(world)).toContainEqual([true, 4]);
    await world.clock.advance(2_000);
    expect(await announced(world)).not.toContainEqual([true, 4]);
    expect(world.registrarEvents.at(-1)).toMatchObject({ type: "windowClosed", reason: "timeout" });
    await world.clock.until(world.close());
  });

  test("by PIN for two minutes, and no longer", async () => {
    const world = openWorld(null, 1);
    await world.clock.until(world.home.enterPin(pin("12345670")));
    expect(await announced(world)).toContainEqual([true, 0]);
    await world.clock.advance(120_000);
    expect(await announced(world)).not.toContainEqual([true, 0]);
    await world.clock.until(world.close());
  });

  test.each(["button", "PIN"])("by %s until a person stops it", async (method) => {
    const world = openWorld(null, 1);
    await world.clock.until(
      method === "button" ? world.home.pressButton() : world.home.enterPin(pin("12345670")).then(() => "open" as const),
    );
    expect((await announced(world)).some(([selected]) => selected)).toBe(true);
    await world.clock.until(world.home.stop());
    expect((await announced(world)).some(([selected]) => selected)).toBe(false);
    await world.clock.until(world.close());
  });
});

describe("a station that has pressed its button", () => {
  test("takes of two access points with one name the one whose button is pressed, be it the weaker", async () => {
    const world = openWorld(
      {
        accessPoints: [
          { name: "Left", ssid: "Shared", channel: 1, signal: -70, key },
          { name: "Right", ssid: "Shared", channel: 6, signal: -30, key: "another passphrase" },
        ],
      },
      2,
    );
    await world.clock.until(world.home.pressButton());
    const events = await world.clock.until(enrol(world.station(), pushButton));
    expect(events.at(-1)).toMatchObject({ type: "enrolled", peer: { bssid: world.home.bssid } });
    await world.clock.until(world.close());
  });

  test.each([14, 36])("finds its access point on channel %i", async (channel) => {
    const world = openWorld({ accessPoints: [{ name: "Home", channel, key }] }, 3);
    await world.clock.until(world.home.pressButton());
    expect((await world.clock.until(enrol(world.station(), pushButton))).at(-1)?.type).toBe("enrolled");
    await world.clock.until(world.close());
  });

  test("gets the new key of an access point that it was enrolled at before", async () => {
    const keys = [];
    for (const passphrase of ["12345678", "another passphrase"]) {
      const world = openWorld({ accessPoints: [{ name: "Home", key: passphrase }] }, 4);
      await world.clock.until(world.home.pressButton());
      const last = (await world.clock.until(enrol(world.station(), pushButton))).at(-1);
      if (last?.type !== "enrolled") throw new Error(last?.type);
      keys.push(...last.credentials.map(({ networkKey }) => networkKey.revealText()));
      await world.clock.until(world.close());
    }
    expect(keys).toEqual(["12345678", "another passphrase"]);
  });
});

describe("a station with a PIN", () => {
  test("is let in on one of the two radios of a box whose PIN was entered for both", async () => {
    const world = openWorld({ accessPoints: radios }, 5);
    for (const radio of world.accessPoints) await world.clock.until(radio.enterPin(pin("12345670")));
    expect((await world.clock.until(enrol(world.station(), withPin("12345670")))).at(-1)?.type).toBe("enrolled");
    await world.clock.until(world.close());
  });

  test("leaves alone an access point whose button is pressed", async () => {
    const world = openWorld(null, 6);
    await world.clock.until(world.home.pressButton());
    const run = enrol(world.station(), withPin("12345670"));
    await world.clock.advance(4_000);
    expect(world.seen.some(({ kind }) => kind === "eap")).toBe(false);
    await world.clock.until(world.home.stop());
    await world.clock.until(run);
    await world.clock.until(world.close());
  });

  test("goes on to the next access point when one falls silent after EAP has begun", async () => {
    const world = openWorld(
      {
        accessPoints: [
          { name: "Silent", signal: -30, key },
          { name: "Home", signal: -60, key },
        ],
      },
      7,
    );
    const [silent, home] = world.accessPoints;
    const run = enrol(world.station(), withPin("12345670"));
    while (!world.seen.some(({ message }) => message === "WSC_Start")) await world.clock.advance(100);
    silent?.powerOff();
    if (home !== undefined) await world.clock.until(home.enterPin(pin("12345670")));
    expect((await world.clock.until(run)).at(-1)).toMatchObject({ type: "enrolled", peer: { bssid: home?.bssid } });
    await world.clock.until(world.close());
  });
});
