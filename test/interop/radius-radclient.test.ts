/** Debian's radclient (FreeRADIUS) asks our server: another reading of RADIUS, its signatures and its hidden passwords. */
import { execFile } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { KeyAnswer } from "../../src/radius/server.ts";
import { toHex } from "../../src/wsc/bytes.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../../src/wsc/eap/packet.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { programsMissing } from "./program.ts";
import { mac, text } from "./radius-station.ts";
import { RadiusWorld, secretText } from "./radius-world.ts";

const missing = programsMissing(["radclient", "-v", "freeradius-utils"]);
const suite = missing === null ? describe : describe.skip;
const withReason = missing === null ? "" : ` (${missing})`;

const home = mac("02:00:00:00:00:01");
const keys = ["ab".repeat(32), "correct horse battery", "x".repeat(63)];

const names = [`Called-Station-Id = "02-00-00-00-00-01:Home"`, `Calling-Station-Id = "02-00-00-00-01-01"`];
const signed = "Message-Authenticator = 0x00";
const question = [`User-Name = "020000000101"`, `User-Password = "020000000101"`, ...names, signed];

interface Asking {
  readonly attributes: readonly string[];
  readonly command?: string;
  readonly secret?: string;
  readonly host?: string;
}

suite(`radclient${withReason}`, () => {
  let world: RadiusWorld;
  let answer: KeyAnswer;

  beforeAll(async () => {
    world = await RadiusWorld.open({
      instances: [home],
      listen: [{ host: "::", port: 0 }],
      keys: { answer: async () => answer },
    });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    answer = { type: "keys", keys: keys.map((key) => new Secret(key)) };
    world.radiusEvents.length = 0;
  });

  /** What it prints: packets sent and received with their attributes, and what it thinks of them. */
  function radclient({ attributes, command = "auth", secret = secretText, host = "127.0.0.1" }: Asking) {
    const options = ["-x", "-r", "1", "-t", "0.2", `${host}:${world.port}`, command, secret];
    return new Promise<string>((resolve) => {
      const child = execFile("radclient", options, (_failed, stdout, stderr) => resolve(stdout + stderr));
      child.stdin?.end(`${attributes.join(", ")}\n`);
    });
  }
  const isSilent = async (asking: Asking, reason: string) => {
    expect(await radclient(asking)).toContain("No reply from server");
    expect(world.drops).toEqual({ [reason]: 1 });
  };

  test.each(["127.0.0.1", "[::1]"])("at %s is told a station's keys, and reads them all", async (host) => {
    const said = await radclient({ attributes: question, host });
    expect(said).toContain("Received Access-Accept");
    expect([...said.matchAll(/Tunnel-Password:0 = "([^"]*)"/g)].map(([, key]) => key)).toEqual(keys);
  });

  test("is told that there are none", async () => {
    answer = { type: "reject" };
    expect(await radclient({ attributes: question })).toContain("Received Access-Reject");
  });

  test("gets back what a proxy has added, and no complaint about what nobody asked for", async () => {
    const more = [
      `Cisco-AVPair = "a=b"`,
      "Proxy-State = 0x0102",
      "NAS-Port-Type = Wireless-802.11",
      "Framed-MTU = 1400",
    ];
    const said = await radclient({ attributes: [...question, ...more] });
    expect(said).toContain("Received Access-Accept");
    expect(said.slice(said.indexOf("Received"))).toContain("Proxy-State = 0x0102");
  });

  test("begins an EAP run", async () => {
    const eap = buildPacket({ code: "response", identifier: 5, type: "identity", identity: text(ENROLLEE_IDENTITY) });
    const said = await radclient({
      attributes: [`User-Name = "${ENROLLEE_IDENTITY}"`, ...names, `EAP-Message = 0x${toHex(eap)}`, signed],
    });
    expect(said).toContain("Received Access-Challenge");
    expect(said).toMatch(/EAP-Message = 0x0106000efe00372a000000010100\s/);
    expect(said).toMatch(/State = 0x[0-9a-f]{32}\s/);
  });

  test("hears nothing without Message-Authenticator", async () => {
    await isSilent({ attributes: question.slice(0, -1) }, "unsigned");
  });

  test("hears nothing with another secret", async () => {
    await isSilent({ attributes: question, secret: "another" }, "wrongSecret");
  });

  test.each(["acct", "status", "coa"])("hears nothing about %s", async (command) => {
    await isSilent({ attributes: [`User-Name = "x"`, signed], command }, "notARequest");
  });
});
