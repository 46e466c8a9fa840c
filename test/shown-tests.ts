/**
 * Pages whose tables name tests: `[file]: words of titles › inner ones`, several parted by `<br>`, with a link for each
 * file at the page's end. Here they are held against the tests' sources.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** A test of ours: its file as the page calls it, and words of its titles, the outer ones first. */
export interface Shown {
  readonly file: string;
  readonly words: readonly string[];
}

/** Reads a cell of such a table. */
export function readShown(cell: string): readonly Shown[] {
  return cell.split("<br>").map((text) => {
    const [, file = "", words = ""] = /^\[([^\]]+)\]: (.+)$/.exec(text) ?? [];
    return { file, words: words.split(" › ") };
  });
}

/** The tests that a page names are there, and it links to no file in vain. */
export async function expectThere(page: string, all: readonly Shown[]): Promise<void> {
  const found = [...page.matchAll(/^\[([^\]]+)\]: \.\.\/(.+)$/gm)];
  const reading = found.map(
    async ([, name = "", path = ""]) => [name, await readFile(join(root, path), "utf8")] as const,
  );
  const sources = new Map(await Promise.all(reading));
  const named = new Map(all.map((shown) => [JSON.stringify(shown), shown]));

  describe("the tests that it names are there:", () => {
    test.each([...named.values()])("$file $words", ({ file, words }) => {
      const source = sources.get(file);
      if (source === undefined) throw new Error(`${file}: no link at the end of the page`);
      for (const text of words) expect(source, text).toContain(JSON.stringify(text));
    });

    test("and each file that it links to is one of them", () => {
      const files = new Set([...named.values()].map(({ file }) => file));
      expect([...sources.keys()].filter((name) => !files.has(name))).toEqual([]);
    });
  });
}
