/**
 * The network's desk: people open windows on access points, devices come through conversations, and exactly one of
 * them leaves each window with the credential. Where the conversations come from (simulated air, RADIUS) it does not know.
 */
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint } from "../radio/access-point.ts";
import { Outlet } from "../stream/queue.ts";
import type { MacAddress } from "../wsc/address.ts";
import { DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { type Credential, encodeCredential } from "../wsc/credential.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import type { Conversation, EnrolmentDesk, InstanceId } from "../wsc/eap/conversation.ts";
import type { Pin } from "../wsc/pin.ts";
import type { RefusalReason } from "../wsc/policy/window.ts";
import type { Random } from "../wsc/random.ts";
import { Secret } from "../wsc/secret.ts";
import { drawRegistrar, type EnrolleeIdentity } from "../wsc/session/registrar.ts";
import type { RegistrarEvent, RunEvent, WindowEvent } from "./events.ts";
import { configErrorOf, Instance } from "./instance.ts";
import { Run, type Verdict } from "./run.ts";

/** Events kept for an onlooker that does not keep up. */
const EVENTS_KEPT = 1000;

/** What a device that enrols is given. */
export interface SharedCredential {
  readonly ssid: Uint8Array;
  /** Passphrase or PSK; null for an open network. */
  readonly key: Secret | null;
  /** As in a Credential: one value of `AUTHENTICATION_TYPE` and `ENCRYPTION_TYPE`, or a mixed mode's two. */
  readonly authenticationType: number;
  readonly encryptionType: number;
}

/** The part of an access point that a Registrar needs so far. */
export type ServedAccessPoint = Pick<AccessPoint, "instance" | "advertise" | "events">;

export class Registrar implements EnrolmentDesk {
  readonly #device: DeviceInfo;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #served = new Map<InstanceId, { readonly instance: Instance; readonly credential: SharedCredential }>();
  readonly #events = new Outlet<RegistrarEvent>(EVENTS_KEPT);
  readonly #closing = new AbortController();

  /** @param options.device what M2 says of this Registrar */
  constructor(options: { readonly device: DeviceInfo; readonly clock: Clock; readonly random: Random }) {
    this.#device = options.device;
    this.#clock = options.clock;
    this.#random = options.random;
  }

  /**
   * From now on this access point's devices enrol here, and get this credential.
   * @throws RangeError for a credential that does not fit its attributes; TypeError for a second one
   */
  serve(accessPoint: ServedAccessPoint, credential: SharedCredential): void {
    const { instance: id } = accessPoint;
    if (this.#served.has(id)) throw new TypeError(`accessPoint: expected a new one, ${id} is served already`);
    // Tried out now, so that no device finds out at the end of its run.
    encodeCredential(credentialFor(id, credential));
    const instance = new Instance({ accessPoint, clock: this.#clock, tell: (event) => this.#tell(id, event) });
    this.#served.set(id, { instance, credential });
    // An access point that went away tells nothing more. Its windows end as all do.
    this.#follow(accessPoint, instance).catch(() => {});
  }

  /**
   * Opens the push-button window of an access point for the walk time; `overlap` when several devices have their
   * button pressed, and then nothing has changed. Rejects when the access point cannot be reached.
   */
  pressButton(instance: InstanceId): Promise<"open" | "overlap"> {
    return this.#instance(instance).press();
  }

  /** Opens a window for whoever knows this PIN. Rejects when the access point cannot be reached. */
  enterPin(instance: InstanceId, pin: Pin): Promise<void> {
    return this.#instance(instance).enterPin(pin);
  }

  /** Closes whatever window is open; a run in it ends without a credential. */
  stop(instance: InstanceId): Promise<void> {
    return this.#instance(instance).stop();
  }

  /** Devices of an access point that is not served are refused. */
  open(peer: MacAddress, instance: InstanceId): Conversation {
    const served = this.#served.get(instance);
    const run: Run = new Run({
      peer,
      config: { device: this.#device },
      draws: drawRegistrar(this.#random),
      tell: (event) => this.#tell(instance, event),
      decide: (enrollee) => this.#decide(run, peer, instance, enrollee),
      ended: (outcome) => served?.instance.ended(run, outcome),
    });
    return run;
  }

  /** Everything that happens from this call on, until the signal aborts or the Registrar is closed. */
  events(options: { readonly signal: AbortSignal }): AsyncIterable<RegistrarEvent> {
    return this.#events.listen(options.signal);
  }

  /** Closes all windows and stops listening to the access points. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#served.values()].map(({ instance }) => instance.stop()));
    this.#events.end();
  }

  #decide(run: Run, peer: MacAddress, id: InstanceId, enrollee: EnrolleeIdentity): Verdict {
    const served = this.#served.get(id);
    const refuse = (reason: RefusalReason): Verdict => {
      this.#tell(id, { type: "refused", peer, enrollee, reason });
      return { type: "refuse", configError: configErrorOf(reason) };
    };
    if (served === undefined) return refuse("noWindow");
    // What it is given would be filed under a name that is not its own.
    if (enrollee.macAddress !== peer) return refuse("foreignAddress");
    const decision = served.instance.ask(enrollee, run);
    if (decision.type === "refuse") return refuse(decision.reason);
    this.#tell(id, { type: "enrolmentStarted", peer, enrollee });
    return { ...decision, credentials: [credentialFor(peer, served.credential)] };
  }

  async #follow(accessPoint: ServedAccessPoint, instance: Instance): Promise<void> {
    for await (const event of accessPoint.events({ signal: this.#closing.signal })) {
      switch (event.type) {
        case "buttonPressed":
          // Nobody waits for the answer: windows and overlaps are told as events, and an access point that cannot
          // be reached has no window.
          instance.pressedThere().catch(() => {});
          break;
        case "windowEnded":
          instance.hidden(event.reason);
          break;
        case "back":
          instance.showAgain();
          break;
        case "enrolleeSeen":
          if (event.devicePasswordId === DEVICE_PASSWORD_ID.pushButton) instance.seen(event.uuid.toLowerCase());
          break;
      }
    }
  }

  #instance(id: InstanceId): Instance {
    const served = this.#served.get(id);
    if (served === undefined) throw new RangeError(`instance: expected one that is served, got ${id}`);
    return served.instance;
  }

  #tell(instance: InstanceId, event: WindowEvent | RunEvent): void {
    this.#events.tell({ ...event, instance, at: this.#clock.now() });
  }
}

function credentialFor(macAddress: MacAddress, { key, ...network }: SharedCredential): Credential {
  return { ...network, networkKey: key ?? new Secret(""), macAddress };
}
