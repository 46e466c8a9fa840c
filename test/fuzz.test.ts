/** A short run of `npm run fuzz` with a fixed seed, and everything that longer runs have found. */
import { describe, expect, test } from "vitest";
import { foundInPackets } from "../fuzz/findings.ts";
import { Loop, statesReached } from "../fuzz/loop.ts";
import { targets } from "../fuzz/targets/all.ts";
import { demandIntactScenes } from "../fuzz/targets/machines.ts";
import { packetChecks } from "../fuzz/targets/packets.ts";

describe("whatever comes", () => {
  test("nothing throws, hangs, or lets in who has not proven a thing", { timeout: 60_000 }, async () => {
    const loop = new Loop({ targets, seed: 2026, from: 0, to: 12_000, limitMs: 2_000 });
    while (!loop.done && loop.findings.length === 0) await loop.run(100);
    expect(loop.findings.map(({ target, index, input, error }) => ({ target, index, input, error }))).toEqual([]);
    demandIntactScenes();
    const [reached, states] = statesReached(targets, loop);
    expect(reached).toBe(states);
  });

  for (const { check, found, input } of foundInPackets)
    test(`once found: ${found}`, () => {
      expect(packetChecks[check]?.(input)).toBeTypeOf("string");
    });
});
