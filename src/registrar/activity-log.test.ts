/** What of the activity is kept when there is more than is to be kept. */
import { expect, test } from "vitest";
import { createMemoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { parseMacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import { type ActivityEntry, ActivityLog } from "./activity-log.ts";
import { enrolled, type Outcome, refusal } from "./outcomes.ts";

const home = parseMacAddress("02:00:00:00:00:01") as InstanceId;
const noTrouble = (error: unknown) => {
  throw error;
};
const open = (store: Store) => ActivityLog.open({ store, onTrouble: noTrouble });

const audit = (id: number, action: string): ActivityEntry => ({
  ...{ type: "audit", id, at: id, action, instance: home, station: null, detail: null },
});

function run(id: number, outcome: Outcome): ActivityEntry {
  const nobody = { macAddress: null, address: null, uuid: null, deviceName: null };
  const station = { ...nobody, manufacturer: null, modelName: null, deviceType: null };
  return { type: "enrolment", id, at: id, endedAt: id, instance: home, station, method: null, outcome, transcript: [] };
}

test("whoever is turned away over and over pushes nobody else's entry out", async () => {
  const store = createMemoryStore();
  const log = await open(store);
  await log.add(audit(log.nextId, "setup-locked"));
  await log.add(run(log.nextId, enrolled));
  for (let i = 0; i < 2_000; i++) void log.add(run(log.nextId, refusal("noWindow")));
  await log.settled();
  for (const { entries } of [log, await open(store)]) {
    expect(entries).toHaveLength(500);
    expect(entries.slice(0, 2)).toMatchObject([{ action: "setup-locked" }, { outcome: { result: "success" } }]);
    expect(entries.slice(2).map(({ id }) => id)).toEqual(Array.from({ length: 498 }, (_, i) => i + 1_505));
  }
});

test("a Registrar on the network that expects somebody over and over pushes nobody else's entry out either", async () => {
  const log = await open(createMemoryStore());
  await log.add(audit(log.nextId, "key-shown"));
  for (let i = 0; i < 1_000; i++) {
    void log.add(audit(log.nextId, "registrar-selected"));
    void log.add(audit(log.nextId, "registrar-unselected"));
  }
  await log.settled();
  expect(log.entries).toHaveLength(500);
  expect(log.entries[0]).toMatchObject({ action: "key-shown" });
  expect(log.entries.at(-1)?.id).toBe(2_001);
});

test("what people did leaves half of the room to those who were turned away, and takes all of it where nobody was", async () => {
  const store = createMemoryStore();
  const log = await open(store);
  for (let i = 0; i < 400; i++) void log.add(run(log.nextId, refusal("noWindow")));
  for (let i = 0; i < 400; i++) void log.add(audit(log.nextId, "window-opened"));
  const inVain = () => log.entries.filter(({ type }) => type === "enrolment").length;
  expect([log.entries.length, inVain()]).toEqual([500, 100]);
  for (let i = 0; i < 1_000; i++) void log.add(audit(log.nextId, "window-opened"));
  expect([log.entries.length, inVain()]).toEqual([500, 0]);
  await log.settled();
  expect((await open(store)).entries).toEqual(log.entries);
});

test("a disk that is slower than they come is not written what is gone by then, and nothing piles up", async () => {
  const memory = createMemoryStore();
  let puts = 0;
  const store: Store = {
    ...memory,
    put(key, value) {
      puts += 1;
      return memory.put(key, value);
    },
  };
  const log = await open(store);
  for (let i = 0; i < 10_000; i++) void log.add(run(log.nextId, refusal("noWindow")));
  await log.settled();
  expect(puts).toBe(500);
  expect((await open(memory)).entries).toEqual(log.entries);
});
