/** docs/security.md keeps its word: each promise is tried by a test, and those tests are there. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectThere, readShown } from "./shown-tests.ts";

const page = await readFile(join(import.meta.dirname, "..", "docs", "security.md"), "utf8");
const rows = [...page.matchAll(/^\| ([A-Z].+?\.) \| (.+) \|$/gm)].map(([, promise = "", shown = ""]) => ({
  promise,
  shownBy: readShown(shown),
}));

test("every line of its table is a promise, and each is tried", () => {
  const lines = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| Promise"));
  expect(rows).toHaveLength(lines.length);
  for (const { promise, shownBy } of rows) expect(shownBy.length, promise).toBeGreaterThan(0);
});

await expectThere(
  page,
  rows.flatMap(({ shownBy }) => shownBy),
);
