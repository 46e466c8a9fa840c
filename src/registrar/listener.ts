/**
 * What the Registrar and the access points tell, and what comes of it: entries of the activity, statuses, devices that
 * ask or were seen. Opens no window and changes no setting.
 */
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint, AccessPointEvent } from "../radio/access-point.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { InstanceId } from "../wsc/eap/conversation.ts";
import type { Activity, Audit } from "./activity.ts";
import type { DeviceBook, Enrolment } from "./device-book.ts";
import { type RegistrarEvent, windowMethodOf } from "./events.ts";
import { enrolmentOf } from "./keyring.ts";
import type { Registrar } from "./registrar.ts";
import { type Asking, askedInRun, askedOnAir, type Requests } from "./requests.ts";
import type { ServedInstance } from "./served-instance.ts";

export interface ListenerOptions {
  readonly clock: Clock;
  readonly registrar: Registrar;
  readonly instances: ReadonlyMap<InstanceId, ServedInstance>;
  readonly activity: Activity;
  readonly requests: Requests;
  readonly book: DeviceBook;
  readonly audit: Audit;
  /** An access point answers again, and may have forgotten what it was told. */
  readonly cameBack: (accessPoint: AccessPoint) => Promise<void>;
  /** Told what is to be looked at anew. */
  readonly changed: (
    what: { readonly type: "instance"; readonly instance: InstanceId } | { readonly type: "devices" },
  ) => void;
  readonly onTrouble: (error: unknown) => void;
}

export class Listener {
  readonly #options: ListenerOptions;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Listens to the Registrar until the signal aborts. */
  async followRegistrar(signal: AbortSignal): Promise<void> {
    const { registrar, activity, instances, changed } = this.#options;
    for await (const event of registrar.events({ signal })) {
      activity.record(event);
      instances.get(event.instance)?.follow(event);
      this.#note(event);
      if (event.type !== "message" && event.type !== "runEnded")
        changed({ type: "instance", instance: event.instance });
    }
  }

  /** Listens to an access point until the signal aborts. */
  async followAccessPoint(served: ServedInstance, signal: AbortSignal): Promise<void> {
    const { changed, onTrouble } = this.#options;
    const { accessPoint } = served;
    for await (const event of accessPoint.events({ signal })) {
      if (served.hear(event)) changed({ type: "instance", instance: accessPoint.instance });
      await this.#hear(event, accessPoint).catch(onTrouble);
    }
  }

  /** Notes who is on its network already. */
  async greet(accessPoint: AccessPoint): Promise<void> {
    for (const { macAddress } of await accessPoint.stations()) await this.#seen(macAddress);
  }

  #note(event: RegistrarEvent): void {
    const asking = askedInRun(event);
    if (asking !== null) this.#options.requests.note(asking);
    if (event.type === "enrolledThere") void this.#enrolledThere(event).catch(this.#options.onTrouble);
    if (event.type === "proxied") void this.#proxied(event).catch(this.#options.onTrouble);
    if (event.type !== "enrolmentSucceeded") return;
    this.#options.requests.forget(event.peer);
    this.#options.changed({ type: "devices" });
  }

  /** A Registrar on the network let it in, into the network that is ours. */
  #proxied(event: Extract<RegistrarEvent, { readonly type: "proxied" }>): Promise<void> {
    const { peer, instance, at, enrollee } = event;
    return this.#cameIn(enrolmentOf({ peer, instance, method: windowMethodOf(enrollee), enrollee }, at));
  }

  /** The access point's own Registrar tells no more of a device than its addresses; it may have asked before. */
  #enrolledThere(event: Extract<RegistrarEvent, { readonly type: "enrolledThere" }>): Promise<void> {
    const { station: macAddress, uuid, instance, at: enrolledAt } = event;
    const asked: Partial<Asking> = this.#options.requests.get(macAddress) ?? {};
    const { deviceName, manufacturer, modelName, deviceType } = asked;
    const words = { deviceName: deviceName ?? "", manufacturer: manufacturer ?? "", modelName: modelName ?? "" };
    const unsaid = { modelNumber: "", serialNumber: "", deviceType: deviceType ?? "" };
    const method = event.method ?? asked.method ?? "pin";
    return this.#cameIn({ macAddress, uuid, instance, method, enrolledAt, ...words, ...unsaid });
  }

  /** Somebody else has let it in, with the key that all share. */
  async #cameIn(enrolment: Enrolment): Promise<void> {
    const { requests, book, changed } = this.#options;
    requests.forget(enrolment.macAddress);
    await book.handOut(enrolment, null);
    await book.confirm(enrolment.macAddress);
    changed({ type: "devices" });
  }

  async #hear(event: AccessPointEvent, accessPoint: AccessPoint): Promise<void> {
    const { instance } = accessPoint;
    switch (event.type) {
      case "enrolleeSeen":
      case "pinNeeded": {
        const asking = askedOnAir(event, instance);
        if (asking !== null && !this.#options.registrar.isOpen(instance)) this.#options.requests.note(asking);
        return;
      }
      case "stationConnected":
        return this.#seen(event.macAddress);
      case "buttonPressed":
        return this.#options.audit("button-pressed-there", { instance });
      case "back":
        await this.#options.cameBack(accessPoint);
        return this.greet(accessPoint);
      case "gone":
        this.#options.onTrouble(event.trouble);
    }
  }

  async #seen(station: MacAddress): Promise<void> {
    const { book, clock, changed } = this.#options;
    if (await book.change(station, { lastSeenAt: clock.now() })) changed({ type: "devices" });
  }
}
