/**
 * RADIO: how a person names the radio to work with, and how it is opened. The one place on the command line that knows
 * which backends there are. Each is loaded when it is asked for.
 */
import { readFile } from "node:fs/promises";
import { InvalidArgumentError } from "commander";
import type { Clock } from "../clock/clock.ts";
import type { Scenario } from "../radio/air/scenario.ts";
import type { StationRadio } from "../radio/station-radio.ts";
import { Complaint } from "./complaint.ts";

export type RadioChoice =
  /** An interface, or the path of a control socket. */
  | { readonly type: "wpaSupplicant"; readonly target: string }
  /** A simulated air in this process; `file` null: the built-in scenario. */
  | { readonly type: "air"; readonly file: string | null }
  /** A simulated air that another process serves. */
  | { readonly type: "airSocket"; readonly socket: string };

/** The forms of RADIO, for help and complaints. */
export const radioForms = [
  "wpa_supplicant:wlan0         the radio that wpa_supplicant drives there",
  "wpa_supplicant:/run/x/wlan0  the same, by its control socket",
  "air                          simulated air; a button is pressed after 3 s",
  "air:FILE                     simulated air as a scenario file describes it",
  "air@SOCKET                   the air that `openwps demo --air SOCKET` serves",
];

/** Reads RADIO. For commander: throws with a sentence. */
export function parseRadio(text: string): RadioChoice {
  const [, scheme, mark, rest = ""] = /^(wpa_supplicant|air)(?:([:@])(.+))?$/s.exec(text) ?? [];
  if (scheme === "wpa_supplicant" && mark === ":") {
    // An interface's name has 1 to 15 characters, none of them a slash or a blank.
    if (rest.startsWith("/") || /^[^/\s:]{1,15}$/.test(rest)) return { type: "wpaSupplicant", target: rest };
  }
  if (scheme === "air" && mark === undefined) return { type: "air", file: null };
  if (scheme === "air" && mark === ":") return { type: "air", file: rest };
  if (scheme === "air" && mark === "@") return { type: "airSocket", socket: rest };
  throw new InvalidArgumentError(`A radio is given in one of these forms:\n  ${radioForms.join("\n  ")}`);
}

/** A radio, and how to let go of it and of everything that was opened with it. */
export interface OpenRadio {
  readonly radio: StationRadio;
  close(): Promise<void>;
}

/** Opens a radio. Throws a `RadioError` or a {@link Complaint}, both with sentences. */
export async function openRadio(choice: RadioChoice, clock: Clock): Promise<OpenRadio> {
  switch (choice.type) {
    case "wpaSupplicant": {
      const { openWpaSupplicant } = await import("../radio/wpa-supplicant/station.ts");
      const radio = await openWpaSupplicant({ target: choice.target, clock });
      return { radio, close: () => radio.close() };
    }
    case "airSocket": {
      const { openAirStation } = await import("../radio/air/client.ts");
      const radio = await openAirStation({ path: choice.socket, clock });
      return { radio, close: () => radio.close() };
    }
    case "air": {
      const [{ createAirWorld }, { systemRandom }] = await Promise.all([
        import("../registrar/air-world.ts"),
        import("../wsc/crypto.ts"),
      ]);
      const scenario = choice.file === null ? await pressedScenario() : await readScenario(choice.file);
      const world = createAirWorld({ scenario, clock, random: systemRandom, seed: scenario.seed });
      const radio = world.station();
      return {
        radio,
        close: async () => {
          await radio.close();
          await world.close();
        },
      };
    }
  }
}

/** On an air of one's own nobody else presses a button. */
async function pressedScenario(): Promise<Scenario> {
  const { builtInScenario } = await import("../radio/air/scenario.ts");
  return { ...builtInScenario, happenings: [{ type: "press", accessPoint: "Home", atMs: 3000 }] };
}

export async function readScenario(file: string): Promise<Scenario> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code})`;
    throw new Complaint(`The scenario ${file} was not loaded: ${why}.`);
  });
  const { parseScenario } = await import("../radio/air/scenario.ts");
  const scenario = parseScenario(text);
  if (!scenario.ok) throw new Complaint(`The scenario ${file} was not loaded. ${scenario.error}`);
  return scenario.value;
}
