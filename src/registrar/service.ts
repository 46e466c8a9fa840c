/**
 * The registrar service: access points whose devices enrol here, the windows that people open on them, the devices
 * that came in and their keys, and what has happened. How people reach it (HTTP, command line) is not known here, nor
 * how enrolments do (RADIUS, simulated air).
 */
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint, AccessPointEvent } from "../radio/access-point.ts";
import type { Store } from "../store/store.ts";
import { Outlet } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import { deviceTypeText } from "../wsc/device.ts";
import type { Conversation, EnrolmentDesk, InstanceId } from "../wsc/eap/conversation.ts";
import type { Pin } from "../wsc/pin.ts";
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import { Activity, type ActivityEntry } from "./activity.ts";
import { configurableOf } from "./configurable.ts";
import { registrarDevice } from "./device.ts";
import { type Device, DeviceBook } from "./device-book.ts";
import { DevicePin, type DevicePinEvent, type LockState } from "./device-pin.ts";
import { type RegistrarEvent, windowMethodOf } from "./events.ts";
import type { KeyPolicy } from "./key-policy.ts";
import { type KeyFile, Keyring } from "./keyring.ts";
import { Registrar } from "./registrar.ts";
import {
  type CommonSettings,
  type InstanceSettings,
  readCommon,
  readInstance,
  writeCommon,
  writeInstance,
} from "./registrar-record.ts";
import { type JoinRequest, Requests } from "./requests.ts";
import type { Seal } from "./seal.ts";
import { type InstanceStatus, ServedInstance } from "./served-instance.ts";

export interface RegistrarServiceOptions {
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly random: Random;
  readonly keys: KeyPolicy;
  /** Told of what nobody waits for: an access point that went away, a file that cannot be written. */
  readonly onTrouble: (error: unknown) => void;
}

/** What an onlooker is told to look at again. */
export type RegistrarChange =
  | { readonly type: "instance"; readonly instance: InstanceId }
  | { readonly type: "settings" }
  | { readonly type: "requests" }
  | { readonly type: "devices" }
  | { readonly type: "activity"; readonly entry: ActivityEntry };

/** How a person's wish to let somebody in came out. */
export type EnrolmentOutcome =
  | "open"
  /** Several devices have their button pressed: nothing opens for two minutes. */
  | "overlap"
  /** WPS is off there, or its Registrar. */
  | "disabled";

const changesKept = 1000;

export class RegistrarService implements EnrolmentDesk {
  readonly #options: RegistrarServiceOptions;
  readonly #registrar: Registrar;
  readonly #book: DeviceBook;
  readonly #keyring: Keyring;
  readonly #devicePin: DevicePin;
  readonly #activity: Activity;
  readonly #requests: Requests;
  readonly #instances = new Map<InstanceId, ServedInstance>();
  readonly #changes = new Outlet<RegistrarChange>(changesKept);
  readonly #closed = new AbortController();
  #common: CommonSettings;

