/** docs/protocol.md shows a program that works, and all quirks as they are in the code. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { QUIRKS } from "../src/wsc/quirks.ts";
import { Run, root } from "./cli/run.ts";

const page = await readFile(join(root, "docs", "protocol.md"), "utf8");
const example = join(root, "examples", "enrol-in-memory.mjs");
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "ms").exec(page)?.[1];

test("the example is the one of examples/, and prints what the page says", async () => {
  expect(block("js")).toBe(await readFile(example, "utf8"));
  const { code, stdout, stderr } = await new Run(process.execPath, [example]).ended;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toBe(block("text"));
});

test("every quirk is in the table, with where it was seen, what we do, and what strict mode makes of it", () => {
  const rows = Object.entries(QUIRKS).map(
    ([id, { seenIn, does, where, strict }]) =>
      `| \`${id}\` | ${seenIn} | ${does} | [${where}](../src/wsc/${where}) | ${strict} |`,
  );
  expect(page).toContain(rows.join("\n"));
  expect(page.match(/^\| `/gm)?.length).toBe(rows.length);
});
