/** `openwps er` as a person and as a program runs it, with hostapd as the router. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addErCommands } from "../../src/cli/er-options.ts";
import { parseMacAddress } from "../../src/wsc/address.ts";
import { parsePin } from "../../src/wsc/pin.ts";
import { openwps } from "../cli/run.ts";
import { hostapdMissing } from "../interop/hostapd.ts";
import { mac } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
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

  // They mostly wait for each other's searches.
  describe.concurrent("without changing anything", () => {
    test("discover shows the routers that answer, to a person and to a program", async ({ expect }) => {
      const [shown, json] = await Promise.all([
        er("discover", "--interface", "lo", "--seconds", "2").ended,
        er("discover", "--interface", "lo", "--seconds", "2", "--json").ended,
      ]);
      expect([shown.code, json.code]).toEqual([0, 0]);
      expect(shown.stdout).toMatch(/^ROUTER +MODEL +ADDRESS +STATE$/m);
      expect(shown.stdout).toMatch(new RegExp(`^${hostapd.name}  Example +127\\.0\\.0\\.1 +configured$`, "m"));
      expect(lines(json.stdout)).toContainEqual({
        type: "router",
        name: hostapd.name,
        uuid: expect.stringMatching(/^11223344-5566-7788-99aa-[0-9a-f]{12}$/),
        address: "127.0.0.1",
        manufacturer: "Example",
        model: "Example",
        modelNumber: "1",
        state: "configured",
        locked: false,
      });
    });

    test("learn shows the network, to a person and to a program", async ({ expect }) => {
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

    test("a wrong PIN is told in a sentence", async ({ expect }) => {
      const { code, stderr } = await er("learn", ...there(), "--pin", "12340002").ended;
      expect(code).toBe(1);
      expect(stderr).toContain("That is not the router's PIN.");
    });

    test("enrol waits for a device, and takes its leave at Ctrl-C", async ({ expect }) => {
      const run = er("enrol", ...there(), "--pbc", "--router-pin", PIN);
      await run.seen(/Start WPS on the device/);
      run.child.kill("SIGINT");
      expect((await run.ended).code).toBe(130);
    });

    test("watch shows what the router hears, until Ctrl-C", async ({ expect }) => {
      const run = er("watch", ...there());
      await run.seen(/The router's status is 1/);
      run.child.kill("SIGINT");
      expect((await run.ended).code).toBe(130);
    });

    test("a router that is not there is said not to answer", async ({ expect }) => {
      const { code, stderr } = await er("watch", "--interface", "lo", "--router", "nobody", "--seconds", "2").ended;
      expect(code).toBe(1);
      expect(stderr).toContain("No router called nobody answers");
    });

    test("an interface that is on no network is said not to be", async ({ expect }) => {
      const { code, stderr } = await er("discover", "--interface", "nowhere0").ended;
      expect(code).toBe(1);
      expect(stderr).toContain("The interface nowhere0 has no IPv4 address.");
    });
  });

  test.for([["--key"], ["--key-file"]] as const)("configure gives the router another network, by %s", async ([how]) => {
    const given = how === "--key" ? "another passphrase" : join(folder, "key");
    const { code, stdout } = await er("configure", ...there(), "--pin", PIN, "--ssid", "Given", how, given).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: `✓ ${hostapd.name} is now "Given".\n` });
    await hostapd.says("WPS-NEW-AP-SETTINGS");
  });
});

/** The command line in this very process: what is wrong with it is found before anything is searched. */
async function mistakeIn(...args: readonly string[]): Promise<unknown> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  const parsers = {
    pin: (text: string) => must(parsePin(text)),
    mac: (text: string) => parseMacAddress(text) ?? mac("02:00:00:00:00:00"),
  };
  addErCommands(program, parsers, (code) => {
    throw new Error(`ended by ${code}`);
  });
  return program.parseAsync(args, { from: "user" }).catch((error: unknown) => error);
}

describe("openwps er asks for what is missing", () => {
  const configure = ["er", "configure", "--pin", PIN, "--ssid"];
  test.for([
    [["er", "enrol", "--ssid", "Home", "--open"], "Say how the device shows that it is the one"],
    [["er", "enrol", "--pbc", "--pin", PIN], "Say how the device shows that it is the one"],
    [["er", "enrol", "--pbc"], "Say which network the device gets"],
    [[...configure, "Home"], "Give the network's password with --key-file or --key"],
    [[...configure, "Home", "--open", "--key", "12345678"], "one of the three"],
    [[...configure, "Home", "--key", "short"], "8 to 63 characters"],
    [[...configure, "Home", "--key-file", "/nowhere"], "there is no such file"],
    [[...configure, "", "--open"], "a network's name has 1 to 32"],
    [[...configure, "x".repeat(33), "--open"], "The network's name has 33 bytes"],
    [["er", "discover", "--seconds", "1"], "--seconds must be a number from 2 to 999"],
  ] as const)("%j: %s", async ([args, sentence]) => {
    expect(await mistakeIn(...args)).toMatchObject({ exitCode: 2, message: expect.stringContaining(sentence) });
  });
});
