/**
 * Every state of the four machines, reached by runs between our own ends with seeded draws: what a machine is in, the
 * message that is due, and the keys that a peer of it holds.
 */

import { publicKeyOf } from "../src/wsc/crypto.ts";
import type { WscError } from "../src/wsc/errors.ts";
import { publicKeyHash } from "../src/wsc/keys.ts";
import { handoverPassword } from "../src/wsc/nfc.ts";
import { parsePin, pinPassword, pushButtonPassword } from "../src/wsc/pin.ts";
import type { Secret } from "../src/wsc/secret.ts";
import { endAccessPoint, stepAccessPoint } from "../src/wsc/session/access-point-enrollee.ts";
import { drawEnrollee, endEnrollee, stepEnrollee } from "../src/wsc/session/enrollee.ts";
import type { Exchange } from "../src/wsc/session/exchange.ts";
import { endExternalRegistrar, stepExternalRegistrar } from "../src/wsc/session/external-registrar.ts";
import { drawRegistrar, endRegistrar, stepRegistrar } from "../src/wsc/session/registrar.ts";
import type { Outgoing, Step, WscMessage } from "../src/wsc/session/session.ts";
import { type ApPlayed, apPin, apSettings, playAccessPoint } from "../test/access-point-pair.ts";
import { credentials, type Played, play, seededRandom } from "../test/engine-pair.ts";
import { must } from "../test/vectors.ts";

export type RoleName = "enrollee" | "registrar" | "accessPoint" | "externalRegistrar";

/** A machine as seen from outside: its state has a name, and once it is over, what went wrong. */
export interface Machine<State> {
  readonly name: RoleName;
  readonly finals: readonly string[];
  step(state: State, message: WscMessage): Step<State, unknown>;
  /** Whatever else may come in: decisions, and the end of the carrier. */
  decide(state: State): readonly State[];
}

interface Named {
  readonly name: string;
  readonly error?: WscError;
}

export interface Scene {
  readonly role: RoleName;
  /** Of the machine. */
  readonly stateName: string;
  /** Names of the states in which its machine's runs end. */
  readonly finals: readonly string[];
  /** What would come next in this run; null where nothing does. */
  readonly due: Outgoing | null;
  /** null before M2. */
  readonly exchange: Exchange | null;
  /** The message that an Authenticator covers beside its own. */
  readonly previous: Uint8Array | null;
  deliver(message: WscMessage): Delivered;
  /** Everything the state holds, as text: a step must not change the state it is given. */
  fingerprint(): string;
}

/** What one message led to. */
export interface Delivered {
  readonly state: Named;
  /** The state is the very one that was. */
  readonly unchanged: boolean;
  readonly send: Outgoing | null;
  /** Sends the message once more to what it led to; whether anything came of it. */
  movesAgain(message: WscMessage): boolean;
}

const ENROLLEE: Machine<Played["enrollee"]> = {
  name: "enrollee",
  finals: ["paired", "failed"],
  step: stepEnrollee,
  decide: (state) => [endEnrollee(state)],
};

const REGISTRAR: Machine<Played["registrar"]> = {
  name: "registrar",
  finals: ["enrolled", "failed"],
  step: (state, message) => stepRegistrar(state, { type: "message", message }),
  decide: (state) => [
    endRegistrar(state),
    stepRegistrar(state, { type: "admit", password: pushButtonPassword, credentials }).state,
    stepRegistrar(state, { type: "refuse", configError: 12 }).state,
  ],
};

const ACCESS_POINT: Machine<ApPlayed["accessPoint"]> = {
  name: "accessPoint",
  finals: ["read", "configured", "failed"],
  step: (state, message) => stepAccessPoint(state, { type: "message", message }),
  decide: (state) => [
    endAccessPoint(state),
    ...(["apply", "lock"] as const).map((type) => stepAccessPoint(state, { type }).state),
    stepAccessPoint(state, { type: "refuse", configError: 0 }).state,
  ],
};

const EXTERNAL_REGISTRAR: Machine<ApPlayed["registrar"]> = {
  name: "externalRegistrar",
  finals: ["learned", "configured", "failed"],
  step: stepExternalRegistrar,
  decide: (state) => [endExternalRegistrar(state)],
};

const pin = (text: string) => pinPassword(must(parsePin(text)));
const hashOf = (privateKey: Secret) => publicKeyHash(publicKeyOf(privateKey));

