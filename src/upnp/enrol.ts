/**
 * Lets one device into the network of a router that is not ours: has the router announce us, answers the device's
 * messages as they come by its events, and takes the announcement back. Who is let in is decided by the same windows as
 * at an access point of our own.
 */
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import type { MacAddress } from "../wsc/address.ts";
import { CONFIG_ERROR, DEVICE_PASSWORD_ID } from "../wsc/attributes.ts";
import { toHex } from "../wsc/bytes.ts";
import { parse } from "../wsc/codec.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import { equal, systemRandom } from "../wsc/crypto.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import { readElement } from "../wsc/elements.ts";
import type { WscError } from "../wsc/errors.ts";
import { type MessageType, messageTypeOf } from "../wsc/messages.ts";
import type { Pin } from "../wsc/pin.ts";
import { selectedByButton, selectedByPassword } from "../wsc/policy/authorized-macs.ts";
import { type PinWindowState, stepPinWindow } from "../wsc/policy/pin-window.ts";
import { NO_BUTTON_PRESSED, type PushButtonState, stepPushButton } from "../wsc/policy/push-button.ts";
import type { RunOutcome, WindowAction } from "../wsc/policy/window.ts";
import type { Random } from "../wsc/random.ts";
import {
  drawRegistrar,
  type EnrolleeIdentity,
  openRegistrar,
  type RegistrarInput,
  type RegistrarState,
  stepRegistrar,
} from "../wsc/session/registrar.ts";
import { FAREWELL_MS } from "./http-client.ts";
import { opCodeOf } from "./op-code.ts";
import { registrarDevice } from "./registrar-device.ts";
import { putWlanResponse, type Router, type RouterFault, selectRegistrar } from "./router.ts";
import { type RouterEvent, type Subscription, subscribe } from "./subscription.ts";

/** How the device shows that it is the one. */
export type EnrolMethod = { readonly type: "pushButton" } | { readonly type: "pin"; readonly pin: Pin };

export interface EnrolOptions {
  readonly router: Router;
  readonly method: EnrolMethod;
  /** The router's network, which the device is to join. */
  readonly network: NetworkSettings;
  /** Only this device; whoever shows the PIN, or pressed its button, without it. */
  readonly station?: MacAddress | undefined;
  /** What we are called; its UUID is ours among the router's Registrars. {@link registrarDevice} without it. */
  readonly device?: DeviceInfo | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** With all that need not be said. */
interface Context extends EnrolOptions {
  readonly device: DeviceInfo;
  readonly clock: Clock;
  readonly random: Random;
}

/** How it goes; `enrolled` or `failed` is the last. */
export type EnrolEvent =
  /** The router announces us until `closesAt`. */
  | { readonly type: "waiting"; readonly closesAt: number }
  /** A device asks to be let in, and is let in or turned away. */
  | { readonly type: "asked"; readonly enrollee: EnrolleeIdentity; readonly admitted: boolean }
  | {
      readonly type: "message";
      readonly station: MacAddress;
      readonly direction: "in" | "out";
      readonly message: MessageType;
    }
  /** One try came to nothing; the next one may do better. */
  | { readonly type: "tryFailed"; readonly station: MacAddress; readonly error: WscError }
  | { readonly type: "enrolled"; readonly enrollee: EnrolleeIdentity }
  | { readonly type: "failed"; readonly fault: EnrolFault };

/** Why no device was let in. */
export type EnrolFault =
  | RouterFault
  /** Nobody came, or nobody who could prove it. */
  | { readonly kind: "timeout" }
  /** Two devices had their button pressed. */
  | { readonly kind: "overlap" }
  /** The PIN was tried as often as it may. */
  | { readonly kind: "pinSpent" };

/** Devices that are talked to at once; beyond it the one that was silent longest is given up. */
const MOST_RUNS = 8;

/** Waits two minutes at most for a device. Stops, and puts all back, when the reader stops. @throws the signal's reason */
export async function* enrol(given: EnrolOptions): AsyncGenerator<EnrolEvent, void> {
  const { router, clock = systemClock, random = systemRandom, device = registrarDevice(random) } = given;
  const options = { ...given, clock, random, device };
  const subscribed = await subscribe(options);
  if (!subscribed.ok) return yield { type: "failed", fault: subscribed.error };
  const subscription = subscribed.value;
  const selection = { uuid: device.uuid };
  try {
    const { configMethods } = device;
    const selected =
      options.method.type === "pushButton"
        ? selectedByButton(configMethods)
        : selectedByPassword(configMethods, [options.station ?? null]);
    const announced = await selectRegistrar(router, { ...selection, selected }, options);
    if (!announced.ok) return yield { type: "failed", fault: announced.error };
    const enrolment = new Enrolment(options);
    yield { type: "waiting", closesAt: enrolment.closesAt };
    yield* follow(enrolment, subscription, options);
  } finally {
    // Whatever the router says to these two: its own clock ends both.
    await selectRegistrar(router, { ...selection, selected: null }, { clock, patienceMs: FAREWELL_MS });
    await subscription.close();
  }
}

async function* follow(
  enrolment: Enrolment,
  subscription: Subscription,
  { clock, signal }: Context,
): AsyncGenerator<EnrolEvent, void> {
  const events = subscription.events[Symbol.asyncIterator]();
  const over = new AbortController();
  const deadline = clock.sleep(enrolment.closesAt - clock.now(), {
    signal: signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]),
  });
  // Awaited only in races.
  deadline.catch(() => {});
  try {
    for (;;) {
      const next = await Promise.race([events.next(), deadline.then(() => null)]);
      if (next === null) return yield { type: "failed", fault: { kind: "timeout" } };
      if (next.done) return;
      if (next.value.type === "ended") return yield { type: "failed", fault: next.value.fault };
      for (const event of await enrolment.take(next.value)) {
        yield event;
        if (event.type === "enrolled" || event.type === "failed") return;
      }
    }
  } finally {
    over.abort();
  }
}

