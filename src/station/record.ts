/**
 * What a station keeps across restarts, all under one key and so always written as one: its setup, the pairing
 * under way, and how the last one ended. Here it is read and written as JSON; when what is written is the business
 * of `journal.ts`.
 */

import type { Network, RadioResidue, RadioSetup } from "../radio/station-radio.ts";
// Not `typebox/value`, which does the same and loads for twice as long: a device's service should start quickly.
import { check } from "../schema/check.ts";
import { type Static, Type } from "../schema/type.ts";
import { fromHex, toHex } from "../wsc/bytes.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import { Secret } from "../wsc/secret.ts";
import { isJoinable } from "./network.ts";
import type { PairingSession } from "./session.ts";

export type Mode = RadioSetup["mode"];

export interface StationRecord {
  /** null: nobody has set up anything, so the radio is left to what it was configured with by itself. */
  readonly setup: StoredSetup | null;
  /** The pairing that has begun and whose end the radio has not been brought to yet. */
  readonly run: StoredRun | null;
  /** How the last pairing ended. */
  readonly last: PairingSession | null;
  /** The limit of the radio's power in dBm, where a person set one. */
  readonly maxTxPower: number | null;
}

/** The network is kept in modes that do not use it. The hotspot is not in here: it belongs to the configuration. */
export interface StoredSetup {
  readonly mode: Mode;
  /** null in station mode: the radio's own networks. */
  readonly network: Network | null;
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

export const emptyRecord: StationRecord = { setup: null, run: null, last: null, maxTxPower: null };

const version = 1;

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const hex = Type.String({ pattern: "^(?:[0-9a-f]{2})*$", maxLength: 256 });

/** Here and below: what came later to this format may be missing. */
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
  hintKey: Type.Optional(nullable(Type.String())),
});

const ModeJson = Type.Enum(["off", "station", "accessPoint"]);

const StaticAddressJson = Type.Object({
  ip: Type.String(),
  mask: Type.String(),
  gateway: nullable(Type.String()),
  dns: nullable(Type.String()),
});

/** SSIDs and keys are bytes, and stand as hex. */
const NetworkJson = Type.Object({
  ssid: hex,
  key: nullable(hex),
  wpa1: Type.Boolean(),
  sae: Type.Boolean(),
  staticAddress: Type.Optional(StaticAddressJson),
});

const RecordJson = Type.Object({
  version: Type.Literal(version),
  setup: nullable(Type.Object({ mode: ModeJson, network: nullable(NetworkJson) })),
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
  maxTxPower: Type.Optional(nullable(Type.Number({ minimum: 0, maximum: 21 }))),
});
/** As it is stored; the keys of networks stand in it as they are. */
export function encodeRecord({ setup, run, last, maxTxPower }: StationRecord): Uint8Array {
  const json = {
    version,
    setup: setup && { mode: setup.mode, network: setup.network && writeNetwork(setup.network) },
    run,
    last,
    maxTxPower,
  };
  return new TextEncoder().encode(JSON.stringify(json));
}

/** The error is a sentence that says why it cannot be read. A network that no radio could join is left out. */
export function decodeRecord(bytes: Uint8Array): Result<StationRecord, string> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return err("What is stored of the station is not JSON.");
  }
  if (!check(RecordJson, json)) {
    const stored = check(Type.Object({ version: Type.Number() }), json) ? json.version : null;
    return stored !== null && stored > version
      ? err(
          `What is stored of the station was written by a later openwps (format ${stored}, known here is ${version}).`,
        )
      : err("What is stored of the station is not in the form that openwps writes.");
  }
  const { setup, run, last, maxTxPower = null } = json;
  return ok({
    setup: setup && { mode: setup.mode, network: setup.network && readNetwork(setup.network) },
    run: run && { ...run, ended: run.ended && readSession(run.ended) },
    last: last && readSession(last),
    maxTxPower,
  });
}

function readSession({ hintKey = null, ...session }: Static<typeof SessionJson>): PairingSession {
  return { ...session, hintKey };
}

function writeNetwork({ ssid, key, wpa1, sae, staticAddress }: Network): Static<typeof NetworkJson> {
  return { ssid: toHex(ssid), key: key && toHex(key.reveal()), wpa1, sae, ...(staticAddress && { staticAddress }) };
}

/** Whatever else stands there is left out. */
function readNetwork({ ssid, key, wpa1, sae, staticAddress }: Static<typeof NetworkJson>): Network | null {
  const network = {
    ssid: fromHex(ssid),
    key: key === null ? null : new Secret(fromHex(key)),
    wpa1,
    sae,
    ...(staticAddress && { staticAddress }),
  };
  return isJoinable(network) ? network : null;
}
