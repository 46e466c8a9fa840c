/** Whom Registrars expect, and until when, in virtual time. */
import { expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { ANYBODY } from "../wsc/elements.ts";
import { Selections } from "./selections.ts";

const selected = { devicePasswordId: 0, configMethods: 0x3148, authorizedMacs: [ANYBODY] };
const uuidOf = (number: number) => new Uint8Array(16).fill(number);

function play() {
  const clock = new VirtualClock();
  const told: string[] = [];
  const selections = new Selections(
    { select: (subscriber, { selected }) => told.push(`${subscriber} ${selected === null ? "off" : "on"}`) },
    clock,
  );
  const say = (from: string, number: number | null, on = true) =>
    selections.take(from, { selected: on ? selected : null, uuid: number === null ? null : uuidOf(number) });
  const name = (from: string, number: number) => `${from} ${number.toString(16).padStart(2, "0").repeat(16)}`;
  return { clock, told, selections, say, name };
}

test("a selection lasts for 120 seconds after it was last said", async () => {
  const { clock, told, say, name } = play();
  say("192.0.2.1", 1);
  await clock.advance(100_000);
  say("192.0.2.1", 1);
  await clock.advance(119_999);
  const on = `${name("192.0.2.1", 1)} on`;
  expect(told).toEqual([on, on]);
  await clock.advance(1);
  expect(told).toEqual([on, on, `${name("192.0.2.1", 1)} off`]);
});

test("a Registrar takes back what it said, and nothing of others", async () => {
  const { clock, told, say } = play();
  say("192.0.2.1", null);
  say("192.0.2.2", null, false);
  say("192.0.2.1", 3, false);
  expect(told).toEqual(["192.0.2.1 - on"]);
  say("192.0.2.1", null, false);
  await clock.advance(200_000);
  expect(told).toEqual(["192.0.2.1 - on", "192.0.2.1 - off"]);
});

test("an address that leaves takes its Registrars with it, and no others", () => {
  const { told, selections, say, name } = play();
  say("192.0.2.1", 1);
  say("192.0.2.1", 2);
  say("192.0.2.2", 1);
  told.length = 0;
  selections.leave("192.0.2.1");
  expect(told).toEqual([`${name("192.0.2.1", 1)} off`, `${name("192.0.2.1", 2)} off`]);
  selections.close();
  expect(told.at(-1)).toBe(`${name("192.0.2.2", 1)} off`);
});

test("an address has four Registrars at most: a fifth takes the place of its oldest", () => {
  const { told, say, name } = play();
  say("192.0.2.2", 9);
  for (const number of [1, 2, 3, 4, 1, 5]) say("192.0.2.1", number);
  expect(told.filter((line) => line.endsWith("off"))).toEqual([`${name("192.0.2.1", 2)} off`]);
});

test("an address that changes its mind all the time is heard twenty times a minute, and may always take back", async () => {
  const { clock, told, say } = play();
  const on = () => told.filter((line) => line.endsWith("on")).length;
  for (let i = 0; i < 100; i++) {
    expect(say("192.0.2.1", 1)).toBe(i < 20);
    expect(say("192.0.2.1", 1, false)).toBe(true);
  }
  expect(on()).toBe(20);
  expect(told.at(-1)).toMatch(/off$/);
  expect(say("192.0.2.2", 1)).toBe(true);
  await clock.advance(60_000);
  expect(say("192.0.2.1", 1)).toBe(true);
});
