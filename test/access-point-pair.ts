/** An access point as Enrollee and an external Registrar in memory: every message of a run, and who is about to get it. */
import type { NetworkSettings } from "../src/wsc/credential.ts";
import type { MessageType } from "../src/wsc/messages.ts";
import {
  type AccessPointEvent,
  type AccessPointInput,
  type AccessPointState,
  type ApAccess,
  openAccessPoint,
  stepAccessPoint,
} from "../src/wsc/session/access-point-enrollee.ts";
import { drawEnrollee } from "../src/wsc/session/enrollee.ts";
import type { Exchange } from "../src/wsc/session/exchange.ts";
import {
  type ExternalRegistrarEvent,
  type ExternalRegistrarState,
  type ExternalRegistrarTask,
  openExternalRegistrar,
  stepExternalRegistrar,
} from "../src/wsc/session/external-registrar.ts";
import { drawRegistrar } from "../src/wsc/session/registrar.ts";
import type { DevicePassword, Outgoing } from "../src/wsc/session/session.ts";
import { seededRandom } from "./engine-pair.ts";
import { accessPointReplayOf, loadVector } from "./vectors.ts";

const recorded = accessPointReplayOf(loadVector("reg_learn"), { enrollee: "12345670", registrar: "12345670" });

/** The PIN of the recorded access point. */
export const apPin: DevicePassword = recorded.enrollee.password;
/** What the recorded access point was. */
export const apSettings: NetworkSettings = recorded.settings;
export const devices = { accessPoint: recorded.enrollee.device, registrar: recorded.registrar.device } as const;

export type ApDelivery = { readonly message: Outgoing } & (
  | { readonly to: "accessPoint"; readonly state: AccessPointState }
  | { readonly to: "registrar"; readonly state: ExternalRegistrarState }
);

export interface ApPlayed {
  readonly deliveries: readonly ApDelivery[];
  readonly accessPoint: AccessPointState;
  readonly registrar: ExternalRegistrarState;
  readonly accessPointEvents: readonly AccessPointEvent[];
  readonly registrarEvents: readonly ExternalRegistrarEvent[];
  /** The keys of the run; null when it ended before M2. */
  readonly exchange: Exchange | null;
}

export interface ApPlayOptions {
  readonly task: ExternalRegistrarTask;
  readonly registrarPassword?: DevicePassword;
  readonly access?: ApAccess;
  readonly settings?: NetworkSettings;
  readonly wscState?: number;
  /** Both sides. */
  readonly strict?: boolean;
  /** What the access point says to new settings. */
  readonly decision?: Exclude<AccessPointInput, { readonly type: "message" }>;
  /** Locks setup before this message reaches the access point. */
  readonly lockBefore?: MessageType;
}

/** Plays a run from M1 until nobody has anything to say. */
export function playAccessPoint(options: ApPlayOptions): ApPlayed {
  const { access = { type: "readAndWrite", passwords: [apPin] }, settings = apSettings } = options;
  const { wscState = 2, strict = false } = options;
  const opened = openAccessPoint(
    { device: devices.accessPoint, wscState, access, settings, strict },
    drawEnrollee(seededRandom(3)),
  );
  let accessPoint = opened.state;
  let registrar = openExternalRegistrar(
    { device: devices.registrar, password: options.registrarPassword ?? apPin, task: options.task, strict },
    drawRegistrar(seededRandom(4)),
  );
  let exchange: Exchange | null = null;
  const deliveries: ApDelivery[] = [];
  const accessPointEvents: AccessPointEvent[] = [];
  const registrarEvents: ExternalRegistrarEvent[] = [];

  let message = opened.send;
  while (message !== null) {
    deliveries.push({ to: "registrar", state: registrar, message });
    const heard = stepExternalRegistrar(registrar, message);
    registrar = heard.state;
    registrarEvents.push(...heard.events);
    if (registrar.name === "awaitM3") exchange = registrar.exchange;
    if (heard.send === null) break;

    if (options.lockBefore === heard.send.type) accessPoint = stepAccessPoint(accessPoint, { type: "lock" }).state;
    deliveries.push({ to: "accessPoint", state: accessPoint, message: heard.send });
    let answered = stepAccessPoint(accessPoint, { type: "message", message: heard.send });
    accessPointEvents.push(...answered.events);
    if (answered.state.name === "deciding")
      answered = stepAccessPoint(answered.state, options.decision ?? { type: "apply" });
    accessPoint = answered.state;
    message = answered.send;
  }
  return { deliveries, accessPoint, registrar, accessPointEvents, registrarEvents, exchange };
}
