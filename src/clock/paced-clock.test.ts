import { expect, test } from "vitest";
import { PacedClock } from "./paced-clock.ts";
import { VirtualClock } from "./virtual-clock.ts";

test("time passes as fast as it is told to, and never jumps", async () => {
  const base = new VirtualClock();
  const clock = new PacedClock(base);
  const begin = clock.now();
  await base.advance(100);
  clock.speed = 30;
  expect(clock.now() - begin).toBe(100);
  await base.advance(100);
  expect(clock.now() - begin).toBe(3100);
  clock.speed = 1;
  await base.advance(100);
  expect(clock.now() - begin).toBe(3200);
});

test("what was asked for before rings at its instant, however fast that comes, and once", async () => {
  const base = new VirtualClock();
  const clock = new PacedClock(base);
  const begin = clock.now();
  const rung: string[] = [];
  clock.after(120_000, () => rung.push(`window at ${clock.now() - begin}`));
  clock.after(60_000, () => rung.push("cancelled")).cancel();
  await base.advance(20_000);
  clock.speed = 10;
  await base.advance(9_999);
  expect(rung).toEqual([]);
  await base.advance(1);
  expect(rung).toEqual(["window at 120000"]);
  await base.advance(1_000_000);
  expect(rung).toHaveLength(1);
});

test("no speed is backwards, or none at all", () => {
  const clock = new PacedClock(new VirtualClock());
  for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => {
      clock.speed = speed;
    }).toThrow(RangeError);
});
