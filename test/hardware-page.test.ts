/** The configurations of hostapd in docs/hardware.md: our own check has nothing to say against them, and hostapd reads them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseHostapdConf } from "../src/radio/hostapd/conf-file.ts";
import { findings } from "../src/radio/hostapd/findings.ts";

const page = readFileSync(join(import.meta.dirname, "..", "docs", "hardware.md"), "utf8");
const section = page.slice(page.indexOf("\n## 10. hostapd"), page.indexOf("\n## 11."));
const [common = "", ...blocks] = [...section.matchAll(/```ini\n([^`]+)```/g)].map(([, block = ""]) => block);
const modes = (["shared", "file", "radius", null] as const).map((keys, at) => ({ keys, conf: common + blocks[at] }));

const env = { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };
const missing = spawnSync("which", ["hostapd"], { env }).status !== 0;
if (missing && process.env["CI"]) throw new Error("In CI every peer must be there: hostapd missing.");

test("there is one for each of four modes", () => {
  expect(blocks).toHaveLength(4);
});

describe.each(modes)("hostapd.conf for $keys keys", ({ keys, conf }) => {
  test("has nothing that speaks against WPS", () => {
    const read = parseHostapdConf(conf);
    expect(read.faults).toEqual([]);
    const found = findings({ facts: null, conf: read, network: read.networks[0] ?? null, keys });
    // Where hostapd lets devices in by itself, that is all there is to say.
    expect(found.map(({ key }) => key)).toEqual(keys === null ? ["own-registrar"] : []);
  });

  test.skipIf(missing)(`is read by hostapd itself${missing ? " (skipped: needs hostapd)" : ""}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "openwps-"));
    const file = join(folder, "hostapd.conf");
    const psk = join(folder, "psk");
    writeFileSync(psk, "");
    // It reads the whole file before it finds that there is no such interface.
    writeFileSync(file, conf.replace("/etc/hostapd/openwps.psk", psk).replace("interface=wlan0", "interface=none0"));
    const { stdout } = spawnSync("hostapd", [file], { env, encoding: "utf8", timeout: 10_000 });
    expect(stdout).not.toMatch(/Line \d+|errors found|Failed to set up/);
    expect(stdout).toMatch(/none0/);
    rmSync(folder, { recursive: true });
  });
});
