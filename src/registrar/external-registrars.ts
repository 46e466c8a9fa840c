/**
 * The Registrars elsewhere that one access point is a proxy for: they are told what its stations say, what they answer
 * is brought to the run that it is about, and whom they expect is merged into one announcement. How they are reached
 * (UPnP, on one network or several) is not known here, and what a station is given is their business.
 */
import type { Clock } from "../clock/clock.ts";
import type { AdvertisedWindow } from "../radio/access-point.ts";
import type { RegistrarSelection } from "../upnp/selected-registrar.ts";
import type { WlanEvent } from "../upnp/wlan-event.ts";
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_METHOD, DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { fromHex, toHex } from "../wsc/bytes.ts";
import { write } from "../wsc/codec.ts";
import { ANYBODY, ELEMENTS, REQUEST_TYPE, type SelectedRegistrar } from "../wsc/elements.ts";
import { mergeSelected } from "../wsc/policy/authorized-macs.ts";
import { farewellMs } from "./announcement.ts";
import type { SelectionEvent } from "./events.ts";
import { Visit } from "./visit.ts";

/** Bytes of a Device Name. */
const LONGEST_NAME = 32;

/** A way to Registrars: those that have subscribed on one network. */
export interface Subscribers {
  readonly subscribers: number;
  tell(event: WlanEvent): void;
}

export interface ExternalRegistrarsOptions {
  readonly clock: Clock;
  /** Shows on the air whom they expect. */
  readonly announce: (window: AdvertisedWindow | null) => void;
  readonly tell: (event: SelectionEvent) => void;
  /** WPS was switched off here: nobody is told, and nobody expected. */
  readonly isOff: () => boolean;
}

export class ExternalRegistrars {
  readonly #options: ExternalRegistrarsOptions;
  readonly #ways = new Set<Subscribers>();
  readonly #selected = new Map<string, SelectedRegistrar>();
  /** Runs in which a Registrar elsewhere may still have its say. */
  readonly #visits = new Set<Visit>();
  /** Those in which one has. */
  readonly #served = new Set<Visit>();

  constructor(options: ExternalRegistrarsOptions) {
    this.#options = options;
  }

  /** From now on the Registrars there are told, and may answer. Gives what ends that. */
  reach(way: Subscribers): () => void {
    this.#ways.add(way);
    return () => void this.#ways.delete(way);
  }

  get isAnybodyThere(): boolean {
    return !this.#options.isOff() && [...this.#ways].some(({ subscribers }) => subscribers > 0);
  }

  /** A station has come whose M1 has this nonce; to be ended by {@link leave}. */
  meet(peer: MacAddress, enrolleeNonce: Uint8Array): Visit {
    const visit = new Visit(peer, enrolleeNonce, this.#options.clock);
    this.#visits.add(visit);
    return visit;
  }

  /** A Registrar elsewhere has taken the station on: what is announced stays until it is through. */
  serve(visit: Visit): void {
    this.#served.add(visit);
  }

  leave(visit: Visit): void {
    visit.end();
    this.#visits.delete(visit);
    if (!this.#served.delete(visit)) return;
    // The last packet goes out before a window is hidden.
    this.#options.clock.after(farewellMs, () => this.announce());
  }

  /** Tells all of them what a station says. */
  say(station: MacAddress, bytes: Uint8Array): void {
    this.#tell({ type: "message", station, bytes });
  }

  /**
   * Tells all of them that a station looks around: as much of its Probe Request as the access point has told.
   * @param uuid 32 hex digits
   */
  saw(
    station: MacAddress,
    seen: { readonly uuid: string; readonly devicePasswordId: number; readonly deviceName: string | null },
  ): void {
    if (!this.isAnybodyThere) return;
    const { uuid, devicePasswordId, deviceName } = seen;
    const isPressed = devicePasswordId === DEVICE_PASSWORD_ID.pushButton;
    const bytes = write(ELEMENTS.probeRequest, {
      requestType: REQUEST_TYPE.enrollee,
      // Without it the reference does not count a pressed button.
      ...(isPressed ? { configMethods: CONFIG_METHOD.pushButton } : {}),
      uuidE: fromHex(uuid),
      devicePasswordId,
      ...(deviceName !== null && Buffer.byteLength(deviceName) <= LONGEST_NAME ? { deviceName } : {}),
      vendorExtension: [],
      requestedDeviceType: [],
    });
    this.#tell({ type: "probeRequest", station, bytes });
  }

  /**
   * A Registrar's message for a station. One for an address that nobody has is for the one station that asks, if there
   * is only one. What fits no run is dropped.
   */
  answer(station: MacAddress, bytes: Uint8Array, from: string): void {
    const all = [...this.#visits];
    const its = all.filter(({ peer }) => peer === station);
    const meant = its.length === 0 && all.length === 1 ? all : its;
    for (const visit of meant) visit.take({ bytes, from });
  }

  /** @param name of the Registrar, the same each time */
  select(name: string, { selected, uuid }: RegistrarSelection, from: string): void {
    const before = this.#selected.has(name);
    this.#selected.delete(name);
    if (selected !== null) this.#selected.set(name, selected);
    if (before !== (selected !== null))
      this.#options.tell({
        type: selected === null ? "registrarUnselected" : "registrarSelected",
        from,
        uuid: uuid && toHex(uuid),
      });
    this.announce();
  }

  /** Shows whom they expect now; not in the middle of a run that one of them serves, whose station a change would drop. */
  announce(): void {
    if (this.#served.size > 0) return;
    const { isOff, announce } = this.#options;
    announce(isOff() ? null : windowOf(mergeSelected([...this.#selected.values()])));
  }

  #tell(event: WlanEvent): void {
    for (const way of this.#ways) way.tell(event);
  }
}

/** As much of an announcement as an access point can be had to show: one device, or anybody. */
function windowOf(selected: SelectedRegistrar | null): AdvertisedWindow | null {
  if (selected === null) return null;
  if (selected.devicePasswordId === DEVICE_PASSWORD_ID.pushButton) return { method: "pushButton" };
  const [only = ANYBODY, ...others] = selected.authorizedMacs;
  return { method: "pin", authorized: others.length === 0 && only !== ANYBODY ? only : null, pin: null };
}
