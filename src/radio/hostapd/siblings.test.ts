import { describe, expect, test } from "vitest";
import { type SharedAction, type Sibling, Siblings } from "./siblings.ts";

describe("networks of one process", () => {
  const member = (settled: () => Promise<void>): Sibling => ({ settled, lookAgain: () => {} });

  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test("count an action as under way for each until that one has heard of it", async () => {
    const siblings = new Siblings();
    let heard = () => {};
    const slow = member(() => new Promise<void>((resolve) => (heard = resolve)));
    const quick = member(async () => {});
    const gone = member(() => Promise.reject(new Error("gone")));
    const all = [slow, quick, gone];
    for (const each of all) siblings.join(each);
    const underWay = (action: SharedAction) => all.map((each) => siblings.isUnderWay(action, each));
    expect(underWay("press")).toEqual([false, false, false]);
    expect(await siblings.during("press", async () => underWay("press"))).toEqual([true, true, true]);
    await turn();
    expect(underWay("press")).toEqual([true, false, false]);
    expect(underWay("cancel")).toEqual([false, false, false]);
    heard();
    await turn();
    expect(underWay("press")).toEqual([false, false, false]);
  });

  test("are over it also when it failed", async () => {
    const siblings = new Siblings();
    const one = member(async () => {});
    siblings.join(one);
    await expect(siblings.during("cancel", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await turn();
    expect(siblings.isUnderWay("cancel", one)).toBe(false);
  });
});
