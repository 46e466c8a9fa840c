/**
 * A run with a router as Enrollee: whoever knows its PIN reads its settings, or gives it other ones. What is said in it
 * is for `wsc/session/external-registrar.ts` to know; here it is carried.
 */
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system-clock.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import { systemRandom } from "../wsc/crypto.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import type { WscError } from "../wsc/errors.ts";
import { type MessageType, messageTypeOf } from "../wsc/messages.ts";
import { type Pin, pinPassword } from "../wsc/pin.ts";
import type { Random } from "../wsc/random.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import {
  type ExternalRegistrarEvent,
  type ExternalRegistrarState,
  type ExternalRegistrarTask,
  openExternalRegistrar,
  stepExternalRegistrar,
} from "../wsc/session/external-registrar.ts";
import { drawRegistrar } from "../wsc/session/registrar-messages.ts";
import { opCodeOf } from "./op-code.ts";
import { registrarDevice } from "./registrar-device.ts";
import { deviceInfo, putMessage, type Router, type RouterFault } from "./router.ts";

/** How it goes. */
export type SettingsEvent =
  | ExternalRegistrarEvent
  | { readonly type: "message"; readonly direction: "in" | "out"; readonly message: MessageType };

/** Why the settings were neither read nor changed. */
export type SettingsFault = RouterFault | { readonly kind: "run"; readonly error: WscError };

export interface SettingsRunOptions {
  readonly router: Router;
  /** Of the router, from its label or settings. */
  readonly pin: Pin;
  /** What we are called; {@link registrarDevice} without it. */
  readonly device?: DeviceInfo | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly tell?: ((event: SettingsEvent) => void) | undefined;
}

/** Reads the settings of a router. @throws the signal's reason once it aborts */
export function learn(options: SettingsRunOptions): Promise<Result<NetworkSettings, SettingsFault>> {
  return run(options, { type: "learn" });
}

/**
 * Gives a router other settings, and gives these back.
 * @throws RangeError for settings that do not fit their attributes: the caller's bug
 */
export function configure(
  options: SettingsRunOptions & { readonly settings: NetworkSettings },
): Promise<Result<NetworkSettings, SettingsFault>> {
  return run(options, { type: "configure", settings: options.settings });
}

async function run(
  options: SettingsRunOptions,
  task: ExternalRegistrarTask,
): Promise<Result<NetworkSettings, SettingsFault>> {
  const { router, pin, clock = systemClock, random = systemRandom, signal, tell = () => {} } = options;
  const context = { clock, signal };
  const config = { device: options.device ?? registrarDevice(random), password: pinPassword(pin), task };
  let state = openExternalRegistrar(config, drawRegistrar(random));
  let heard = await deviceInfo(router, context);
  while (heard.ok) {
    const message = messageTypeOf(heard.value);
    if (message !== null) tell({ type: "message", direction: "in", message });
    const step = stepExternalRegistrar(state, { opCode: opCodeOf(heard.value), bytes: heard.value });
    state = step.state;
    for (const event of step.events) tell(event);
    if (step.send !== null) {
      tell({ type: "message", direction: "out", message: step.send.type });
      heard = await putMessage(router, step.send.bytes, context);
    }
    // hostapd has nothing to say to the last message of a run, and calls that an error. It is none of ours.
    const outcome = outcomeOf(state);
    if (outcome !== null) return outcome;
    if (step.send === null) return err({ kind: "badAnswer", action: "PutMessage" });
  }
  return heard;
}

function outcomeOf(state: ExternalRegistrarState): Result<NetworkSettings, SettingsFault> | null {
  if (state.name === "learned" || state.name === "configured") return ok(state.settings);
  return state.name === "failed" ? err({ kind: "run", error: state.error }) : null;
}
