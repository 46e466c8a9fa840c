/** Windows that a press of the button opens, in virtual time; and overlap. */
import { describe, expect, test } from "vitest";
import { come, createWorld, cutOffWith, home, key, lamp, meter, refusedWith } from "../../test/registrar-desk.ts";
import type { AccessPointEvent } from "../radio/access-point.ts";
import type { MacAddress } from "../wsc/address.ts";
import { toHex } from "../wsc/bytes.ts";
import { uuidFromMac } from "../wsc/crypto.ts";
import { parsePacket } from "../wsc/eap/packet.ts";

describe("at a push of the button", () => {
  test("one device gets the credential, made out to it, and the window closes", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    expect(await registrar.pressButton(home)).toBe("open");
    const outcome = await come(registrar, lamp).finish();
    if (outcome?.type !== "paired") throw new Error(`expected paired, got ${JSON.stringify(outcome)}`);
    expect(outcome.credentials).toHaveLength(1);
    expect(outcome.credentials[0]).toMatchObject({ ssid: accessPoint.ssid, macAddress: lamp });
    expect(outcome.credentials[0]?.networkKey.revealText()).toBe(key);
    expect(await story()).toEqual(["windowOpened", "enrolmentStarted", "enrolmentSucceeded", "windowClosed: enrolled"]);
    // Hiding it earlier could cost the device the run's last packet.
    expect(accessPoint.shown).toEqual([{ method: "pushButton" }]);
    await clock.advance(200);
    expect(accessPoint.shown).toEqual([{ method: "pushButton" }, null]);
  });

  test("a second device finds the window closed", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    await come(registrar, lamp).finish();
    expect(await come(registrar, meter).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("refused: noWindow");
  });

  test("the access point's own button does as well", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    accessPoint.outlet.tell({ type: "buttonPressed" });
    await clock.advance(0);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test("a device may come until the end of the walk time, and no longer", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    await registrar.pressButton(home);
    await clock.advance(119_999);
    const early = come(registrar, lamp);
    await early.until("M1");
    early.conversation.close();
    expect(await story()).toContain("enrolmentStarted");
    await clock.advance(1);
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: timeout");
    expect(accessPoint.shown.at(-1)).toBeNull();
  });

  test("a new press restarts the walk time", async () => {
    const { clock, registrar } = createWorld();
    await registrar.pressButton(home);
    await clock.advance(100_000);
    await registrar.pressButton(home);
    await clock.advance(100_000);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test.each([
    "M1",
    "M3",
    "M5",
  ] as const)("a run that is as far as %s when the window closes gets nothing", async (message) => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const run = come(registrar, lamp);
    await run.until(message);
    await registrar.stop(home);
    expect(await run.finish()).toMatchObject(cutOffWith(0));
    expect(await story()).toEqual(["windowOpened", "enrolmentStarted", "windowClosed: stopped", "enrolmentFailed"]);
  });

  test("a run whose window was closed does not spoil the next one", async () => {
    const { registrar } = createWorld();
    await registrar.pressButton(home);
    const old = come(registrar, lamp);
    await old.until("M3");
    await registrar.stop(home);
    await registrar.pressButton(home);
    expect(await old.finish()).toMatchObject(cutOffWith(0));
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test("whoever has M8 is the window's one device, also when its Done gets lost", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const run = come(registrar, lamp);
    await run.until("M7");
    run.conversation.close();
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: credentialGiven");
  });

  test("a device that goes away makes room for its next try", async () => {
    const { registrar } = createWorld();
    await registrar.pressButton(home);
    const run = come(registrar, lamp);
    await run.until("M5");
    run.conversation.close();
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });

  test("a device that falls silent is asked three times, and then given up", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const { conversation, until } = come(registrar, lamp);
    await until("M3");
    const again = await conversation.respond(null);
    expect(parsePacket(again)).toMatchObject({ code: "request", type: "wsc" });
    expect(await conversation.respond(null)).toEqual(again);
    expect(parsePacket(await conversation.respond(null))?.type).toBe("failure");
    expect(await story()).toEqual(["windowOpened", "enrolmentStarted", "enrolmentFailed"]);
    expect(await come(registrar, lamp).finish()).toMatchObject({ type: "paired" });
  });
});

describe("overlap", () => {
  const seen = (macAddress: MacAddress, devicePasswordId = 4): AccessPointEvent => {
    const uuid = toHex(uuidFromMac(macAddress));
    return { type: "enrolleeSeen", macAddress, uuid, devicePasswordId, deviceName: null };
  };

  test("two devices in push-button mode keep the window shut for the monitor time", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    accessPoint.outlet.tell(seen(lamp));
    accessPoint.outlet.tell(seen(meter));
    await clock.advance(0);
    expect(await registrar.pressButton(home)).toBe("overlap");
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toEqual(["overlap", "refused: noWindow"]);
    await clock.advance(120_000);
    expect(await registrar.pressButton(home)).toBe("open");
  });

  test("a device that waits for a PIN is none too many", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    accessPoint.outlet.tell(seen(lamp));
    accessPoint.outlet.tell(seen(meter, 0));
    await clock.advance(0);
    expect(await registrar.pressButton(home)).toBe("open");
  });

  test("a second device that asks spoils it for both, before a credential is out", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const first = come(registrar, lamp);
    await first.until("M3");
    expect(await come(registrar, meter).finish()).toMatchObject(refusedWith(12));
    expect(await first.finish()).toMatchObject(cutOffWith(12));
    expect(await story()).toEqual([
      "windowOpened",
      "enrolmentStarted",
      "overlap",
      "refused: overlap",
      "enrolmentFailed",
    ]);
  });

  test("a second device that is only seen does so too", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    await registrar.pressButton(home);
    const first = come(registrar, lamp);
    await first.until("M5");
    accessPoint.outlet.tell(seen(meter));
    await clock.advance(0);
    expect(await first.finish()).toMatchObject(cutOffWith(12));
  });

  test("the second radio of the same device is no second device, but has to wait", async () => {
    const { registrar, story } = createWorld();
    await registrar.pressButton(home);
    const first = come(registrar, lamp);
    await first.until("M3");
    const second = come(registrar, meter, { claims: { uuid: uuidFromMac(lamp) } });
    expect(await second.finish()).toMatchObject(refusedWith(0));
    expect(await first.finish()).toMatchObject({ type: "paired" });
    expect(await story()).toContain("refused: busy");
  });

  test("a device that has enrolled does not overlap with the next one", async () => {
    const { clock, registrar, accessPoint } = createWorld();
    accessPoint.outlet.tell(seen(lamp));
    await registrar.pressButton(home);
    await come(registrar, lamp).finish();
    accessPoint.outlet.tell(seen(lamp));
    await clock.advance(0);
    expect(await registrar.pressButton(home)).toBe("open");
    expect(await come(registrar, meter).finish()).toMatchObject({ type: "paired" });
  });
});
