/** `openwps check --radio`: why WPS can or cannot work here, before anybody tries. */
import { interfaceOwner, type Owner } from "../radio/owner.ts";
import type { Bss, StationRadio } from "../radio/station-radio.ts";
import { type Finding, type Preflight, preflight, type Verdict } from "../station/preflight.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { RadioChoice } from "./radio-option.ts";
import { networkName, scanJson } from "./scan-table.ts";
import { type Paint, paintFor } from "./terminal.ts";

export interface CheckCommand {
  readonly radio: StationRadio;
  readonly choice: RadioChoice;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Looks around, tells, and gives the code to end with: 0 when a pairing can work as things are, else 1. */
export async function runCheck({ radio, choice, json, signal }: CheckCommand): Promise<ExitCode> {
  const owner = choice.type === "wpaSupplicant" ? await interfaceOwner(ifnameOf(choice.target)) : null;
  let seen: readonly Bss[];
  try {
    seen = await radio.scan({ signal });
  } catch (error) {
    if (signal.aborted) return EXIT.cancelled;
    throw error;
  }
  const found = preflight(seen);
  const lines = json ? checkJson(found, owner) : checkLines(found, owner, paintFor(process.stdout));
  for (const line of lines) process.stdout.write(`${line}\n`);
  const possible = found.button.possible || found.pin.possible;
  return possible && owner?.conflicts !== true ? EXIT.success : EXIT.failed;
}

/** The interface behind a control socket is called as the socket. */
function ifnameOf(target: string): string {
  return target.split("/").at(-1) ?? target;
}

/** For people: who owns the interface, what can be done now, and each access point with its reasons. */
export function checkLines({ accessPoints, button, pin }: Preflight, owner: Owner | null, paint: Paint): string[] {
  const lines = [overall("By button", button, paint), overall("By PIN", pin, paint)];
  if (owner !== null) lines.push("", ...ownerLines(owner, paint));
  for (const finding of accessPoints) lines.push("", ...findingLines(finding, paint));
  return lines;
}

function overall(what: string, { possible, sentence, hint }: Verdict, paint: Paint): string {
  const mark = possible ? paint("green", "yes") : paint("yellow", "no ");
  return `${paint("bold", what.padEnd(9))}  ${mark}  ${sentence}${hint === null ? "" : ` ${hint}`}`;
}

function ownerLines({ conflicts, sentence, release, lasting }: Owner, paint: Paint): string[] {
  if (!conflicts) return [sentence];
  return [paint("yellow", sentence), `  To release it: ${paint("bold", release)}`, `  ${lasting}`];
}

function findingLines({ bss, button, pin, cautions }: Finding, paint: Paint): string[] {
  const title = `${paint("bold", networkName(bss, paint))}  ${paint("dim", `${bss.bssid}, ${bss.authMode}, ${bss.rssi} dBm`)}`;
  const line = (what: string, { possible, sentence }: Verdict) =>
    `  ${what.padEnd(7)} ${possible ? paint("green", "yes") : paint("yellow", "no ")}  ${sentence}`;
  // What rules WPS out does so for both.
  const verdicts = button.key === pin.key ? [line("WPS", button)] : [line("button", button), line("PIN", pin)];
  return [title, ...verdicts, ...cautions.map(({ sentence }) => `  ${paint("yellow", "but")}          ${sentence}`)];
}

/** For programs: one object for the whole, and one for each access point. */
function checkJson({ accessPoints, button, pin }: Preflight, owner: Owner | null): string[] {
  const whole = { type: "check", button, pin, owner };
  const each = accessPoints.map(({ bss, ...verdicts }) => ({
    type: "accessPoint",
    ...(JSON.parse(scanJson(bss)) as object),
    ...verdicts,
  }));
  return [whole, ...each].map((one) => JSON.stringify(one));
}
