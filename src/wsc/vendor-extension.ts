/**
 * Vendor Extension (attribute 0x1049): the one of the Wi-Fi Alliance, whose subelements brought WPS 2.0, and all others,
 * which are carried but not understood.
 */
import { concat } from "./bytes.ts";
import { bytes, u8, u16, type ValueKind } from "./values.ts";

/** Vendor id 14122. */
export const WFA_VENDOR_ID = Uint8Array.of(0x00, 0x37, 0x2a);

/** Bytes of an address. */
const ADDRESS = 6;

/** As the reference takes it, of any length: a list that is wrong must not hide the access point that announces it. */
const addresses: ValueKind<Uint8Array> = {
  ...bytes(0, 255),
  read: (value) => value.slice(0, value.length - (value.length % ADDRESS)),
};

/**
 * Subelements, in the order of emission. A wrong length of a number fails the whole message; unknown ones are skipped.
 * Version2: 0x20 for WPS 2.0, high nibble major. Its absence is the only sign of a 1.0 peer.
 */
const SUBELEMENT = {
  version2: { id: 0, kind: u8 },
  /** 1: is here to enrol. */
  requestToEnroll: { id: 3, kind: u8 },
  /** Station addresses, end to end: we name five at most. Of a list that ends amid an address the whole ones count. */
  authorizedMacs: { id: 1, kind: addresses },
  /** Bits: 0x80 backhaul station, 0x40 backhaul BSS, 0x20 fronthaul BSS, 0x10 tear down. */
  multiAp: { id: 6, kind: u8 },
  /** Inside a Credential, 1: may be passed on. */
  networkKeyShareable: { id: 2, kind: u8 },
  /** Seconds until new settings take effect. */
  settingsDelayTime: { id: 4, kind: u8 },
  /** Bitmap of `CONFIG_METHOD`. */
  registrarConfigMethods: { id: 5, kind: u16 },
} as const satisfies Record<string, { readonly id: number; readonly kind: ValueKind<unknown> }>;

type SubelementName = keyof typeof SUBELEMENT;
type SubelementValue<N extends SubelementName> = (typeof SUBELEMENT)[N]["kind"] extends ValueKind<infer T> ? T : never;

/** What a message carries of the Wi-Fi Alliance's extension; what it does not carry is absent. */
export type WfaExtension = { readonly [N in SubelementName]?: SubelementValue<N> };

const SUBELEMENTS = Object.entries(SUBELEMENT) as readonly (readonly [
  SubelementName,
  { readonly id: number; readonly kind: ValueKind<unknown> },
])[];

/** Whether the value of a Vendor Extension is the Wi-Fi Alliance's. */
export function isWfa(value: Uint8Array): boolean {
  return value.length >= 3 && WFA_VENDOR_ID.every((byte, i) => value[i] === byte);
}

/** Vendor id, then one byte of id, one of length and the value for each subelement. */
export const wfaExtension: ValueKind<WfaExtension> = {
  min: 3,
  max: 1024,
  multipleOf: 1,
  merge: (earlier, later) => ({ ...earlier, ...later }),
  read: (value) => {
    const found: { [name: string]: unknown } = {};
    let rest = value.subarray(3);
    while (rest.length >= 2) {
      const [id = 0, length = 0] = rest;
      // The reference stops at a subelement that runs past the end and keeps what came before it.
      if (length > rest.length - 2) break;
      const [name, subelement] = SUBELEMENTS.find(([, { id: known }]) => known === id) ?? [];
      if (name !== undefined && subelement !== undefined) {
        const { min, max, multipleOf } = subelement.kind;
        if (length < min || length > max || length % multipleOf !== 0) return null;
        found[name] = subelement.kind.read(rest.subarray(2, 2 + length));
      }
      rest = rest.subarray(2 + length);
    }
    return found as WfaExtension;
  },
  write: (value) =>
    concat(
      WFA_VENDOR_ID,
      ...SUBELEMENTS.flatMap(([name, { id, kind }]) => {
        if (value[name] === undefined) return [];
        const written = kind.write(value[name]);
        return [Uint8Array.of(id, written.length), written];
      }),
    ),
};

/** Another vendor's: the 3 bytes of its id and what follows them. */
export const foreignExtension = bytes(3, 1024);
