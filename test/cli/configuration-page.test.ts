/** docs/configuration.md against the options that there are: the page is written by hand, and cannot leave them behind. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Command, type Option } from "commander";
import { describe, expect, test } from "vitest";
import { applyConfig, configKey, readConfigFile } from "../../src/cli/config-file.ts";
import { defaultOf } from "../../src/cli/help.ts";
import { addRegistrarOptions } from "../../src/cli/registrar-options.ts";
import { defaultState } from "../../src/cli/state-folder.ts";
import { addStationOptions } from "../../src/cli/station-options.ts";
import { openwps, root } from "./run.ts";

const page = await readFile(join(root, "docs", "configuration.md"), "utf8");
const services = [
  { name: "station", heading: "## The station", command: addStationOptions(new Command()) },
  { name: "registrar", heading: "## The registrar", command: addRegistrarOptions(new Command()) },
];

/** The cells of the tables below a heading, without backticks. */
function tableOf(heading: string): string[][] {
  const [, section = ""] = page.split(`${heading}\n`);
  const [text = ""] = section.split(/^## /m);
  return [...text.matchAll(/^\| (?:`.*|\| `.*)$/gm)].map(([line]) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/** Typed, in the file, in the environment, and what it is without all of them. */
function rowOf(option: Option): string[] {
  // Where the state is depends on who asks; the page has root's.
  const mine = defaultState(process.getuid?.(), process.env);
  const standard = (defaultOf(option) ?? "").replace(mine, defaultState(0, {}));
  return [option.hidden ? "" : option.flags, configKey(option), option.envVar ?? "", standard];
}

describe.each(services)("of the $name, the page", ({ name, heading, command }) => {
  test("has every option as it is, and no other", () => {
    const expected = command.options.filter((option) => option.name() !== "config").map(rowOf);
    const shown = tableOf(heading).map((cells) => cells.slice(0, 4));
    expect(shown.toSorted()).toEqual(expected.toSorted());
  });

  test("shows a file that the service takes", async () => {
    const [, text = ""] = new RegExp(`^# /etc/openwps/${name}\\.toml\n(.*?)^\`\`\`$`, "ms").exec(page) ?? [];
    const path = join(await mkdtemp(join(tmpdir(), "openwps-")), `${name}.toml`);
    await writeFile(path, text);
    const file = await readConfigFile(path, true);
    await rm(dirname(path), { recursive: true });
    expect(file?.entries.size).toBeGreaterThan(3);
    if (file !== null) applyConfig(command, file);
  });
});

test.each(services)("$name --help names every option and where else it can come from", async ({ name, command }) => {
  const { code, stdout } = await openwps([name, "--help"], { COLUMNS: "80" }).ended;
  expect(code).toBe(0);
  for (const { hidden, long } of command.options) if (!hidden) expect(stdout).toMatch(new RegExp(`^ +${long} `, "m"));
  expect(stdout).toContain("OPENWPS_LOG_LEVEL");
  expect(stdout).toContain("docs/configuration.md");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});
