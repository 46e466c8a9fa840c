/** `openwps check --radio`: why WPS can or cannot work here, before anybody tries. */
import type { Owner } from "../radio/owner.ts";
import type { Bss, StationRadio } from "../radio/station-radio.ts";
import { type Preflight, preflight } from "../station/preflight.ts";
import { checkLines } from "./check-report.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { ownerOf } from "./interface-owner.ts";
import type { RadioChoice } from "./radio-option.ts";
import { scanJson } from "./scan-table.ts";
import { paintFor } from "./terminal.ts";

export interface CheckCommand {
  readonly radio: StationRadio;
  readonly choice: RadioChoice;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Looks around, tells, and gives the code to end with: 0 when a pairing can work as things are, else 1. */
export async function runCheck({ radio, choice, json, signal }: CheckCommand): Promise<ExitCode> {
  const owner = await ownerOf(choice);
  let seen: readonly Bss[];
  try {
    seen = await radio.scan({ patient: true, signal });
  } catch (error) {
    if (signal.aborted) return EXIT.cancelled;
    throw error;
  }
  const found = preflight(seen);
  const { columns = 80 } = process.stdout;
  const lines = json
    ? checkJson(found, owner)
    : checkLines(found, owner, paintFor(process.stdout), Math.min(columns, 100));
  for (const line of lines) process.stdout.write(`${line}\n`);
  const possible = found.button.possible || found.pin.possible;
  return possible && owner?.conflicts !== true ? EXIT.success : EXIT.failed;
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
