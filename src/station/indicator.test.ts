import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../clock/system-clock.ts";
import { VirtualClock } from "../clock/virtual-clock.ts";
import { Latest } from "../stream/queue.ts";
import { followPhases, type Indicator } from "./indicator.ts";
import { hookLimitMs, openHook } from "./indicator-hook.ts";
import type { PairingSession } from "./session.ts";

const never: PairingSession = {
  active: false,
  method: null,
  phase: null,
  message: null,
  peer: null,
  secondsLeft: 0,
  result: null,
  reason: null,
  hint: null,
  hintKey: null,
};
const searching: PairingSession = { ...never, active: true, method: "pbc", phase: "searching", secondsLeft: 120 };
const home = { bssid: "02:00:00:00:00:01", ssid: "Home", name: "Router" };
const connecting: PairingSession = { ...searching, phase: "connecting", peer: home };
const ended: PairingSession = { ...never, method: "pbc", phase: "ended", peer: home, result: "success" };

describe("whoever follows the phases", () => {
  test("sees each change, but no countdown, and nothing of what was before the start", async () => {
    const sessions = new Latest<PairingSession>({ ...ended, result: "timeout" });
    const shown: (PairingSession | "closed")[] = [];
    const indicator: Indicator = {
      show: (session) => shown.push(session),
      close: async () => void shown.push("closed"),
    };
    const following = followPhases({ sessions: ({ signal }) => sessions.follow(signal) }, indicator);
    const secondLater = { ...searching, secondsLeft: 119 };
    for (const session of [searching, secondLater, connecting, { ...connecting, message: "M1" as const }, ended])
      sessions.set(session);
    sessions.close();
    await following;
    expect(shown).toEqual([searching, connecting, ended, "closed"]);
  });
});

describe("the hook", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openwps-hook-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (name: string) => join(folder, name);
  const lines = () => readFileSync(file("log"), "utf8").trimEnd().split("\n");

  test("is told phase, method, result, reason, hint and the network, and what is unknown is empty", async () => {
    const hook = openHook(`env | grep ^OPENWPS_ | sort > ${file("log")}`, { clock: systemClock });
    hook.show({ ...ended, result: "failed", reason: "wrong-key", hint: "Restart it." });
    await hook.close();
    expect(lines()).toEqual([
      "OPENWPS_BSSID=02:00:00:00:00:01",
      "OPENWPS_HINT=Restart it.",
      "OPENWPS_METHOD=pbc",
      "OPENWPS_PHASE=ended",
      "OPENWPS_REASON=wrong-key",
      "OPENWPS_RESULT=failed",
      "OPENWPS_SSID=Home",
    ]);
    hook.show(searching);
    await hook.close();
    expect(lines()).toContain("OPENWPS_SSID=");
  });

  test("gets a stranger's SSID as text that does nothing", async () => {
    const hook = openHook(`printf %s "$OPENWPS_SSID" > ${file("log")}`, { clock: systemClock });
    const nasty = `$(touch ${file("x")})';\`"\n\0\u001b[2J=ä`;
    hook.show({ ...connecting, peer: { ...home, ssid: nasty } });
    await hook.close();
    expect(readFileSync(file("log"), "utf8")).toBe(nasty.replaceAll(/\p{Cc}/gu, "\uFFFD"));
    expect(existsSync(file("x"))).toBe(false);
  });

  test("never runs twice at a time, and the last change is never passed over", async () => {
    const one = `echo begin $OPENWPS_PHASE >> ${file("log")}; sleep 0.1; echo end $OPENWPS_PHASE >> ${file("log")}`;
    const hook = openHook(one, { clock: systemClock });
    for (const session of [searching, { ...searching, phase: "associating" as const }, connecting, ended])
      hook.show(session);
    await hook.close();
    expect(lines()).toEqual(["begin searching", "end searching", "begin ended", "end ended"]);
  });

  test("that fails is told of, and the next change runs it again", async () => {
    const troubles: unknown[] = [];
    const hook = openHook("exit 3", { clock: systemClock, onTrouble: (trouble) => troubles.push(trouble) });
    hook.show(searching);
    await expect.poll(() => troubles.length).toBe(1);
    hook.show(ended);
    await hook.close();
    expect(troubles).toMatchObject([
      {
        message: "The hook failed in phase searching: exit 3.",
        hint: expect.stringContaining("OPENWPS_PHASE=searching"),
      },
      { message: "The hook failed in phase ended: exit 3." },
    ]);
  });

  test("that does not end is ended after its time, and told of", async () => {
    const clock = new VirtualClock();
    const troubles: unknown[] = [];
    const hook = openHook(`: > ${file("begun")}; sleep 1000 & wait`, {
      clock,
      onTrouble: (error) => troubles.push(error),
    });
    hook.show(searching);
    await expect.poll(() => existsSync(file("begun"))).toBe(true);
    await clock.advance(hookLimitMs);
    await expect.poll(() => troubles.length).toBe(1);
    expect(troubles).toMatchObject([
      { message: expect.stringContaining("did not end within 10 s of phase searching") },
    ]);
    await hook.close();
  });

  test("that still runs at the end is ended two seconds later", async () => {
    const clock = new VirtualClock();
    const hook = openHook(`: > ${file("begun")}; sleep 1000 & wait`, { clock });
    hook.show(searching);
    await expect.poll(() => existsSync(file("begun"))).toBe(true);
    await clock.until(hook.close());
  });
});
