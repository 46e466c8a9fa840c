/** `openwps er` as a person and as a program runs it, with hostapd as the router. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openwps } from "../cli/run.ts";
import { hostapdMissing } from "../interop/hostapd.ts";
import { HostapdRouter, network, PIN } from "./hostapd-upnp.ts";

const missing = hostapdMissing();
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const er = (...args: readonly string[]) => openwps(["er", ...args]);
const lines = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

suite(`openwps er${withReason}`, () => {
  let hostapd: HostapdRouter;
  let folder: string;
  const there = () => ["--interface", "lo", "--router", hostapd.name];

  beforeAll(async () => {
    hostapd = await HostapdRouter.start();
    folder = await mkdtemp(join(tmpdir(), "openwps-er-"));
    await writeFile(join(folder, "key"), "another passphrase\n");
  });
  afterAll(async () => {
    await hostapd.stop();
    await rm(folder, { recursive: true });
  });

  test("discover shows the routers that answer", async () => {
    const { code, stdout } = await er("discover", "--interface", "lo", "--json").ended;
    expect(code).toBe(0);
    expect(lines(stdout)).toContainEqual({
      type: "router",
      name: hostapd.name,
      uuid: expect.stringMatching(/^11223344-5566-7788-99aa-[0-9a-f]{12}$/),
      address: "127.0.0.1",
      manufacturer: "Example",
      model: "Example",
      modelNumber: "1",
      state: "configured",
    });
  });

  test("learn shows the network, to a person and to a program", async () => {
    const [shown, json] = await Promise.all([
      er("learn", ...there(), "--pin", PIN).ended,
      er("learn", ...there(), "--pin", PIN, "--json").ended,
    ]);
    expect(shown).toMatchObject({
      code: 0,
      stdout: `SSID      ${network.ssid}\nSecurity  WPA2\nKey       ${network.passphrase}\n`,
    });
    expect(lines(json.stdout).at(-1)).toEqual({
      type: "settings",
      ssid: network.ssid,
      security: "WPA2",
      key: network.passphrase,
    });
  });

  test("a wrong PIN is told in a sentence", async () => {
    const { code, stderr } = await er("learn", ...there(), "--pin", "12340002").ended;
    expect(code).toBe(1);
    expect(stderr).toContain("That is not the router's PIN.");
  });

  test("configure gives the router another network", async () => {
    const key = join(folder, "key");
    const { code, stdout } = await er("configure", ...there(), "--pin", PIN, "--ssid", "Given", "--key-file", key)
      .ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `✓ ${hostapd.name} is now "Given".\n` });
    await hostapd.says("WPS-NEW-AP-SETTINGS");
  });

  test("enrol waits for a device, and takes its leave at Ctrl-C", async () => {
    const run = er("enrol", ...there(), "--pbc", "--router-pin", PIN);
    await run.seen(/Start WPS on the device/);
    run.child.kill("SIGINT");
    expect((await run.ended).code).toBe(130);
  });

  test("watch shows what the router hears, until Ctrl-C", async () => {
    const run = er("watch", ...there());
    await run.seen(/the router's status is 1/);
    run.child.kill("SIGINT");
    expect((await run.ended).code).toBe(130);
  });

  test.for([
    [["enrol", "--ssid", "Home", "--open"], "Say how the device shows that it is the one"],
    [["enrol", "--pbc"], "Say which network the device gets"],
    [["configure", "--pin", PIN, "--ssid", "Home"], "Give the network's password with --key-file"],
  ] as const)("what is missing in %j is asked for", async ([args, sentence]) => {
    const { code, stderr } = await er(...args).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) });
  });

  test("a router that is not there is said not to answer", async () => {
    const { code, stderr } = await er("watch", "--interface", "lo", "--router", "nobody").ended;
    expect(code).toBe(1);
    expect(stderr).toContain("No router called nobody answers");
  });
});
