/** What must never show: drives pairings, good and bad ones, with all logging on, and searches all that comes out. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock/system-clock.ts";
import { pskOf } from "../../src/radio/air/handshake.ts";
import { builtInScenario } from "../../src/radio/air/scenario.ts";
import { type AirServer, serveAir } from "../../src/radio/air/server.ts";
import { type AirWorld, createAirWorld } from "../../src/registrar/air-world.ts";
import { toHex } from "../../src/wsc/bytes.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import { parsePin } from "../../src/wsc/pin.ts";
import { openwps, type Run } from "./run.ts";

const [right, other, mistyped] = ["12345670", "76543210", "12345671"];

/** Keys, PSKs and PINs, also as the hex and base64 in which bytes might be shown. */
const secrets: readonly string[] = [
  ...builtInScenario.accessPoints.flatMap(({ ssid, key }) =>
    key === null ? [] : [key.revealText(), toHex(pskOf(ssid, key))],
  ),
  right,
  other,
  mistyped,
].flatMap((text) => [text, toHex(Buffer.from(text)), Buffer.from(text).toString("base64")]);

let folder: string;
let world: AirWorld;
let air: AirServer;
let service: Run;
let url: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
  world = createAirWorld({ scenario: builtInScenario, clock: systemClock, random: systemRandom });
  air = await serveAir({ world, path: join(folder, "air") });
  const options = { radio: `air@${join(folder, "air")}`, state: join(folder, "state"), "log-level": "debug" };
  const args = Object.entries({ ...options, listen: "127.0.0.1:0" }).flatMap(([name, value]) => [`--${name}`, value]);
  service = openwps(["station", ...args], { OPENWPS_DEBUG: "1" });
  [, url = ""] = await service.seen(/listening on (http:[\w.:/]+)/);
});
afterEach(async () => {
  await service.end();
  await air.close();
  await world.close();
  await rm(folder, { recursive: true });
});

const wps = "/api/v1/wifi/wps";
const pinOf = (text: string) => {
  const pin = parsePin(text);
  if (!pin.ok) throw new Error(`${text} is no PIN`);
  return pin.value;
};

test("no key and no PIN is in the log, the events, the answers or the frames of pairings that succeed or fail", async () => {
  let shown = "";
  const leave = new AbortController();
  const stream = await fetch(`${url}${wps}/events`, { signal: leave.signal });
  const listening = (async () => {
    for await (const chunk of stream.body ?? []) shown += new TextDecoder().decode(chunk);
  })().catch(() => {});
  const watching = (async () => {
    for await (const frame of world.air.frames({ signal: leave.signal })) shown += JSON.stringify(frame);
  })();
  const ask = async (path: string, method = "GET", body?: object) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url + path, {
      method,
      ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    shown += `${JSON.stringify([...answer.headers])} ${text}\n`;
    return text === "" ? {} : JSON.parse(text);
  };
  const ended = async () => {
    await expect.poll(async () => (await ask(wps)).active, { timeout: 15_000 }).toBe(false);
    return (await ask(wps)).result;
  };

  const [home] = world.accessPoints;
  expect(await ask(wps, "POST", { method: "pin", pin: mistyped })).toMatchObject({ error: "wrong-check-digit" });
  expect(await ask(wps, "POST", { method: "pbc", pin: right })).toMatchObject({ error: "bad-value" });
  expect(await ask(wps, "POST", { method: "pin", pin: right, pim: 1 })).toMatchObject({ error: "unknown-field" });
  await home?.enterPin(pinOf(other));
  await ask(wps, "POST", { method: "pin", pin: right });
  expect(await ended()).toBe("failed");
  await home?.enterPin(pinOf(right));
  await ask(wps, "POST", { method: "pin", pin: right });
  expect(await ended()).toBe("success");
  await ask(wps, "POST");
  await home?.pressButton();
  expect(await ended()).toBe("success");
  expect((await ask("/api/v1/system")).wifi).toMatchObject({ ssid: "Home" });
  await ask("/");

  await home?.enterPin(pinOf(other));
  const args = ["pair", "--radio", `air@${join(folder, "air")}`, "--pin", right, "--json"];
  const pair = await openwps(args, { OPENWPS_DEBUG: "1" }).ended;
  expect(pair.stdout).toContain('"reason":"wrong-pin"');

  leave.abort();
  await Promise.all([listening, watching]);
  const { stdout, stderr } = await service.end();
  expect(stderr).toContain('"result":"success"');
  expect(shown).toContain("event: session");
  for (const secret of secrets)
    for (const text of [shown, stdout, stderr, pair.stdout, pair.stderr]) {
      expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
    }
});
