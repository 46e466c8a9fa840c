/**
 * A service that is killed at every single step of a pairing, in virtual time: each write to the store, each call
 * to the radio and each thing that the radio tells is a place to die at, with the call done or not. The same with a
 * process of its own, and fewer steps, is in `kill-points.test.ts`.
 */
import { describe, expect, test } from "vitest";
import type { Link } from "../src/radio/station-radio.ts";
import type { Station } from "../src/station/station.ts";
import { parsePin } from "../src/wsc/pin.ts";
import { Device, type Doomed, startingModes } from "./station-world.ts";

/** What a device may be found in: its mode, and the name of its network in station mode. */
type State = "off" | "accessPoint" | "Home" | "Neighbour";

/** `own`: nothing was ever set up, and the radio has a network of its own. */
const modes = [...startingModes, "own"] as const;
type StartingMode = (typeof modes)[number];

const afterFailure = { station: "Home", own: "Home", accessPoint: "off", off: "off" } as const;
const before = { station: "Home", own: "Home", accessPoint: "accessPoint", off: "off" } as const;
const pin = (digits: string) => {
  const parsed = parsePin(digits);
  if (!parsed.ok) throw new Error(`${digits} is no PIN`);
  return parsed.value;
};

/** More steps than any pairing has. */
const manySteps = 300;

/** The ways a pairing can go, and what it then leaves behind. */
const ways = {
  "that succeeds": {
    go: async (device: Device, station: Station, begun: () => void) => {
      await device.press("Neighbour");
      await station.startPairing({ method: "pbc" });
      begun();
      await endOf(station);
    },
    end: () => "Neighbour" as State,
  },
  "that fails": {
    go: async (device: Device, station: Station, begun: () => void) => {
      await device.enterPin("Neighbour", pin("12345670"));
      await station.startPairing({ method: "pin", pin: pin("00000000") });
      begun();
      await endOf(station);
    },
    end: (mode: StartingMode) => afterFailure[mode] as State,
  },
  "that is cancelled": {
    go: async (_device: Device, station: Station, begun: () => void) => {
      await station.startPairing({ method: "pbc" });
      begun();
      await station.cancelPairing();
    },
    end: (mode: StartingMode) => before[mode] as State,
  },
};

async function endOf(station: Station): Promise<void> {
  for await (const { active, method } of station.sessions({ signal: new AbortController().signal }))
    if (!active && method !== null) return;
}

/** Lives a doomed life until its end or its death. `begun`: somebody was told that the pairing has begun. */
async function live(device: Device, doomed: Doomed, go: (typeof ways)[keyof typeof ways]["go"]) {
  let begun = false;
  const life = async () => {
    const station = await device.start(doomed);
    await go(device, station, () => {
      begun = true;
    });
  };
  await device.until(Promise.race([life(), doomed.killed]));
  const died = doomed.isDead();
  doomed.kill();
  return { died, begun };
}

async function stateOf(device: Device, station: Station): Promise<State> {
  const { mode } = station;
  const expected: Link["state"] = mode === "station" ? "connected" : mode;
  const link = await device.linkIn(expected);
  return mode === "station" ? (new TextDecoder().decode(link.bss?.ssid) as State) : mode;
}

describe.each(modes)("killed at any step of a pairing in mode %s", (mode) => {
  describe.each(Object.entries(ways))("%s", (_name, { go, end }) => {
    test.each([
      ["before", false],
      ["after", true],
    ])(
      "just %s the step, it is found in its old state or its new one",
      { timeout: 120_000 },
      async (_word, answered) => {
        const found = new Set<State>();
        let step = 0;
        for (let died = true; died; ) {
          if (++step > manySteps) throw new Error(`still alive after ${manySteps} steps`);
          const device = new Device(mode === "own" ? { connectedTo: "Home" } : {});
          if (mode === "own") await device.linkIn("connected");
          else await device.until((await device.startIn(mode)).close());
          const doomed = device.doomed(step, answered);
          const life = await live(device, doomed, go);
          died = life.died;
          const station = await device.start();
          const state = await stateOf(device, station);
          const stored = await device.store.get("station");
          const run = stored && JSON.parse(new TextDecoder().decode(stored.value)).run;
          expect([before[mode], afterFailure[mode], end(mode)], `step ${step}`).toContain(state);
          // Killed in the middle is a failure: out of access point mode nothing may lead back to it, but a cancel.
          if (station.session().reason === "interrupted") expect(state, `step ${step}`).toBe(afterFailure[mode]);
          if (station.session().result === "success") expect(state, `step ${step}`).toBe("Neighbour");
          // Whoever was told that it began finds out how it ended.
          if (life.begun) expect(station.session(), `step ${step}`).toMatchObject({ active: false, phase: "ended" });
          expect(run, `step ${step}`).toBeNull();
          found.add(state);
          await device.close();
        }
        // The sweep met a pairing's beginning as well as its end.
        expect(step).toBeGreaterThan(8);
        expect(found).toContain(before[mode]);
        expect(found).toContain(end(mode));
      },
    );
  });
});
