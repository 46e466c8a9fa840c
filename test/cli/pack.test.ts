/** The package as it is published: packed, installed into an empty folder, and run there. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Run, run } from "./run.ts";

test("npm pack, installed into an empty folder, runs the demo and answers an import", {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "openwps-pack-"));
  try {
    const packed = await new Run("npm", ["pack", "--pack-destination", folder]).ended;
    expect(packed.code, packed.stderr).toBe(0);
    const tarball = (await readdir(folder)).find((file) => file.endsWith(".tgz")) ?? "";

    const { stdout: listed } = await run("tar", "tzf", join(folder, tarball));
    const files = listed.trimEnd().split("\n");
    expect(files).toEqual(
      expect.arrayContaining([
        "package/bin/openwps.js",
        "package/dist/cli/main.js",
        "package/dist/web/station.html",
        "package/dist/web/registrar.html",
        "package/README.md",
        "package/LICENSE",
        "package/docs/configuration.md",
        "package/packaging/openwps-station.service",
      ]),
    );
    expect(files.filter((file) => /\.test\.|\/src\/|\.map$|vectors|\.png$/.test(file))).toEqual([]);

    await writeFile(join(folder, "package.json"), '{"private":true,"type":"module"}');
    // Only real radios need the optional dependency, which would be compiled here.
    const args = ["install", "--omit=optional", "--prefer-offline", "--no-audit", "--no-fund", `./${tarball}`];
    const installed = await new Run("npm", args, { cwd: folder }).ended;
    expect(installed.code, installed.stderr).toBe(0);

    const demo = new Run(join(folder, "node_modules", ".bin", "openwps"), ["demo", "--listen", "127.0.0.1:0"], {
      cwd: folder,
    });
    const lua = join(folder, "node_modules", "openwps", "examples", "wps-basic.lua");
    const scripted = new Run(
      join(folder, "node_modules", ".bin", "openwps"),
      ["lua", lua, "--radio", "air", "--fast"],
      {
        cwd: folder,
      },
    );
    try {
      const { code, stdout, stderr } = await scripted.ended;
      expect(code, stdout + stderr).toBe(0);
      const [, url = ""] = await demo.seen(/Listening on (http:\S+)/);
      expect(await (await fetch(url, { headers: { accept: "text/html" } })).text()).toContain("<!doctype html>");
      expect((await fetch(`${url}/api/v1/wifi/wps`, { method: "POST" })).status).toBe(204);
    } finally {
      await demo.end();
    }

    const script =
      'import { pair } from "openwps"; import "openwps/wsc"; import "openwps/air"; import "openwps/nodemcu"; import "openwps/er"; console.log(typeof pair);';
    await writeFile(join(folder, "try.js"), script);
    expect((await new Run(process.execPath, ["try.js"], { cwd: folder }).ended).stdout).toBe("function\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});
