/** `openwps check --ap`: what in an access point's settings forbids WPS or weakens it. */
import { readFile } from "node:fs/promises";
import type { AccessPoint } from "../radio/access-point.ts";
import { networkOf, parseHostapdConf } from "../radio/hostapd/conf-file.ts";
import { type Finding, findings, type KeyDelivery } from "../radio/hostapd/findings.ts";
import { Complaint } from "./complaint.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Paint, paintFor, printable } from "./terminal.ts";

export interface CheckApCommand {
  readonly accessPoints: readonly AccessPoint[];
  /** hostapd's configuration file, for what the control socket does not tell; null: not given. */
  readonly hostapdConf: string | null;
  /** How keys are to reach stations; null: not said. */
  readonly keys: KeyDelivery | null;
  readonly json: boolean;
}

/** Tells, and gives the code to end with: 1 when nobody can enrol at one of them. */
export async function runCheckAp({ accessPoints, hostapdConf, keys, json }: CheckApCommand): Promise<ExitCode> {
  const conf = hostapdConf === null ? null : parseHostapdConf(await readConf(hostapdConf));
  const paint = paintFor(process.stdout);
  let forbidden = false;
  for (const { name, facts } of accessPoints) {
    const found = findings({ facts, conf, network: conf && networkOf(conf, facts.ifname), keys });
    const faults = (conf?.faults ?? []).map(({ line, reason }) => `${hostapdConf}, line ${line}: ${reason}`);
    forbidden ||= found.some(({ weight }) => weight === "forbids");
    const ssid = new TextDecoder().decode(facts.ssid);
    const lines = json
      ? [JSON.stringify({ type: "accessPoint", name, ssid, findings: found, faults })]
      : linesOf(`${name}  ${printable(ssid)}`, found, faults, paint);
    for (const line of lines) process.stdout.write(`${line}\n`);
  }
  return forbidden ? EXIT.failed : EXIT.success;
}

async function readConf(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "there is no such file" : `it cannot be read (${error.code})`;
    throw new Complaint(`hostapd's configuration ${path} was not read: ${why}.`, EXIT.usage);
  });
}

function linesOf(title: string, found: readonly Finding[], faults: readonly string[], paint: Paint): string[] {
  const told = found.flatMap(({ weight, sentence, hint }) => [
    `  ${weight === "forbids" ? paint("red", "forbids") : paint("yellow", "weakens")}  ${sentence}`,
    `           ${paint("dim", hint)}`,
  ]);
  const nothing = `  ${paint("green", "fine")}     Nothing in its settings speaks against WPS.`;
  return [
    paint("bold", title),
    ...(told.length === 0 ? [nothing] : told),
    ...faults.map((fault) => `           ${fault}`),
  ];
}
