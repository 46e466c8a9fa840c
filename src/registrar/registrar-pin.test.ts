/** Windows that a PIN opens, in virtual time. */
import { describe, expect, test } from "vitest";
import { come, createWorld, home, lamp, meter, pin, refusedWith } from "../../test/registrar-desk.ts";
import { pinPassword } from "../wsc/pin.ts";

describe("with a PIN", () => {
  const right = "12345670";
  const wrongFirstHalf = { password: pinPassword(pin("99995676")) };
  const wrongSecondHalf = { password: pinPassword(pin("12340002")) };
  const knows = { password: pinPassword(pin(right)) };

  test("the device that knows it gets the credential, once", async () => {
    const { clock, registrar, accessPoint, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp, knows).finish()).toMatchObject({ type: "paired" });
    expect(await come(registrar, meter, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toEqual([
      "windowOpened",
      "enrolmentStarted",
      "enrolmentSucceeded",
      "windowClosed: enrolled",
      "refused: noWindow",
    ]);
    await clock.advance(200);
    expect(accessPoint.shown).toEqual([{ method: "pin", authorized: null, pin: null }, null]);
  });

  test("a wrong first half leaves one more try, and a second one none", async () => {
    const { registrar, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp, wrongFirstHalf).finish()).toMatchObject({ error: { half: 1 } });
    expect(await come(registrar, lamp, wrongFirstHalf).finish()).toMatchObject({ error: { half: 1 } });
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: pinSpent");
  });

  test("the try that a wrong first half leaves is a good one", async () => {
    const { registrar } = createWorld();
    await registrar.enterPin(home, pin(right));
    await come(registrar, lamp, wrongFirstHalf).finish();
    expect(await come(registrar, lamp, knows).finish()).toMatchObject({ type: "paired" });
  });

  test("a wrong second half costs the PIN, because it may be known by then", async () => {
    const { registrar, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp, wrongSecondHalf).finish()).toMatchObject({ error: { half: 2 } });
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toContain("windowClosed: pinExposed");
  });

  test("it serves one run at a time", async () => {
    const { registrar } = createWorld();
    await registrar.enterPin(home, pin(right));
    const first = come(registrar, lamp, knows);
    await first.until("M3");
    expect(await come(registrar, meter, knows).finish()).toMatchObject(refusedWith(0));
    expect(await first.finish()).toMatchObject({ type: "paired" });
  });

  test("it ends with its window", async () => {
    const { clock, registrar } = createWorld();
    await registrar.enterPin(home, pin(right));
    await clock.advance(120_000);
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
  });

  test("it does not let in whoever pushes a button, nor does the button let in whoever has a PIN", async () => {
    const { registrar, story } = createWorld();
    await registrar.enterPin(home, pin(right));
    expect(await come(registrar, lamp).finish()).toMatchObject(refusedWith(0));
    await registrar.pressButton(home);
    expect(await come(registrar, lamp, knows).finish()).toMatchObject(refusedWith(0));
    expect(await story()).toEqual([
      "windowOpened",
      "refused: noWindow",
      "windowClosed: stopped",
      "windowOpened",
      "refused: noWindow",
    ]);
  });
});
