/**
 * The port to a station's radio: what the pairing service needs of one, and nothing else.
 * Backends: `air/` (simulated) and `wpa-supplicant/`; `contract.ts` is what all of them promise.
 */
import type { MacAddress } from "../wsc/address.ts";
import type { Credential } from "../wsc/credential.ts";
import type { MessageType } from "../wsc/messages.ts";
import type { Secret } from "../wsc/secret.ts";

/** The API's names for how a network protects itself. */
export type AuthMode = "open" | "WEP" | "WPA" | "WPA2" | "WPA-WPA2" | "EAP" | "WPA3" | "WPA2-WPA3" | "OWE" | "WPA3-ENT";

export type Cipher = "none" | "WEP" | "TKIP" | "CCMP" | "TKIP-CCMP" | "GCMP" | "unknown";

/** What an access point's beacon says about WPS. */
export interface WpsAdvert {
  /** A window is open: somebody may enrol now. */
  readonly selectedRegistrar: boolean;
  /** 4 while a button is pressed, 0 for a PIN; null when not advertised. */
  readonly devicePasswordId: number | null;
  readonly setupLocked: boolean;
  readonly configured: boolean;
  /** 32 hex digits, where known. */
  readonly uuid: string | null;
  readonly deviceName: string | null;
}

/** One access point as seen by a scan. */
export interface Bss {
  readonly bssid: MacAddress;
  /** 0..32 raw bytes; empty when hidden. */
  readonly ssid: Uint8Array;
  /** Centre of the primary channel, MHz. */
  readonly frequency: number;
  readonly ht: "20" | "40+" | "40-";
  /** dBm, negative. */
  readonly rssi: number;
  readonly authMode: AuthMode;
  readonly pairwiseCipher: Cipher;
  readonly groupCipher: Cipher;
  /** Generations of 802.11 it speaks, such as "bgn" or "ac". */
  readonly phy: string;
  /** Two letters, where it announces them. */
  readonly country: string | null;
  /** null: no WPS. */
  readonly wps: WpsAdvert | null;
}

/** An address that a person gave the station on a network, all dotted IPv4. */
export interface StaticAddress {
  readonly ip: string;
  readonly mask: string;
  readonly gateway: string | null;
  readonly dns: string | null;
}

/** A network to join, as the service keeps it. */
export interface Network {
  /** 1..32 raw bytes. */
  readonly ssid: Uint8Array;
  /** 8..63 characters of passphrase or 64 hex digits of PSK; null for an open network. */
  readonly key: Secret | null;
  /** WPA (version 1, TKIP) may be used too. */
  readonly wpa1: boolean;
  /** WPA3-Personal (SAE, management frame protection optional) may be used too. */
  readonly sae: boolean;
  /**
   * The station's address on this network, taken back when it leaves it. Without one it has whatever the system
   * brings, such as its DHCP client.
   */
  readonly staticAddress?: StaticAddress | undefined;
}

/** The device's own address in its set-up network; its clients get theirs from it. */
export const hotspotAddress = { ip: "192.168.4.1", mask: "255.255.255.0" } as const;

/** The device's own set-up network. */
export interface Hotspot {
  readonly ssid: Uint8Array;
  /** WPA2 passphrase; null for an open hotspot. */
  readonly key: Secret | null;
}

/** What the radio is to do from now on. */
export type RadioSetup =
  | { readonly mode: "off" }
  /** `network: null`: whatever networks the radio was configured with by somebody else. */
  | { readonly mode: "station"; readonly network: Network | null }
  | { readonly mode: "accessPoint"; readonly hotspot: Hotspot };

export interface IpAddress {
  /** Dotted IPv4 or, without one, a global IPv6 address. */
  readonly ip: string;
  readonly mask: string;
  readonly gateway: string | null;
  readonly dns: readonly string[];
}

/** What the radio is doing now. */
export interface Link {
  readonly macAddress: MacAddress;
  readonly state: "off" | "disconnected" | "connecting" | "connected" | "accessPoint";
  /** The access point of a connected station. */
  readonly bss: Bss | null;
  /**
   * The global address of the interface, none until somebody gave one: the network's static one, the hotspot's own, or
   * whatever the system brought. One that is known to be left from another network is none.
   */
  readonly address: IpAddress | null;
  /** Why the last try to connect failed, until the next success. */
  readonly trouble: "wrongKey" | "notFound" | "rejected" | null;
}

export type EnrolMethod =
  | { readonly type: "pushButton" }
  /** `pin`: 4 or 8 digits, checked by `parsePin`. */
  | { readonly type: "pin"; readonly pin: Secret };

