import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { seededRandom } from "../radio/air/chance.ts";
import { builtInScenario } from "../radio/air/scenario.ts";
import { createAirWorld } from "../registrar/air-world.ts";
import { EXIT } from "./exit-codes.ts";
import { runPair } from "./pair.ts";

test("two minutes without a pressed button end with 3, the reason and what to do", async () => {
  const clock = new VirtualClock();
  const world = createAirWorld({ scenario: builtInScenario, clock, random: seededRandom(1) });
  let shown = "";
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      shown += chunk;
      done();
    },
  });
  const choice = { type: "air", file: null } as const;
  const command = { radio: world.station(), choice, clock, pin: null, bssid: null, json: false, output };
  const exitCode = await clock.until(runPair({ ...command, signal: new AbortController().signal }));
  expect(exitCode).toBe(EXIT.timeout);
  expect(shown).toBe(
    [
      "Searching. Press the WPS button of the router.",
      "✗ An access point with WPS was in sight, but nobody pressed its WPS button within the two minutes.",
      "  Press the WPS button of the router within two minutes of starting the pairing.",
      "",
    ].join("\n"),
  );
  await world.close();
});
