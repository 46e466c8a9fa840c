/** The configuration file of `openwps station`: what may stand in it, what wins, and the words for what is wrong. */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openwps } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-config-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function configured(text: string): Promise<string> {
  const path = join(folder, `${++files}.toml`);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

const state = () => join(folder, `state-${files}`);

describe("a configuration file", () => {
  test.each([
    [
      "an option that there is not",
      "lisen = 1",
      /^openwps: \/.*\.toml: "lisen" is not known here; known are: radio, listen/,
    ],
    ["a hotspot without a password", 'unconfigured = "hotspot"', /^openwps: The hotspot has no password\. Give it one/],
  ])("with %s is refused in a sentence, with what to do", async (_what, text, sentence) => {
    const config = await configured(text);
    const { code, stderr } = await openwps(["station", "--radio", "air", "--config", config, "--state", state()]).ended;
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  test("that is named and not there is missed; nothing is said of the one that need not be there", async () => {
    const { code, stderr } = await openwps(["station", "--radio", "air", "--config", join(folder, "none")]).ended;
    expect(stderr).toContain("there is no such file");
    expect(code).toBe(2);
  });

  test("gives what is neither typed nor in the environment; what is typed wins over both", async () => {
    const config = await configured(
      `radio = "air"\nlisten = "127.0.0.1:1"\nlog_level = "error"\n[hotspot]\nssid = "set-up"\nkey = "show me the way"\n`,
    );
    const args = ["station", "--config", config, "--state", state(), "--listen", "127.0.0.1:0"];
    const service = openwps(args, { OPENWPS_LOG_LEVEL: "info", OPENWPS_UNCONFIGURED: "hotspot" });
    const [, address = ""] = await service.seen(/listening on (http:[^"\s]+)/);
    expect(await (await fetch(`${address}/api/v1/wifi/mode`)).json()).toEqual({ mode: "AP" });
    const { stdout, stderr } = await service.end("SIGTERM");
    expect(stdout + stderr).not.toContain("show me the way");
  });

  test("that others may read is told of when a password stands in it", async () => {
    const config = await configured('[hotspot]\nkey = "show me the way"\n');
    await chmod(config, 0o644);
    const args = ["station", "--radio", "air", "--config", config, "--state", state(), "--listen", "127.0.0.1:0"];
    const service = openwps(args);
    await service.seen(/other users of this machine can read/);
    await service.end("SIGTERM");
  });
});

describe("in the environment", () => {
  const args = ["station", "--radio", "air", "--listen", "127.0.0.1:0"];

  test("a switch is on or off: one that says off opens no hotspot", async () => {
    const config = await configured('[hotspot]\nkey = "show me the way"\n');
    const environment = { OPENWPS_HOTSPOT_OPEN: "off", OPENWPS_MDNS: "on", OPENWPS_BASIC: "1" };
    const service = openwps([...args, "--config", config, "--state", state()], environment);
    await service.seen(/listening on/);
    await service.end();
  });

  test.each([
    ["a switch that is neither on nor off", { OPENWPS_BASIC: "maybe" }, /OPENWPS_BASIC must be on or off, not "maybe"/],
    ["a value that the option does not take", { OPENWPS_DIGEST: "md4" }, /OPENWPS_DIGEST.*Allowed choices are md5/],
    ["a file that is not there", { OPENWPS_CONFIG: "/none/such.toml" }, /\/none\/such\.toml .* no such file/],
  ])("%s is refused with its name", async (_what, environment, sentence) => {
    const { code, stderr } = await openwps([...args, "--state", join(folder, "unused")], environment).ended;
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });

  test("what is empty is not there", async () => {
    const { code, stderr } = await openwps(["station"], { OPENWPS_RADIO: "", OPENWPS_CONFIG: "" }).ended;
    expect(stderr).toMatch(/^openwps: Which radio\? Name one with --radio, OPENWPS_RADIO/);
    expect(code).toBe(2);
  });

  test("a value wins over the file's, and one that is typed over both", async () => {
    const config = await configured(
      'radio = "air"\nunconfigured = "off"\n[device]\nname = "Lamp"\nmodel = "Of the file"\n',
    );
    const service = openwps(["station", "--config", config, "--state", state(), "--listen", "127.0.0.1:0"], {
      OPENWPS_DEVICE_MODEL: "Of the environment",
      OPENWPS_LISTEN: "127.0.0.1:1",
    });
    const [, address = ""] = await service.seen(/listening on (http:[^"\s]+)/);
    const { device, wifi } = (await (await fetch(`${address}/api/v1/system`)).json()) as Record<string, object>;
    expect(device).toMatchObject({ name: "Lamp", model: "Of the environment" });
    expect(wifi).toMatchObject({ mode: "OFF" });
    await service.end();
  });
});

describe("a password", () => {
  test("is refused on the command line, where everybody can read it", async () => {
    const { code, stderr } = await openwps(["station", "--radio", "air", "--hotspot-key", "show me the way"]).ended;
    expect(stderr).toContain("Use --hotspot-key-file");
    expect(stderr).not.toContain("show me");
    expect(code).toBe(2);
  });

  test("from a file protects the service from its first answer on", async () => {
    const file = join(folder, "password");
    await writeFile(file, "correct horse\n", { mode: 0o600 });
    const args = ["station", "--radio", "air", "--password-file", file, "--state", state(), "--listen", "127.0.0.1:0"];
    const service = openwps(args);
    const [, address = ""] = await service.seen(/listening on (http:[^"\s]+)/);
    const answer = await fetch(`${address}/api/v1/system`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Digest realm="openwps-\w{6}", .*algorithm=MD5-sess/);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    await service.end("SIGTERM");
  });
});
