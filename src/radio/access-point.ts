/**
 * The port to an access point's radio: what a Registrar needs of one, and nothing else. It shows a window on the air,
 * reports who is seen and who comes and goes, and keeps stations out. It carries no EAP (the simulated access point and
 * RADIUS bring that to an `EnrolmentDesk`) and decides nothing.
 * Backends: `air/` (simulated) and `hostapd/`; `access-point-contract.ts` is what both of them promise.
 */
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { Secret } from "../wsc/secret.ts";
import type { AuthMode, Cipher, RadioError } from "./station-radio.ts";

/** What can be known of an access point at any time. */
export interface AccessPointFacts {
  /** Beacons go out. */
  readonly on: boolean;
  /** 1..32 raw bytes. */
  readonly ssid: Uint8Array;
  /** The radio as its system calls it, such as `phy0`. */
  readonly radio: string;
  /** The number of this network on that radio, from 0, and the interface behind it. */
  readonly vap: number;
  readonly ifname: string;
  /** Centre of the primary channel, MHz; null where it is not known, as while the radio is off. */
  readonly frequency: number | null;
  readonly security: AuthMode;
  readonly pairwiseCipher: Cipher;
  readonly groupCipher: Cipher;
  readonly wps: "disabled" | "unconfigured" | "configured";
  /** The version of WPS that its beacons tell, such as `2.0`. */
  readonly wpsVersion: string;
  /** The program behind it and its version, where it tells. */
  readonly software: string | null;
  /**
   * Who answers a device that enrols: `relayed`, a Registrar behind it, to whom it carries EAP; `own`, the one inside
   * it. hostapd that has a RADIUS server and `eap_server=1` too answers itself, and does not say so here.
   */
  readonly registrar: "relayed" | "own";
  /**
   * False: what opens or closes a window here does so on other networks of the same process too (hostapd without
   * `wps_independent=1`). Null until that was seen.
   */
  readonly independent: boolean | null;
  /** The device name that WPS tells; null where the access point does not say it. */
  readonly deviceName: string | null;
}

/** What the beacon says while somebody may enrol. */
export type AdvertisedWindow =
  | { readonly method: "pushButton" }
  | {
      readonly method: "pin";
      /** The one station that is meant (protocol: AuthorizedMACs); null for anybody. */
      readonly authorized: MacAddress | null;
      /** Only for an access point whose `own` Registrar is to check it; a Registrar behind it keeps the PIN to itself. */
      readonly pin: Secret | null;
    };

/** What became of a window that was to be shown. */
export type Shown =
  | { readonly type: "shown" }
  /**
   * Nothing is shown: the access point remembers two devices in push-button mode. The older one may be long done
   * (protocol: monitor time), and then the same question is answered otherwise in `readyInMs`.
   */
  | { readonly type: "pending"; readonly readyInMs: number };

/** Why a window is not shown any more although nobody here closed it. */
export type WindowEnd =
  /** The access point's own two minutes are over. */
  | "timeout"
  /** The access point's own Registrar has enrolled somebody. */
  | "enrolled"
  /** A person closed it at the access point. */
  | "cancelled"
  /**
   * We opened or closed one on another network of a process that keeps none of them apart. To show this one again would
   * end that one.
   */
  | "sibling"
  /** The access point was switched off, or is gone. */
  | "off";

/** A device as it describes itself, in the words of the access point that heard it. */
export interface DeviceDescription {
  readonly deviceName: string;
  readonly manufacturer: string;
  readonly modelName: string;
  readonly modelNumber: string;
  readonly serialNumber: string;
  /** Such as `6-0050F204-1`. */
  readonly primaryDeviceType: string;
}

export type AccessPointEvent =
  /** The access point's own button was pressed: by a finger, or by somebody else's command. It shows its window. */
  | { readonly type: "buttonPressed" }
  | { readonly type: "windowEnded"; readonly reason: WindowEnd }
  /** A station in push-button mode, or with a PIN, asks on the air whether it may come (a Probe Request). */
  | {
      readonly type: "enrolleeSeen";
      readonly macAddress: MacAddress;
      /** 32 hex digits. */
      readonly uuid: string;
      readonly devicePasswordId: number;
      readonly deviceName: string | null;
    }
  /** A station has shown its key and is on the network. `keyId`: which of several keys, where they have names. */
  | { readonly type: "stationConnected"; readonly macAddress: MacAddress; readonly keyId: string | null }
  | { readonly type: "stationLeft"; readonly macAddress: MacAddress }
  /** A station came to enrol, or to ask whether it may. */
  | { readonly type: "runBegan"; readonly macAddress: MacAddress }
  /** It has been sent the last packet. Of one that vanishes that may never be told. */
  | { readonly type: "runOver"; readonly macAddress: MacAddress }
  /** {@link AccessPoint.facts} are other ones now. */
  | { readonly type: "changed" }
  /** It does not answer any more, and shows nothing; everything but `events` rejects until it is `back`. */
  | { readonly type: "gone"; readonly trouble: RadioError }
  /**
   * It answers again, with all it was told forgotten but for its own configuration. Stations may have come back sooner
   * than this: {@link AccessPoint.stations} says who is there.
   */
  | { readonly type: "back" }
  | OwnRegistrarEvent;

