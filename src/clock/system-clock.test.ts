/** The one test that waits for real time, for less than a second. */
import { expect, test } from "vitest";
import { systemClock } from "./system-clock.ts";

test("a timer rings when its instant has come, and not a moment before", async () => {
  const rings = Array.from({ length: 20 }, async (_, i) => {
    for (let round = 0; round < 20; round++) {
      const due = systemClock.now() + 3 + i;
      await new Promise<void>((ring) => systemClock.after(3 + i, ring));
      expect(systemClock.now()).toBeGreaterThanOrEqual(due);
    }
  });
  await Promise.all(rings);
});
