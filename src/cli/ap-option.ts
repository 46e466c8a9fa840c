/**
 * AP: how a person names the access points that the registrar is to stand behind, and how they are opened. As for radios,
 * the one place on the command line that knows which backends there are.
 */
import { InvalidArgumentError } from "commander";
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint } from "../radio/access-point.ts";
import type { Backing } from "../radio/air/backing.ts";
import type { Random } from "../wsc/random.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";
import { readScenario } from "./radio-option.ts";

export type ApChoice =
  /** An interface, or the path of a control socket. */
  | { readonly type: "hostapd"; readonly target: string }
  /** A command that speaks as hostapd_cli does. */
  | { readonly type: "hostapdCli"; readonly command: string }
  /** A simulated air in this process; `file` null: the built-in scenario. */
  | { readonly type: "air"; readonly file: string | null }
  /** A simulated air that another process serves. */
  | { readonly type: "airSocket"; readonly socket: string };

/** The forms of AP, for help and complaints. */
export const apForms = [
  "hostapd:wlan0          the access point that hostapd drives there",
  "hostapd:/run/x/wlan0   the same, by its control socket",
  "hostapd_cli:COMMAND    any command that speaks as hostapd_cli does, such as",
  "                       'hostapd_cli:ssh root@router hostapd_cli -i wlan0'",
  "air                    simulated air, with a device that wants in",
  "air:FILE               simulated air as a scenario file describes it",
  "air@SOCKET             the air that another process serves, such as",
  "                       `openwps demo --air SOCKET --scenario FILE`",
];

/** Reads one AP. For commander: throws with a sentence. */
export function parseAp(text: string): ApChoice {
  const [, socket] = /^air@(.+)$/s.exec(text) ?? [];
  if (socket !== undefined) return { type: "airSocket", socket };
  const [, scheme = "", rest = ""] = /^(hostapd|hostapd_cli|air)(?::(.+))?$/s.exec(text) ?? [];
  if (scheme === "hostapd" && (rest.startsWith("/") || /^[^/\s:]{1,15}$/.test(rest)))
    return { type: "hostapd", target: rest };
  if (scheme === "hostapd_cli" && rest.trim() !== "") return { type: "hostapdCli", command: rest };
  if (scheme === "air") return { type: "air", file: rest === "" ? null : rest };
  throw new InvalidArgumentError(`An access point is given in one of these forms:\n  ${apForms.join("\n  ")}`);
}

/** Real ones bring enrolments by RADIUS, simulated ones by themselves. */
export function isReal({ type }: ApChoice): boolean {
  return type === "hostapd" || type === "hostapdCli";
}

/** Reads AP, which may be given several times. */
export function collectAps(text: string, before: readonly ApChoice[] = []): readonly ApChoice[] {
  return [...before, parseAp(text)];
}

export interface OpenAccessPoints {
  readonly accessPoints: readonly AccessPoint[];
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** What simulated access points carry enrolments to; real ones do so by RADIUS. null: only to look at them. */
  readonly backing: Backing | null;
}

const nobody: Backing = {
  desk: { open: () => ({ respond: async () => new Uint8Array(), close: () => {} }) },
  keysOf: null,
};

/** Opens them all, or none. Throws a `RadioError` or a `Complaint`, both with sentences. */
export async function openAccessPoints(choices: readonly ApChoice[], options: OpenOptions): Promise<OpenAccessPoints> {
  const { Siblings } = await import("../radio/hostapd/siblings.ts");
  const siblings = new Siblings();
  const opened: OpenAccessPoints[] = [];
  const close = async () => {
    for (const one of opened.toReversed()) await one.close();
  };
  try {
    for (const choice of choices) opened.push(await openOne(choice, options, siblings));
  } catch (error) {
    await close();
    throw error;
  }
  return { accessPoints: opened.flatMap(({ accessPoints }) => accessPoints), close };
}

async function openOne(
  choice: ApChoice,
  options: OpenOptions,
  siblings: InstanceType<typeof import("../radio/hostapd/siblings.ts").Siblings>,
): Promise<OpenAccessPoints> {
  const { clock, random, backing } = options;
  if (choice.type === "airSocket") {
    const { openAirAccessPoints } = await import("../radio/air/access-point-client.ts");
    const accessPoints = await openAirAccessPoints({ path: choice.socket, clock, backing });
    return { accessPoints, close: async () => void (await Promise.all(accessPoints.map((one) => one.close()))) };
  }
  if (choice.type === "air") {
    const [{ openAirNetwork }, { builtInScenario }] = await Promise.all([
      import("../registrar/air-network.ts"),
      import("../radio/air/scenario.ts"),
    ]);
    const scenario = choice.file === null ? builtInScenario : await readScenario(choice.file);
    return openAirNetwork({ scenario, clock, random, backing: backing ?? nobody, wantsInAtMs: 3_000 });
  }
  const { openHostapd } = await import("../radio/hostapd/access-point.ts");
  const target = choice.type === "hostapd" ? choice.target : await wordsOf(choice.command);
  const accessPoint = await openHostapd({ target, clock, random, siblings });
  return { accessPoints: [accessPoint], close: () => accessPoint.close() };
}

async function wordsOf(command: string): Promise<readonly string[]> {
  const { commandWords } = await import("../radio/hostapd/command-words.ts");
  const words = commandWords(command);
  if (words !== null) return words;
  throw new Complaint(`The command of hostapd_cli:${command} has a quote that is not closed.`, EXIT.usage);
}
