/** docs/scenarios.md keeps its word: the tests that it names are there, and it leaves no scenario of the reference out. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectThere, readShown, type Shown } from "./shown-tests.ts";

const root = join(import.meta.dirname, "..");
const page = await readFile(join(root, "docs", "scenarios.md"), "utf8");

interface Row {
  readonly name: string;
  readonly about: string;
  /** Empty when the scenario does not concern us. */
  readonly shownBy: readonly Shown[];
  readonly why: string | null;
}

const rows: readonly Row[] = [...page.matchAll(/^\| `(test_\w+)` \| (.+?) \| (.+) \|$/gm)].map(
  ([, name = "", about = "", shown = ""]) => {
    const why = /^— (.+)$/.exec(shown)?.[1] ?? null;
    return { name, about, why, shownBy: why === null ? readShown(shown) : [] };
  },
);

test("every line of its tables is a scenario, and none comes twice", () => {
  const lines = page.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows).toHaveLength(lines.length);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

test("292 scenarios: 228 are shown by tests of ours, 64 do not concern us", () => {
  const shown = rows.filter(({ why }) => why === null);
  const counts = [rows.length, shown.length, rows.length - shown.length];
  expect(counts).toEqual([292, 228, 64]);
  const introduction = page.slice(0, page.indexOf("\n## "));
  for (const count of counts) expect(introduction).toMatch(new RegExp(`\\b${count}\\b`));
});

await expectThere(
  page,
  rows.flatMap(({ shownBy }) => shownBy),
);

/** A source tree of hostap 2.10. */
const { OPENWPS_HOSTAP: hostap } = process.env;

test.skipIf(hostap === undefined)("hostap has no scenario that is not in it", async () => {
  const files = ["test_ap_wps.py", "test_nfc_wps.py"].map((name) => join(hostap ?? root, "tests", "hwsim", name));
  const source = (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("");
  const theirs = new Set([...source.matchAll(/^def (test_\w+)/gm)].map(([, name = ""]) => name));
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...theirs].toSorted());
});
