/**
 * A run with a router as Enrollee: whoever knows its PIN reads its settings, or gives it other ones. What is said in it
 * is for `wsc/session/external-registrar.ts` to know; here it is carried.
 */
import type { NetworkSettings } from "../wsc/credential.ts";
import type { WscError } from "../wsc/errors.ts";
import { type MessageType, messageTypeOf } from "../wsc/messages.ts";
import type { Random } from "../wsc/random.ts";
import { err, ok, type Result } from "../wsc/result.ts";
import {
  type ExternalRegistrarConfig,
  type ExternalRegistrarEvent,
  type ExternalRegistrarState,
  openExternalRegistrar,
  stepExternalRegistrar,
} from "../wsc/session/external-registrar.ts";
import { drawRegistrar } from "../wsc/session/registrar-messages.ts";
import type { HttpContext } from "./http-client.ts";
import { opCodeOf } from "./op-code.ts";
import { deviceInfo, putMessage, type Router, type RouterFault } from "./router.ts";

/** How it goes. */
export type SettingsEvent =
  | ExternalRegistrarEvent
  | { readonly type: "message"; readonly direction: "in" | "out"; readonly message: MessageType };

/** Why the settings were neither read nor changed. */
export type SettingsFault = RouterFault | { readonly kind: "run"; readonly error: WscError };

export interface SettingsRunOptions extends HttpContext {
  readonly router: Router;
  /** What we are called, what the PIN is, and what is wanted. */
  readonly config: ExternalRegistrarConfig;
  readonly random: Random;
  readonly tell?: (event: SettingsEvent) => void;
}

/**
 * Reads or changes the settings, and gives those that the router had (read) or has now (changed).
 * @throws RangeError for settings that do not fit their attributes: the caller's bug
 */
export async function runSettings(options: SettingsRunOptions): Promise<Result<NetworkSettings, SettingsFault>> {
  const { router, config, random, tell = () => {} } = options;
  let state = openExternalRegistrar(config, drawRegistrar(random));
  let heard = await deviceInfo(router, options);
  while (heard.ok) {
    const message = messageTypeOf(heard.value);
    if (message !== null) tell({ type: "message", direction: "in", message });
    const step = stepExternalRegistrar(state, { opCode: opCodeOf(heard.value), bytes: heard.value });
    state = step.state;
    for (const event of step.events) tell(event);
    if (step.send !== null) {
      tell({ type: "message", direction: "out", message: step.send.type });
      heard = await putMessage(router, step.send.bytes, options);
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
