import { expect, test } from "vitest";
import { Latest, Outlet, Queue } from "./queue.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("a queue gives what was pushed, in order, and then its end", async () => {
  const queue = new Queue<number>(10);
  queue.push(1);
  const reading = all(queue);
  queue.push(2);
  await Promise.resolve();
  queue.push(3);
  queue.end();
  queue.push(4);
  expect(await reading).toEqual([1, 2, 3]);
});

test("a full queue forgets the oldest, and an error comes after what is left", async () => {
  const queue = new Queue<number>(2);
  for (const item of [1, 2, 3]) queue.push(item);
  queue.end(new Error("over"));
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const item of queue) seen.push(item);
    })(),
  ).rejects.toThrow("over");
  expect(seen).toEqual([2, 3]);
});

test("an outlet tells every reader from its call on, until its signal aborts", async () => {
  const outlet = new Outlet<string>(10);
  const stop = new AbortController();
  const early = outlet.listen(stop.signal, ["now"]);
  outlet.tell("a");
  const late = outlet.listen(new AbortController().signal);
  outlet.tell("b");
  stop.abort();
  outlet.tell("c");
  outlet.end();
  expect(await all(early)).toEqual(["now", "a", "b"]);
  expect(await all(late)).toEqual(["b", "c"]);
  expect(await all(outlet.listen(new AbortController().signal))).toEqual([]);
});

test("a follower of a value gets it at once, and each later one until the value is closed", async () => {
  const latest = new Latest(1);
  const seen: number[] = [];
  const following = (async () => {
    for await (const value of latest.follow(new AbortController().signal)) seen.push(value);
  })();
  latest.set(2);
  latest.set(3);
  latest.close();
  await following;
  expect(seen).toEqual([1, 2, 3]);
  expect(latest.value).toBe(3);
});
