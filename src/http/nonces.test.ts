import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { Nonces, nonceLifeMs } from "./nonces.ts";

function open() {
  const clock = new VirtualClock();
  return { clock, nonces: new Nonces({ clock, random: randomBytes }) };
}

const nc = (count: number) => count.toString(16).padStart(8, "0");

describe("a nonce", () => {
  test("is good for some minutes, and not a millisecond more", async () => {
    const { clock, nonces } = open();
    const nonce = nonces.issue();
    await clock.advance(nonceLifeMs - 1);
    expect(nonces.use(nonce, nc(1), "c")).toBe(true);
    await clock.advance(1);
    expect(nonces.use(nonce, nc(2), "c")).toBe(false);
  });

  test("made up by somebody, changed in a character, or given out before all were voided is not good", () => {
    const { nonces } = open();
    const nonce = nonces.issue();
    expect(nonce).toMatch(/^[\w-]{40}$/);
    for (const wrong of ["", "x", "A".repeat(40), `${nonce}A`, nonce.slice(1), ` ${nonce}`, `${nonce}=`])
      expect(nonces.use(wrong, nc(1), "c"), wrong).toBe(false);
    for (let i = 0; i < nonce.length; i++) {
      const changed = `${nonce.slice(0, i)}${nonce[i] === "A" ? "B" : "A"}${nonce.slice(i + 1)}`;
      expect(nonces.use(changed, nc(1), "c"), changed).toBe(false);
    }
    nonces.voidAll();
    expect(nonces.use(nonce, nc(1), "c")).toBe(false);
  });

  test("lets each count in once, also one that others have overtaken, but none from far behind", () => {
    const { nonces } = open();
    const nonce = nonces.issue();
    const tries: readonly (readonly [number, boolean])[] = [
      [2, true],
      [1, true],
      [1, false],
      [2, false],
      [70, true],
      [6, false],
      [7, true],
      [7, false],
      [69, true],
      [2 ** 32 - 1, true],
      [70, false],
      [2 ** 32 - 2, true],
      [2 ** 32 - 2, false],
    ];
    for (const [count, good] of tries) expect(nonces.use(nonce, nc(count), "c"), String(count)).toBe(good);
  });

  test("never lets a count in twice, in whatever order they come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 100 }), (counts) => {
        const { nonces } = open();
        const nonce = nonces.issue();
        const letIn = counts.filter((count) => nonces.use(nonce, nc(count), "c"));
        expect(new Set(letIn).size).toBe(letIn.length);
        expect(letIn[0]).toBe(counts[0]);
      }),
    );
  });

  test("tells the cnonce of its first use", () => {
    const { nonces } = open();
    const nonce = nonces.issue();
    expect(nonces.firstCnonce(nonce)).toBe(null);
    nonces.use(nonce, nc(1), "first");
    nonces.use(nonce, nc(2), "second");
    expect(nonces.firstCnonce(nonce)).toBe("first");
  });

  test("that was forgotten for others is not good any more, and one that is in use stays so", async () => {
    const { clock, nonces } = open();
    const [used, unused, live] = [nonces.issue(), nonces.issue(), nonces.issue()];
    expect(nonces.use(used, nc(1), "c")).toBe(true);
    for (let i = 0; i < 1100; i++) {
      await clock.advance(1);
      expect(nonces.use(live, nc(i + 1), "c")).toBe(true);
      expect(nonces.use(nonces.issue(), nc(1), "c")).toBe(true);
    }
    expect(nonces.use(used, nc(1), "c"), "a replay of what was forgotten").toBe(false);
    expect(nonces.use(used, nc(2), "c")).toBe(false);
    expect(nonces.use(unused, nc(1), "c"), "may have been used, for all that is known").toBe(false);
    expect(nonces.use(live, nc(1101), "c")).toBe(true);
  });
});
