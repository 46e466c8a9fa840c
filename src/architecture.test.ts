/** The house rule as a test: folders are layers, and arrows only point down. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const src = import.meta.dirname;

/** Which other folder each folder may import from. A file directly in `src/` is an entry of the package: it may import any. */
const mayImport: Record<string, readonly string[]> = {
  clock: [],
  stream: [],
  schema: [],
  wsc: [],
  store: [],
  settings: ["store", "schema", "wsc", "stream", "clock"],
  capture: ["wsc"],
  radius: ["wsc", "clock"],
  upnp: ["wsc", "clock", "stream"],
  radio: ["wsc", "clock", "stream"],
  station: ["radio", "store", "schema", "wsc", "clock", "stream"],
  registrar: ["radio", "radius", "upnp", "store", "schema", "wsc", "clock", "stream"],
  http: ["settings", "station", "registrar", "radio", "store", "schema", "wsc", "clock", "stream"],
  web: [],
  nodemcu: ["station", "radio", "wsc", "clock", "stream"],
  cli: [
    "nodemcu",
    "http",
    "station",
    "registrar",
    "radius",
    "upnp",
    "radio",
    "capture",
    "settings",
    "store",
    "wsc",
    "clock",
    "stream",
  ],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"),
);

function specifiers(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [
    ...text.matchAll(/^(?:import|export)\b[^;"'=]*["']([^"']+)["'];?$/gm),
    ...text.matchAll(/\bimport\(\s*["']([^"']+)["']/g),
  ].map((match) => match[1] ?? "");
}

const imports: Import[] = files.flatMap((from) =>
  specifiers(from)
    .filter((to) => to.startsWith("."))
    .map((to) => ({ from, to: relative(src, resolve(src, dirname(from), to)) })),
);

const folder = (file: string) => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

describe("the house", () => {
  test("every folder is in the table", () => {
    expect(new Set(files.map(folder).filter((name) => name !== ""))).toEqual(
      new Set(Object.keys(mayImport).filter((name) => files.some((file) => folder(file) === name))),
    );
  });

  test("no arrow points up or sideways", () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        folder(from) !== "" && folder(from) !== folder(to) && !(mayImport[folder(from)] ?? []).includes(folder(to)),
    );
    expect(wrong).toEqual([]);
  });

  test("no file imports itself in a circle", () => {
    const circles: string[][] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]) => {
      if (path.includes(file)) return void circles.push([...path.slice(path.indexOf(file)), file]);
      if (done.has(file)) return;
      for (const { from, to } of imports) if (from === file) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(circles).toEqual([]);
  });

  test("the command line starts with nothing that only some commands need", () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const load = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(join(src, file), "utf8");
      for (const [, to = ""] of text.matchAll(
        /^(?:import|export)\s+(?!type\b)(?:[^;"']*?\bfrom\s+)?["']([^"']+)["'];?$/gm,
      ))
        if (to.startsWith(".")) load(relative(src, resolve(src, dirname(file), to)));
        else if (!to.startsWith("node:")) packages.add(to);
    };
    load("cli/main.ts");
    expect([...packages]).toEqual(["commander"]);
    expect([...seen].filter((file) => /^(?:radio\/.*\/|registrar|station|capture)/.test(file))).toEqual([]);
  });

  test("one file of the engine touches node:crypto, and no file of it a clock, a socket or chance", () => {
    const engine = files.filter((file) => folder(file) === "wsc");
    const nodeImports = engine.flatMap((file) =>
      specifiers(file)
        .filter((to) => to.startsWith("node:"))
        .map((to) => [file, to]),
    );
    expect(nodeImports).toEqual([["wsc/crypto.ts", "node:crypto"]]);
    for (const file of engine) {
      const text = readFileSync(join(src, file), "utf8");
      expect(text, file).not.toMatch(
        /\b(?:Date\.now|new Date|setTimeout|setInterval|setImmediate|Math\.random|performance\.)/,
      );
    }
  });

  test("pages run in browsers: they take nothing from Node, and only Preact from elsewhere", () => {
    const others = files
      .filter((file) => folder(file) === "web")
      .flatMap((file) => specifiers(file).filter((to) => !to.startsWith(".")));
    expect([...new Set(others)].toSorted()).toEqual(["preact", "preact/hooks"]);
  });

  test("services take clock and chance from outside", () => {
    for (const file of files.filter((name) => ["station", "registrar", "radio"].includes(folder(name)))) {
      const text = readFileSync(join(src, file), "utf8");
      expect(text, file).not.toMatch(/\b(?:Date\.now|new Date\(\)|setTimeout|setInterval|Math\.random)/);
    }
  });
});
