import { describe, expect, test } from "vitest";
import { Pressers } from "./pressers.ts";

describe("hostapd's memory of pressers", () => {
  test("is over when the last but one is forgotten", () => {
    const pressers = new Pressers();
    pressers.note("a", 0);
    pressers.note("b", 10_000);
    expect(pressers.readyInMs(20_000)).toBe(101_000);
    pressers.note("b", 30_000);
    expect(pressers.readyInMs(30_000)).toBe(91_000);
    pressers.note("a", 40_000);
    expect(pressers.readyInMs(40_000)).toBe(111_000);
    pressers.note("c", 50_000);
    expect(pressers.readyInMs(50_000)).toBe(111_000);
  });

  test("is guessed at where others were seen before us", () => {
    const pressers = new Pressers();
    expect(pressers.readyInMs(0)).toBe(5_000);
    pressers.note("a", 0);
    expect(pressers.readyInMs(0)).toBe(5_000);
    pressers.note("b", 0);
    expect(pressers.readyInMs(121_000)).toBe(5_000);
    pressers.forget();
    expect(pressers.readyInMs(0)).toBe(5_000);
  });

  test("does not grow with made-up devices", () => {
    const pressers = new Pressers();
    for (let i = 0; i < 100_000; i++) pressers.note(`device ${i}`, i);
    expect(pressers.readyInMs(100_000)).toBe(99_998 + 121_000 - 100_000);
  });
});