/** What a device with a PIN announces. */
const PIN_IDS: ReadonlySet<number> = new Set([
  DEVICE_PASSWORD_ID.default,
  DEVICE_PASSWORD_ID.userSpecified,
  DEVICE_PASSWORD_ID.machineSpecified,
  DEVICE_PASSWORD_ID.registrarSpecified,
]);

interface Run {
  readonly state: RegistrarState;
  /** Ours of this run: a router tells what stations say to other Registrars, too. */
  readonly nonce: Uint8Array;
}

/** The window, and the runs of the devices that talk to us. */
class Enrolment {
  readonly closesAt: number;
  readonly #options: Context;
  #button: PushButtonState = NO_BUTTON_PRESSED;
  #pin: PinWindowState = null;
  /** By the device's address; who spoke last stands last. */
  readonly #runs = new Map<MacAddress, Run>();
  #events: EnrolEvent[] = [];

  constructor(options: Context) {
    this.#options = options;
    const { method, clock } = options;
    const now = clock.now();
    const actions =
      method.type === "pushButton"
        ? this.#stepButton({ type: "pressed" })
        : this.#stepPin({ type: "entered", pin: method.pin });
    const opened = actions.find((action) => action.type === "opened");
    this.closesAt = opened?.type === "opened" ? opened.closesAt : now;
  }

  /** Takes what the router tells, answers the device through it, and gives what came of that. */
  async take(event: RouterEvent): Promise<readonly EnrolEvent[]> {
    this.#events = [];
    if (event.type === "probeRequest") this.#onProbe(event.bytes);
    else if (event.type === "message") await this.#onMessage(event.station, event.bytes);
    return this.#events;
  }

  #onProbe(bytes: Uint8Array): void {
    const probe = readElement("probeRequest", bytes);
    if (!probe.ok || this.#options.method.type !== "pushButton") return;
    const { devicePasswordId, uuidE } = probe.value;
    if (devicePasswordId !== DEVICE_PASSWORD_ID.pushButton || uuidE === undefined) return;
    this.#note(this.#stepButton({ type: "seen", uuid: toHex(uuidE) }));
  }

