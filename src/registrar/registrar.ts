/**
 * The network's desk: people open windows on access points, devices come through conversations, and exactly one of
 * them leaves each window with the credential. Where the conversations come from (simulated air, RADIUS) it does not know.
 */
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint, AccessPointEvent } from "../radio/access-point.ts";
import { Outlet } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import type { Conversation, EnrolmentDesk, InstanceId } from "../wsc/eap/conversation.ts";
import type { Pin } from "../wsc/pin.ts";
import type { RefusalReason } from "../wsc/policy/window.ts";
import type { Random } from "../wsc/random.ts";
import { drawRegistrar, type EnrolleeIdentity } from "../wsc/session/registrar.ts";
import type { Configurable } from "./configuration.ts";
import { ConfigurationRun } from "./configuration-run.ts";
import {
  type OwnEvent,
  type RegistrarEvent,
  type RunEvent,
  type SelectionEvent,
  type WindowEvent,
  windowMethodOf,
} from "./events.ts";
import { ExternalRegistrars } from "./external-registrars.ts";
import type { Grant, Grants } from "./grant.ts";
import { configErrorOf, Instance } from "./instance.ts";
import { OnNetwork } from "./on-network.ts";
import { Proxying } from "./proxying.ts";
import { Reception } from "./reception.ts";
import { Run, type Verdict } from "./run.ts";

/** Events kept for an onlooker that does not keep up. */
const EVENTS_KEPT = 1000;

/** The part of an access point that a Registrar needs so far. */
export type ServedAccessPoint = Pick<AccessPoint, "instance" | "advertise" | "events">;

export interface RegistrarOptions {
  /** What M2 says of this Registrar, asked for when a run begins. */
  readonly device: () => DeviceInfo;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of what nobody waits for: a grant that could not be made or noted. Without it that is only told as an event. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
}

/** What is done for the stations of an access point. */
export interface Service {
  /** What a device that is let in is given. */
  readonly grants: Grants;
  /** The access point as an external Registrar finds it; null: it answers none. */
  readonly configurable?: Configurable | null | undefined;
  /** Nobody is answered here now: WPS was switched off. Never, without it. */
  readonly isOff?: (() => boolean) | undefined;
  /**
   * The access point's own Registrar lets devices in through the windows that are opened here, and is told the PIN for
   * it. Never, without it.
   */
  readonly answersItself?: (() => boolean) | undefined;
  /** Nobody is to enrol here now, though an external Registrar may come: our own was switched off. */
  readonly isClosed?: (() => boolean) | undefined;
}

interface Served {
  readonly instance: Instance;
  readonly external: ExternalRegistrars;
  /** null: no external Registrar is answered. */
  readonly onNetwork: OnNetwork | null;
  readonly service: Service;
  /** Stops listening to the access point. */
  readonly leave: AbortController;
}

