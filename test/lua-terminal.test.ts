/** `openwps lua` without a file, on a terminal: what a person sees and types. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Run, root } from "./cli/run.ts";

/** A terminal of its own for a command, which util-linux's `script` makes. */
const missing = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") !== true;
if (missing && process.env["CI"]) throw new Error("These tests need util-linux's script.");

const [ctrlC, ctrlD] = ["\x03", "\x04"];

function onTerminal(): Run {
  const command = `stty cols 80 && exec '${process.execPath}' '${join(root, "bin", "openwps.js")}' lua --radio air`;
  return new Run("script", ["-qec", command, "/dev/null"], { isTypedTo: true, env: { TERM: "xterm" } });
}

test.skipIf(missing)(
  "it asks, shows values, and asks for the rest; a mistake ends nothing, and Ctrl-D ends it",
  async () => {
    const lua = onTerminal();
    await lua.seen(/Ctrl-D ends it\.\r\n.*> /s);
    lua.type("6 * 7\r");
    await lua.seen(/\n42\r\n/);
    lua.type("for i = 1, 2 do\r");
    await lua.seen(/>> /);
    lua.type("print('turn ' .. i) end\r");
    await lua.seen(/\nturn 1\r\nturn 2\r\n.*> /s);
    lua.type("wps.start()\r");
    await lua.seen(/stdin:1: wps\.start: WPS is not enabled/);
    lua.type("left = 'he' .. 're'\rleft\r");
    await lua.seen(/here\r\n/);
    lua.type("node.restart()\rtostring(left)\r");
    await lua.seen(/nil\r\n/);
    lua.type(ctrlD);
    expect((await lua.ended).code).toBe(0);
  },
);

test.skipIf(missing)("what a timer prints goes above the line that is half typed, and the line goes on", async () => {
  const lua = onTerminal();
  await lua.seen(/> /);
  // Typed ahead, while the statement before is run.
  lua.type("tmr.create():alarm(200, 0, function() print('ra' .. 'ng') end)\r'half a li");
  await lua.seen(/rang\r\n.*> 'half a li/s);
  lua.type("ne, all of it' .. '!'\r");
  await lua.seen(/\nhalf a line, all of it!\r\n/);
  lua.type(ctrlD);
  const { code, stdout } = await lua.ended;
  expect(code).toBe(0);
  // The value stands on a line of its own, and the cursor behind what was typed.
  expect(stdout).not.toContain("half a litrue");
  expect(stdout).toContain("> 'half a li\x1b[13G");
});

test.skipIf(missing)("Ctrl-C ends it, and a pairing with it", async () => {
  const lua = onTerminal();
  await lua.seen(/> /);
  lua.type("wps.enable() wps.start(print) return 'sta' .. 'rted'\r");
  await lua.seen(/started/);
  lua.type(ctrlC);
  expect((await lua.ended).code).toBe(130);
});
