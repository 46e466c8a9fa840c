/** Windows that an access point cannot show yet, in virtual time. What windows let in is in registrar.test.ts. */
import { expect, test } from "vitest";
import { VirtualClock } from "../clock/virtual-clock.ts";
import type { AdvertisedWindow, Shown } from "../radio/access-point.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { generatePin } from "../wsc/pin.ts";
import type { WindowEvent } from "./events.ts";
import { Instance } from "./instance.ts";

/** An access point that remembers a second device with its button pressed, for so long. */
function createWorld({ staleForMs }: { readonly staleForMs: number }) {
  const clock = new VirtualClock();
  const freeAt = clock.now() + staleForMs;
  const asked: (AdvertisedWindow | null)[] = [];
  const told: WindowEvent[] = [];
  const accessPoint = {
    async advertise(window: AdvertisedWindow | null): Promise<Shown> {
      asked.push(window);
      const readyInMs = window?.method === "pushButton" ? freeAt - clock.now() : 0;
      return readyInMs > 0 ? { type: "pending", readyInMs } : { type: "shown" };
    },
  };
  const instance = new Instance({ accessPoint, clock, tell: (event) => told.push(event) });
  const waits = () => told.flatMap((event) => (event.type === "windowPending" ? [event.readyAt] : []));
  return { clock, freeAt, asked, told, waits, instance };
}

test("a window that the access point cannot show yet waits, and is told to be there once it is shown", async () => {
  const { clock, freeAt, waits, asked, instance } = createWorld({ staleForMs: 50_000 });
  expect(await instance.press()).toBe("open");
  expect(waits()).toEqual([freeAt]);
  await clock.advance(50_000);
  expect(waits()).toEqual([freeAt, null]);
  expect(asked).toEqual([{ method: "pushButton" }, { method: "pushButton" }]);
});

test("a window that is shown at once says nothing of waiting", async () => {
  const { clock, told, instance } = createWorld({ staleForMs: 0 });
  await instance.press();
  await clock.advance(120_000);
  expect(told.map(({ type }) => type)).toEqual(["windowOpened", "windowClosed"]);
});

test("a window that is closed while it waits is shown no more, and nothing more is told of it", async () => {
  const { clock, freeAt, waits, asked, instance } = createWorld({ staleForMs: 50_000 });
  await instance.press();
  await instance.stop();
  await clock.advance(60_000);
  expect(waits()).toEqual([freeAt]);
  expect(asked).toEqual([{ method: "pushButton" }, null]);
});

test("a window for a PIN does not wait for what the one before it waited for", async () => {
  const { clock, freeAt, waits, instance } = createWorld({ staleForMs: 50_000 });
  await instance.press();
  await instance.enterPin(generatePin(systemRandom));
  expect(waits()).toEqual([freeAt, null]);
  await clock.advance(60_000);
  expect(waits()).toEqual([freeAt, null]);
});

test("of two changes at once only the last one tells whether it waits", async () => {
  const { waits, instance } = createWorld({ staleForMs: 50_000 });
  await Promise.all([instance.press(), instance.enterPin(generatePin(systemRandom))]);
  expect(waits()).toEqual([]);
});
