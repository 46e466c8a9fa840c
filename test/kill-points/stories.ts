/** What a service is killed in the middle of: what people do with a device, and how it may be found afterwards. */
import type { AirWorld } from "../../src/registrar/air-world.ts";
import { type Pin, parsePin } from "../../src/wsc/pin.ts";
import { accessPoint, keyOf, press, type Service, type State } from "./world.ts";

const wps = "/api/v1/wifi/wps";
const staSettings = "/api/v1/wifi/sta/settings";
const wifiMode = "/api/v1/wifi/mode";

/** The state that a story begins in: a network that it knows, its hotspot, or off. */
export type Beginning = "STA" | "AP" | "OFF";

export interface Story {
  readonly name: string;
  readonly begins: Beginning;
  /** What a person does; true when the service has told that it was done for good. */
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

async function endedWith(service: Service, result: string): Promise<boolean> {
  return (await service.ended()).result === result;
}

const pairing = (begins: Beginning): Pick<Story, "begins" | "before" | "interrupted"> => ({
  begins,
  before: states[begins],
  interrupted: afterFailure[begins],
});

const beginnings = ["STA", "AP", "OFF"] as const;

/** Brings a device to where stories of this beginning begin, whatever it was before. */
export async function begin(service: Service, mode: Beginning): Promise<void> {
  const network = { enable: mode === "STA", name: "Neighbour", password: keyOf("Neighbour") };
  for (const { status } of [
    await service.ask("POST", staSettings, network),
    await service.ask("PUT", wifiMode, { mode }),
  ])
    if (status !== 200) throw new Error(`the device cannot be brought to ${mode}: ${status}`);
}

const pairings = (begins: Beginning): readonly Story[] => [
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
    name: `a pairing with two buttons pressed, begun in ${begins}`,
    after: afterFailure[begins],
    act: async (service, world) => {
      await press(world, "Home");
      await press(world, "Neighbour");
      await service.ask("POST", wps);
      return endedWith(service, "overlap");
    },
  },
  {
    ...pairing(begins),
    name: `a pairing that nobody answers, begun in ${begins}`,
    after: afterFailure[begins],
    act: async (service) => {
      await service.ask("POST", wps);
      return endedWith(service, "timeout");
    },
  },
];

const changes = (begins: Beginning): readonly Story[] => [
  {
    ...pairing(begins),
    name: `another network, set in ${begins}`,
    after: "Home",
    act: async (service) => {
      const network = { enable: true, name: "Home", password: keyOf("Home") };
      return (await service.ask("POST", staSettings, network)).status === 200;
    },
    interrupted: states[begins],
  },
  ...beginnings
    .filter((mode) => mode !== begins)
    .map((mode) => ({
      name: `mode ${mode}, set in ${begins}`,
      begins,
      before: states[begins],
      interrupted: states[begins],
      after: states[mode],
      act: async (service: Service) => (await service.ask("PUT", wifiMode, { mode })).status === 200,
    })),
];

export const stories: readonly Story[] = beginnings.flatMap((begins) => [...pairings(begins), ...changes(begins)]);
