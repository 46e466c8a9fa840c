import { expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { Attempts } from "./attempts.ts";

function open() {
  const clock = new VirtualClock();
  const attempts = new Attempts(clock);
  const fail = (address: string, times: number) => {
    for (let i = 0; i < times; i++) attempts.failed(address);
  };
  return { clock, attempts, fail };
}

test("after five wrong passwords the next one waits, and each one more waits twice as long, up to a minute", async () => {
  const { clock, attempts, fail } = open();
  fail("192.0.2.1", 5);
  expect(attempts.wait("192.0.2.1")).toBe(0);
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    fail("192.0.2.1", 1);
    waits.push(attempts.wait("192.0.2.1"));
    await clock.advance(attempts.wait("192.0.2.1") - 1);
    expect(attempts.wait("192.0.2.1")).toBe(1);
    await clock.advance(1);
    expect(attempts.wait("192.0.2.1")).toBe(0);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
});

test("an address that was quiet for a quarter of an hour starts afresh", async () => {
  const { clock, attempts, fail } = open();
  fail("192.0.2.1", 20);
  await clock.advance(15 * 60_000);
  fail("192.0.2.1", 5);
  expect(attempts.wait("192.0.2.1")).toBe(0);
});

const clients = [
  ["192.0.2.1", "192.0.2.2", false],
  ["192.0.2.1", "::ffff:192.0.2.1", true],
  ["2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true],
  ["2001:db8::1", "2001:0DB8:0:0:1:2:3:4", true],
  ["2001:db8::1", "2001:db8:0:1::1", false],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", true],
  ["::1", "::2", true],
  ["::1", "127.0.0.1", false],
  ["fe80::1%wlan0", "fe80::2", true],
] as const;
test.each(clients)("%s and %s are one client: %s", (one, other, same) => {
  const { attempts, fail } = open();
  fail(one, 6);
  expect(attempts.wait(other) > 0).toBe(same);
});

test("a guesser with many addresses pushes out the oldest of them, and not the table's bounds", () => {
  const { attempts, fail } = open();
  fail("192.0.2.1", 6);
  for (let i = 0; i < 1023; i++) fail(`10.0.${i >> 8}.${i & 255}`, 1);
  expect(attempts.wait("192.0.2.1")).toBeGreaterThan(0);
  fail("10.1.0.0", 1);
  expect(attempts.wait("192.0.2.1")).toBe(0);
});
