/**
 * Compiles the tools of this checkout that are written in TypeScript (fuzz/, bench/) with the compiler of the package
 * into .cache/tools, and runs one of them: `node scripts/run-typescript.mjs fuzz/main.ts [ARGUMENT...]`.
 * Plain JavaScript, because Node 20 runs nothing else. What is run is what the package would ship, so that times mean something.
 */
import { spawn, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const compiled = join(root, ".cache", "tools");
const [tool = "", ...args] = process.argv.slice(2);

const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const compiler = spawnSync(process.execPath, [tsc, "-p", join(root, "fuzz", "tsconfig.json")], { stdio: "inherit" });
if (compiler.status !== 0) {
  console.error(`openwps: ${tool} does not compile; the lines above say why.`);
  process.exit(1);
}

// Recorded material is looked for beside the code that reads it.
mkdirSync(join(compiled, "test"), { recursive: true });
for (const folder of ["vectors", "captures"]) {
  const link = join(compiled, "test", folder);
  if (lstatSync(link, { throwIfNoEntry: false }) === undefined) symlinkSync(join(root, "test", folder), link);
}

// `--expose-gc`: whoever measures memory must be able to tell garbage from growth.
const flags = ["--expose-gc", "--enable-source-maps", "--max-semi-space-size=32"];
const running = spawn(process.execPath, [...flags, join(compiled, tool.replace(/\.ts$/, ".js")), ...args], {
  stdio: "inherit",
});
// Ctrl-C reaches the tool by itself; it decides how to end.
process.on("SIGINT", () => {});
running.on("exit", (code) => process.exit(code ?? 1));
