/**
 * The guest: a kernel, a first program, and this machine's file system below it, read-only with writes kept in memory.
 * So every program that is installed here runs there unchanged, as root, with radios of its own.
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/**
 * mac80211_hwsim is the radios, uinput the buttons, evdev and ledtrig-timer what the kernel makes of those, virtio_net the
 * cable to the browser; the others are what it, WPA and the guest's file system need.
 */
const modules = [
  "virtio_pci",
  "virtio_net",
  "9p",
  "9pnet_virtio",
  "overlay",
  "mac80211_hwsim",
  "ccm",
  "cmac",
  "gcm",
  "ctr",
  "af_packet",
  "evdev",
  "uinput",
  "ledtrig-timer",
];
const laterUse = ["veth"];

/**
 * Boots the guest and runs `main.sh` of the folder `out` in it, which it sees as /labout.
 * `ended.status` is the exit status of main.sh, null when it has not come to its end.
 */
export function bootGuest({ tools, kernel, out, radios, minutes }) {
  const work = mkdtempSync(join(tmpdir(), "openwps-lab-"));
  const initrd = packInitrd({ tools, kernel, work });
  const guest = spawn(
    tools["qemu-system-x86_64"],
    [
      ...["-M", "q35", "-m", "2048", "-smp", "2", "-cpu", "max", "-nographic", "-no-reboot"],
      // A cable to this machine, for the browser; nothing is beyond it. Without the card's own start-up program, which is
      // in a package of its own.
      ...["-netdev", "user,id=cable,ipv6=off", "-device", "virtio-net-pci,netdev=cable,romfile="],
      // Not KVM: where this machine is a guest itself, it may be there and yet hang.
      ...["-accel", "tcg,thread=multi"],
      ...["-kernel", kernel.image, "-initrd", initrd],
      // The kernel takes an emulated processor's counter for unreliable, and would ask an emulated device for the time,
      // which makes everything here cost an eighth more.
      ...["-append", `console=ttyS0 quiet loglevel=3 panic=-1 tsc=reliable radios=${radios}`],
      ...["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"],
      ...["-virtfs", `local,path=${out},mount_tag=out,security_model=none,multidevs=remap`],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let timedOut = false;
  const alarm = setTimeout(() => {
    timedOut = true;
    guest.kill("SIGKILL");
  }, minutes * 60_000);
  const stop = () => guest.kill("SIGKILL");
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const ended = new Promise((resolve) => {
    guest.once("close", () => {
      clearTimeout(alarm);
      process.off("SIGINT", stop).off("SIGTERM", stop);
      rmSync(work, { recursive: true, force: true });
      const status = join(out, "status");
      resolve({ status: existsSync(status) ? Number(readFileSync(status, "utf8")) : null, timedOut });
    });
  });
  return { output: guest.stdout, ended };
}

/** A few files in memory are all that the kernel needs to find this machine's file system. */
function packInitrd({ tools, kernel, work }) {
  const root = join(work, "root");
  for (const folder of ["bin", "modules", "proc", "sys", "dev", "host", "overlay", "root"])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(tools.busybox, join(root, "bin", "busybox"));
  copyFileSync(join(import.meta.dirname, "init.sh"), join(root, "init"));

  if (!existsSync(join(kernel.folder, "lib", "modules", kernel.version, "modules.dep")))
    spawnSync(tools.depmod, ["-b", kernel.folder, kernel.version]);
  const files = new Set();
  for (const name of [...modules, ...laterUse]) {
    const args = ["-d", kernel.folder, "-S", kernel.version, "--show-depends", name];
    const shown = spawnSync(tools.modprobe, args, { encoding: "utf8" }).stdout ?? "";
    for (const [, path] of shown.matchAll(/^insmod (\S+)/gm)) files.add(path);
  }
  for (const path of files) copyFileSync(path, join(root, "modules", basename(path)));
  writeFileSync(join(root, "modules.txt"), [...files].map((path) => `${basename(path)}\n`).join(""));

  const initrd = join(work, "initrd");
  const packed = spawnSync("sh", ["-c", 'chmod +x init && find . | "$CPIO" -o -H newc --quiet > "$INITRD"'], {
    cwd: root,
    env: { ...process.env, CPIO: tools.cpio, INITRD: initrd },
    encoding: "utf8",
  });
  if (packed.status !== 0) throw new Error(`The guest's first files could not be packed: ${packed.stderr}`);
  return initrd;
}
