/** An access point with a PIN, Registrars that knock with right and wrong ones, and the lock between them; in pure time. */
import { describe, expect, test } from "vitest";
import { generatePin, pinPassword } from "../../src/wsc/pin.ts";
import { type ApPinState, apAccess, stepApPin } from "../../src/wsc/policy/ap-pin.ts";
import { isLocked, NEVER_LOCKED, type SetupLockState, stepSetupLock } from "../../src/wsc/policy/setup-lock.ts";
import { Secret } from "../../src/wsc/secret.ts";
import type { ExternalRegistrarTask } from "../../src/wsc/session/external-registrar.ts";
import { apSettings, playAccessPoint } from "../access-point-pair.ts";
import { pin } from "../air/world.ts";
import { play, seededRandom } from "../engine-pair.ts";

const MINUTE = 60_000;
const learn: ExternalRegistrarTask = { type: "learn" };

/** An access point over many runs: its PIN and its lock are told what each run shows. */
class Box {
  now = 0;
  apPin: ApPinState = null;
  lock: SetupLockState = NEVER_LOCKED;

  setPin(digits: string, lifetimeMs: number | null = null): void {
    this.apPin = stepApPin(this.apPin, { type: "set", pin: pin(digits), lifetimeMs }, this.now).state;
    this.lock = stepSetupLock(this.lock, { type: "pinSet" }, this.now).state;
  }

  withdrawPin(): void {
    this.apPin = stepApPin(this.apPin, { type: "withdrawn" }, this.now).state;
  }

  get locked(): boolean {
    return isLocked(this.lock, this.now);
  }

  /** A Registrar comes with these digits, right or wrong; `learned`, `configured`, or the Configuration Error it is given. */
  knock(digits: string, task = learn): string | number {
    const { accessPoint, accessPointEvents, registrar } = playAccessPoint({
      task,
      access: apAccess(this.apPin, this.lock, this.now),
      registrarPassword: { id: 0, secret: new Secret(digits) },
    });
    if (accessPointEvents.some(({ type }) => type === "passwordProven"))
      this.lock = stepSetupLock(this.lock, { type: "proven" }, this.now).state;
    if (accessPoint.name === "failed" && accessPoint.error.kind === "wrongPassword")
      this.lock = stepSetupLock(this.lock, { type: "failed" }, this.now).state;
    if (registrar.name !== "failed") return registrar.name;
    return registrar.error.kind === "refused" ? registrar.error.configError : registrar.error.kind;
  }
}

function boxWith(digits: string, lifetimeMs: number | null = null): Box {
  const box = new Box();
  box.setPin(digits, lifetimeMs);
  return box;
}

describe("wrong PINs", () => {
  const guesses = ["55554444", "1234", "12345678", "00000000", "11111111"];

  test("three are found wrong (18), and from then on setup is locked (15), for the right one too", () => {
    const box = boxWith("12345670");
    expect(guesses.map((guess) => box.knock(guess))).toEqual([18, 18, 18, 15, 15]);
    expect(box.locked).toBe(true);
    expect(box.knock("12345670")).toBe(15);
  });

  test("do not keep stations from being enrolled meanwhile", () => {
    const box = boxWith("12345670");
    for (const guess of guesses) box.knock(guess);
    const password = pinPassword(pin("4321"));
    expect(play({ enrolleePassword: password, registrarPassword: password }).enrollee.name).toBe("paired");
    expect(box.locked).toBe(true);
  });

  test("lock for a minute, after which the right one serves again", () => {
    const box = boxWith("12345670");
    for (const guess of guesses) box.knock(guess);
    box.now += MINUTE;
    expect(box.locked).toBe(false);
    expect(box.knock("12345670")).toBe("learned");
  });

  test("are forgotten with another PIN, which unlocks at once", () => {
    const box = boxWith("12345670");
    for (const guess of guesses) box.knock(guess);
    const fresh = generatePin(seededRandom(9));
    box.setPin(fresh);
    expect(box.locked).toBe(false);
    expect(box.knock(fresh)).toBe("learned");
  });
});

describe("the PIN of an access point", () => {
  test("that was made up serves Registrars, until it is withdrawn", () => {
    const made = generatePin(seededRandom(5));
    const box = boxWith(made);
    expect(box.knock(made)).toBe("learned");
    box.withdrawPin();
    expect(box.knock(made)).toBe(15);
    box.setPin("12345670");
    expect(box.knock("12345670", { type: "configure", settings: apSettings })).toBe("configured");
  });

  test("that was set for a second serves no longer", () => {
    const box = boxWith("12345670", 1_000);
    expect(box.knock("12345670")).toBe("learned");
    box.now += 1_100;
    expect(box.knock("12345670")).toBe(15);
  });

  test("that was never set lets nobody in: M2 is answered by NACK 15", () => {
    expect(new Box().knock("12345670")).toBe(15);
  });
});
