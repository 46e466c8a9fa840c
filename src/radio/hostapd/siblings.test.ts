import { describe, expect, test } from "vitest";
import { type Sibling, Siblings } from "./siblings.ts";

describe("networks of one process", () => {
  const member = (settled: () => Promise<void>): Sibling => ({ settled, lookAgain: () => {} });

  test("count an action as under way until all have heard of it", async () => {
    const siblings = new Siblings();
    let heard = () => {};
    siblings.join(member(() => new Promise<void>((resolve) => (heard = resolve))));
    siblings.join(member(() => Promise.reject(new Error("gone"))));
    expect(siblings.isUnderWay("press")).toBe(false);
    expect(await siblings.during("press", async () => siblings.isUnderWay("press"))).toBe(true);
    expect(siblings.isUnderWay("press")).toBe(true);
    expect(siblings.isUnderWay("cancel")).toBe(false);
    heard();
    await new Promise((resolve) => setImmediate(resolve));
    expect(siblings.isUnderWay("press")).toBe(false);
  });

  test("are over it also when it failed", async () => {
    const siblings = new Siblings();
    const failing = siblings.during("cancel", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    await new Promise((resolve) => setImmediate(resolve));
    expect(siblings.isUnderWay("cancel")).toBe(false);
  });
});
