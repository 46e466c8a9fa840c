/**
 * AP: how a person names the access points that the registrar is to stand behind, and how they are opened. As for radios,
 * the one place on the command line that knows which backends there are.
 */
import { InvalidArgumentError } from "commander";
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint } from "../radio/access-point.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { EnrolmentDesk, InstanceId } from "../wsc/eap/conversation.ts";
import type { Random } from "../wsc/random.ts";
import type { Secret } from "../wsc/secret.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";
import { readScenario } from "./radio-option.ts";

export type ApChoice =
  /** An interface, or the path of a control socket. */
  | { readonly type: "hostapd"; readonly target: string }
  /** A command that speaks as hostapd_cli does. */
  | { readonly type: "hostapdCli"; readonly command: string }
  /** A simulated air in this process; `file` null: the built-in scenario. */
  | { readonly type: "air"; readonly file: string | null };

/** The forms of AP, for help and complaints. */
export const apForms = [
  "hostapd:wlan0          the access point that hostapd drives there",
  "hostapd:/run/x/wlan0   the same, by its control socket",
  "hostapd_cli:COMMAND    any command that speaks as hostapd_cli does, such as",
  "                       'hostapd_cli:ssh root@router hostapd_cli -i wlan0'",
  "air                    simulated air, with a device that wants in",
  "air:FILE               simulated air as a scenario file describes it",
];

/** Reads one AP. For commander: throws with a sentence. */
export function parseAp(text: string): ApChoice {
  const [, scheme = "", rest = ""] = /^(hostapd|hostapd_cli|air)(?::(.+))?$/s.exec(text) ?? [];
  if (scheme === "hostapd" && (rest.startsWith("/") || /^[^/\s:]{1,15}$/.test(rest)))
    return { type: "hostapd", target: rest };
  if (scheme === "hostapd_cli" && rest.trim() !== "") return { type: "hostapdCli", command: rest };
  if (text.startsWith("air@"))
    throw new InvalidArgumentError(
      "The access points of an air that another process serves have their Registrar in that process, so air@SOCKET is for --radio only. Take air or air:FILE here, which bring a device of their own.",
    );
  if (scheme === "air") return { type: "air", file: rest === "" ? null : rest };
  throw new InvalidArgumentError(`An access point is given in one of these forms:\n  ${apForms.join("\n  ")}`);
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
  /** Simulated access points carry enrolments to it; real ones do so by RADIUS. */
  readonly desk: EnrolmentDesk;
  readonly keysOf: ((station: MacAddress, instance: InstanceId) => readonly Secret[]) | null;
}

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
  const { clock, random } = options;
  if (choice.type === "air") {
    const [{ openAirNetwork }, { builtInScenario }] = await Promise.all([
      import("../registrar/air-network.ts"),
      import("../radio/air/scenario.ts"),
    ]);
    const scenario = choice.file === null ? builtInScenario : await readScenario(choice.file);
    return openAirNetwork({ ...options, scenario, wantsInAtMs: 3_000 });
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
