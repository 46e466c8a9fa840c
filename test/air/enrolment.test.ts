/** Enrolments on a bad air, in virtual time: what gets lost, who is in the way, and when a station gives up. */
import { describe, expect, test } from "vitest";
import { enrol, linkWhere, openWorld, pin, pushButton, withPin } from "./world.ts";

const messages = ["WSC_Start", "M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"];

describe("a lost frame", () => {
  for (const [index, message] of [...messages, "Identity"].entries())
    test(`losing ${message} once costs one retransmission, not the pairing`, async () => {
      const seed = 100 + index;
      const world = openWorld(null, seed);
      await world.clock.until(world.home.pressButton());
      world.air.loseOnce(message);
      const start = world.clock.now();
      const events = await world.clock.until(enrol(world.station(), pushButton));
      expect(events.at(-1), `seed ${seed}`).toMatchObject({ type: "enrolled", peer: { bssid: world.home.bssid } });
      expect(world.clock.now() - start, `seed ${seed}`).toBeLessThan(7_000);
      expect(world.seen.filter((frame) => frame.message === message && !frame.delivered)).toHaveLength(1);
      expect(
        world.registrarEvents.map(({ type }) => type),
        `seed ${seed}`,
      ).toContain("enrolmentSucceeded");
      await world.clock.until(world.close());
    });

  for (const kind of ["authentication", "associationRequest", "associationResponse", "Failure", "deauthentication"])
    test(`losing one ${kind} does not even cost a second`, async () => {
      const world = openWorld(null, 7);
      await world.clock.advance(100);
      await world.clock.until(world.home.pressButton());
      world.air.loseOnce(kind);
      const start = world.clock.now();
      const events = await world.clock.until(enrol(world.station(), pushButton));
      expect(events.at(-1)).toMatchObject({ type: "enrolled" });
      expect(world.clock.now() - start).toBeLessThan(1_000);
      await world.clock.until(world.close());
    });

  test("on an air that loses every fifth frame, a run ends paired or says why not, for 30 seeds", async () => {
    const endings = new Map<string, number>();
    for (let seed = 1; seed <= 30; seed++) {
      const world = openWorld({ loss: 0.2, accessPoints: [{ name: "Home", key: "correct horse battery" }] }, seed);
      await world.clock.until(world.home.pressButton());
      const start = world.clock.now();
      const last = (await world.clock.until(enrol(world.station(), pushButton))).at(-1);
      const ending = last?.type === "failed" ? last.failure.kind : (last?.type ?? "none");
      expect(["enrolled", "timeout", "broken"], `seed ${seed}`).toContain(ending);
      // The last attempt may be in its final frames when the two minutes are over.
      expect(world.clock.now() - start, `seed ${seed}`).toBeLessThan(123_000);
      endings.set(ending, (endings.get(ending) ?? 0) + 1);
      await world.clock.until(world.close());
    }
    expect(endings.get("enrolled"), JSON.stringify([...endings])).toBeGreaterThan(20);
  });

  test("frames that arrive twice and late disturb no run", async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const accessPoints = [{ name: "Home", key: "correct horse battery" }];
      const world = openWorld({ repeat: 0.5, delayMs: 50, accessPoints }, seed);
      await world.clock.until(world.home.pressButton());
      const events = await world.clock.until(enrol(world.station(), pushButton));
      expect(events.at(-1)?.type, `seed ${seed}`).toBe("enrolled");
      // No message is answered twice for ever: each goes out a few times at most.
      expect(world.seen.filter(({ kind }) => kind === "eap").length, `seed ${seed}`).toBeLessThan(60);
      await world.clock.until(world.close());
    }
  });
});

test("two runs with the same seed give the same frames, and another seed gives others", async () => {
  const framesOf = async (seed: number) => {
    const world = openWorld({ loss: 0.1, accessPoints: [{ name: "Home", key: "correct horse battery" }] }, seed);
    await world.clock.until(world.home.pressButton());
    await world.clock.until(enrol(world.station(), pushButton));
    await world.clock.until(world.close());
    return world.seen;
  };
  const first = await framesOf(11);
  expect(first.length).toBeGreaterThan(20);
  expect(await framesOf(11)).toEqual(first);
  expect(await framesOf(12)).not.toEqual(first);
});