export class Registrar implements EnrolmentDesk {
  readonly #options: RegistrarOptions;
  readonly #served = new Map<InstanceId, Served>();
  /** Which instances were pressed as one, by each of them. */
  readonly #together = new Map<InstanceId, readonly InstanceId[]>();
  readonly #events = new Outlet<RegistrarEvent>(EVENTS_KEPT);

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /**
   * From now on this access point's devices enrol here.
   * @throws TypeError for one that is served already
   */
  serve(accessPoint: ServedAccessPoint, service: Service): void {
    const { instance: id } = accessPoint;
    if (this.#served.has(id)) throw new TypeError(`accessPoint: expected a new one, ${id} is served already`);
    const { clock, random, onTrouble = () => {} } = this.#options;
    const tell = (event: WindowEvent | SelectionEvent | RunEvent) => this.#tell(id, event);
    const instance = new Instance({ accessPoint, clock, tell, answersItself: service.answersItself });
    const isOff = () => service.isOff?.() ?? false;
    const external = new ExternalRegistrars({
      clock,
      announce: (window) => instance.announceOthers(window),
      tell,
      isOff,
    });
    const { configurable = null } = service;
    const onNetwork = configurable && new OnNetwork({ configurable, external, clock, random, isOff, tell, onTrouble });
    const leave = new AbortController();
    const served = { instance, external, onNetwork, service, leave };
    this.#served.set(id, served);
    // An access point that went away tells nothing more. Its windows end as all do.
    this.#follow(accessPoint, served).catch(() => {});
  }

  /** Refuses its devices from now on; an open window is closed. */
  async dismiss(instance: InstanceId): Promise<void> {
    const served = this.#served.get(instance);
    if (served === undefined) return;
    this.#served.delete(instance);
    served.leave.abort();
    await served.onNetwork?.close();
    await served.instance.close();
  }

  /**
   * Opens the push-button window of an access point for the walk time; `overlap` when several devices have their
   * button pressed, and then nothing has changed. Rejects when the access point cannot be reached.
   * @param only lets in this device and no other
   */
  pressButton(instance: InstanceId, only: MacAddress | null = null): Promise<"open" | "overlap"> {
    this.#together.delete(instance);
    return this.#instance(instance).press(only);
  }

  /** The same for a box with several radios: one press, and one device is let in by it, at whichever of them it comes. */
  async pressTogether(instances: readonly InstanceId[]): Promise<"open" | "overlap"> {
    for (const instance of instances) this.#together.set(instance, instances);
    const outcomes = await Promise.all(instances.map((instance) => this.#instance(instance).press()));
    return outcomes.includes("overlap") ? "overlap" : "open";
  }

  /** Opens a window for whoever knows this PIN. Rejects when the access point cannot be reached. @param only as above */
  enterPin(instance: InstanceId, pin: Pin, only: MacAddress | null = null): Promise<void> {
    this.#together.delete(instance);
    return this.#instance(instance).enterPin(pin, only);
  }

  /** Whether somebody may enrol there now. */
  isOpen(instance: InstanceId): boolean {
    return this.#served.get(instance)?.instance.isOpen ?? false;
  }

  /** Resolves when nobody is being let in there, and whoever was has come to the network; or after so long. */
  async whenIdle(instance: InstanceId, withinMs: number): Promise<void> {
    await this.#served.get(instance)?.instance.whenIdle(withinMs);
  }

  /** Closes whatever window is open; a run in it ends without a credential. */
  stop(instance: InstanceId): Promise<void> {
    // Where WPS was switched off, nobody is expected by others any more either.
    this.#served.get(instance)?.external.announce();
    return this.#instance(instance).stop();
  }

  /** A served access point as Registrars on its network find it; null: they are not answered. */
  onNetwork(instance: InstanceId): OnNetwork | null {
    return this.#mustServe(instance).onNetwork;
  }

  /** Devices of an access point that is not served are refused. */
  open(peer: MacAddress, instance: InstanceId): Conversation {
    const served = this.#served.get(instance);
    const configurable = isOff(served) ? null : (served?.service.configurable ?? null);
    return new Reception({
      enrollee: () => this.#enrol(peer, instance, served),
      registrar: () => this.#configure(peer, instance, configurable),
    });
  }

  /** Everything that happens from this call on, until the signal aborts or the Registrar is closed. */
  events(options: { readonly signal: AbortSignal }): AsyncIterable<RegistrarEvent> {
    return this.#events.listen(options.signal);
  }

  /** Closes all windows and stops listening to the access points. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#served.keys()].map((instance) => this.dismiss(instance)));
    this.#events.end();
  }

  #enrol(peer: MacAddress, id: InstanceId, served: Served | undefined): Run {
    const { device, clock, random, onTrouble = () => {} } = this.#options;
    const tell = (event: RunEvent) => {
      if (event.type === "proxied") served?.instance.letInElsewhere(toHex(event.enrollee.uuid));
      this.#tell(id, event);
    };
    const run: Run = new Run({
      peer,
      config: { device: device() },
      draws: drawRegistrar(random),
      tell,
      proxying: served === undefined ? null : new Proxying({ peer, external: served.external, clock, tell }),
      decide: (enrollee) => this.#decide(run, peer, id, enrollee),
      ended: (outcome) => {
        served?.instance.ended(run, outcome);
        if (outcome === "enrolled" || outcome === "credentialGiven") this.#closeSiblings(id);
      },
      onTrouble,
    });
    return run;
  }

  #configure(peer: MacAddress, id: InstanceId, configurable: Configurable | null): ConfigurationRun | null {
    if (configurable === null) return null;
    const { random, onTrouble = () => {} } = this.#options;
    return new ConfigurationRun({ peer, configurable, random, tell: (event) => this.#tell(id, event), onTrouble });
  }

  async #decide(run: Run, peer: MacAddress, id: InstanceId, enrollee: EnrolleeIdentity): Promise<Verdict> {
    const served = this.#served.get(id);
    const refuse = (reason: RefusalReason): Verdict => {
      this.#tell(id, { type: "refused", peer, enrollee, reason });
      return { type: "refuse", configError: configErrorOf(reason), elsewhere: isForOthers(reason) };
    };
    if (served === undefined || isClosed(served)) return refuse("noWindow");
    // What it is given would be filed under a name that is not its own.
    if (enrollee.macAddress !== peer) return refuse("foreignAddress");
    if (this.#siblings(id).some(({ isTaken }) => isTaken)) return refuse("busy");
    const decision = served.instance.ask(enrollee, run);
    if (decision.type === "refuse") return refuse(decision.reason);
    this.#tell(id, { type: "enrolmentStarted", peer, enrollee });
    const grant = await this.#grant(served.service.grants, {
      peer,
      instance: id,
      method: windowMethodOf(enrollee),
      enrollee,
    });
    if (grant !== null) return { type: "admit", password: decision.password, grant };
    served.instance.ended(run, "failed");
    return refuse("noGrant");
  }

  /** One press lets one device in. */
  #closeSiblings(id: InstanceId): void {
    // What cannot be taken off the air is closed all the same.
    for (const sibling of this.#siblings(id)) sibling.stop().catch(() => {});
    for (const instance of this.#together.get(id) ?? []) this.#together.delete(instance);
  }

  /** The others that were pressed together with this one. */
  #siblings(id: InstanceId): readonly Instance[] {
    const others = (this.#together.get(id) ?? []).filter((other) => other !== id);
    return others.flatMap((other) => this.#served.get(other)?.instance ?? []);
  }

  async #grant(grants: Grants, guest: Parameters<Grants>[0]): Promise<Grant | null> {
    try {
      return await grants(guest);
    } catch (error) {
      this.#options.onTrouble?.(error);
      return null;
    }
  }

  async #follow(accessPoint: ServedAccessPoint, served: Served): Promise<void> {
    const { instance, service, leave } = served;
    for await (const event of accessPoint.events({ signal: leave.signal })) {
      switch (event.type) {
        case "buttonPressed":
          // Nobody waits for the answer: windows and overlaps are told as events, and an access point that cannot
          // be reached has no window.
          if (isClosed(served)) instance.pressedInVain();
          else instance.pressedThere().catch(() => {});
          break;
        case "windowEnded":
          instance.hidden(event.reason);
          break;
        case "back":
        case "changed":
          instance.showAgain();
          break;
        case "stationConnected":
          instance.connected(event.macAddress);
          break;
        case "enrolleeSeen":
          served.external.saw(event.macAddress, event);
          if (event.devicePasswordId === DEVICE_PASSWORD_ID.pushButton) instance.seen(event.uuid.toLowerCase());
          break;
        default:
          // A Registrar behind the access point knows better by itself.
          if (service.answersItself?.()) this.#followOwn(accessPoint.instance, instance, event);
      }
    }
  }

  /** What the access point's own Registrar makes of a window. */
  #followOwn(id: InstanceId, instance: Instance, event: AccessPointEvent): void {
    switch (event.type) {
      case "runBegan":
        if (instance.openMethod !== null) this.#tell(id, { type: "startedThere", station: event.macAddress });
        break;
      case "runOver":
        this.#tell(id, { type: "endedThere", station: event.macAddress });
        break;
      case "enrolled": {
        const { macAddress: station, uuid } = event;
        this.#tell(id, { type: "enrolledThere", station, uuid, method: instance.openMethod });
        instance.hidden("enrolled");
        break;
      }
      case "enrolmentFailed":
        this.#tell(id, { type: "failedThere", configError: event.configError });
        break;
      case "overlap":
        this.#tell(id, { type: "overlap" });
        break;
    }
  }

  #instance(id: InstanceId): Instance {
    return this.#mustServe(id).instance;
  }

  #mustServe(id: InstanceId): Served {
    const served = this.#served.get(id);
    if (served === undefined) throw new RangeError(`instance: expected one that is served, got ${id}`);
    return served;
  }

  #tell(instance: InstanceId, event: WindowEvent | RunEvent | OwnEvent | SelectionEvent): void {
    if (event.type === "configured") this.#served.get(instance)?.onNetwork?.tell({ configurationChanged: true });
    // What is spread comes last here and where `peer` is added: a copy of a copy that was extended costs V8 several times more.
    this.#events.tell({ instance, at: this.#options.clock.now(), ...event });
  }
}

function isOff(served: Served | undefined): boolean {
  return served?.service.isOff?.() ?? false;
}

function isClosed(served: Served): boolean {
  return isOff(served) || (served.service.isClosed?.() ?? false);
}

/** Whether a Registrar elsewhere may serve a device that is not let in here. */
function isForOthers(reason: RefusalReason): boolean {
  return reason === "noWindow" || reason === "busy";
}
