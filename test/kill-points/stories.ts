/** What a service is killed in the middle of: what people do with a device, and how it may be found afterwards. */
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import type { AirWorld } from "../../src/registrar/air-world.ts";
import { type Pin, parsePin } from "../../src/wsc/pin.ts";
import { accessPoint, press, type Service, type State } from "./world.ts";

const wps = "/api/v1/wifi/wps";

/** The state that a story begins in: a network that it knows, its hotspot, or off. */
export type Beginning = "STA" | "AP" | "OFF";

export interface Story {
  readonly name: string;
  readonly begins: Beginning;
  /** What a person does; true when the service has told him that it was done for good. */
  readonly act: (service: Service, world: AirWorld) => Promise<boolean>;
  /** As it was, and as the story is to end. */
  readonly before: State;
  readonly after: State;
  /** As it is after a kill in the middle of a pairing. */
  readonly interrupted: State;
}

const states: Record<Beginning, State> = { STA: "Neighbour", AP: "AP", OFF: "OFF" };
/** Out of the hotspot a failure switches Wi-Fi off. */
const afterFailure: Record<Beginning, State> = { STA: "Neighbour", AP: "OFF", OFF: "OFF" };

const pin = (digits: string): Pin => {
  const parsed = parsePin(digits);
  if (!parsed.ok) throw new Error(`no PIN: ${digits}`);
  return parsed.value;
};

/** Home's key, as the built-in scenario has it. */
const homeKey = builtInScenario.accessPoints.find(({ name }) => name === "Home")?.key?.revealText() ?? "";

async function endedWith(service: Service, result: string): Promise<boolean> {
  return (await service.ended()).result === result;
}

const pairing = (begins: Beginning): Pick<Story, "begins" | "before" | "interrupted"> => ({
  begins,
  before: states[begins],
  interrupted: afterFailure[begins],
});

export const stories: readonly Story[] = (["STA", "AP", "OFF"] as const).flatMap((begins): Story[] => [
  {
    ...pairing(begins),
    name: `a pairing by button, begun in ${begins}`,
    after: "Home",
    act: async (service, world) => {
      await service.ask("POST", wps);
      await press(world, "Home");
      return endedWith(service, "success");
    },
  },
  {
    ...pairing(begins),
    name: `a pairing by PIN, begun in ${begins}`,
    after: "Home",
    act: async (service, world) => {
      await accessPoint(world, "Home").enterPin(pin("12345670"));
      await service.ask("POST", wps, { method: "pin", pin: "12345670" });
      return endedWith(service, "success");
    },
  },
  {
    ...pairing(begins),
    name: `a pairing by a wrong PIN, begun in ${begins}`,
    after: afterFailure[begins],
    act: async (service, world) => {
      await accessPoint(world, "Home").enterPin(pin("12345670"));
      await service.ask("POST", wps, { method: "pin", pin: "0000" });
      return endedWith(service, "failed");
    },
  },
  {
    ...pairing(begins),
    name: `a cancelled pairing, begun in ${begins}`,
    after: states[begins],
    act: async (service) => {
      await service.ask("POST", wps);
      return (await service.ask("DELETE", wps)).status === 204;
    },
  },
  {
    ...pairing(begins),
    name: `another network, set in ${begins}`,
    after: "Home",
    act: async (service) => {
      const network = { enable: true, name: "Home", password: homeKey };
      return (await service.ask("POST", "/api/v1/wifi/sta/settings", network)).status === 200;
    },
  },
]);
