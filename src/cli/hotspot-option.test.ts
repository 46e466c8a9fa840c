import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hotspotOf } from "./hotspot-option.ts";

const key = "show me the way";

test("there is none unless somebody asks for one", async () => {
  expect(await hotspotOf({ unconfigured: "leave" }, "openwps-000001")).toBeNull();
});

test("it is called after the device, and is open only when that is asked for by name", async () => {
  expect(await hotspotOf({ unconfigured: "hotspot", hotspotOpen: true }, "openwps-000001")).toEqual({
    ssid: new TextEncoder().encode("openwps-000001"),
    key: null,
  });
});

test("its password can come from a file, without the line break at its end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "openwps-"));
  await writeFile(join(folder, "key"), `${key}\n`);
  const flags = { unconfigured: "leave", hotspotKeyFile: join(folder, "key"), hotspotSsid: "set-up" } as const;
  expect((await hotspotOf(flags, "openwps-000001"))?.key?.revealText()).toBe(key);
  await rm(folder, { recursive: true });
});

test.each([
  ["without a password", {}, /has no password\. Give it one of 8 to 63 characters .* or .* --hotspot-open\.$/],
  ["with a short password", { hotspotKey: "short" }, /8 to 63 characters, or be 64 hex digits/],
  ["with a password and open", { hotspotKey: key, hotspotOpen: true }, /open and to have a password/],
  ["with a long name", { hotspotKey: key, hotspotSsid: "ä".repeat(17) }, /has 34 bytes; .* 1 to 32/],
  ["with a name of nothing", { hotspotKey: key, hotspotSsid: "" }, /has 0 bytes/],
  ["with a file that is not there", { hotspotKeyFile: "/none" }, /\/none was not read: there is no such file/],
] as const)("%s it is refused in a sentence", async (_how, flags, sentence) => {
  await expect(hotspotOf({ unconfigured: "hotspot", ...flags }, "openwps-000001")).rejects.toThrow(sentence);
});
