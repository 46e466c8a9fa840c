/** The service on a network, as a neighbour finds it by mDNS: two network namespaces with a cable between them. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Run, root } from "./run.ts";

const tried = spawnSync("unshare", ["-rn", "ip", "link"], { stdio: "ignore" });
// A container may forbid what a machine allows; that is not for us to mend.
const missing = tried.status === 0 ? null : "network namespaces for everybody";
if (tried.error !== undefined && process.env["CI"] !== undefined)
  throw new Error("These tests need util-linux's unshare.");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openwps-mdns-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The neighbour gets its end of the cable when its namespace is there; the service ends when it was seen renamed. */
const script = `
ip link set lo up
ip link add eth0 type veth peer name cable
ip address add 192.0.2.1/24 dev eth0
ip link set eth0 up
unshare -n sh -c '
  until ip link set cable up 2>/dev/null; do sleep 0.05; done
  ip link set lo up; ip address add 192.0.2.2/24 dev cable
  exec "$NODE" test/cli/browse.mjs 192.0.2.2 192.0.2.1:8080 "$FOLDER/renamed"' &
neighbour=$!
until [ "$(readlink /proc/$neighbour/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link set cable netns $neighbour
"$NODE" bin/openwps.js station --radio air --state "$FOLDER/state" --listen 0.0.0.0:8080 &
service=$!
until [ -e "$FOLDER/renamed" ]; do sleep 0.05; done
kill $service
wait $service && wait $neighbour`;

describe.skipIf(missing !== null)(`a neighbour${missing === null ? "" : ` (skipped: needs ${missing})`}`, () => {
  test("finds the service by the end of its address, follows a new name, and is told when it is gone", {
    timeout: 30_000,
  }, async () => {
    const env = { NODE: process.execPath, FOLDER: folder };
    const { code, stdout, stderr } = await new Run("unshare", ["-rn", "sh", "-c", script], { cwd: root, env }).ended;
    expect(code, stderr).toBe(0);
    const seen = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const where = { port: 8080, addresses: ["192.0.2.1"], txt: { id: expect.stringMatching(/^[\dA-F]{12}$/) } };
    const first = { host: expect.stringMatching(/^openwps-[\dA-F]{6}\.local$/), ...where };
    const second = { host: "meter-7.local", name: "Meter in the cellar", ...where };
    expect(seen).toEqual([
      { what: "up", name: expect.stringMatching(/^openwps-[\dA-F]{6}$/), ...first },
      expect.objectContaining({ what: "down", ...first }),
      { what: "up", ...second },
      expect.objectContaining({ what: "down", ...second }),
    ]);
  });

  test("finds nothing where the machine has no loopback, and the service says why and serves", async () => {
    const command = ["bin/openwps.js", "station", "--radio", "air", "--listen", "0.0.0.0:0", "--state"];
    const service = new Run("unshare", ["-rn", process.execPath, ...command, join(folder, "bare")], { cwd: root });
    await service.seen(/not announced by mDNS, because .* no loopback .*--no-mdns/);
    const { code, stderr } = await service.end("SIGTERM");
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
