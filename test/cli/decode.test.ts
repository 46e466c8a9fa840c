/** `openwps decode` as a process: what it prints of recorded captures, and how it ends on files that are none. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openwps, root, run } from "./run.ts";

const capture = (name: string) => join(root, "test", "captures", `${name}.pcap`);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-decode-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const decode = (...args: readonly string[]) => openwps(["decode", ...args]).ended;

describe("decode", () => {
  test("shows a run message by message, and how it ended", async () => {
    const { code, stdout, stderr } = await decode(capture("frag"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => /#1 +(\S+)/.exec(line)?.[1]).filter((message) => message !== undefined)).toEqual([
      ...["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "WSC_Done", "EAP"],
    ]);
    expect(stdout).toContain("in 9 fragments");
    expect(lines).toContain(
      'Run 1: success. "Vector Station" (02:00:00:00:01:00) was enrolled by "Vector AP" by push button.',
    );
    expect(lines.at(-1)).toBe("Not shown: 87 beacons and probes that said nothing new.");
    expect(stdout).not.toContain("\u001b");
  });

  test("--verbose names every attribute", async () => {
    const { stdout } = await decode(capture("pin"), "--verbose");
    for (const line of [
      /^ +Device Password ID +0 \(PIN\)$/m,
      /^ +E-Hash1 +[0-9a-f]{64}$/m,
      /^ +Public Key +[0-9a-f]{80}… \(192 bytes\)$/m,
      /^ +WFA Vendor Extension +Version2 2\.0, Authorized MACs anybody$/m,
      /^ +UUID-E +572cf82f-c957-5653-9b16-b5cfb298abf1$/m,
    ])
      expect(stdout).toMatch(line);
  });

  test("--json is one object a line, with runs, and the end as the last", async () => {
    const { code, stdout } = await decode(capture("wrongpin2"), "--json");
    expect(code).toBe(0);
    const items = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(items.find(({ type, message }) => type === "message" && message === "WSC_NACK")).toMatchObject({
      run: 1,
      direction: "toRegistrar",
      attributes: { configError: 18 },
    });
    expect(items.find(({ type }) => type === "run")).toMatchObject({ outcome: "wrongPassword", wrongHalf: 2 });
    expect(items.at(-1)).toEqual({ type: "end", packets: 137, unreadLinkTypes: {}, error: null });
  });

  test("--pin judges each run, and never prints the PIN", async () => {
    const pins = ["12345670", "1234-5670"];
    for (const pin of pins)
      for (const flags of [[], ["--json"]]) {
        const { code, stdout } = await decode(capture("pin"), "--pin", pin, ...flags);
        expect(code).toBe(0);
        expect(stdout).toContain("It could be this one; a capture cannot prove it");
        expect(stdout).not.toContain(pin);
      }
    expect((await decode(capture("pbc"), "--pin", "12345670")).stdout).toContain("it used no PIN");
    expect((await decode(capture("pin"), "--pin", "12345671")).code).toBe(2);
  });

  test("a file that was cut off: what could be read, then a sentence and exit code 1", async () => {
    const path = await file("cut.pcap", readFileSync(capture("pin")).subarray(0, 40_000));
    const { code, stdout, stderr } = await decode(path);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ M8 /);
    expect(stderr).toMatch(
      /^openwps: .*cut\.pcap: The file ends in the middle of a packet, which begins at byte \d+: it was cut off\.\n$/,
    );
    const json = (await decode(path, "--json")).stdout.trimEnd().split("\n");
    expect(JSON.parse(json.at(-1) ?? "").error).toMatch(/cut off/);
  });

  test.each([
    ["an empty file", "", "The file is empty."],
    [
      "a text",
      "It was a dark and stormy night.",
      "This is no packet capture: it begins neither as pcap nor as pcapng.",
    ],
  ])("%s is refused in a sentence", async (_, content, sentence) => {
    const path = await file("bad", content);
    expect(await decode(path)).toEqual({ code: 1, stdout: "", stderr: `openwps: ${path}: ${sentence}\n` });
  });

  test("a file that is not there, and a folder, are refused in a sentence", async () => {
    expect(await decode(join(folder, "none"))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no such file\.\n$/),
    });
    expect(await decode(folder)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is a folder\. Give a capture/),
    });
  });

  test("a capture without WPS is good, and says so", async () => {
    const head = readFileSync(capture("pin")).subarray(0, 24);
    const silence = new Uint8Array(16 + 4);
    silence[8] = 4;
    const good = (stdout: string) => ({ code: 0, stdout, stderr: "" });
    expect(await decode(await file("empty.pcap", head))).toEqual(good("The capture has no packets in it.\n"));
    expect(await decode(await file("silent.pcap", Buffer.concat([head, silence])))).toEqual(
      good("No WPS in 1 packet.\n"),
    );
  });

  test("reads standard input, gzip too, and ends quietly when nobody reads on", async () => {
    const packed = await file("pin.pcap.gz", gzipSync(readFileSync(capture("pin"))));
    const command = `'${process.execPath}' '${join(root, "bin", "openwps.js")}' decode - < '${packed}'`;
    const { stdout } = await run("bash", "-c", command);
    expect(stdout).toBe((await decode(capture("pin"))).stdout);
    expect(await run("bash", "-c", `set -o pipefail; ${command} | head -1`)).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("docs/decode.md", () => {
  const page = readFileSync(join(root, "docs", "decode.md"), "utf8");
  const shown = [...page.matchAll(/^```sh\nnpx openwps ([^\n]*)\n```\n\n```text\n(.*?)^```$/gms)];

  test("shows output", () => {
    expect(shown.length).toBe(2);
  });

  for (const [, command = "", output] of shown)
    test(`shows what \`openwps ${command}\` prints`, async () => {
      expect((await openwps(command.split(" ")).ended).stdout).toBe(output);
    });
});
