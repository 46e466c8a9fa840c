/**
 * The demo's world: that of a scenario, with the whole registrar service behind its access points instead of a bare
 * Registrar, so that a person can play the network's part on its own pages. It keeps nothing when it ends.
 */
import { RadioError } from "../radio/station-radio.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { Secret } from "../wsc/secret.ts";
import { type AirWorld, type AirWorldOptions, createWorldAround } from "./air-world.ts";
import { SEAL_KEY_LENGTH, Seal } from "./seal.ts";
import { type EnrolmentOutcome, RegistrarService } from "./service.ts";

export interface DemoWorld extends Omit<AirWorld, "registrar"> {
  /** Serves the access points that have WPS. All their stations share one key. */
  readonly service: RegistrarService;
}

/** @param options.onTrouble told of what nobody waits for */
export async function openDemoWorld(
  options: AirWorldOptions & { readonly onTrouble: (trouble: unknown) => void },
): Promise<DemoWorld> {
  const { clock, random, onTrouble } = options;
  const seal = new Seal(new Secret(random("key", SEAL_KEY_LENGTH)), random);
  const service = await RegistrarService.open({
    store: createMemoryStore(),
    seal,
    clock,
    random,
    keys: "shared",
    onTrouble,
  });
  const { served, ...world } = createWorldAround(
    {
      open: (peer, instance) => service.open(peer, instance),
      // The service opens one network at a time, as its pages do; a box in the demo has one radio.
      pressTogether: async (instances) => {
        const outcomes = await Promise.all(instances.map((instance) => service.pressButton(instance)));
        return mustServe(outcomes.find((outcome) => outcome !== "open") ?? "open");
      },
      enterPin: async (instance, pin) => void mustServe(await service.enterPin(instance, pin)),
      stop: (instance) => service.stop(instance),
      close: () => service.close(),
    },
    options,
  );
  for (const { accessPoint } of served) await service.serve(accessPoint);
  return { ...world, service };
}

/** A button does nothing at an access point on which somebody has switched WPS off. */
function mustServe(outcome: EnrolmentOutcome): "open" | "overlap" {
  if (outcome !== "disabled") return outcome;
  throw new RadioError(
    "refused",
    "WPS is switched off at this access point.",
    "Switch it on at the network's pages, under WPS Setup.",
  );
}
