/** The library as a program uses it that has no service: one pairing, followed event by event. */
import { afterEach, describe, expect, test } from "vitest";
import { type PairEvent, pair, type StationRadio } from "../src/index.ts";
import { Device, type DeviceOptions, radioWith } from "./station-world.ts";

let device: Device;
const given = (options?: DeviceOptions) => {
  device = new Device(options);
  return device;
};
afterEach(() => device.close());

const follow = async (events: AsyncIterable<PairEvent>) => {
  const list: PairEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
};
const signal = new AbortController().signal;
const method = { type: "pushButton" } as const;

describe("pair", () => {
  test("prints credentials at the press of a button, with ten lines of code", async () => {
    const { radio, clock } = given();
    const printed: string[] = [];
    const program = (async () => {
      for await (const event of pair({ radio, method, signal, clock }))
        if (event.type === "paired") printed.push(...event.credentials.map((one) => one.networkKey.revealText()));
        else if (event.type === "failed") printed.push(event.error.sentence);
    })();
    await device.press("Home");
    await device.until(program);
    expect(printed).toEqual(["correct horse battery"]);
  });

  test("after a failure gives the radio back what it had by itself", async () => {
    const { radio, clock } = given({ connectedTo: "Home" });
    await device.linkIn("connected", device.home.ssid);
    const events = await device.until(follow(pair({ radio, method, signal, clock })));
    expect(events.at(-1)).toMatchObject({ type: "failed", error: { result: "timeout", reason: "no-button-pressed" } });
    await device.linkIn("connected", device.home.ssid);
  });

  test("cancelled ends with an event that says so, when the radio is back where it was", async () => {
    const { radio, clock } = given();
    await device.until(radio.apply({ mode: "off" }));
    const stop = new AbortController();
    const events = follow(pair({ radio, method, signal: stop.signal, clock }));
    await device.clock.advance(5_000);
    stop.abort();
    expect((await device.until(events)).at(-1)).toMatchObject({ type: "failed", error: { result: "cancelled" } });
    expect(await device.until(radio.link())).toMatchObject({ state: "off" });
  });

  test("left in the middle of its loop puts everything back before the loop is left", async () => {
    const { radio, clock } = given();
    await device.until(radio.apply({ mode: "off" }));
    const leave = async () => {
      for await (const event of pair({ radio, method, signal, clock })) if (event.type === "searching") return;
    };
    await device.until(leave());
    expect(await device.until(radio.link())).toMatchObject({ state: "off" });
  });

  test("waits for the command that brings an address, and fails when that fails", async () => {
    const outcome = async (command: string) => {
      const { radio, clock } = given();
      const events = follow(pair({ radio, method, signal, clock, address: { command } }));
      await device.press("Home");
      const last = (await untilReal(events)).at(-1);
      return last?.type === "failed" ? last.error.reason : last?.type;
    };
    expect(await outcome("exit 1")).toBe("address-command-failed");
    await device.close();
    expect(await outcome("true")).toBe("paired");
  });

  test.each([
    [12, "overlap", "overlap"],
    [14, "failed", "access-point-busy"],
    [15, "failed", "setup-locked"],
    [18, "failed", "wrong-pin"],
    [9, "failed", "refused"],
  ])("explains Configuration Error %i", async (configError, result, reason) => {
    const refusing = (real: StationRadio) =>
      radioWith(real, {
        enrol: async function* () {
          yield { type: "searching" };
          yield { type: "failed", failure: { kind: "refused", configError } };
        },
      });
    const { radio, clock } = given({ radio: refusing });
    const events = await device.until(follow(pair({ radio, method, signal, clock })));
    expect(events.at(-1)).toMatchObject({ type: "failed", error: { result, reason } });
  });
});

/** A command is a process of its own and takes time of ours, which must not run away on the virtual clock meanwhile. */
async function untilReal<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  const note = () => {
    done = true;
  };
  promise.then(note, note);
  while (!done) {
    await device.clock.advance(10);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return promise;
}