  async #onMessage(station: MacAddress, bytes: Uint8Array): Promise<void> {
    const { station: only, device, random } = this.#options;
    const message = messageTypeOf(bytes);
    if (message === null || (only !== undefined && station !== only)) return;
    this.#events.push({ type: "message", station, direction: "in", message });
    if (message === "M1") {
      this.#giveUp(station);
      const draws = drawRegistrar(random);
      const run = { state: openRegistrar({ device }, draws), nonce: draws.nonce };
      return this.#step(station, run, { type: "message", message: { opCode: opCodeOf(bytes), bytes } });
    }
    const run = this.#runs.get(station);
    if (run === undefined || !isFor(run, bytes)) return;
    await this.#step(station, run, { type: "message", message: { opCode: opCodeOf(bytes), bytes } });
  }

  async #step(station: MacAddress, { state: before, nonce }: Run, input: RegistrarInput): Promise<void> {
    const { state, send, events } = stepRegistrar(before, input);
    const run = { state, nonce };
    this.#remember(station, run);
    if (send !== null) {
      this.#events.push({ type: "message", station, direction: "out", message: send.type });
      const passed = await putWlanResponse(this.#options.router, station, send.bytes, this.#options);
      if (!passed.ok) this.#events.push({ type: "failed", fault: passed.error });
    }
    for (const event of events) if (event.type === "asked") await this.#decide(station, run, event.enrollee);
    if (state.name === "enrolled") {
      this.#ended("enrolled", state.enrollee);
      this.#events.push({ type: "enrolled", enrollee: state.enrollee });
    }
    if (state.name === "failed" && before.name !== "failed") this.#onFailed(station, before, state.error);
  }

  async #decide(station: MacAddress, run: Run, enrollee: EnrolleeIdentity): Promise<void> {
    const { method, network } = this.#options;
    const byButton = enrollee.devicePasswordId === DEVICE_PASSWORD_ID.pushButton;
    const isMeant =
      enrollee.macAddress === station &&
      (method.type === "pushButton" ? byButton : PIN_IDS.has(enrollee.devicePasswordId));
    const actions = !isMeant
      ? []
      : byButton
        ? this.#stepButton({ type: "asked", uuid: toHex(enrollee.uuid) })
        : this.#stepPin({ type: "asked" });
    const admission = actions.find((action) => action.type === "admit");
    this.#events.push({ type: "asked", enrollee, admitted: admission !== undefined });
    this.#note(actions);
    if (admission?.type !== "admit")
      return this.#step(station, run, { type: "refuse", configError: CONFIG_ERROR.none });
    const credentials = [{ ...network, macAddress: enrollee.macAddress }];
    await this.#step(station, run, { type: "admit", password: admission.password, credentials });
  }

  #onFailed(station: MacAddress, before: RegistrarState, error: WscError): void {
    // A device that was turned away had no run.
    if (before.name === "awaitM1" || before.name === "deciding" || before.name === "awaitM2dAck") return;
    this.#events.push({ type: "tryFailed", station, error });
    const outcome =
      before.name === "awaitDone" ? "credentialGiven" : before.name === "awaitM7" ? "passwordExposed" : "failed";
    this.#ended(outcome, "enrollee" in before ? before.enrollee : null);
  }

  #ended(outcome: RunOutcome, enrollee: EnrolleeIdentity | null): void {
    const { method } = this.#options;
    const uuid = enrollee === null ? "" : toHex(enrollee.uuid);
    const actions =
      method.type === "pushButton"
        ? this.#stepButton({ type: "ended", uuid, outcome })
        : this.#stepPin({ type: "ended", outcome });
    this.#note(outcome === "enrolled" ? [] : actions);
  }

  /** A device begins anew: what it had begun is over. */
  #giveUp(station: MacAddress): void {
    const before = this.#runs.get(station)?.state;
    if (before === undefined) return;
    this.#onFailed(station, before, { kind: "cutOff", awaited: before.name });
    this.#runs.delete(station);
  }

  #remember(station: MacAddress, run: Run): void {
    this.#runs.delete(station);
    if (run.state.name === "enrolled" || run.state.name === "failed") return;
    this.#runs.set(station, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_RUNS && oldest !== undefined) this.#giveUp(oldest);
  }

  #stepButton(input: Parameters<typeof stepPushButton>[1]): readonly WindowAction[] {
    const { state, actions } = stepPushButton(this.#button, input, this.#options.clock.now());
    this.#button = state;
    return actions;
  }

  #stepPin(input: Parameters<typeof stepPinWindow>[1]): readonly WindowAction[] {
    const { state, actions } = stepPinWindow(this.#pin, input, this.#options.clock.now());
    this.#pin = state;
    return actions;
  }

  #note(actions: readonly WindowAction[]): void {
    for (const action of actions) {
      if (action.type === "overlap") this.#events.push({ type: "failed", fault: { kind: "overlap" } });
      if (action.type !== "closed") continue;
      const kind = action.reason === "timeout" ? "timeout" : "pinSpent";
      this.#events.push({ type: "failed", fault: { kind } });
    }
  }
}

/** Whether a message answers one of ours: all but M1 repeat the Registrar's nonce. */
function isFor({ nonce }: Run, bytes: Uint8Array): boolean {
  const attributes = parse(bytes);
  const [theirs] = (attributes.ok && attributes.value.registrarNonce) || [];
  return theirs !== undefined && equal(theirs, nonce);
}
