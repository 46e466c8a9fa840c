/**
 * Devices that asked to join and found no window: whom a person may admit. In memory, for as long as such a device
 * goes on asking; bounded, because whoever asks may make himself up.
 */
import type { Clock, Instant } from "../clock/clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { WindowMethod } from "./events.ts";

/** One device, in its own words; null where it has not said it (yet). */
export interface JoinRequest {
  readonly macAddress: MacAddress;
  /** Where it asked last. */
  readonly instance: InstanceId;
  readonly method: WindowMethod;
  /** 32 hex digits. */
  readonly uuid: string;
  readonly deviceName: string | null;
  readonly manufacturer: string | null;
  readonly modelName: string | null;
  readonly deviceType: string | null;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/** A device that has fallen silent for so long is not waiting any more: the walk time. */
const keptMs = 120_000;
const most = 64;

export class Requests {
  readonly #clock: Clock;
  /** Those that asked last stand last. */
  readonly #requests = new Map<MacAddress, JoinRequest>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Oldest first. */
  get all(): readonly JoinRequest[] {
    const now = this.#clock.now();
    for (const [macAddress, { lastAt }] of this.#requests)
      if (now - lastAt >= keptMs) this.#requests.delete(macAddress);
    return [...this.#requests.values()];
  }

  get(macAddress: MacAddress): JoinRequest | null {
    return this.all.find((request) => request.macAddress === macAddress) ?? null;
  }

  /** True: this device is new here, or has said more of itself. */
  note(asked: Omit<JoinRequest, "firstAt" | "lastAt">): boolean {
    const known = this.get(asked.macAddress);
    const at = this.#clock.now();
    // A probe says less than an M1; what was said before stays known.
    const { deviceName, manufacturer, modelName, deviceType } = asked;
    const request = {
      ...asked,
      deviceName: deviceName ?? known?.deviceName ?? null,
      manufacturer: manufacturer ?? known?.manufacturer ?? null,
      modelName: modelName ?? known?.modelName ?? null,
      deviceType: deviceType ?? known?.deviceType ?? null,
      firstAt: known?.firstAt ?? at,
      lastAt: at,
    };
    this.#requests.delete(asked.macAddress);
    this.#requests.set(asked.macAddress, request);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > most && oldest !== undefined) this.#requests.delete(oldest);
    return known === null || JSON.stringify({ ...known, lastAt: at }) !== JSON.stringify(request);
  }

  /** It has come in, or is not wanted. */
  forget(macAddress: MacAddress): boolean {
    return this.#requests.delete(macAddress);
  }
}
