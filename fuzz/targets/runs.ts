/**
 * Whole runs in which one message is damaged on its way and everything else is as it should be. Every message from M1
 * to M7 is covered by the Authenticators around it, so that no such run may succeed, not even when the damage is done by
 * somebody who holds its keys.
 */
import { toHex } from "../../src/wsc/bytes.ts";
import type { MessageType } from "../../src/wsc/messages.ts";
import { pushButtonPassword } from "../../src/wsc/pin.ts";
import { stepAccessPoint } from "../../src/wsc/session/access-point-enrollee.ts";
import { stepEnrollee } from "../../src/wsc/session/enrollee.ts";
import { stepExternalRegistrar } from "../../src/wsc/session/external-registrar.ts";
import { stepRegistrar } from "../../src/wsc/session/registrar.ts";
import type { Outgoing, Step, WscMessage } from "../../src/wsc/session/session.ts";
import { credentials } from "../../test/engine-pair.ts";
import { enrolments, type RoleName, type Scene, scenes, visits } from "../scenes.ts";
import { demand, same, type Target } from "../target.ts";
import { drawBlow } from "./machines.ts";

type Taken = { readonly send: WscMessage | null; readonly stateName: string };

/** One end of a run, which keeps its state. */
interface End {
  readonly role: RoleName;
  take(message: WscMessage): Taken;
}

function end<State extends { readonly name: string }>(
  role: RoleName,
  from: State,
  step: (state: State, message: WscMessage) => Step<State, unknown>,
): End {
  let state = from;
  return {
    role,
    take: (message) => {
      const next = step(state, message);
      state = next.state;
      return { send: next.send, stateName: state.name };
    },
  };
}

/** A message of a run, with both ends as they are when it arrives. */
interface Moment {
  readonly scene: Scene;
  readonly due: Outgoing;
  readonly ends: () => readonly [receiver: End, sender: End];
}

/** Only of runs that come to a good end: in others there is nothing that could wrongly succeed. */
const moments: readonly Moment[] = [
  ...enrolments.slice(0, 2).flatMap(({ deliveries, enrollee, registrar }) =>
    deliveries.map((delivery, i): Moment => {
      const after = deliveries[i + 1];
      const station = () =>
        end(
          "enrollee",
          delivery.to === "enrollee" ? delivery.state : after?.to === "enrollee" ? after.state : enrollee,
          stepEnrollee,
        );
      const network = () =>
        end(
          "registrar",
          delivery.to === "registrar" ? delivery.state : after?.to === "registrar" ? after.state : registrar,
          (state, message) => {
            const heard = stepRegistrar(state, { type: "message", message });
            return heard.state.name === "deciding"
              ? stepRegistrar(heard.state, { type: "admit", password: pushButtonPassword, credentials })
              : heard;
          },
        );
      const ends = () =>
        delivery.to === "enrollee" ? ([station(), network()] as const) : ([network(), station()] as const);
      return { scene: sceneOf(delivery.message), due: delivery.message, ends };
    }),
  ),
  ...visits.slice(0, 2).flatMap(({ deliveries, accessPoint, registrar }) =>
    deliveries.map((delivery, i): Moment => {
      const after = deliveries[i + 1];
      const network = () =>
        end(
          "accessPoint",
          delivery.to === "accessPoint" ? delivery.state : after?.to === "accessPoint" ? after.state : accessPoint,
          (state, message) => {
            const heard = stepAccessPoint(state, { type: "message", message });
            return heard.state.name === "deciding" ? stepAccessPoint(heard.state, { type: "apply" }) : heard;
          },
        );
      const station = () =>
        end(
          "externalRegistrar",
          delivery.to === "registrar" ? delivery.state : after?.to === "registrar" ? after.state : registrar,
          stepExternalRegistrar,
        );
      const ends = () =>
        delivery.to === "registrar" ? ([station(), network()] as const) : ([network(), station()] as const);
      return { scene: sceneOf(delivery.message), due: delivery.message, ends };
    }),
  ),
];

function sceneOf(message: Outgoing): Scene {
  const scene = scenes.find(({ due }) => due === message);
  if (scene === undefined) throw new Error(`no scene for ${message.type}`);
  return scene;
}

/** An access point has `read` when its Registrar takes its leave, whatever the reason; nobody gains by it. */
const SUCCESSES = ["paired", "enrolled", "configured", "learned"];
const COVERED: readonly MessageType[] = ["M1", "M2", "M3", "M4", "M5", "M6", "M7"];
/** No run has more; one that would not end shows here. */
const MOST_MESSAGES = 16;

export const runTarget: Target = {
  name: "runs",
  share: 3,
  states: [],
  draw: (chance) => {
    const { scene, due, ends } = chance.pick(moments);
    const message = drawBlow(scene, chance);
    return {
      get input() {
        return `${scene.role} ${scene.stateName}, scene ${scenes.indexOf(scene)}: ${message.opCode} ${toHex(message.bytes)}`;
      },
      run: () => {
        let [receiver, sender] = ends();
        const reached: string[] = [];
        let next: WscMessage | null = message;
        for (let said = 0; next !== null; said++) {
          demand(said < MOST_MESSAGES, "a run comes to an end");
          const taken: Taken = receiver.take(next);
          reached.push(taken.stateName);
          // M7 shows the settings; a peer that holds the keys may show any.
          const mayLearn = due.type === "M7" && taken.stateName === "learned";
          if (COVERED.includes(due.type) && !same(message.bytes, due.bytes) && !mayLearn)
            demand(!SUCCESSES.includes(taken.stateName), `no ${taken.stateName} after a damaged ${due.type}`);
          next = taken.send;
          [receiver, sender] = [sender, receiver];
        }
        return `${due.type} damaged, ${reached.slice(-2).join(" and ")}`;
      },
    };
  },
};
