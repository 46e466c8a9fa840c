import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { proveStore } from "./contract.ts";
import { openLevelStore } from "./level-store.ts";

/** A process of its own needs the built code; `npm test` builds it beforehand. */
const built = join(import.meta.dirname, "../../dist/store/level-store.js");

/** A container may forbid what a machine allows. */
const mayMount =
  existsSync(built) && spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

const root = mkdtempSync(join(tmpdir(), "openwps-store-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const freshFolder = () => join(root, String(folders++), "state");
const bytes = (text: string) => new TextEncoder().encode(text);

proveStore("LevelDB", () => openLevelStore(freshFolder()));

describe("LevelDB on disk", () => {
  test("what was written is there after a restart, and revisions go on", async () => {
    const folder = freshFolder();
    const first = await openLevelStore(folder);
    await first.put("key", bytes("value"));
    const gone = await first.put("gone", bytes("value"));
    await first.delete("gone");
    await first.close();
    const second = await openLevelStore(folder);
    expect((await second.get("key"))?.value).toEqual(bytes("value"));
    expect((await second.put("gone", bytes("again"))).revision).toBeGreaterThan(gone.revision);
    await second.close();
  });

  test("nobody but the owner can read the folder or a file in it, whatever was there before", async () => {
    const folder = freshFolder();
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    writeFileSync(join(folder, "LOG"), "from before", { mode: 0o644 });
    chmodSync(folder, 0o755);
    const store = await openLevelStore(folder);
    await store.put("key", bytes("value"));
    for (const file of [".", ...readdirSync(folder)]) expect(statSync(join(folder, file)).mode & 0o077, file).toBe(0);
    await store.close();
  });

  test("a folder in use says so, and says what to do", async () => {
    const folder = freshFolder();
    const store = await openLevelStore(folder);
    await expect(openLevelStore(folder)).rejects.toMatchObject({
      kind: "locked",
      message: `The state folder ${folder} is in use by another process.`,
      hint: expect.stringContaining("--state"),
    });
    await store.put("key", bytes("still works"));
    await store.close();
  });

  test("a file where the folder should be says so", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    for (const folder of [file, join(file, "state")])
      await expect(openLevelStore(folder)).rejects.toMatchObject({
        kind: "permission",
        hint: expect.stringMatching(/\.$/),
      });
  });

  test("a folder that cannot be written says so", async () => {
    // /sys refuses everybody, root too.
    await expect(openLevelStore("/sys/openwps/state")).rejects.toMatchObject({
      kind: "permission",
      hint: expect.stringMatching(/\.$/),
    });
  });

  test.skipIf(!mayMount)("a folder on a file system that can only be read says so", () => {
    const place = freshFolder();
    mkdirSync(place, { recursive: true });
    const program = `
      import { openLevelStore } from ${JSON.stringify(pathToFileURL(built))};
      for (const folder of process.argv.slice(1))
        await openLevelStore(folder).catch(({ kind, message }) => console.log(kind + ": " + message));`;
    const [fresh, deeper] = [join(place, "state"), join(place, "a", "state")];
    const script = `mount -t tmpfs -o ro none "$0" && exec "$@"`;
    const command = [process.execPath, "--input-type=module", "-e", program, fresh, deeper];
    const { stdout } = spawnSync("unshare", ["-rm", "sh", "-c", script, place, ...command], { encoding: "utf8" });
    const says = (folder: string) =>
      `permission: The state folder ${folder} is on a file system that can only be read.`;
    expect(stdout.trimEnd().split("\n")).toEqual([says(fresh), says(deeper)]);
  });

  test("a damaged folder says so, and is left as it is", async () => {
    const folder = freshFolder();
    const store = await openLevelStore(folder);
    await store.put("key", bytes("value"));
    await store.close();
    for (const file of readdirSync(folder)) if (file.startsWith("MANIFEST")) rmSync(join(folder, file));
    await expect(openLevelStore(folder)).rejects.toMatchObject({ kind: "damaged", hint: expect.stringMatching(/\.$/) });
    expect(readdirSync(folder).some((file) => file.endsWith(".log"))).toBe(true);
  });

  test("a log with damage in its middle says so, and is left as it is; one that was cut off at its end is read", async () => {
    const folder = freshFolder();
    const store = await openLevelStore(folder);
    for (let i = 0; i < 200; i++) await store.put(`key/${i}`, bytes("x".repeat(300)));
    await store.close();
    const [log = ""] = readdirSync(folder).filter((file) => file.endsWith(".log"));
    const path = join(folder, log);
    const whole = readFileSync(path);
    // Over two blocks of 32 kB; a sector in the first.
    expect(whole.length).toBeGreaterThan(65_536);
    const holed = Buffer.from(whole);
    holed.fill(0, 4096, 4608);
    writeFileSync(path, holed);
    for (let tries = 0; tries < 2; tries++)
      await expect(openLevelStore(folder)).rejects.toMatchObject({ kind: "damaged" });
    expect(readFileSync(path).equals(holed)).toBe(true);

    writeFileSync(path, whole.subarray(0, -10));
    const again = await openLevelStore(folder);
    expect((await again.get("key/198"))?.value).toEqual(bytes("x".repeat(300)));
    expect(await again.get("key/199")).toBeNull();
    await again.close();
  });

  test("files that LevelDB tidies away while it is being opened are no damage", async () => {
    const folder = freshFolder();
    for (let opened = 0; opened < 40; opened++) {
      // Each opening finds a log and makes a table of it; of every few tables it makes one, in the background.
      const store = await openLevelStore(folder);
      await store.put("key", bytes(`value ${opened}`));
      await store.close();
    }
    const store = await openLevelStore(folder);
    expect((await store.get("key"))?.value).toEqual(bytes("value 39"));
    await store.close();
  });

  const { CI } = process.env;
  test.skipIf(!CI && !existsSync(built))(
    "a process killed with SIGKILL loses nothing that it had acknowledged",
    { timeout: 60_000 },
    async () => {
      const folder = freshFolder();
      const program = `
        import { openLevelStore } from ${JSON.stringify(pathToFileURL(built))};
        const store = await openLevelStore(${JSON.stringify(folder)});
        for (let i = 0; ; i++) {
          await store.put("key/" + i, new TextEncoder().encode("value " + i));
          process.stdout.write(i + "\\n");
        }`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let acknowledged = -1;
      for await (const line of createInterface(child.stdout)) {
        acknowledged = Number(line);
        if (acknowledged === 200) child.kill("SIGKILL");
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      expect(acknowledged).toBeGreaterThanOrEqual(200);
      const store = await openLevelStore(folder);
      for (let i = 0; i <= acknowledged; i++)
        expect((await store.get(`key/${i}`))?.value, `key/${i}`).toEqual(bytes(`value ${i}`));
      await store.close();
    },
  );

  // A limit to the length of a process's files stops a write in its middle, as a full disk does, and needs no rights.
  test.skipIf(!CI && (!existsSync(built) || !existsSync("/usr/bin/prlimit")))(
    "what was acknowledged after the disk was full, and before, is there after SIGKILL",
    { timeout: 60_000 },
    async () => {
      const folder = freshFolder();
      const program = `
        import { execFileSync } from "node:child_process";
        import { openLevelStore } from ${JSON.stringify(pathToFileURL(built))};
        const limitFiles = (bytes) => execFileSync("prlimit", ["--pid", String(process.pid), "--fsize=" + bytes + ":"]);
        const store = await openLevelStore(${JSON.stringify(folder)});
        const put = async (key) => {
          try {
            await store.put(key, new TextEncoder().encode("value of " + key));
            return "kept " + key;
          } catch {
            return "refused " + key + ((await store.get("early/0")) === null ? ", and lost the rest" : "");
          }
        };
        for (let i = 0; i < 20; i++) console.log(await put("early/" + i));
        limitFiles(4096);
        for (let i = 0; i < 100; i++) console.log(await put("full/" + i));
        limitFiles("unlimited");
        for (let i = 0; i < 20; i++) console.log(await put("late/" + i));
        process.kill(process.pid, "SIGKILL");`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const told: string[] = [];
      for await (const line of createInterface(child.stdout)) told.push(line);
      const kept = told.flatMap((line) => /^kept (.*)/.exec(line)?.[1] ?? []);
      expect(kept.filter((key) => key.startsWith("late/"))).toHaveLength(20);
      expect(told).toContain("refused full/99");
      const store = await openLevelStore(folder);
      for (const key of kept) expect((await store.get(key))?.value, key).toEqual(bytes(`value of ${key}`));
      await store.close();
    },
  );
});
