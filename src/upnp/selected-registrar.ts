/** What an external Registrar has a router announce for it (protocol: SetSelectedRegistrar). */

import { macAddressBytes } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID, VERSION, VERSION2 } from "../wsc/attributes.ts";
import { concat } from "../wsc/bytes.ts";
import { type Fault, parse, pick, type Slot, write } from "../wsc/codec.ts";
import { ANYBODY, authorizedMacsIn, type SelectedRegistrar } from "../wsc/elements.ts";
import { ok, type Result } from "../wsc/result.ts";

const SLOTS = [
  "version?",
  "selectedRegistrar",
  "devicePasswordId?",
  "selectedRegistrarConfigMethods?",
  "wfaExtension?",
  "uuidR?",
  "vendorExtension*",
] as const satisfies readonly Slot[];

export interface RegistrarSelection {
  /** Null: the Registrar expects nobody any more. */
  readonly selected: SelectedRegistrar | null;
  /** 16 bytes; null where it does not say who it is. */
  readonly uuid: Uint8Array | null;
}

/** Reads the argument of the action. */
export function readSelection(bytes: Uint8Array): Result<RegistrarSelection, Fault> {
  const attributes = parse(bytes);
  if (!attributes.ok) return attributes;
  const body = pick(SLOTS, attributes.value);
  if (!body.ok) return body;
  const { selectedRegistrar, devicePasswordId, selectedRegistrarConfigMethods, wfaExtension, uuidR } = body.value;
  const uuid = uuidR ?? null;
  if (selectedRegistrar === 0) return ok({ selected: null, uuid });
  const authorizedMacs = authorizedMacsIn(wfaExtension ?? {});
  return ok({
    uuid,
    selected: {
      devicePasswordId: devicePasswordId ?? DEVICE_PASSWORD_ID.default,
      configMethods: selectedRegistrarConfigMethods ?? 0xffff,
      // A Registrar of WPS 1.0 names nobody, and means everybody.
      authorizedMacs: authorizedMacs.length === 0 ? [ANYBODY] : authorizedMacs,
    },
  });
}

/** @param uuid of the Registrar, 16 bytes @param registrarConfigMethods bitmap of `CONFIG_METHOD`, also where nobody is expected */
export function composeSelection(
  { selected, uuid }: RegistrarSelection,
  registrarConfigMethods = selected?.configMethods ?? 0,
): Uint8Array {
  const { devicePasswordId, authorizedMacs } = selected ?? { devicePasswordId: 0, authorizedMacs: [] };
  return write(SLOTS, {
    version: VERSION,
    selectedRegistrar: selected === null ? 0 : 1,
    devicePasswordId,
    selectedRegistrarConfigMethods: registrarConfigMethods,
    wfaExtension: {
      version2: VERSION2,
      ...(authorizedMacs.length === 0 ? {} : { authorizedMacs: concat(...authorizedMacs.map(macAddressBytes)) }),
    },
    ...(uuid === null ? {} : { uuidR: uuid }),
    vendorExtension: [],
  });
}
