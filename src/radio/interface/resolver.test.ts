import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isInstalled } from "./programs.ts";
import { Resolver, withNameServer, withoutNameServer } from "./resolver.ts";

const others = "# by hand\nsearch lan\nnameserver 1.1.1.1\n";

describe("a list of name servers", () => {
  test("has ours before the others, marked, and without it reads as before", () => {
    const list = withNameServer(others, "wlan0", "10.0.0.1");
    expect(list).toBe(`# openwps set this for wlan0:\nnameserver 10.0.0.1\n${others}`);
    expect(withoutNameServer(list, "wlan0")).toBe(others);
  });

  test("keeps what is another interface's, and what others wrote since", () => {
    const list = withNameServer(withNameServer(others, "wlan0", "10.0.0.1"), "wlan1", "10.9.0.1");
    expect(withoutNameServer(`nameserver 9.9.9.9\n${list}`, "wlan0")).toBe(
      `nameserver 9.9.9.9\n# openwps set this for wlan1:\nnameserver 10.9.0.1\n${others}`,
    );
  });

  test("loses a mark whose name server somebody has removed, and nothing else", () => {
    expect(withoutNameServer(`# openwps set this for wlan0:\n${others}`, "wlan0")).toBe(others);
    expect(withoutNameServer("", "wlan0")).toBe("");
  });
});

// Where the program resolvconf is installed the list is its business.
describe.skipIf(isInstalled("resolvconf"))("the system's list as a file", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "openwps-resolver-"));
    file = join(folder, "resolv.conf");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("is written in place, through a link too, and put back byte for byte by another process", async () => {
    const real = join(folder, "real");
    writeFileSync(real, others);
    symlinkSync(real, file);
    await new Resolver("wlan0", file).set("10.0.0.1");
    await new Resolver("wlan0", file).set("10.0.0.2");
    expect(readFileSync(real, "utf8").match(/^nameserver .*$/gm)).toEqual([
      "nameserver 10.0.0.2",
      "nameserver 1.1.1.1",
    ]);
    await new Resolver("wlan0", file).takeBack(false);
    expect(readFileSync(real, "utf8")).toBe(others);
  });

  test("is made where there is none, and none is made to take something back from", async () => {
    await new Resolver("wlan0", file).takeBack(true);
    expect(() => readFileSync(file)).toThrow("ENOENT");
    await new Resolver("wlan0", file).set("10.0.0.1");
    expect(readFileSync(file, "utf8")).toContain("nameserver 10.0.0.1\n");
  });

  test("that cannot be written is told in sentences", async () => {
    const trouble = await new Resolver("wlan0", join(folder, "nowhere", "resolv.conf")).set("10.0.0.1").then(
      () => null,
      (error: unknown) => error,
    );
    expect(trouble).toMatchObject({ kind: "refused", hint: expect.stringMatching(/\.$/) });
    writeFileSync(file, others);
    chmodSync(file, 0o444);
    const set = new Resolver("wlan0", file).set("10.0.0.1");
    if (process.getuid?.() !== 0) await expect(set).rejects.toMatchObject({ kind: "permission" });
    else await set;
  });
});
