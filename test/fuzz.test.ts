/** A short run of `npm run fuzz` with a fixed seed, and everything that longer runs have found. */
import { describe, expect, test } from "vitest";
import { type Found, foundInPackets, foundInReplies, foundInTexts } from "../fuzz/findings.ts";
import { Loop, statesReached } from "../fuzz/loop.ts";
import type { Checks } from "../fuzz/target.ts";
import { targets } from "../fuzz/targets/all.ts";
import { hostapdChecks } from "../fuzz/targets/hostapd.ts";
import { demandIntactScenes } from "../fuzz/targets/machines.ts";
import { packetChecks } from "../fuzz/targets/packets.ts";
import { textChecks } from "../fuzz/targets/texts.ts";

describe("whatever comes", () => {
  test("nothing throws, hangs, or lets in who has not proven a thing", { timeout: 60_000 }, async () => {
    const loop = new Loop({ targets, seed: 2026, from: 0, to: 12_000, limitMs: 2_000 });
    while (!loop.done && loop.findings.length === 0) await loop.run(100);
    expect(loop.findings.map(({ target, index, input, error }) => ({ target, index, input, error }))).toEqual([]);
    demandIntactScenes();
    const [reached, states] = statesReached(targets, loop);
    expect(reached).toBe(states);
  });

  const once = <Input>(all: readonly Found<Input>[], checks: Checks<Input>) => {
    for (const { check, found, input } of all)
      test(`once found: ${found}`, () => {
        expect(checks[check]?.(input)).toBeTypeOf("string");
      });
  };
  once(foundInPackets, packetChecks);
  once(foundInTexts, textChecks);
  once(foundInReplies, hostapdChecks);
});
