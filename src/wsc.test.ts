/** What `openwps/wsc` hands to others says what it is: each of its exports has a doc comment where it is defined. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const src = import.meta.dirname;
const entry = readFileSync(join(src, "wsc.ts"), "utf8");

/** By file, the names that the entry re-exports from it. */
const exported = [...entry.matchAll(/^export (?:type )?\{(.*?)\} from "(.*?)";$/gms)].map(
  ([, names = "", file = ""]) => ({
    file,
    names: names
      .split(",")
      .map((name) => name.replace(/^\s*type\s/, "").trim())
      .filter((name) => name !== ""),
  }),
);

/** The text of the file that defines a name: a file may only pass it on. */
function definitionOf(name: string, file: string): { readonly file: string; readonly text: string } {
  const text = readFileSync(join(src, file), "utf8");
  const passedOn = [...text.matchAll(/^export (?:type )?\{(.*?)\} from "(.*?)";$/gms)].find(([, names = ""]) =>
    new RegExp(`\\b${name}\\b`).test(names),
  );
  return passedOn === undefined ? { file, text } : definitionOf(name, join(file, "..", passedOn[2] ?? ""));
}

test("the entry is read whole", () => {
  expect(exported.flatMap(({ names }) => names).length).toBeGreaterThan(150);
  expect(entry.match(/^export\b/gm)?.length).toBe(exported.length);
});

describe.each(exported)("$file", ({ file, names }) => {
  test.each(names)("%s has a doc comment", (name) => {
    const { text } = definitionOf(name, file);
    expect(text).toMatch(
      new RegExp(`\\*/\\n(?:export )(?:const|function|class|interface|type|abstract class) ${name}\\b`),
    );
  });
});
