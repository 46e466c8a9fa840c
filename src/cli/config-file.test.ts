import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Complaint } from "./complaint.ts";
import { applyConfig, readConfigFile } from "./config-file.ts";
import { EXIT } from "./exit-codes.ts";
import { addRegistrarOptions, type RegistrarFlags } from "./registrar-options.ts";
import { addStationOptions, type StationFlags } from "./station-options.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
  path = join(folder, "file.toml");
});
afterEach(() => rm(folder, { recursive: true }));

async function apply(text: string, command: Command): Promise<void> {
  await writeFile(path, text);
  const file = await readConfigFile(path, true);
  if (file !== null) applyConfig(command, file);
}

const station = () => addStationOptions(new Command());

test.each([
  ["an option that there is not", "lisen = 1", '"lisen" is not known here; known are: radio, listen, state,'],
  ["a table that there is not", '[wifi]\nssid = "a"', '"wifi.ssid" is not known here'],
  ["where it is itself", 'config = "other.toml"', '"config" is not known here'],
  ["a number for a text", "listen = 8080", 'listen must be a text, in quotes: "…".'],
  ["a date for a text", "led = 1979-05-27", "led must be a text, in quotes"],
  ["several values for an option that takes one", 'listen = ["a:1", "b:2"]', "listen must be a text, in quotes"],
  ["a value that the option does not take", 'listen = "x"', "listen is not right: Give it as HOST:PORT"],
  ["a radio that there is not", 'radio = "wlan0"', "radio is not right: A radio is given in one of these forms"],
  ["a choice that there is not", 'digest = "md4"', 'digest must be one of "md5", "sha-256".'],
  ["a text for a switch", 'basic = "yes"', "basic must be true or false."],
  ["a number for a switch", "mdns = 0", "mdns must be true or false."],
  ["an option in two ways", 'hotspot_ssid = "a"\n[hotspot]\nssid = "b"', "hotspot_ssid and hotspot.ssid are the same"],
])("%s is refused, with the file and its name there", async (_what, text, words) => {
  const failure = await apply(text, station()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Complaint);
  expect(failure).toMatchObject({ exitCode: EXIT.usage, message: expect.stringContaining(`${path}: ${words}`) });
});

test.each([
  ["a list that does not end", "a = 1\nb = [1\nc = 2\n", 3],
  ["an option twice", 'led = "a"\nled = "b"\n', 2],
  ["a number with leading zeros, as a PIN has them", "[hotspot]\nkey = 01234567\n", 2],
])("what is no TOML is refused with its line: %s", async (_what, text, line) => {
  await expect(apply(text, station())).rejects.toThrow(`${path}, line ${line}: this is not TOML: `);
});

test("a file that cannot be read is missed when a person named it, and only then", async () => {
  await expect(readConfigFile(path, true)).rejects.toThrow("there is no such file");
  expect(await readConfigFile(path, false)).toBeNull();
});

test("values are read as if they had been typed, and those that were typed stay", async () => {
  const command = station();
  command.parse(["--led", "typed"], { from: "user" });
  const text = 'radio = "air"\nled = "wps"\nmdns = false\nbasic = true\n[device]\nmodel = "Meter 3"\n';
  await apply(`${text}[after]\nfailed_pairing = "restore"\n`, command);
  expect(command.opts<StationFlags>()).toMatchObject({
    radio: { type: "air", file: null },
    led: "typed",
    mdns: false,
    basic: true,
    deviceModel: "Meter 3",
    afterFailedPairing: "restore",
    listen: { host: "127.0.0.1", port: 8080 },
  });
});

test("what may be given several times is a list, or one", async () => {
  const [several, one] = [addRegistrarOptions(new Command()), addRegistrarOptions(new Command())];
  await apply('ap = ["air", "hostapd:wlan0"]', several);
  await apply('ap = "air"', one);
  expect(several.opts<RegistrarFlags>().ap).toEqual([
    { type: "air", file: null },
    { type: "hostapd", target: "wlan0" },
  ]);
  expect(one.opts<RegistrarFlags>().ap).toEqual([{ type: "air", file: null }]);
});
