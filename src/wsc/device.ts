/** What a device says of itself in M1, M2, M2D and its elements. */
import type { MacAddress } from "./address.ts";
import { toHex } from "./bytes.ts";

/** What a device says of itself in its messages and elements. */
export interface DeviceInfo {
  /** 16 bytes; see `uuidFromMac` in crypto.ts. */
  readonly uuid: Uint8Array;
  readonly macAddress: MacAddress;
  /** At most 64 bytes of UTF-8. */
  readonly manufacturer: string;
  /** At most 32 bytes of UTF-8, as are the next three. */
  readonly modelName: string;
  readonly modelNumber: string;
  readonly serialNumber: string;
  readonly deviceName: string;
  /** 8 bytes: category, OUI and subcategory (protocol: Primary Device Type). */
  readonly primaryDeviceType: Uint8Array;
  /** Bitmap of `CONFIG_METHOD`. */
  readonly configMethods: number;
  /** Bitmap: 1 = 2.4 GHz, 2 = 5 GHz, 4 = 60 GHz. */
  readonly rfBands: number;
  /** 32 bits; the most significant one is always sent as 1. */
  readonly osVersion: number;
  /** Bitmaps of what it can do; see `AUTHENTICATION_TYPE` and `ENCRYPTION_TYPE`. */
  readonly authenticationTypes: number;
  readonly encryptionTypes: number;
}

/** A Primary Device Type as people write it: `6-0050F204-1`, category, OUI and subcategory. @param bytes exactly 8 */
export function deviceTypeText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return `${view.getUint16(0)}-${toHex(bytes.subarray(2, 6)).toUpperCase()}-${view.getUint16(6)}`;
}
