/**
 * The port between the UPnP device (device.ts) and the access point behind it: what Registrars on the network may ask,
 * and what the device must know to be one. Nothing here does anything.
 */
import type { Clock } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Random } from "../wsc/random.ts";
import type { DeviceDescription } from "./description.ts";
import type { RegistrarSelection } from "./selected-registrar.ts";

/**
 * The access point behind the UPnP service: what Registrars on the network may ask of it. `from` is the numeric address
 * of the one who asks, which goes into the audit and binds a station's run to one Registrar.
 */
export interface WlanConfigService {
  /**
   * M1 of a new run with the access point as Enrollee; null where it lets no Registrar in (no PIN, locked out by policy,
   * a key per device).
   */
  deviceInfo(from: string): Promise<Uint8Array | null>;
  /** One step of such a run; null where there is nothing to answer, as after WSC_ACK and WSC_NACK. */
  putMessage(message: Uint8Array, from: string): Promise<Uint8Array | null>;
  /** A Registrar's message for a station; an address that nobody has means whichever station is asking. */
  putWlanResponse(station: MacAddress, message: Uint8Array, from: string): void;
  /**
   * What a subscriber expects now; nobody, once it says so, leaves, or says nothing for 120 seconds.
   *
   * @param subscriber the same for each selection of one Registrar, and of no other
   */
  select(subscriber: string, selection: RegistrarSelection, from: string): void;
}

/** What the device says of itself. */
export type UpnpIdentity = Omit<DeviceDescription, "scpdUrl" | "controlUrl" | "eventSubUrl">;

/** Our place on a network, both as numbers and dots. */
export interface LocalAddress {
  readonly address: string;
  readonly netmask: string;
}

export interface UpnpDeviceOptions {
  readonly identity: UpnpIdentity;
  /** Of the interface that the device is found on; on no other one. */
  readonly address: LocalAddress;
  readonly service: WlanConfigService;
  readonly clock: Clock;
  readonly random: Random;
  /** Something on the network failed that the device lives on without. */
  readonly onTrouble: (error: unknown) => void;
}

/** What the device tells its subscribers of the access point itself (UPnP: APStatus). */
export interface AccessPointState {
  /** It refuses Registrars that would configure it. */
  readonly locked: boolean;
  /** Its configuration is another one than it was. */
  readonly configurationChanged: boolean;
}
