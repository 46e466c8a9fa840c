/** What `openwps check --radio` found out, as it is shown to people: an answer first, then why. */
import { signalPercent } from "../http/wifi-forms.ts";
import type { Owner } from "../radio/owner.ts";
import type { Caution, Finding, FindingKey, Preflight, Verdict } from "../station/preflight.ts";
import { networkName } from "./scan-table.ts";
import { tableLines } from "./table.ts";
import { type Paint, wrapped } from "./terminal.ts";

/** The lines. @param width of the terminal, in characters */
export function checkLines(found: Preflight, owner: Owner | null, paint: Paint, width: number): string[] {
  const { accessPoints, button, pin } = found;
  return [
    ...answer("By button", button, about(found, "button"), paint, width),
    ...answer("By PIN", pin, about(found, "pin"), paint, width),
    ...ownerLines(owner, paint, width),
    "",
    ...(accessPoints.length === 0 ? ["No access point is in sight."] : sight(accessPoints, paint)),
    ...reasons(found, paint, width),
  ];
}

/** Which access points an answer is about. */
function about({ accessPoints, ...answers }: Preflight, method: "button" | "pin"): readonly Finding[] {
  return accessPoints.filter((finding) => finding[method].key === answers[method].key);
}

function answer(what: string, verdict: Verdict, at: readonly Finding[], paint: Paint, width: number): string[] {
  const names = at.length === 0 ? "" : `${namesOf(at)}: `;
  const [first = "", ...rest] = wrapped(names + withHint(verdict), width - 20);
  const head = `${paint("bold", what.padEnd(11))}${mark(verdict, paint)}${" ".repeat(9 - word(verdict).length)}`;
  return [`${head}${first}`, ...rest.map((line) => " ".repeat(20) + line)];
}

/** What somebody can still do within a pairing's two minutes is not ruled out. */
const waiting: ReadonlySet<FindingKey> = new Set(["no-button-pressed", "no-pin-entered"]);

function word({ possible, key }: Verdict): string {
  return possible ? "yes" : waiting.has(key) ? "not yet" : "no";
}

function mark(verdict: Verdict, paint: Paint): string {
  const text = word(verdict);
  return paint(text === "yes" ? "green" : text === "no" ? "red" : "yellow", text);
}

function ownerLines(owner: Owner | null, paint: Paint, width: number): string[] {
  if (owner === null) return [];
  const { conflicts, sentence, release, lasting } = owner;
  const told = wrapped(sentence, width).map((line) => (conflicts ? paint("yellow", line) : line));
  if (!conflicts) return ["", ...told];
  return ["", ...told, "To release it, as root:", `  ${paint("bold", release)}`, ...wrapped(lasting, width)];
}

function sight(accessPoints: readonly Finding[], paint: Paint): string[] {
  const rows = accessPoints.map(({ bss, button, pin }) => [
    networkName(bss, paint),
    bss.bssid,
    bss.authMode,
    `${signalPercent(bss.rssi)} %`,
    mark(button, paint),
    mark(pin, paint),
  ]);
  return tableLines(["ACCESS POINT", "BSSID", "SECURITY", "SIGNAL", "BUTTON", "PIN"], rows, paint);
}

/** Each reason once, under the names of those that it is about; what the answer has said is not said again. */
function reasons({ accessPoints, button, pin }: Preflight, paint: Paint, width: number): string[] {
  const told = new Set<FindingKey>([button.key, pin.key, ...waiting]);
  const groups = new Map<FindingKey, { readonly caution: Caution; readonly findings: Finding[] }>();
  for (const finding of accessPoints)
    for (const caution of worthSaying(finding)) {
      if (told.has(caution.key)) continue;
      const group = groups.get(caution.key) ?? { caution, findings: [] };
      group.findings.push(finding);
      groups.set(caution.key, group);
    }
  return [...groups.values()].flatMap(({ caution, findings }) => [
    "",
    ...wrapped(namesOf(findings), width).map((line) => paint("bold", line)),
    ...wrapped(withHint(caution), width - 2).map((line) => `  ${line}`),
  ]);
}

/** Their networks' names, each once. */
function namesOf(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ bss }) => networkName(bss, (_style, text) => text)))].join(", ");
}

function withHint({ sentence, hint }: Caution): string {
  return hint === null ? sentence : `${sentence} ${hint}`;
}

function worthSaying({ button, pin, cautions }: Finding): readonly Caution[] {
  return [button, ...(pin.key === button.key ? [] : [pin]), ...cautions].filter(
    (one) => !("possible" in one && one.possible),
  );
}
