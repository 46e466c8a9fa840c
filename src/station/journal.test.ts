import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory-store.ts";
import { Secret } from "../wsc/secret.ts";
import { begun, ended, interrupted, Journal, settled, succeeded, wanted } from "./journal.ts";
import { emptyRecord, type Mode, type StationRecord, type StoredRun } from "./record.ts";
import type { PairingSession } from "./session.ts";
import { defaultSettings } from "./settings.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const home = { ssid: Uint8Array.of(0xff, 0x00, 0x41), key: new Secret("correct horse"), wpa1: false, sae: true };
const other = { ssid: bytes("other"), key: null, wpa1: false, sae: false };
const hotspot = { ssid: bytes("device"), key: new Secret("set me up") };
const settings = { ...defaultSettings, hotspot };
const residue = { wps_cred_processing: "0", count: 1, on: true, nothing: null };

const recordIn = (mode: Mode): StationRecord => ({
  setup: { mode, network: home },
  run: null,
  last: null,
  maxTxPower: 17.5,
});
const runIn = (mode: Mode): StoredRun => ({ startedAt: 1, method: "pbc", mode, residue, ended: null });
const ending = (result: PairingSession["result"]): PairingSession => ({ ...interrupted(runIn("off")), result });

describe("what a pairing leaves behind", () => {
  const modeAfter = (mode: Mode, result: PairingSession["result"], rule: "off" | "restore") => {
    const run = { ...runIn(mode), ended: ending(result) };
    return settled(ended(recordIn(mode), run, ending(result)), run, { ...settings, afterFailedPairing: rule }).apply
      .mode;
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
    const { record, apply } = settled(recordIn("accessPoint"), runIn("accessPoint"), settings);
    expect(apply).toEqual({ mode: "off" });
    expect(record).toMatchObject({ run: null, last: { result: "failed", reason: "interrupted" } });
  });

  test("where nothing was set up nothing is, and the radio gets its own networks back", () => {
    expect(settled(emptyRecord, runIn("station"), settings)).toMatchObject({
      record: { setup: null },
      apply: { mode: "station", network: null },
    });
    expect(settled(emptyRecord, runIn("off"), settings).apply).toEqual({ mode: "off" });
  });

  test("neither a failure nor a success forgets what else is stored", () => {
    const { record } = settled(recordIn("accessPoint"), runIn("accessPoint"), settings);
    expect(record).toMatchObject({ setup: { mode: "off", network: home }, maxTxPower: 17.5 });
    const won = succeeded(begun(recordIn("accessPoint"), runIn("accessPoint")), other, ending("success"));
    expect(won).toMatchObject({ setup: { mode: "station", network: other }, run: null, maxTxPower: 17.5 });
  });
});

describe("a device on which nobody has set anything up", () => {
  const unconfigured = { ...settings, unconfigured: "hotspot" } as const;

  test("is left alone, opens its hotspot or is off, as the configuration says", () => {
    expect(wanted(null, settings)).toBeNull();
    expect(wanted(null, unconfigured)).toEqual({ mode: "accessPoint", hotspot });
    expect(wanted(null, { ...settings, unconfigured: "off" })).toEqual({ mode: "off" });
  });

  test("is off after a failed pairing out of its hotspot, for good; a cancel leads back to it", () => {
    const left = (result: PairingSession["result"], rule: "off" | "restore") =>
      settled(
        emptyRecord,
        { ...runIn("accessPoint"), ended: ending(result) },
        { ...unconfigured, afterFailedPairing: rule },
      );
    expect(left("timeout", "off")).toMatchObject({ record: { setup: { mode: "off" } }, apply: { mode: "off" } });
    expect(left("timeout", "restore")).toMatchObject({ record: { setup: null }, apply: { mode: "accessPoint" } });
    expect(left("cancelled", "off")).toMatchObject({ record: { setup: null }, apply: { mode: "accessPoint" } });
  });

  test("that has lost its hotspot from the configuration is off where it would have it open", () => {
    expect(wanted({ mode: "accessPoint", network: home }, defaultSettings)).toEqual({ mode: "off" });
    expect(wanted(null, { ...unconfigured, hotspot: null })).toEqual({ mode: "off" });
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
  });

  test("reads how a pairing ended that was written before hints had keys", async () => {
    const store = createMemoryStore();
    const { hintKey, ...last } = ending("failed");
    const run = { ...runIn("off"), ended: last };
    await store.put("station", bytes(JSON.stringify({ version: 1, setup: null, run, last })));
    const { record } = await Journal.open(store);
    expect(record.last).toEqual({ ...last, hintKey: null });
    expect(record.run?.ended).toEqual({ ...last, hintKey: null });
    expect(hintKey).toBe("interrupted");
  });

  test("reads what was written before there were static addresses and limits, and leaves out a network nobody can join", async () => {
    const store = createMemoryStore();
    const read = async (network: object) => {
      const setup = { mode: "station", network, hotspot: null };
      await store.put("station", bytes(JSON.stringify({ version: 1, setup, run: null, last: null })));
      return (await Journal.open(store)).record;
    };
    const network = { ssid: "486f6d65", key: "3132333435363738", wpa1: false, sae: false };
    expect(await read(network)).toEqual({
      setup: {
        mode: "station",
        network: { ssid: bytes("Home"), key: new Secret("12345678"), wpa1: false, sae: false },
      },
      run: null,
      last: null,
      maxTxPower: null,
    });
    const unusable = [
      { ssid: "" },
      { ssid: "41".repeat(33) },
      { key: "31" },
      { key: "3132333435363708" },
      { key: "31".repeat(65) },
    ];
    for (const change of unusable)
      expect((await read({ ...network, ...change })).setup, JSON.stringify(change)).toEqual({
        mode: "station",
        network: null,
      });
  });
});
