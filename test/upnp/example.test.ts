/** examples/let-in-by-router.mjs, run as a program of somebody else, and shown in docs/upnp.md as it is. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Run, root } from "../cli/run.ts";
import { PlayedHome, routerPin } from "./played-home.ts";

const example = join(root, "examples", "let-in-by-router.mjs");

test("the example lets a device in at a router that it finds by name", async () => {
  const name = `Home ${randomBytes(6).toString("hex")}`;
  const home = await PlayedHome.open({ name });
  const lamp = home.station("02:00:00:00:05:51");
  const program = new Run(process.execPath, [example, name, routerPin, "lo"]);
  await program.seen(/Press the button/);
  lamp.begin();
  const { code, stdout, stderr } = await program.ended;
  await home.device.close();
  expect({ code, stderr, stdout }).toEqual({
    code: 0,
    stderr: "",
    stdout: "Press the button of the device.\nInterop device (02:00:00:00:05:51) is in.\n",
  });
  expect(lamp.key()).toBe("correct horse battery");
});

test("docs/upnp.md shows it as it is", async () => {
  const [program, page] = await Promise.all([
    readFile(example, "utf8"),
    readFile(join(root, "docs", "upnp.md"), "utf8"),
  ]);
  const [, shown] = /^```js\n(.*?)^```$/ms.exec(page) ?? [];
  expect(program.slice(program.indexOf("import "))).toBe(shown);
});
