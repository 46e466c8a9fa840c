/** Who drives an interface, by files as they were found on machines where each of them ran. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { interfaceOwner } from "./owner.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "openwps-owner-"));
  put({
    "sys/class/net/wlan0/ifindex": "3\n",
    "sys/class/net/wlan0/phy80211/name": "phy0\n",
    "proc/1/comm": "systemd\n",
  });
});
afterEach(() => rmSync(root, { recursive: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** As NetworkManager 1.42 writes it for a wireless device that it has taken, and has not connected yet. */
const taken = "[device]\nmanaged=true\n";
const networkManager = {
  "proc/612/comm": "NetworkManager\n",
  "proc/612/cmdline": "/usr/sbin/NetworkManager\0--no-daemon\0",
};
const iwd = (...args: readonly string[]) => ({
  "proc/700/comm": "iwd\n",
  "proc/700/cmdline": ["/usr/libexec/iwd", ...args, ""].join("\0"),
});
const networkd = { "proc/300/comm": "systemd-network\n", "proc/300/cmdline": "/lib/systemd/systemd-networkd\0" };
/** As systemd-networkd 252 writes it; `networkctl` reads the same. */
const link = (state: string) => ({
  "run/systemd/netif/links/3": `# This is private data. Do not parse.\nADMIN_STATE=${state}\nOPER_STATE=no-carrier\nCARRIER_STATE=no-carrier\n`,
});

const owner = () => interfaceOwner("wlan0", { root });

describe("an interface", () => {
  test("that nobody else drives has no owner, and neither has one that is not there", async () => {
    expect(await owner()).toBeNull();
    expect(await interfaceOwner("wlan7", { root })).toBeNull();
  });

  test("is NetworkManager's while it runs and manages it, and that is told with the way out", async () => {
    put({ "run/NetworkManager/devices/3": taken });
    expect(await owner()).toBeNull();
    put(networkManager);
    expect(await owner()).toMatchObject({
      name: "NetworkManager",
      conflicts: true,
      sentence: expect.stringMatching(/^NetworkManager drives wlan0.*\.$/),
      release: "nmcli device set wlan0 managed no",
      lasting: expect.stringMatching(/unmanaged-devices=interface-name:wlan0.*\.$/),
    });
  });

  test("is not NetworkManager's when a person or its configuration took it away", async () => {
    put({ ...networkManager, "run/NetworkManager/devices/3": "[device]\nmanaged=false\n" });
    expect(await owner()).toBeNull();
    put({ "run/NetworkManager/devices/3": "" });
    expect(await owner()).toBeNull();
    put({ "run/NetworkManager/devices/4": taken });
    expect(await owner()).toBeNull();
  });

  test("is iwd's while iwd runs, unless its command line says otherwise", async () => {
    put(iwd());
    expect(await owner()).toMatchObject({ name: "iwd", conflicts: true, release: "systemctl stop iwd" });
    for (const args of [["-I", "wlan0"], ["--nointerfaces=eth*,wlan?"], ["-i", "wlan1"], ["--interfaces", "wlp*"]]) {
      put(iwd(...args));
      expect(await owner(), args.join(" ")).toBeNull();
    }
    for (const args of [["-I", "wlan1"], ["-i", "wlan*"], ["-d"]]) {
      put(iwd(...args));
      expect(await owner(), args.join(" ")).toMatchObject({ name: "iwd" });
    }
  });

  test("that is not wireless is never iwd's", async () => {
    put({ ...iwd(), "sys/class/net/eth0/ifindex": "2\n" });
    expect(await interfaceOwner("eth0", { root })).toBeNull();
  });

  test("gets its addresses from systemd-networkd where that has a .network file for it", async () => {
    put({ ...networkd, ...link("configured") });
    expect(await owner()).toMatchObject({
      name: "systemd-networkd",
      conflicts: false,
      release: expect.stringContaining("Name=wlan0\\n[Link]\\nUnmanaged=yes"),
    });
    put(link("unmanaged"));
    expect(await owner()).toBeNull();
    rmSync(join(root, "proc/300"), { recursive: true });
    put(link("configured"));
    expect(await owner()).toBeNull();
  });

  test("with two owners is told of the one that conflicts", async () => {
    put({ ...networkd, ...link("configured"), ...iwd() });
    expect(await owner()).toMatchObject({ name: "iwd" });
  });
});
