/** The documents keep their word: their commands and programs are run here, and links lead somewhere. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openwps, Run, root } from "./cli/run.ts";

interface Block {
  readonly file: string;
  readonly language: string;
  readonly text: string;
}

const pages = [
  "README.md",
  ...(await readdir(join(root, "docs"))).filter((file) => file.endsWith(".md")).map((file) => join("docs", file)),
];
const texts = new Map(
  await Promise.all(pages.map(async (file) => [file, await readFile(join(root, file), "utf8")] as const)),
);
const blocks: readonly Block[] = [...texts].flatMap(([file, text]) =>
  [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", body = ""]) => ({
    file,
    language,
    text: body,
  })),
);

/** The commands of all pages, without what the comment behind them says, each once. */
const commands = [
  ...new Set(
    blocks
      .filter(({ language }) => language === "sh")
      .flatMap(({ text }) => text.trimEnd().split("\n"))
      .map((line) => line.replace(/ +#.*$/, "")),
  ),
];

/** What is run elsewhere, or needs a radio that is not here. */
const elsewhere = [
  /^npm (?:start|test)$/, // test/cli/demo.test.ts and this very run
  /^npm run (?:test:radio|fuzz|bench)$/, // by hand, and each shorter in this run
  /wpa_supplicant/, // the lab
  /^npm install -g|^npm pack$|^cp "\$\(npm root -g\)|^mkdir -p \/etc|systemctl|journalctl/, // by hand, with the unit in the lab
];

let folder: string;
let demo: Run;
let address: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-docs-"));
  // The captures that docs/decode.md reads.
  await symlink(join(root, "test"), join(folder, "test"));
  // The scripts that docs/scripting.md runs.
  await symlink(join(root, "examples"), join(folder, "examples"));
  demo = openwps(["demo", "--listen", "127.0.0.1:0"]);
  [, address = ""] = await demo.seen(/Listening on (http:\S+)/);
  const scenario = blocks.find(
    ({ file, language }) => file === join("docs", "simulated-air.md") && language === "json",
  );
  await writeFile(join(folder, "scenario.json"), scenario?.text ?? "");
});
afterAll(async () => {
  await demo.end();
  await rm(folder, { recursive: true });
});

/** Runs a line as a shell does; a command that goes on for ever is stopped as Ctrl-C would once it has said something. */
async function runLine(line: string): Promise<string> {
  const forEver = /curl -sN|openwps demo|openwps registrar/.test(line);
  const here = line
    .replace("http://127.0.0.1:8080", address)
    .replace("npx openwps demo", "npx openwps demo --listen 127.0.0.1:0")
    .replace("npx openwps", `exec '${process.execPath}' '${join(root, "bin", "openwps.js")}'`)
    .replace("npx openwps registrar --ap air", `npx openwps registrar --ap air --state '${join(folder, "registrar")}'`)
    .replaceAll("/tmp/air", join(folder, "air"))
    .replace(/^curl (?=.*-N|-sN)/, "exec curl ");
  const running = new Run("bash", ["-c", `set -o pipefail; ${here}`], { cwd: folder });
  if (forEver) {
    await running.seen(/\n/);
    // Services tell what they do on standard error.
    const { stdout, stderr } = await running.end("SIGINT");
    return stdout + stderr;
  }
  const { code, stdout, stderr } = await running.ended;
  expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

describe("the pages", () => {
  test("show commands at all, and none that no test knows of", () => {
    expect(commands.length).toBeGreaterThan(10);
    const unknown = commands.filter(
      (line) => !elsewhere.some((known) => known.test(line)) && !/^(?:curl|npx openwps) /.test(line),
    );
    expect(unknown).toEqual([]);
  });

  for (const line of commands.filter((line) => !elsewhere.some((known) => known.test(line))))
    test(`show a command that works: ${line}`, async () => {
      const stdout = await runLine(line);
      // A pressed button says nothing; everything else has an answer.
      if (!line.includes("/button")) expect(stdout).not.toBe("");
    });

  for (const { file, text } of blocks.filter(({ language }) => language === "ts"))
    test(`${file} shows a program that works: ${text.split("\n", 1)[0]}`, async () => {
      // In a folder of the package itself, where its own name leads to what was built.
      const place = join(root, ".cache", "docs");
      await mkdir(place, { recursive: true });
      const program = join(place, `${file.replaceAll(/\W/g, "-")}.mjs`);
      await writeFile(program, text);
      const { code, stdout, stderr } = await new Run(process.execPath, [program]).ended;
      expect(stderr).toBe("");
      expect(code).toBe(0);
      expect(stdout).toMatch(/^(?:connected, address 192\.168\.\d+\.\d+|no-button-pressed)\n$/);
    });

  test("link only to what is there", () => {
    for (const [file, text] of texts)
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
        expect(existsSync(join(root, dirname(file), target)), `${file}: ${target}`).toBe(true);
  });
});
