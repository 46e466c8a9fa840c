/**
 * What a station keeps across restarts, all under one key and so always written as one: its setup, the pairing
 * under way, and how the last one ended. Here it is read and written as JSON; when what is written is the business
 * of `journal.ts`.
 */
import { type Static, Type } from "typebox";
// Not `typebox/value`, which does the same and loads for twice as long: a device's service should start quickly.
import { Check } from "typebox/schema";
import type { Hotspot, Network, RadioResidue, RadioSetup } from "../radio/station-radio.ts";
import { fromHex, toHex } from "../wsc/bytes.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import { Secret } from "../wsc/secret.ts";
import type { PairingSession } from "./session.ts";

export type Mode = RadioSetup["mode"];

export interface StationRecord {
  /** null: nobody has set up anything, so the radio is left to what it was configured with by itself. */
  readonly setup: StoredSetup | null;
  /** The pairing that has begun and whose end the radio has not been brought to yet. */
  readonly run: StoredRun | null;
  /** How the last pairing ended. */
  readonly last: PairingSession | null;
}

/** Networks are kept in modes that do not use them. */
export interface StoredSetup {
  readonly mode: Mode;
  /** null in station mode: the radio's own networks. */
  readonly network: Network | null;
  /** Not null in access point mode. */
  readonly hotspot: Hotspot | null;
}

/** The journal of a pairing: what must be known after a crash in the middle of it. */
export interface StoredRun {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly method: "pbc" | "pin";
  /** The mode that it began in. */
  readonly mode: Mode;
  readonly residue: RadioResidue;
  /** How it ended, when it has; null: it is under way, or a crash cut it off. */
  readonly ended: PairingSession | null;
}

export const emptyRecord: StationRecord = { setup: null, run: null, last: null };

const version = 1;

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const hex = Type.String({ pattern: "^(?:[0-9a-f]{2})*$", maxLength: 128 });

const SessionJson = Type.Object({
  active: Type.Boolean(),
  method: nullable(Type.Enum(["pbc", "pin"])),
  phase: nullable(Type.Enum(["searching", "associating", "exchanging", "connecting", "addressing", "ended"])),
  message: Type.Null(),
  peer: nullable(Type.Object({ bssid: Type.String(), ssid: nullable(Type.String()), name: nullable(Type.String()) })),
  secondsLeft: Type.Integer(),
  result: nullable(Type.Enum(["success", "timeout", "overlap", "failed", "cancelled"])),
  reason: nullable(Type.String()),
  hint: nullable(Type.String()),
});

const ModeJson = Type.Enum(["off", "station", "accessPoint"]);

/** SSIDs and keys are bytes, and stand as hex. */
const RecordJson = Type.Object({
  version: Type.Literal(version),
  setup: nullable(
    Type.Object({
      mode: ModeJson,
      network: nullable(Type.Object({ ssid: hex, key: nullable(hex), wpa1: Type.Boolean(), sae: Type.Boolean() })),
      hotspot: nullable(Type.Object({ ssid: hex, key: nullable(hex) })),
    }),
  ),
  run: nullable(
    Type.Object({
      startedAt: Type.Number(),
      method: Type.Enum(["pbc", "pin"]),
      mode: ModeJson,
      residue: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
      ended: nullable(SessionJson),
    }),
  ),
  last: nullable(SessionJson),
});
type RecordJson = Static<typeof RecordJson>;

/** As it is stored; the keys of networks stand in it as they are. */
export function encodeRecord({ setup, run, last }: StationRecord): Uint8Array {
  const json = {
    version,
    setup: setup && {
      mode: setup.mode,
      network: setup.network && { ...setup.network, ...hexOf(setup.network) },
      hotspot: setup.hotspot && hexOf(setup.hotspot),
    },
    run,
    last,
  };
  return new TextEncoder().encode(JSON.stringify(json));
}

/** The error is a sentence that says why it cannot be read. */
export function decodeRecord(bytes: Uint8Array): Result<StationRecord, string> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return err("What is stored of the station is not JSON.");
  }
  if (!Check(RecordJson, json)) {
    const stored = Check(Type.Object({ version: Type.Number() }), json) ? json.version : null;
    return stored !== null && stored > version
      ? err(
          `What is stored of the station was written by a later openwps (format ${stored}, known here is ${version}).`,
        )
      : err("What is stored of the station is not in the form that openwps writes.");
  }
  const { setup, run, last } = json;
  if (setup?.mode === "accessPoint" && setup.hotspot === null)
    return err("What is stored of the station says access point mode, but holds no hotspot.");
  return ok({ setup: setup && readSetup(setup), run, last });
}

function readSetup({ mode, network, hotspot }: NonNullable<RecordJson["setup"]>): StoredSetup {
  return {
    mode,
    network: network && { ...network, ...bytesOf(network) },
    hotspot: hotspot && bytesOf(hotspot),
  };
}

function hexOf({ ssid, key }: Hotspot): { ssid: string; key: string | null } {
  return { ssid: toHex(ssid), key: key && toHex(key.reveal()) };
}

function bytesOf({ ssid, key }: { readonly ssid: string; readonly key: string | null }): Hotspot {
  return { ssid: fromHex(ssid), key: key === null ? null : new Secret(fromHex(key)) };
}
