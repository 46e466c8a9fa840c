import { beforeEach, expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { Duplicates } from "./duplicates.ts";

const answer = Uint8Array.of(1, 2, 3);
let clock: VirtualClock;
let duplicates: Duplicates;

beforeEach(() => {
  clock = new VirtualClock();
  duplicates = new Duplicates({ clock, most: 3 });
});

const answered = (request: string, about = "lamp") => {
  duplicates.begin(request, about);
  duplicates.end(request, answer);
};

test("a request is new, then under way, then answered", () => {
  expect(duplicates.find("a")).toBeUndefined();
  duplicates.begin("a", "lamp");
  expect(duplicates.find("a")).toBeNull();
  expect(duplicates.underWay).toBe(1);
  expect(duplicates.end("a", answer)).toBe(true);
  expect(duplicates.find("a")).toBe(answer);
  expect(duplicates.underWay).toBe(0);
});

test("one that could not be answered is new again", () => {
  duplicates.begin("a", "lamp");
  duplicates.end("a", null);
  expect(duplicates.find("a")).toBeUndefined();
});

test("an answer is kept for half a minute", async () => {
  answered("a");
  await clock.advance(29_999);
  expect(duplicates.find("a")).toBe(answer);
  await clock.advance(1);
  expect(duplicates.find("a")).toBeUndefined();
});

test("of too many answers the oldest go", () => {
  for (const request of ["a", "b", "c", "d"]) answered(request);
  expect(["a", "b", "c", "d"].map((request) => duplicates.find(request) === answer)).toEqual([false, true, true, true]);
});

test("answers about somebody can be forgotten", () => {
  answered("a", "lamp");
  answered("b", "meter");
  duplicates.forget("lamp");
  expect(duplicates.find("a")).toBeUndefined();
  expect(duplicates.find("b")).toBe(answer);
});

test("an answer about somebody who was forgotten while it was sought is none", () => {
  duplicates.begin("a", "lamp");
  duplicates.begin("b", "meter");
  duplicates.forget("lamp");
  expect(duplicates.find("a")).toBeNull();
  expect(duplicates.end("a", answer)).toBe(false);
  expect(duplicates.end("b", answer)).toBe(true);
  expect(duplicates.find("a")).toBeUndefined();
  expect(duplicates.find("b")).toBe(answer);
});
