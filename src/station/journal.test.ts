import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory-store.ts";
import { Secret } from "../wsc/secret.ts";
import { begun, ended, interrupted, Journal, settled, succeeded, withSetup } from "./journal.ts";
import type { Mode, StationRecord, StoredRun } from "./record.ts";
import type { PairingSession } from "./session.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const home = { ssid: Uint8Array.of(0xff, 0x00, 0x41), key: new Secret("correct horse"), wpa1: false, sae: true };
const other = { ssid: bytes("other"), key: null, wpa1: false, sae: false };
const hotspot = { ssid: bytes("device"), key: new Secret("set me up") };
const residue = { wps_cred_processing: "0", count: 1, on: true, nothing: null };

const recordIn = (mode: Mode): StationRecord => ({ setup: { mode, network: home, hotspot }, run: null, last: null });
const runIn = (mode: Mode): StoredRun => ({ startedAt: 1, method: "pbc", mode, residue, ended: null });
const ending = (result: PairingSession["result"]): PairingSession => ({ ...interrupted(runIn("off")), result });

describe("what a pairing leaves behind", () => {
  const modeAfter = (mode: Mode, result: PairingSession["result"], rule: "off" | "restore") => {
    const run = { ...runIn(mode), ended: ending(result) };
    return settled(ended(recordIn(mode), run, ending(result)), run, rule).apply.mode;
  };

  test("a failure leads back to station mode and to off, and out of access point mode to off", () => {
    for (const result of ["failed", "timeout", "overlap"] as const) {
      expect(modeAfter("station", result, "off")).toBe("station");
      expect(modeAfter("accessPoint", result, "off")).toBe("off");
      expect(modeAfter("accessPoint", result, "restore")).toBe("accessPoint");
      expect(modeAfter("off", result, "restore")).toBe("off");
    }
  });

  test("a cancel leads back to where it began, also when a crash came before the radio was there", () => {
    for (const mode of ["station", "accessPoint", "off"] as const)
      expect(modeAfter(mode, "cancelled", "off")).toBe(mode);
  });

  test("a crash counts as a failure", () => {
    const { record, apply } = settled(recordIn("accessPoint"), runIn("accessPoint"), "off");
    expect(apply).toEqual({ mode: "off" });
    expect(record).toMatchObject({ run: null, last: { result: "failed", reason: "interrupted" } });
  });

  test("where nothing was set up nothing is, and the radio gets its own networks back", () => {
    const record = { setup: null, run: null, last: null };
    expect(settled(record, runIn("station"), "off")).toMatchObject({
      record: { setup: null },
      apply: { mode: "station", network: null },
    });
    expect(settled(record, runIn("off"), "off").apply).toEqual({ mode: "off" });
  });

  test("a failure forgets neither network nor hotspot, and a success no hotspot", () => {
    expect(settled(recordIn("accessPoint"), runIn("accessPoint"), "off").record.setup).toEqual({
      mode: "off",
      network: home,
      hotspot,
    });
    const won = succeeded(begun(recordIn("accessPoint"), runIn("accessPoint")), other, ending("success"));
    expect(won).toMatchObject({ setup: { mode: "station", network: other, hotspot }, run: null });
    expect(withSetup(won.setup, { mode: "off" })).toEqual({ mode: "off", network: other, hotspot });
  });
});

describe("the journal", () => {
  test("gives back after a restart what was written, keys and odd bytes included", async () => {
    const store = createMemoryStore();
    const record = { ...begun(recordIn("accessPoint"), runIn("accessPoint")), last: ending("timeout") };
    await (await Journal.open(store)).write(record);
    const again = (await Journal.open(store)).record;
    expect(again).toEqual(record);
    expect(again.setup?.network?.key?.revealText()).toBe("correct horse");
    expect(again.setup?.hotspot?.key?.revealText()).toBe("set me up");
  });

  test("names the openwps that wrote what it cannot read, and never prints a key of it", async () => {
    const store = createMemoryStore();
    const trouble = async (json: unknown) => {
      await store.put("station", bytes(JSON.stringify(json)));
      return Journal.open(store).then(
        () => null,
        (error: Error) => error.message,
      );
    };
    expect(await trouble({ version: 7, key: "hunter22" })).toMatch(/later openwps \(format 7/);
    expect(await trouble({ version: 1, setup: { key: "hunter22" } })).toMatch(/not in the form/);
    expect(await trouble({ version: 1, setup: { key: "hunter22" } })).not.toContain("hunter22");
    const setup = { mode: "accessPoint", network: null, hotspot: null };
    expect(await trouble({ version: 1, setup, run: null, last: null })).toMatch(/holds no hotspot/);
  });
});
