/**
 * Makes a checkout ready to run: installs the dependencies and builds what is missing or out of date, and says so.
 * Plain Node, because it runs before anything is installed. Quick when there is nothing to do.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const root = join(import.meta.dirname, "..");
const stamps = join(root, "node_modules", ".openwps");
/** What is there when a step has been done. */
const results = { dependencies: "node_modules/typescript", build: "dist/cli/main.js", pages: "dist/web/station.html" };

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `openwps needs Node 20.19 or later; this is ${process.versions.node}. Install a newer Node, then try again.`,
  );
  process.exit(1);
}

// Of package.json only what npm installs: another script in it is no reason to install everything anew.
const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const wanted = JSON.stringify({ dependencies, devDependencies, optionalDependencies, overrides, allowScripts });

step("dependencies", ["package-lock.json"], wanted, "Installing dependencies (npm ci) ...", () => {
  const done = npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  return done && existsSync(join(root, "node_modules", "typescript"));
});

const [pages, code] = partition(filesBelow("src"), (file) => file.startsWith(join("src", "web") + sep));

step("build", ["package-lock.json", "tsconfig.json", ...code.filter(isCode)], "", "Building ...", () => {
  // Built beside the old one and put in its place when it is whole: a build that fails takes nothing away.
  const next = join(root, "dist.next");
  rmSync(next, { recursive: true, force: true });
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  if (!run(process.execPath, [tsc, "-p", root, "--outDir", next])) return false;
  if (existsSync(join(root, "dist", "web"))) renameSync(join(root, "dist", "web"), join(next, "web"));
  rmSync(join(root, "dist"), { recursive: true, force: true });
  renameSync(next, join(root, "dist"));
  return true;
});

step("pages", ["package-lock.json", "scripts/build-pages.mjs", ...pages], "", "Building the pages ...", () => {
  const [next, now] = [join(root, "dist", "web.next"), join(root, "dist", "web")];
  if (!run(process.execPath, [join(root, "scripts", "build-pages.mjs"), next])) return false;
  rmSync(now, { recursive: true, force: true });
  renameSync(next, now);
  return true;
});

/** Runs `work` unless the named files, and `more`, are as they were when it last succeeded and its result still stands. */
function step(name, inputs, more, title, work) {
  const stamp = join(stamps, name);
  const hash = createHash("sha256").update(process.versions.modules).update(more);
  for (const file of inputs) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  const now = hash.digest("hex");
  const stands = existsSync(join(root, results[name]));
  if (stands && existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  const start = performance.now();
  process.stderr.write(`openwps: ${title}\n`);
  if (!work()) {
    console.error(
      `openwps: that did not work (${name}); the lines above say why. Mend it, then run the same command again.`,
    );
    process.exit(1);
  }
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, now);
  process.stderr.write(`openwps: done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

function npm(args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith(".js") ? run(process.execPath, [cli, ...args]) : run("npm", args);
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] }).status === 0;
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .sort();
}

function isCode(file) {
  return file.endsWith(".ts") && !file.endsWith(".test.ts");
}

function partition(all, isFirst) {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
