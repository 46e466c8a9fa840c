/** The commands that run once and end: what they print, and the exit codes that scripts rely on. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openwps } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A scenario file with two access points, `Home` and `Shop`, and what happens there. */
async function scenario(name: string, happenings: readonly object[]): Promise<string> {
  const file = join(folder, `${name}.json`);
  const accessPoints = [
    { name: "Home", key: "a key that must not show" },
    { name: "Shop", key: "another key not to show" },
  ];
  await writeFile(file, JSON.stringify({ accessPoints, station: { name: "Lamp" }, happenings }));
  return `air:${file}`;
}

describe("pair", () => {
  test("joins at a press of the button, says so, and ends with 0", async () => {
    const { code, stdout, stderr } = await openwps(["pair", "--radio", "air"]).ended;
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("Searching. Press the WPS button of the router.");
    expect(lines).toContain('✓ Connected to "Home" (02:00:00:00:00:01), address 192.168.1.100.');
    expect(stdout).not.toContain("\u001b");
  });

  test("joins by PIN, and its JSON lines hold neither PIN nor key", async () => {
    const pin = "12345670";
    const radio = await scenario("pin", [{ at: 0.1, enterPin: "Shop", pin }]);
    const { code, stdout } = await openwps(["pair", "--radio", radio, "--pin", pin, "--json"]).ended;
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ type: "searching", secondsLeft: 120 });
    expect(events.map(({ message }) => message)).toEqual(expect.arrayContaining(["M1", "M8", "WSC_Done"]));
    expect(events.at(-1)).toMatchObject({ type: "paired", result: "success", ssid: "Shop", kept: true });
    expect(stdout).not.toContain(pin);
    expect(stdout).not.toContain("not to show");
  });

  test("ends with 4 when two buttons are pressed", async () => {
    const radio = await scenario("overlap", [
      { at: 0, press: "Home" },
      { at: 0, press: "Shop" },
    ]);
    const { code, stdout } = await openwps(["pair", "--radio", radio]).ended;
    expect(stdout).toMatch(/^✗ Two access points .*\n {2}Wait two minutes/m);
    expect(code).toBe(4);
  });

  test("ends with 1 and the reason when the PIN is another one", async () => {
    const radio = await scenario("wrong", [{ at: 0, enterPin: "Home", pin: "12345670" }]);
    const { code, stdout } = await openwps(["pair", "--radio", radio, "--pin", "76543210", "--json"]).ended;
    expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      type: "failed",
      reason: "wrong-pin",
    });
    expect(code).toBe(1);
  });

  test("Ctrl-C cancels it, and it ends with 130", async () => {
    const pairing = openwps(["pair", "--radio", await scenario("quiet", [])]);
    await pairing.seen(/Searching/);
    const { code, stdout } = await pairing.end("SIGINT");
    expect(stdout).toMatch(/^– The pairing was cancelled\.$/m);
    expect(code).toBe(130);
  });

  test("whoever stops reading cancels it likewise, and nothing is left half done", async () => {
    const pairing = openwps(["pair", "--radio", await scenario("unread", [{ at: 0.5, press: "Home" }])]);
    await pairing.seen(/Searching/);
    pairing.child.stdout?.destroy();
    const { code, stderr } = await pairing.ended;
    expect([code, stderr]).toEqual([130, ""]);
  });
});

test("scan prints an aligned table", async () => {
  const { code, stdout } = await openwps(["scan", "--radio", "air"]).ended;
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "SSID       BSSID              CHANNEL  SIGNAL  SECURITY  WPS",
      "Home       02:00:00:00:00:01  6        100 %   WPA2      yes",
      "Neighbour  02:00:00:00:00:02  11       58 %    WPA2      yes",
      "",
    ].join("\n"),
  );
});

test("scan --json prints one object a line, in the API's forms", async () => {
  const { stdout } = await openwps(["scan", "--radio", "air", "--json"]).ended;
  const [home] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(home).toMatchObject({ ssid: "Home", bssid: "020000000001", channel: 6, signal: 100, wps: "true" });
});

test("a generated PIN is a good one", async () => {
  const { stdout } = await openwps(["pin", "generate"]).ended;
  expect(stdout).toMatch(/^\d{8}\n$/);
  expect((await openwps(["pin", "check", stdout.trim()]).ended).code).toBe(0);
});

describe("what goes wrong is a sentence, an exit code and no stack trace:", () => {
  const cases: readonly (readonly [name: string, args: string[], code: number, says: RegExp])[] = [
    ["no radio named", ["scan"], 2, /'--radio <RADIO>' not specified\n\(openwps scan --help/],
    ["a radio in no known form", ["pair", "--radio", "wlan0"], 2, /one of these forms:\n {2}wpa_supplicant:wlan0/],
    [
      "an interface name that is too long",
      ["scan", "--radio", "wpa_supplicant:averylonginterface"],
      2,
      /one of these forms/,
    ],
    [
      "no wpa_supplicant",
      ["pair", "--radio", "wpa_supplicant:wlan77"],
      1,
      /There is no wpa_supplicant at .*\n.*ctrl_interface/,
    ],
    [
      "no air",
      ["scan", "--radio", "air@/nonexistent/air"],
      1,
      /Nobody serves a simulated air at .*\n.*openwps demo --air/,
    ],
    ["no scenario", ["scan", "--radio", "air:/nonexistent"], 1, /was not loaded: there is no such file/],
    [
      "a scenario that is none",
      ["scan", "--radio", "air:package.json"],
      1,
      /package.json was not loaded\. .*accessPoints/,
    ],
    ["a typing mistake in a PIN", ["pair", "--radio", "air", "--pin", "12345678"], 2, /typing mistake/],
    ["a bssid that is none", ["pair", "--radio", "air", "--bssid", "home"], 2, /12 hex digits/],
    ["a place to listen that is none", ["demo", "--listen", "8080"], 2, /HOST:PORT/],
    ["a host that is not this machine", ["demo", "--listen", "192.0.2.1:0"], 1, /not an address of this machine/],
    ["a command that does not exist", ["pear"], 2, /unknown command 'pear'/],
    ["a PIN that is none", ["pin", "check", "123"], 1, /4 or 8 digits, not 3/],
  ];
  for (const [name, args, code, says] of cases)
    test(name, async () => {
      const ended = await openwps(args).ended;
      expect(ended.stderr).toMatch(says);
      expect(ended.stderr).not.toMatch(/^ {4}at /m);
      expect(ended.stdout).toBe("");
      expect(ended.code).toBe(code);
    });

  test("a PIN that is all but right is not shown", async () => {
    for (const [args, environment] of [
      [["pair", "--radio", "air", "--pin", "12345671"], {}],
      [["pair", "--radio", "air"], { OPENWPS_PIN: "12345671" }],
      [["pin", "check", "12345671"], {}],
    ] as const) {
      const { stdout, stderr } = await openwps(args, environment).ended;
      expect(stdout + stderr).toMatch(/typing mistake/);
      expect(stdout + stderr).not.toContain("12345671");
    }
  });
});

test("options come from the environment as well", async () => {
  const { code, stdout } = await openwps(["scan"], { OPENWPS_RADIO: "air", OPENWPS_JSON: "1" }).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\{"ssid":"Home"/);
});