  private constructor(options: RegistrarServiceOptions, parts: Parts) {
    const { clock, random, store, onTrouble, keys: policy } = options;
    const { book, common, activity } = parts;
    this.#options = options;
    this.#common = common;
    this.#book = book;
    this.#activity = activity;
    this.#devicePin = parts.devicePin;
    this.#requests = new Requests(clock);
    // What M2 says of us is read when a run begins: the name may be changed at any time.
    this.#registrar = new Registrar({
      device: () => registrarDevice(this.#common.deviceName),
      clock,
      random,
      onTrouble,
    });
    const isOpen = (instance: InstanceId) => this.#registrar.isOpen(instance);
    this.#keyring = new Keyring({ policy, book, store, clock, random, isOpen, onTrouble });
    void this.#followRegistrar();
    void this.#followActivity();
  }

  /** @throws StoreError when what is stored cannot be read */
  static async open(options: RegistrarServiceOptions): Promise<RegistrarService> {
    const { store, seal, clock, random, onTrouble } = options;
    let told = (_event: DevicePinEvent) => {};
    const devicePin = await DevicePin.open({ store, clock, random, tell: (event) => told(event) });
    const [book, common, activity] = await Promise.all([
      DeviceBook.open({ store, seal }),
      readCommon(store),
      Activity.open({ store, onTrouble }),
    ]);
    const service = new RegistrarService(options, { book, common, activity, devicePin });
    told = (event) => service.#onDevicePin(event);
    return service;
  }

  /**
   * Takes an access point in. It stays the caller's to close.
   * @param file where it reads the keys of its stations; null when it asks for them, or all share one
   */
  async serve(accessPoint: AccessPoint, file: KeyFile | null = null): Promise<void> {
    const { instance } = accessPoint;
    const served = new ServedInstance(accessPoint, await readInstance(this.#options.store, instance));
    const grants = await this.#keyring.serve(accessPoint, file);
    this.#instances.set(instance, served);
    void this.#followAccessPoint(served).catch(this.#options.onTrouble);
    const configurable = configurableOf({
      accessPoint,
      pin: this.#devicePin,
      // One key for all could not be told to an external Registrar where there is none.
      isShared: this.#options.keys === "shared",
      deviceName: () => this.#common.deviceName,
      clock: this.#options.clock,
    });
    this.#registrar.serve(accessPoint, {
      grants,
      configurable,
      isOff: () => !served.isEnabled(this.#common.enabled),
      isClosed: () => !served.letsIn(this.#common.enabled),
    });
    this.#tell({ type: "instance", instance });
  }

  /** An enrolment that a carrier brings: RADIUS, or the simulated air. */
  open(peer: MacAddress, instance: InstanceId): Conversation {
    return this.#registrar.open(peer, instance);
  }

  /** The keys by which a station may join; none: it may not. */
  keys(station: MacAddress, instance: InstanceId): readonly Secret[] {
    return this.#keyring.keys(station, instance);
  }

  get keyPolicy(): KeyPolicy {
    return this.#options.keys;
  }

  get common(): CommonSettings {
    return this.#common;
  }

  async changeCommon(change: Partial<CommonSettings>): Promise<void> {
    const next = { ...this.#common, ...change };
    await writeCommon(this.#options.store, next);
    const wasEnabled = this.#common.enabled;
    this.#common = next;
    if (wasEnabled !== next.enabled)
      for (const instance of this.#instances.keys()) await this.#switched(instance, next.enabled);
    await this.#audit("settings-changed", { detail: Object.keys(change).join(", ") });
    this.#tell({ type: "settings" });
  }

  /** In the order in which they were given. */
  get instances(): readonly ServedInstance[] {
    return [...this.#instances.values()];
  }

  instance(id: InstanceId): ServedInstance | null {
    return this.#instances.get(id) ?? null;
  }

  status(id: InstanceId): InstanceStatus | null {
    return this.instance(id)?.status(this.#common.enabled, this.lock) ?? null;
  }

  async changeInstance(id: InstanceId, change: Partial<InstanceSettings>): Promise<void> {
    const served = this.#mustServe(id);
    const next = { ...served.settings, ...change };
    await writeInstance(this.#options.store, id, next);
    const before = served.settings;
    served.settings = next;
    if (before.enabled !== next.enabled) await this.#switched(id, next.enabled);
    else if (before.builtInRegistrar && !next.builtInRegistrar) await this.#closeWindow(id);
    await this.#audit("settings-changed", { instance: id, detail: Object.keys(change).join(", ") });
    this.#tell({ type: "instance", instance: id });
  }

  /** The key that all stations share, for whoever may see it; that somebody did is noted. null: there is none. */
  async revealKey(id: InstanceId): Promise<Secret | null> {
    const key = await this.#mustServe(id).accessPoint.sharedKey();
    await this.#audit("key-shown", { instance: id });
    return key;
  }

  /** Opens the push-button window for two minutes. @param only lets in this device and no other */
  async pressButton(id: InstanceId, only: MacAddress | null = null): Promise<EnrolmentOutcome> {
    if (!this.#mustServe(id).letsIn(this.#common.enabled)) return "disabled";
    return this.#registrar.pressButton(id, only);
  }

  /** Opens a window for whoever knows this PIN. @param only lets in this device and no other */
  async enterPin(id: InstanceId, pin: Pin, only: MacAddress | null = null): Promise<EnrolmentOutcome> {
    if (!this.#mustServe(id).letsIn(this.#common.enabled)) return "disabled";
    await this.#registrar.enterPin(id, pin, only);
    return "open";
  }

  /** Closes whatever window is open; a run in it ends without a key. */
  async stop(id: InstanceId): Promise<void> {
    this.#mustServe(id);
    await this.#registrar.stop(id);
  }

  get lock(): LockState {
    return this.#devicePin.lock;
  }

  /** Opens the lock against wrong device PINs. */
  async unlock(): Promise<void> {
    await this.#devicePin.unlock();
  }

  get devicePin(): DevicePin["current"] {
    return this.#devicePin.current;
  }

  /** @param lifetimeMs null: until it is taken away */
  generateDevicePin(lifetimeMs?: number | null): Promise<Pin> {
    return this.#devicePin.generate(lifetimeMs);
  }

  withdrawDevicePin(): void {
    this.#devicePin.withdraw();
  }

  get devices(): DeviceBook {
    return this.#book;
  }

  /** False: there is no such device. @param label null: it has no name of its own any more */
  async rename(device: MacAddress, label: string | null): Promise<boolean> {
    const found = await this.#book.change(device, { label });
    if (found) this.#tell({ type: "devices" });
    return found;
  }

  /** Takes a device's key back and sends it away. False: there is no such device. */
  async revoke(device: MacAddress): Promise<boolean> {
    const known: Device | null = this.#book.get(device);
    if (known === null || !(await this.#keyring.revoke(device))) return false;
    await this.#audit("device-revoked", { instance: known.instance, station: device, detail: known.deviceName });
    this.#tell({ type: "devices" });
    return true;
  }

  get requests(): readonly JoinRequest[] {
    return this.#requests.all;
  }

  /** Opens a window for a device that asked. `unknown`: it does not ask (any more). @param pin of one that has no button */
  async admit(device: MacAddress, pin: Pin | null): Promise<EnrolmentOutcome | "unknown" | "pin-needed"> {
    const request = this.#requests.get(device);
    if (request === null) return "unknown";
    if (request.method === "pin" && pin === null) return "pin-needed";
    const { instance } = request;
    const outcome =
      pin === null ? await this.pressButton(instance, device) : await this.enterPin(instance, pin, device);
    if (outcome === "open") await this.#audit("request-admitted", { instance, station: device });
    return outcome;
  }

  get activity(): readonly ActivityEntry[] {
    return this.#activity.entries;
  }

  /** What changes from this call on, until the signal aborts or the service is closed. */
  changes({ signal }: { readonly signal: AbortSignal }): AsyncIterable<RegistrarChange> {
    return this.#changes.listen(signal);
  }

  /** Closes all windows, and waits until all is on disk. Store and access points stay the caller's. */
  async close(): Promise<void> {
    await this.#registrar.close();
    this.#closed.abort();
    await this.#keyring.close();
    await this.#devicePin.close();
    await this.#activity.close();
    this.#changes.end();
  }

  #mustServe(id: InstanceId): ServedInstance {
    const served = this.#instances.get(id);
    if (served === undefined) throw new RangeError(`instance: expected one that is served, got ${id}`);
    return served;
  }

  async #switched(id: InstanceId, on: boolean): Promise<void> {
    if (on) this.#instances.get(id)?.begin();
    else await this.#closeWindow(id);
    this.#tell({ type: "instance", instance: id });
  }

  /** It lets nobody in any more, even where it cannot be taken off the air. */
  async #closeWindow(id: InstanceId): Promise<void> {
    await this.#registrar.stop(id).catch(this.#options.onTrouble);
  }

  async #followRegistrar(): Promise<void> {
    for await (const event of this.#registrar.events({ signal: this.#closed.signal })) {
      this.#activity.record(event);
      this.#instances.get(event.instance)?.follow(event);
      this.#noteRequest(event);
      if (event.type !== "message" && event.type !== "runEnded")
        this.#tell({ type: "instance", instance: event.instance });
    }
  }

  #noteRequest(event: RegistrarEvent): void {
    if (event.type === "enrolmentSucceeded") {
      if (this.#requests.forget(event.peer)) this.#tell({ type: "requests" });
      this.#tell({ type: "devices" });
    }
    if (event.type !== "refused" || event.reason !== "noWindow") return;
    const { peer: macAddress, instance, enrollee } = event;
    const { deviceName, manufacturer, modelName } = enrollee;
    const words = { deviceName, manufacturer, modelName, deviceType: deviceTypeText(enrollee.primaryDeviceType) };
    this.#note({ macAddress, instance, method: windowMethodOf(enrollee), uuid: toHex(enrollee.uuid), ...words });
  }

  #note(request: Parameters<Requests["note"]>[0]): void {
    if (this.#requests.note(request)) this.#tell({ type: "requests" });
  }

  async #followAccessPoint(served: ServedInstance): Promise<void> {
    const { accessPoint } = served;
    for await (const event of accessPoint.events({ signal: this.#closed.signal })) {
      if (served.hear(event)) this.#tell({ type: "instance", instance: accessPoint.instance });
      await this.#hear(event, accessPoint).catch(this.#options.onTrouble);
    }
  }

  async #hear(event: AccessPointEvent, { instance }: AccessPoint): Promise<void> {
    switch (event.type) {
      case "enrolleeSeen": {
        const { macAddress, uuid, deviceName, devicePasswordId } = event;
        // Probes with a PIN come from every device that could; only a button says that somebody wants in now.
        if (devicePasswordId !== DEVICE_PASSWORD_ID.pushButton || this.#registrar.isOpen(instance)) return;
        const unsaid = { manufacturer: null, modelName: null, deviceType: null };
        return this.#note({ macAddress, instance, method: "pushButton", uuid, deviceName, ...unsaid });
      }
      case "stationConnected":
        if (await this.#book.change(event.macAddress, { lastSeenAt: this.#options.clock.now() }))
          this.#tell({ type: "devices" });
        return;
      case "buttonPressed":
        return this.#audit("button-pressed-there", { instance });
      case "gone":
        this.#options.onTrouble(event.trouble);
    }
  }

  #onDevicePin(event: DevicePinEvent): void {
    const [action, detail] = devicePinWords(event);
    void this.#audit(action, { detail });
    for (const instance of this.#instances.keys()) this.#tell({ type: "instance", instance });
  }

  #audit(
    action: string,
    about: { readonly instance?: InstanceId; readonly station?: MacAddress; readonly detail?: string | null } = {},
  ): Promise<void> {
    const { instance = null, station = null, detail = null } = about;
    return this.#activity.note({ at: this.#options.clock.now(), action, instance, station, detail });
  }

  async #followActivity(): Promise<void> {
    for await (const entry of this.#activity.follow(this.#closed.signal)) this.#tell({ type: "activity", entry });
  }

  #tell(change: RegistrarChange): void {
    this.#changes.tell(change);
  }
}

interface Parts {
  readonly book: DeviceBook;
  readonly common: CommonSettings;
  readonly activity: Activity;
  readonly devicePin: DevicePin;
}

function devicePinWords(event: DevicePinEvent): readonly [action: string, detail: string | null] {
  switch (event.type) {
    case "devicePinEnabled":
      return ["device-pin-enabled", event.until === null ? "until it is taken away" : "for a limited time"];
    case "devicePinDisabled":
      return ["device-pin-disabled", event.reason];
    case "setupLocked":
      return ["setup-locked", event.until === null ? "until a person unlocks it" : "for a time"];
    case "setupUnlocked":
      return ["setup-unlocked", `by ${event.by === "person" ? "a person" : "time"}`];
  }
}
