import { expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { type MacAddress, parseMacAddress } from "../wsc/address.ts";
import { Requests } from "./requests.ts";

const mac = (number: number) => parseMacAddress(`0200000001${number.toString(16).padStart(2, "0")}`) as MacAddress;
const instance = parseMacAddress("020000000001") as MacAddress;
const probe = (number: number) => ({
  macAddress: mac(number),
  instance,
  method: "pushButton" as const,
  uuid: "00".repeat(16),
  deviceName: "Lamp",
  manufacturer: null,
  modelName: null,
  deviceType: null,
});

test("a device that asks stays for as long as it goes on asking, and two minutes more", async () => {
  const clock = new VirtualClock();
  let changes = 0;
  const requests = new Requests(clock, () => changes++);
  const began = clock.now();
  requests.note(probe(1));
  expect(changes).toBe(1);
  await clock.advance(100_000);
  requests.note(probe(1));
  await clock.advance(119_999);
  expect(changes).toBe(1);
  expect(requests.all).toMatchObject([{ macAddress: mac(1), firstAt: began, lastAt: began + 100_000 }]);
  await clock.advance(1);
  expect(requests.all).toEqual([]);
  expect(changes).toBe(2);
});

test("what a device has said once stays known when it says less, and saying more is news", () => {
  let changes = 0;
  const requests = new Requests(new VirtualClock(), () => changes++);
  requests.note(probe(1));
  requests.note({ ...probe(1), manufacturer: "Example", modelName: "L" });
  expect(changes).toBe(2);
  requests.note(probe(1));
  expect(changes).toBe(2);
  expect(requests.get(mac(1))).toMatchObject({ manufacturer: "Example", modelName: "L" });
});

test("a crowd of made-up devices does not grow it, and the latest are kept", () => {
  const requests = new Requests(new VirtualClock(), () => {});
  for (let number = 0; number < 200; number++) requests.note(probe(number));
  expect(requests.all).toHaveLength(64);
  expect(requests.get(mac(199))).not.toBeNull();
  requests.forget(mac(199));
  expect(requests.get(mac(199))).toBeNull();
});