/** What an access point's own Registrar reports. One behind it knows better by itself. */
export type OwnRegistrarEvent =
  | { readonly type: "enrolled"; readonly macAddress: MacAddress; readonly uuid: string }
  /** Message Type and Configuration Error, as in a NACK (protocol: 18 wrong PIN, ...). */
  | { readonly type: "enrolmentFailed"; readonly message: number; readonly configError: number }
  /** A device came whose PIN it does not have. */
  | {
      readonly type: "pinNeeded";
      readonly macAddress: MacAddress;
      readonly uuid: string;
      readonly device: DeviceDescription;
    }
  /** Several devices have their button pressed. */
  | { readonly type: "overlap" }
  | { readonly type: "setupLocked"; readonly locked: boolean }
  /** The device PIN's time is over. */
  | { readonly type: "pinExpired" };

/** A station that is on the network. */
export interface AssociatedStation {
  readonly macAddress: MacAddress;
  readonly keyId: string | null;
}

/** How the access point itself sees its WPS. With a Registrar behind it, it never hears how a run went. */
export interface AccessPointStatus {
  readonly pushButton: "idle" | "active" | "timedOut" | "overlap";
  readonly lastResult: "none" | "success" | "failed";
  /** Why it failed, in the access point's words. */
  readonly failure: string | null;
  readonly peer: MacAddress | null;
}

/** A network as a person or an external Registrar wants it: WPA2-Personal, or open. */
export interface NetworkSettings {
  /** 1..32 raw bytes. */
  readonly ssid: Uint8Array;
  /** Passphrase of 8..63 characters, or 64 hex digits; null for an open network. */
  readonly key: Secret | null;
}

/** What reaches the air only by a fresh start of the radio. */
export interface RestartSettings {
  /** At most 32 bytes. */
  readonly deviceName?: string | undefined;
  readonly wps?: AccessPointFacts["wps"] | undefined;
}

/**
 * Everything that asks or changes something rejects with a {@link RadioError} when the access point does not answer, or
 * refuses.
 */
export interface AccessPoint {
  /** As the person wrote it: `hostapd:wlan0`, `air`. */
  readonly name: string;
  readonly instance: InstanceId;
  /** As last seen. */
  readonly facts: AccessPointFacts;

  /** Everything that happens from this call on, until the signal aborts or the access point is closed. */
  events(options: { readonly signal: AbortSignal }): AsyncIterable<AccessPointEvent>;

  /**
   * Shows a window on the air; null closes it, and drops stations in the middle of an enrolment but no connected ones.
   * An access point shows it for two minutes at most, each time anew; `windowEnded` tells of any other end.
   */
  advertise(window: AdvertisedWindow | null): Promise<Shown>;

  /** The passphrase or PSK that all its stations share; null when it has none. Read anew each time, and kept nowhere. */
  sharedKey(): Promise<Secret | null>;

  stations(): Promise<readonly AssociatedStation[]>;

  /** Sends a station away; it may come back at once. */
  deauthenticate(station: MacAddress): Promise<void>;

  /** Sends a station away, and lets it not come back until {@link allow}, or until the access point is started again. */
  deny(station: MacAddress): Promise<void>;

  allow(station: MacAddress): Promise<void>;

  /**
   * Reads its file of keys anew. Sends stations away whose key is not among them, and those in the middle of an
   * enrolment or of joining too.
   */
  reloadKeys(): Promise<void>;

  status(): Promise<AccessPointStatus>;

  /** Gives the network another name and key for good, as an external Registrar may. Sends all stations away. */
  configure(settings: NetworkSettings): Promise<void>;

  /** Switches the radio off and on, so that settings reach the air. Sends all stations of all its networks away. */
  restart(settings: RestartSettings): Promise<void>;

  /** The PIN with which an external Registrar may configure it by its own means; null: none. */
  devicePin(): Promise<Secret | null>;

  /** Sets that PIN for `seconds` (0: for good); null takes it away. Takes a lock after wrong PINs away too. */
  setDevicePin(pin: Secret | null, seconds: number): Promise<void>;

  close(): Promise<void>;
}
