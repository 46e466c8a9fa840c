/**
 * Devices that asked to join and found no window: whom a person may admit. In memory, for as long as such a device
 * goes on asking; bounded, because whoever asks may make himself up.
 */
import type { Clock, Instant, Timer } from "../clock/clock.ts";
import type { AccessPointEvent } from "../radio/access-point.ts";
import type { MacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import { deviceTypeText } from "../wsc/device.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import { type RegistrarEvent, type WindowMethod, windowMethodOf } from "./events.ts";

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

/** What a device says of itself when it asks. */
export type Asking = Omit<JoinRequest, "firstAt" | "lastAt">;

/** A run that ended because no window was open; null for anything else. */
export function askedInRun(event: RegistrarEvent): Asking | null {
  if (event.type !== "refused" || event.reason !== "noWindow") return null;
  const { peer: macAddress, instance, enrollee } = event;
  const { deviceName, manufacturer, modelName } = enrollee;
  const deviceType = deviceTypeText(enrollee.primaryDeviceType);
  const words = { deviceName, manufacturer, modelName, deviceType };
  return { macAddress, instance, method: windowMethodOf(enrollee), uuid: toHex(enrollee.uuid), ...words };
}

/**
 * A station that an access point heard, and that wants in now; null for anything else. Probes with a PIN come from every
 * device that could; only a button, or a run that came to nothing, says that somebody is waiting.
 */
export function askedOnAir(event: AccessPointEvent, instance: InstanceId): Asking | null {
  if (event.type === "enrolleeSeen" && event.devicePasswordId === DEVICE_PASSWORD_ID.pushButton) {
    const { macAddress, uuid, deviceName } = event;
    const unsaid = { manufacturer: null, modelName: null, deviceType: null };
    return { macAddress, instance, method: "pushButton", uuid, deviceName, ...unsaid };
  }
  if (event.type !== "pinNeeded") return null;
  const { macAddress, uuid, device } = event;
  const { deviceName, manufacturer, modelName, primaryDeviceType: deviceType } = device;
  return { macAddress, instance, method: "pin", uuid, deviceName, manufacturer, modelName, deviceType };
}

/** A device that has fallen silent for so long is not waiting any more: the walk time. */
const keptMs = 120_000;
const most = 64;

export class Requests {
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** Those that asked last stand last. */
  readonly #requests = new Map<MacAddress, JoinRequest>();
  /** Rings when the one that has been silent for longest is forgotten. */
  #timer: Timer | null = null;

  /** @param changed told when {@link all} is another list than before; that somebody asks once more is no news */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Oldest first. */
  get all(): readonly JoinRequest[] {
    const now = this.#clock.now();
    return [...this.#requests.values()].filter(({ lastAt }) => now - lastAt < keptMs);
  }

  get(macAddress: MacAddress): JoinRequest | null {
    return this.all.find((request) => request.macAddress === macAddress) ?? null;
  }

  /** A device asks. */
  note(asked: Asking): void {
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
    this.#wakeForOldest();
    if (known === null || JSON.stringify({ ...known, lastAt: at }) !== JSON.stringify(request)) this.#changed();
  }

  /** It has come in, or is not wanted. */
  forget(macAddress: MacAddress): void {
    if (!this.#requests.delete(macAddress)) return;
    this.#wakeForOldest();
    this.#changed();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #wakeForOldest(): void {
    this.close();
    const [oldest] = this.#requests.values();
    if (oldest === undefined) return;
    this.#timer = this.#clock.after(Math.max(0, oldest.lastAt + keptMs - this.#clock.now()), () => {
      const now = this.#clock.now();
      const gone = [...this.#requests.values()].filter(({ lastAt }) => now - lastAt >= keptMs);
      for (const { macAddress } of gone) this.#requests.delete(macAddress);
      this.#wakeForOldest();
      if (gone.length > 0) this.#changed();
    });
  }
}