/** The access point of a run, as far as known. */
export interface Peer {
  readonly bssid: MacAddress;
  readonly ssid: Uint8Array | null;
  /** Its WPS device name. */
  readonly name: string | null;
}

export type EnrolFailure =
  /** The radio's own limit of two minutes ran out. */
  | { readonly kind: "timeout" }
  /** Two access points have their button pressed. */
  | { readonly kind: "overlap" }
  /** The PIN is not the access point's; which half, where the radio can tell. */
  | { readonly kind: "wrongPin"; readonly half: 1 | 2 | null }
  /** The access point refused with this Configuration Error (protocol: 12 overlap, 15 setup locked, ...). */
  | { readonly kind: "refused"; readonly configError: number }
  /** What was handed out is nothing that a station could use. */
  | { readonly kind: "noUsableNetwork" }
  /** The run broke: lost packets, malformed messages. */
  | { readonly kind: "broken"; readonly message: string }
  | { readonly kind: "radioGone"; readonly message: string; readonly hint: string };

/** What a run tells as it goes; the last event is `enrolled` or `failed`. */
export type EnrolEvent =
  | { readonly type: "searching" }
  | { readonly type: "associating"; readonly peer: Peer }
  /** `message` is null where the radio does not say which message is under way. */
  | { readonly type: "exchanging"; readonly peer: Peer; readonly message: MessageType | null }
  | { readonly type: "enrolled"; readonly peer: Peer; readonly credentials: readonly Credential[] }
  | { readonly type: "failed"; readonly failure: EnrolFailure };

export interface ScanOptions {
  /**
   * Also listens on each channel for longer than beacons are apart. Networks that hide their names answer no question
   * that is not meant for them, so a scan that asks around misses most of them.
   */
  readonly patient?: boolean;
  readonly signal?: AbortSignal;
}

export interface StationRadio {
  /** As the person wrote it: `wpa_supplicant:wlan0`, `air`. */
  readonly name: string;

  /**
   * What is in sight now, strongest first. Takes seconds on a real radio. During an enrolment it disturbs nothing:
   * a radio that cannot scan beside it gives what it has heard last.
   */
  scan(options?: ScanOptions): Promise<readonly Bss[]>;

  link(): Promise<Link>;

  /**
   * Gives the link at once and again whenever it changes; ends when the signal aborts.
   * A radio that goes away ends it with a {@link RadioError}.
   */
  watch(options: { readonly signal: AbortSignal }): AsyncIterable<Link>;

  /**
   * Makes the radio do as told from now on; resolves when it has taken that over, not when it is connected. Throws a
   * {@link RadioError} also when a static address, or the hotspot's, cannot be had. One that fails later, when the
   * network is there, ends {@link watch} with that error.
   */
  apply(setup: RadioSetup): Promise<void>;

  /**
   * One enrolment. Touches no saved network: whatever happens in it, `apply` with the old setup brings the old
   * state back. Aborting the signal stops the run, and the iterable then ends without another event, once the radio
   * is quiet. A station that was connected is disconnected while it lasts.
   */
  enrol(
    method: EnrolMethod,
    options: { readonly bssid?: MacAddress | undefined; readonly signal: AbortSignal },
  ): AsyncIterable<EnrolEvent>;

  /**
   * Limits the power that it sends with, in dBm, 0..21 in steps of 0.5; null: as much as the radio may. A radio that
   * knows no half steps stays below the limit. Lasts until the radio is started again.
   */
  limitPower(dBm: number | null): Promise<void>;

  /** Why {@link keep} would not last: a sentence with what to change; null when it would. */
  keepTrouble(): Promise<string | null>;

  /** Writes a network into the radio's own configuration, so that the radio joins it by itself, also without us. */
  keep(network: Network): Promise<void>;

  /**
   * Clears away what a run of a process that died has left: the run itself and the radio's settings for it.
   * `residue` is what {@link residue} gave before that run began. Harmless when nothing is left.
   */
  clearAfterCrash(residue: RadioResidue): Promise<void>;

  /** What a caller must have stored before it starts a run, for {@link clearAfterCrash}: plain JSON. */
  residue(): Promise<RadioResidue>;

  close(): Promise<void>;
}

/** Settings of the radio that a run changes, as they were before: JSON that only the backend reads. */
export type RadioResidue = { readonly [key: string]: string | number | boolean | null };

/** The radio cannot be reached or does not do as it is told. `message` and `hint` are sentences for a person. */
export class RadioError extends Error {
  override readonly name = "RadioError";
  readonly kind: "gone" | "permission" | "unsupported" | "refused";
  /** What to do next. */
  readonly hint: string;

  constructor(kind: RadioError["kind"], message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}
