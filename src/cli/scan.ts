/** `openwps scan`: what the radio has in sight, once. */
import type { StationRadio } from "../radio/station-radio.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { scanJson, scanTable } from "./scan-table.ts";
import { paintFor } from "./terminal.ts";

/** Scans, prints, and gives the code to end with. */
export async function runScan(radio: StationRadio, json: boolean, signal: AbortSignal): Promise<ExitCode> {
  try {
    const found = await radio.scan({ signal });
    const lines = json ? found.map(scanJson) : scanTable(found, paintFor(process.stdout));
    if (!json && found.length === 0) lines.splice(0, lines.length, "No access point is in sight.");
    for (const line of lines) process.stdout.write(`${line}\n`);
    return EXIT.success;
  } catch (error) {
    if (signal.aborted) return EXIT.cancelled;
    throw error;
  }
}
