/** Credentials: the settings of a network as M8 hands them out. */
import type { MacAddress } from "./address.ts";
import type { Secret } from "./secret.ts";

export interface Credential {
  /** 0..32 raw bytes, without trailing NULs. */
  readonly ssid: Uint8Array;
  /** One value of `AUTHENTICATION_TYPE`, or WPAPSK|WPA2PSK. */
  readonly authenticationType: number;
  /** One value of `ENCRYPTION_TYPE`, or TKIP|AES. */
  readonly encryptionType: number;
  /** 0..64 bytes: empty when open, 8..63 of passphrase, or 64 hex digits of PSK. */
  readonly networkKey: Secret;
  /** The Enrollee's own address. */
  readonly macAddress: MacAddress;
}
