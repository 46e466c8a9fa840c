/** What the lab needs of this machine: programs, and a kernel with simulated radios, which it fetches itself. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Something is not there; the message is a sentence with what to do. */
export class MissingTool extends Error {}

/** Program → the Debian package that has it. */
const packages = {
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
  cpio: "cpio",
  depmod: "kmod",
  modprobe: "kmod",
  hostapd: "hostapd",
  hostapd_cli: "hostapd",
  wpa_supplicant: "wpasupplicant",
  wpa_cli: "wpasupplicant",
  iw: "iw",
};

const folders = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** The path of each program. @throws {MissingTool} */
export function requireTools() {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new MissingTool(
      "The on-air lab needs Linux on an x86-64 machine, because its guest runs this machine's programs.",
    );
  const found = Object.fromEntries(Object.keys(packages).map((name) => [name, find(name)]));
  const missing = Object.keys(packages).filter((name) => found[name] === null);
  if (missing.length > 0) {
    const install = [...new Set(missing.map((name) => packages[name]))].join(" ");
    throw new MissingTool(
      `The on-air lab needs ${missing.join(", ")}. Install with: sudo apt-get install -y --no-install-recommends ${install}`,
    );
  }
  const linked = spawnSync("ldd", [found.busybox], { encoding: "utf8" });
  if (linked.status === 0 && !/statically linked|not a dynamic/.test(linked.stdout + linked.stderr))
    throw new MissingTool(
      "The on-air lab needs a busybox that runs by itself. Install with: sudo apt-get install -y busybox-static",
    );
  return found;
}

/**
 * The path of Chromium; null when it is not installed, as it need not be: without it the scenarios of the pages are
 * skipped.
 * @throws {MissingTool} in CI, where nothing may be skipped
 */
export function findChromium(say) {
  const path = find("chromium");
  if (path !== null) return path;
  const sentence = "chromium is not installed. Install with: sudo apt-get install -y --no-install-recommends chromium";
  if (process.env.CI) throw new MissingTool(`The on-air lab's scenarios of the pages need a browser, and ${sentence}`);
  say(`the scenarios of the pages are skipped, because ${sentence}`);
  return null;
}

function find(name) {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return null;
}

/** Where what was fetched is kept between runs. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "openwps-lab");

/**
 * Debian's kernel package, unpacked: its folder and version. Nothing of it is installed on this machine.
 * @param {(line: string) => void} say
 * @throws {MissingTool}
 */
export function fetchKernel(say) {
  const folder = join(cache, "kernel");
  if (!existsSync(join(folder, "boot"))) {
    if (find("apt-get") === null || find("dpkg") === null)
      throw new MissingTool(
        "The on-air lab takes its kernel from Debian's archive, and this machine has no apt-get and dpkg. Run it on Debian, or in a Debian container.",
      );
    const name = /^\s*Depends: (linux-image-\S+)$/m.exec(
      run("apt-cache", ["depends", "linux-image-amd64"]).stdout,
    )?.[1];
    if (name === undefined)
      throw new MissingTool(
        "Debian's package lists do not name a kernel (linux-image-amd64). Refresh them with: sudo apt-get update",
      );
    say(`fetching the kernel package ${name} (once, about 100 MB, into ${cache})`);
    const unpacking = join(cache, "unpacking");
    rmSync(unpacking, { recursive: true, force: true });
    mkdirSync(unpacking, { recursive: true });
    const fetched = run("apt-get", ["download", "-q", name], unpacking);
    const file = readdirSync(unpacking).find((entry) => entry.endsWith(".deb"));
    if (fetched.status !== 0 || file === undefined)
      throw new MissingTool(
        `The kernel package ${name} could not be fetched: ${lastLine(fetched.stderr)}. Check the network, refresh the lists with sudo apt-get update, and try again.`,
      );
    const unpacked = run("dpkg", ["-x", join(unpacking, file), join(unpacking, "kernel")]);
    if (unpacked.status !== 0)
      throw new MissingTool(`The kernel package did not unpack: ${lastLine(unpacked.stderr)}.`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(unpacking, "kernel"), folder);
    rmSync(unpacking, { recursive: true, force: true });
  }
  const image = readdirSync(join(folder, "boot")).find((entry) => entry.startsWith("vmlinuz-"));
  if (image === undefined)
    throw new MissingTool(`There is no kernel in ${folder}. Remove that folder, and the next run fetches one anew.`);
  return { folder, image: join(folder, "boot", image), version: image.slice("vmlinuz-".length) };
}

function run(command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { status: done.status, stdout: done.stdout ?? "", stderr: done.stderr ?? String(done.error ?? "") };
}

function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "no reason given";
}
