/** The registrar as a process of its own: how it starts, what it refuses to start with, and what it keeps. */
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openwps, type Run } from "./run.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-"));
});
afterEach(() => rm(folder, { recursive: true }));

function registrar(...more: readonly string[]): Run {
  return openwps(["registrar", "--state", join(folder, "state"), "--listen", "127.0.0.1:0", ...more]);
}

async function started(...more: readonly string[]): Promise<{ readonly service: Run; readonly url: string }> {
  const service = registrar("--ap", "air", ...more);
  const [, url = ""] = await service.seen(/listening on (http:[\w.:/]+)/);
  return { service, url };
}

async function json(url: string, method = "GET", body?: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body), headers }) });
  const text = await answer.text();
  return text === "" ? answer.status : JSON.parse(text);
}

test("it opens a window, closes it when it is stopped, and keeps what was set over a restart", async () => {
  const first = await started();
  const instances = (await json(`${first.url}/api/v1/wps/instances`)) as readonly { readonly id: string }[];
  const [instance] = instances;
  expect(instances.length).toBeGreaterThan(0);
  const at = `${first.url}/api/v1/wps/instances/${instance?.id}`;
  expect(await json(`${at}/enrolment`, "POST", { method: "pbc" })).toBe(204);
  expect(await json(`${at}/status`)).toMatchObject({ window: { method: "pbc", secondsLeft: 120 } });
  const system = { host_name: "front-door" };
  expect(await json(`${first.url}/api/v1/settings`, "PUT", { system })).toMatchObject({ system });
  const { code, stdout, stderr } = await first.service.end("SIGTERM");
  expect(code).toBe(0);
  expect(stdout).toBe("");
  for (const line of stderr.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");

  const second = await started();
  expect(await json(`${second.url}/api/v1/settings`)).toMatchObject({ system });
  await second.service.end();
});

test("without a password it listens on this machine only, and says so", async () => {
  const { service } = await started();
  await service.seen(/there is no password, so this machine only is answered/);
  await service.end();
  for (const listen of ["0.0.0.0:0", "[::]:0"]) {
    const { code, stderr } = await registrar("--ap", "air", "--listen", listen).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^openwps: A registrar without a password listens on this machine only, .*\.\n$/);
  }
});

test("state and the key that seals it can be read by their owner only", async () => {
  const { service, url } = await started("--keys", "per-device");
  expect(await json(`${url}/api/v1/devices`)).toEqual([]);
  for (const name of ["state", "state.key"]) expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  expect((await readFile(join(folder, "state.key"))).length).toBeGreaterThanOrEqual(32);
  await service.end();
});

test.each([
  ["an access point that is not there", ["--ap", "hostapd:nowhere0"], 1, /nowhere0/],
  ["no access point", [], 2, /--ap/],
  ["keys of their own where others hand out one", ["--ap", "air", "--keys", "per-device", "--upnp", "lo"], 2, /--upnp/],
  ["an interface that is none", ["--ap", "air", "--upnp", "lo,nowhere0"], 1, /no such interface .* There are .*lo/],
  ["keys of their own without a way to hostapd", ["--ap", "hostapd:nowhere0", "--keys", "per-device"], 2, /--psk-file/],
  ["keys that it does not know", ["--ap", "air", "--keys", "one-for-all"], 2, /--keys/],
])("%s gets a sentence", async (_what, args, status, says) => {
  const { code, stderr } = await registrar(...args).ended;
  expect(code).toBe(status);
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("a state folder that another registrar uses gets a sentence", async () => {
  const { service } = await started();
  const { code, stderr } = await registrar("--ap", "air").ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^openwps: The state folder .* is in use by another process\.\n.+\.\n$/);
  await service.end();
});