describe("a station that searches", () => {
  test("tells the messages as they fly, in order", async () => {
    const world = openWorld(null, 1);
    await world.clock.until(world.home.enterPin(pin("1234")));
    const events = await world.clock.until(enrol(world.station(), withPin("1234")));
    const told = events.flatMap((event) => (event.type === "exchanging" ? [event.message] : []));
    expect(told).toEqual(["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done"]);
    expect(events.map(({ type }) => type).filter((type) => type !== "exchanging")).toEqual([
      "searching",
      "associating",
      "enrolled",
    ]);
  });

  test("gives up after two minutes, to the second", async () => {
    const world = openWorld(null, 1);
    const start = world.clock.now();
    const events = await world.clock.until(enrol(world.station(), pushButton));
    expect(events).toEqual([{ type: "searching" }, { type: "failed", failure: { kind: "timeout" } }]);
    expect(Math.round((world.clock.now() - start) / 1000)).toBe(120);
    expect(await world.station().link()).toMatchObject({ state: "disconnected", bss: null });
  });

  test("finds the half of its PIN that is wrong", async () => {
    for (const [entered, half] of [
      ["00000000", 1],
      ["12340002", 2],
    ] as const) {
      const world = openWorld(null, 3);
      await world.clock.until(world.home.enterPin(pin("12345670")));
      const events = await world.clock.until(enrol(world.station(), withPin(entered)));
      expect(events.at(-1)).toEqual({ type: "failed", failure: { kind: "wrongPin", half } });
    }
  });

  test("with a PIN that nobody entered yet it tries every access point, and is let in once one has it", async () => {
    const world = openWorld(null, 5);
    const run = enrol(world.station(), withPin("12345670"));
    await world.clock.advance(30_000);
    expect(world.seen.some(({ message }) => message === "M2D")).toBe(true);
    await world.clock.until(world.home.enterPin(pin("12345670")));
    expect((await world.clock.until(run)).at(-1)).toMatchObject({
      type: "enrolled",
      peer: { bssid: world.home.bssid },
    });
  });

  test("a box with its button pressed on two bands is no overlap, and lets one device in, not one per band", async () => {
    const radios = [
      { name: "Home", channel: 6, signal: -60, key: "correct horse battery" },
      { name: "Home", channel: 36, signal: -50, key: "correct horse battery" },
    ];
    const world = openWorld({ accessPoints: radios }, 1);
    await world.clock.until(world.home.pressButton());
    const events = await world.clock.until(enrol(world.station(), pushButton));
    expect(events.at(-1)).toMatchObject({ type: "enrolled", peer: { bssid: world.accessPoints[1]?.bssid } });
    await world.clock.advance(1_000);
    const adverts = (await world.clock.until(world.station().scan())).map(({ wps }) => wps?.selectedRegistrar);
    expect(adverts).toEqual([false, false]);
  });

  test("two devices that press at once are an overlap to the network", async () => {
    const world = openWorld(null, 1);
    const runs = [enrol(world.station(), pushButton), enrol(world.station("Another device"), pushButton)];
    await world.clock.advance(1_000);
    expect(await world.clock.until(world.home.pressButton())).toBe("overlap");
    for (const run of runs) await world.clock.until(run);
  });

  test("a window lets one device in, and the next one finds it closed", async () => {
    const world = openWorld(null, 1);
    await world.clock.until(world.home.pressButton());
    const first = await world.clock.until(enrol(world.station(), pushButton));
    expect(first.at(-1)?.type).toBe("enrolled");
    await world.clock.advance(1_000);
    const second = await world.clock.until(enrol(world.station("Another device"), pushButton));
    expect(second.at(-1)).toEqual({ type: "failed", failure: { kind: "timeout" } });
  });

  test("an access point that falls silent for good ends the run as broken", async () => {
    const world = openWorld(null, 1);
    await world.clock.until(world.home.pressButton());
    const run = (async () => {
      const events = [];
      for await (const event of world.station().enrol(pushButton, { signal: new AbortController().signal })) {
        events.push(event);
        if (event.type === "exchanging" && event.message === "M4") world.home.powerOff();
      }
      return events;
    })();
    expect((await world.clock.until(run)).at(-1)).toMatchObject({ type: "failed", failure: { kind: "broken" } });
  });

  test("a device that was connected is disconnected while it searches, and stays so until told otherwise", async () => {
    const accessPoints = [{ name: "Home", key: "correct horse battery" }];
    const world = openWorld({ accessPoints, station: { connectedTo: "Home" } }, 1);
    const radio = world.station();
    await world.clock.until(linkWhere(radio, ({ address }) => address !== null));
    await world.clock.until(enrol(radio, pushButton));
    await world.clock.advance(60_000);
    expect(await radio.link()).toMatchObject({ state: "disconnected" });
    await world.clock.until(radio.apply({ mode: "station", network: null }));
    await world.clock.until(linkWhere(radio, ({ state }) => state === "connected"));
  });

  test("no radio serves two masters: a second run and a new setup are refused with a sentence", async () => {
    const world = openWorld(null, 1);
    const radio = world.station();
    const run = enrol(radio, pushButton);
    await world.clock.advance(500);
    await expect(world.clock.until(enrol(radio, pushButton))).rejects.toThrow("in the middle of an enrolment");
    await expect(world.clock.until(radio.apply({ mode: "off" }))).rejects.toThrow("in the middle of an enrolment");
    await world.clock.until(radio.clearAfterCrash());
    await world.clock.until(run);
    await world.clock.until(radio.apply({ mode: "off" }));
  });
});
