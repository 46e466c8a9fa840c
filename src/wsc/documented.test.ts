/** Whoever hovers over a name of the engine is told what it is. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);

test.each(sources)("%s: each of its exports has a comment", (file) => {
  const lines = readFileSync(join(import.meta.dirname, file), "utf8").split("\n");
  const bare = lines.filter(
    (line, i) =>
      /^export (?:declare )?(?:const|function|class|interface|type) \w/.test(line) &&
      // Constants that belong together share the comment of the first.
      !/(?:\*\/|^export const .*;)$/.test(lines[i - 1] ?? ""),
  );
  expect(bare).toEqual([]);
});
