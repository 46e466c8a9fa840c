/**
 * The registrar service: access points whose devices enrol here, the windows that people open on them, the devices
 * that came in and their keys, and what has happened. How people reach it (HTTP, command line) is not known here, nor
 * how enrolments do (RADIUS, simulated air).
 */
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint, RestartSettings } from "../radio/access-point.ts";
import type { Store } from "../store/store.ts";
import { Outlet } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { Conversation, EnrolmentDesk, InstanceId } from "../wsc/eap/conversation.ts";
import type { Pin } from "../wsc/pin.ts";
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import { Activity, type Audit } from "./activity.ts";
import type { ActivityEntry } from "./activity-log.ts";
import { configurableOf } from "./configurable.ts";
import { registrarDevice } from "./device.ts";
import { DeviceBook } from "./device-book.ts";
import { DevicePin, type DevicePinEvent, devicePinWords, type LockState } from "./device-pin.ts";
import { passDevicePin } from "./device-pin-there.ts";
import type { KeyFile } from "./key-delivery.ts";
import { givesOneKey, type KeyPolicy } from "./key-policy.ts";
import { Keyring, type Revocation } from "./keyring.ts";
import { Listener } from "./listener.ts";
import type { OnNetwork } from "./on-network.ts";
import { Registrar } from "./registrar.ts";
import { type CommonSettings, type InstanceSettings, readCommon } from "./registrar-record.ts";
import { type JoinRequest, Requests } from "./requests.ts";
import type { Seal } from "./seal.ts";
import { type InstanceStatus, ServedInstance } from "./served-instance.ts";
import { WpsSettings } from "./wps-settings.ts";

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
  readonly #settings: WpsSettings;
  readonly #listener: Listener;

  private constructor(options: RegistrarServiceOptions, parts: Parts) {
    const { clock, random, store, onTrouble, keys: policy } = options;
    const { book, common, activity } = parts;
    this.#options = options;
    this.#book = book;
    this.#activity = activity;
    this.#devicePin = parts.devicePin;
    this.#requests = new Requests(clock, () => this.#tell({ type: "requests" }));
    // What M2 says of us is read when a run begins: the name may be changed at any time.
    this.#registrar = new Registrar({
      device: () => registrarDevice(this.common.deviceName),
      clock,
      random,
      onTrouble,
    });
    const whenIdle = this.#registrar.whenIdle.bind(this.#registrar);
    this.#keyring = new Keyring({ policy, book, store, clock, random, whenIdle, onTrouble });
    this.#settings = new WpsSettings({
      store,
      clock,
      common,
      instances: this.#instances,
      // It lets nobody in any more, even where it cannot be taken off the air.
      closeWindow: (instance) => this.#registrar.stop(instance).catch(onTrouble),
      audit: this.#audit,
      changed: (instance) => this.#tell(instance === null ? { type: "settings" } : { type: "instance", instance }),
    });
    this.#listener = new Listener({
      clock,
      registrar: this.#registrar,
      instances: this.#instances,
      activity,
      requests: this.#requests,
      book,
      audit: this.#audit,
      cameBack: async (accessPoint) => {
        await this.#keyring.cameBack(accessPoint);
        await this.#passDevicePin();
        await this.#bringAgain(accessPoint.instance);
      },
      changed: (what) => this.#tell(what),
      onTrouble,
    });
    void this.#listener.followRegistrar(this.#closed.signal);
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
    const { clock, keys, onTrouble } = this.#options;
    const { instance } = accessPoint;
    const served = new ServedInstance(accessPoint, await this.#settings.of(instance));
    await this.#clear(accessPoint).catch(onTrouble);
    const grants = await this.#keyring.serve(accessPoint, file);
    this.#instances.set(instance, served);
    void this.#listener.followAccessPoint(served, this.#closed.signal).catch(onTrouble);
    const configurable = configurableOf({
      accessPoint,
      pin: this.#devicePin,
      // One key for all could not be told to an external Registrar where there is none.
      isShared: keys === "shared",
      deviceName: () => this.common.deviceName,
      clock,
    });
    this.#registrar.serve(accessPoint, {
      grants,
      configurable,
      isOff: () => !served.isEnabled(this.common.enabled),
      isClosed: () => !served.letsIn(this.common.enabled),
      answersItself: () => served.answersItself,
    });
    this.#registrar.onNetwork(instance)?.tell({ locked: this.lock.locked });
    await this.#listener.greet(accessPoint).catch(onTrouble);
    this.#tell({ type: "instance", instance });
  }

  /** An enrolment that a carrier brings: RADIUS, or the simulated air. */
  open(peer: MacAddress, instance: InstanceId): Conversation {
    return this.#registrar.open(peer, instance);
  }

  /**
   * An access point as Registrars on its network find it. null: they have no business there, because each device has a
   * key of its own, or because the access point's own Registrar answers.
   */
  onNetwork(id: InstanceId): OnNetwork | null {
    const isOurs = this.#options.keys === "shared" && !this.#mustServe(id).answersItself;
    return isOurs ? this.#registrar.onNetwork(id) : null;
  }

  /** The keys by which a station may join; none: it may not. */
  keys(station: MacAddress, instance: InstanceId): readonly Secret[] {
    return this.#keyring.keys(station, instance);
  }

  get keyPolicy(): KeyPolicy {
    return this.#options.keys;
  }

  get common(): CommonSettings {
    return this.#settings.common;
  }

  changeCommon(change: Partial<CommonSettings>): Promise<void> {
    return this.#settings.changeCommon(change);
  }

  /** In the order in which they were given. */
  get instances(): readonly ServedInstance[] {
    return [...this.#instances.values()];
  }

  instance(id: InstanceId): ServedInstance | null {
    return this.#instances.get(id) ?? null;
  }

  status(id: InstanceId): InstanceStatus | null {
    return this.instance(id)?.status(this.common.enabled, this.lock) ?? null;
  }

  changeInstance(id: InstanceId, change: Partial<InstanceSettings>): Promise<void> {
    return this.#settings.changeInstance(this.#mustServe(id), change);
  }

  /** Brings to the air what only a restart of the radio brings there. All its stations are sent away. */
  restart(id: InstanceId, settings: RestartSettings): Promise<void> {
    return this.#settings.restart(this.#mustServe(id), settings);
  }

  /**
   * For the start, when all access points are served: what was brought to the air by {@link restart}, and is not there
   * because an access point was started anew meanwhile, is brought there again, where no station is sent away by it.
   */
  async bringAgain(): Promise<void> {
    // One after the other: several may be on one radio.
    for (const instance of this.#instances.keys()) await this.#bringAgain(instance);
  }

  /** The key that all stations share, for whoever may see it; that somebody did is noted. null: there is none. */
  async revealKey(id: InstanceId): Promise<Secret | null> {
    const { accessPoint } = this.#mustServe(id);
    const key = this.#keyring.isByFile(id) ? null : await accessPoint.sharedKey();
    // Noted before anybody sees it.
    if (key !== null) await this.#audit("key-shown", { instance: id });
    return key;
  }

  /** Opens the push-button window for two minutes. @param only lets in this device and no other */
  async pressButton(id: InstanceId, only: MacAddress | null = null): Promise<EnrolmentOutcome> {
    if (!this.#mayOpen(id)) return "disabled";
    return this.#registrar.pressButton(id, only);
  }

  /** Opens a window for whoever knows this PIN. @param only lets in this device and no other */
  async enterPin(id: InstanceId, pin: Pin, only: MacAddress | null = null): Promise<EnrolmentOutcome> {
    if (!this.#mayOpen(id)) return "disabled";
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
  async generateDevicePin(lifetimeMs?: number | null): Promise<Pin> {
    const pin = await this.#devicePin.generate(lifetimeMs);
    await this.#passDevicePin();
    return pin;
  }

  async withdrawDevicePin(): Promise<void> {
    this.#devicePin.withdraw();
    await this.#passDevicePin();
  }

  get devices(): DeviceBook {
    return this.#book;
  }

  /** False: there is no such device. @param label null: it has no name of its own any more */
  async rename(device: MacAddress, label: string | null): Promise<boolean> {
    if (!(await this.#book.change(device, { label }))) return false;
    await this.#audit("device-renamed", { station: device, detail: label });
    this.#tell({ type: "devices" });
    return true;
  }

  /** Takes a device's key back and sends it away. Rejects when the disk does not take it; it then stays as it is. */
  async revoke(device: MacAddress): Promise<Revocation> {
    const known = this.#book.get(device);
    const revocation = await this.#keyring.revoke(device);
    if (known === null || revocation.type === "unknown") return { type: "unknown" };
    const about = { instance: known.instance, station: device };
    await this.#audit("device-revoked", { ...about, detail: known.deviceName });
    if (revocation.type === "unfinished") await this.#audit("revocation-unfinished", about);
    this.#tell({ type: "devices" });
    return revocation;
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
    this.#requests.close();
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

  /** False: WPS is off there, or its Registrar. @throws RadioError where a device could not be given its key */
  #mayOpen(id: InstanceId): boolean {
    const served = this.#mustServe(id);
    if (served.answersItself && this.#options.keys === "per-device") throw givesOneKey(served.accessPoint);
    return served.letsIn(this.common.enabled);
  }

  /** What an earlier run may have left there: a window, with the devices that it named, and a device PIN. */
  async #clear(accessPoint: AccessPoint): Promise<void> {
    if (accessPoint.facts.wps === "disabled") return;
    await accessPoint.advertise(null);
    await accessPoint.setDevicePin(null, 0);
  }

  /** Nobody waits for that: an access point that refuses goes on as it is. */
  async #bringAgain(id: InstanceId): Promise<void> {
    await this.#settings.bringAgain(this.#mustServe(id)).catch(this.#options.onTrouble);
  }

  #passDevicePin(): Promise<void> {
    const { clock, onTrouble } = this.#options;
    return passDevicePin(this.#devicePin.current, { instances: this.instances, clock, onTrouble });
  }

  #onDevicePin(event: DevicePinEvent): void {
    const [action, detail, key] = devicePinWords(event);
    void this.#audit(action, { detail, keys: [key] });
    const { locked } = this.lock;
    for (const instance of this.#instances.keys()) {
      this.#registrar.onNetwork(instance)?.tell({ locked });
      this.#tell({ type: "instance", instance });
    }
  }

  readonly #audit: Audit = (action, { instance = null, station = null, detail = null, keys = [] } = {}) =>
    this.#activity.note({ at: this.#options.clock.now(), action, instance, station, detail, keys });

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