/** Runs of a station as Enrollee. */
export const enrolments: readonly Played[] = [
  play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword }),
  play({ enrolleePassword: pin("12345670"), registrarPassword: pin("12345670"), newPassword: pin("1234") }),
  play({ enrolleePassword: pin("12340002"), registrarPassword: pin("12345670") }),
  play({ enrolleePassword: pushButtonPassword, registrarPassword: pushButtonPassword, strict: true }),
  // With draws of its own: messages of the other runs, which share theirs, must be foreign to one without keys.
  play({ enrolleePassword: pin("1234"), registrarPassword: null, enrolleeDraws: drawEnrollee(seededRandom(5)) }),
  play({
    enrolleePassword: handoverPassword(hashOf(drawRegistrar(seededRandom(2)).privateKey)),
    registrarPassword: handoverPassword(hashOf(drawEnrollee(seededRandom(1)).privateKey)),
  }),
];

const configure = { type: "configure", settings: apSettings } as const;

/** Runs of an access point as Enrollee. */
export const visits: readonly ApPlayed[] = [
  playAccessPoint({ task: { type: "learn" } }),
  playAccessPoint({ task: configure }),
  playAccessPoint({ task: configure, access: { type: "read", passwords: [apPin] } }),
  playAccessPoint({ task: configure, lockBefore: "M6" }),
  playAccessPoint({ task: configure, strict: true }),
  playAccessPoint({ task: configure, decision: { type: "refuse", configError: 0 } }),
  // A password id that nobody could know: the Registrar answers by M2D.
  playAccessPoint({ task: configure, access: { type: "read", passwords: [{ ...apPin, id: 3 }] } }),
];

export const scenes: readonly Scene[] = [
  ...enrolments.flatMap(({ deliveries, exchange, enrollee, registrar }) => [
    ...deliveries.flatMap((delivery) =>
      delivery.to === "enrollee"
        ? [sceneOf(ENROLLEE, delivery.state, delivery.message, exchange)]
        : [
            sceneOf(REGISTRAR, delivery.state, delivery.message, exchange),
            ...decidingAfter(REGISTRAR, delivery.state, delivery.message),
          ],
    ),
    sceneOf(ENROLLEE, enrollee, null, exchange),
    sceneOf(REGISTRAR, registrar, null, exchange),
  ]),
  ...visits.flatMap(({ deliveries, exchange, accessPoint, registrar }) => [
    ...deliveries.flatMap((delivery) =>
      delivery.to === "accessPoint"
        ? [
            sceneOf(ACCESS_POINT, delivery.state, delivery.message, exchange),
            ...decidingAfter(ACCESS_POINT, delivery.state, delivery.message),
          ]
        : [sceneOf(EXTERNAL_REGISTRAR, delivery.state, delivery.message, exchange)],
    ),
    sceneOf(ACCESS_POINT, accessPoint, null, exchange),
    sceneOf(EXTERNAL_REGISTRAR, registrar, null, exchange),
  ]),
];

/** The state in between, in which somebody outside is asked. */
function decidingAfter<State extends Named>(
  machine: Machine<State>,
  before: State,
  message: WscMessage,
): readonly Scene[] {
  const { state } = machine.step(before, message);
  return state.name === "deciding" ? [sceneOf(machine, state, null, null)] : [];
}

function sceneOf<State extends Named>(
  machine: Machine<State>,
  state: State,
  due: Outgoing | null,
  exchange: Exchange | null,
): Scene {
  const previous = "lastSent" in state && state.lastSent instanceof Uint8Array ? state.lastSent : null;
  return {
    role: machine.name,
    stateName: state.name,
    finals: machine.finals,
    due,
    exchange,
    previous,
    deliver: (message) => {
      const step = machine.step(state, message);
      return {
        state: step.state,
        unchanged: step.state === state,
        send: step.send,
        movesAgain: (again) => {
          const next = machine.step(step.state, again);
          const decided = machine.decide(step.state);
          return next.state !== step.state || next.send !== null || decided.some((other) => other !== step.state);
        },
      };
    },
    fingerprint: () => fingerprint(state),
  };
}

function fingerprint(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value !== "object" || value === null) return String(value);
  if ("reveal" in value && typeof value.reveal === "function") return fingerprint(value.reveal());
  return `{${Object.entries(value)
    .map(([name, one]) => `${name}:${fingerprint(one)}`)
    .join()}}`;
}
