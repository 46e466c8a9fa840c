/** Many pairings in a row by one service: nothing is left behind that would grow. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { openAir } from "../on-air.ts";
import { Service } from "../program.ts";

const pairings = 20;

/** What a process holds open, by kind. */
function held(pid: number): { readonly files: number; readonly sockets: number } {
  const kinds = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ""; // Closed in between.
    }
  });
  const sockets = kinds.filter((kind) => kind.startsWith("socket:")).length;
  return { files: kinds.length - sockets, sockets };
}

function megabytes(pid: number): number {
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

test("twenty pairings in a row leave no socket, file or memory behind", { timeout: 1_200_000 }, async ({ task }) => {
  const air = await openAir({ name: task.name, radios: 2 });
  try {
    const accessPoint = await air.accessPoint({ ssid: "home", passphrase: "home is my castle" });
    const station = await air.station();
    await accessPoint.serveAddresses();
    await station.askForAddresses();
    const service = new Service(air, station);
    await service.start();
    const pair = async () => {
      await accessPoint.pressButton();
      expect((await service.request("POST", "/api/v1/wifi/wps")).status).toBe(204);
      expect(await service.ended()).toMatchObject({ result: "success" });
    };
    // What the first ones load and keep, they keep once.
    for (let i = 0; i < 3; i++) await pair();
    // Folders with the sockets that wpa_supplicant answers to.
    const folders = () => readdirSync(service.temporary).length;
    const before = { ...held(service.pid), folders: folders(), memory: megabytes(service.pid) };
    for (let i = 3; i < pairings; i++) await pair();
    const after = { ...held(service.pid), folders: folders(), memory: megabytes(service.pid) };
    expect(after.folders).toBe(before.folders);
    expect(after.files).toBeLessThanOrEqual(before.files + 1);
    // Connections of this test that are kept alive for a moment count as well.
    expect(after.sockets).toBeLessThanOrEqual(before.sockets + 2);
    expect(after.memory).toBeLessThan(before.memory + 20);
  } finally {
    await air.close();
  }
});
