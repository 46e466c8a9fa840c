/**
 * Who else drives an interface: NetworkManager, iwd or systemd-networkd, by what they leave below `/run` and `/proc` for
 * others to read. Asks none of them, needs no rights, changes nothing.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Owner {
  readonly name: "NetworkManager" | "iwd" | "systemd-networkd";
  /**
   * It would undo what we do, or do something else in the middle of it. Otherwise it only gives addresses, which is
   * welcome on a network that has them by DHCP.
   */
  readonly conflicts: boolean;
  /** What it does to the interface, and why that matters here. */
  readonly sentence: string;
  /** How to make it let go, until it is started again: a command to run as root. */
  readonly release: string;
  /** How to make that last, and what else it takes: sentences. */
  readonly lasting: string;
}

/**
 * Who else drives the interface, whoever conflicts first; null when nobody does.
 * @param options.root for tests: where `/run`, `/proc` and `/sys` are
 */
export async function interfaceOwner(ifname: string, options: { readonly root?: string } = {}): Promise<Owner | null> {
  const root = options.root ?? "/";
  const ifindex = await text(root, `sys/class/net/${ifname}/ifindex`);
  if (ifindex === null) return null;
  // What they leave below /run stays there when they are stopped.
  const running = await processes(root);
  const asked = [
    running.has("NetworkManager") && isManaged(await text(root, `run/NetworkManager/devices/${ifindex}`)),
    running.has("iwd") && (await isWireless(root, ifname)) && takesInterface(running.get("iwd") ?? [], ifname),
    running.has("systemd-network") && isConfigured(await text(root, `run/systemd/netif/links/${ifindex}`)),
  ];
  return [networkManager, iwd, networkd].find((_, at) => asked[at])?.(ifname) ?? null;
}

/** `managed=true` in its `[device]`; it writes this file when a device is connected, disconnected or let go. */
function isManaged(file: string | null): boolean {
  return /^managed=true$/m.test(file ?? "");
}

/** It has a .network file for it; where it has none, or one that says so, it is `unmanaged`. */
function isConfigured(file: string | null): boolean {
  return /^ADMIN_STATE=(?:configuring|configured|failed)$/m.test(file ?? "");
}

/** It takes every wireless interface but those that its command line rules out. */
function takesInterface(args: readonly string[], ifname: string): boolean {
  const listed = (...names: readonly string[]) =>
    args.flatMap((arg, at) => {
      const [, value] = names.map((name) => new RegExp(`^${name}=(.*)$`).exec(arg)).find((match) => match) ?? [];
      const list = value ?? (names.includes(arg) ? args[at + 1] : undefined);
      return list === undefined ? [] : list.split(",");
    });
  const only = listed("-i", "--interfaces");
  if (only.length > 0 && !only.some((pattern) => matches(pattern, ifname))) return false;
  return !listed("-I", "--nointerfaces").some((pattern) => matches(pattern, ifname));
}

/** A shell's pattern, such as `wlan*`. */
function matches(pattern: string, name: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(name);
}

async function isWireless(root: string, ifname: string): Promise<boolean> {
  return (await entries(root, `sys/class/net/${ifname}`)).includes("phy80211");
}

/** What runs, by its name (cut off at 15 letters by the kernel), with its arguments. */
async function processes(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const pids = (await entries(root, "proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<[string, readonly string[]]> => {
      const name = (await text(root, `proc/${pid}/comm`)) ?? "";
      const wanted = ["NetworkManager", "iwd", "systemd-network"].includes(name);
      return [name, wanted ? ((await text(root, `proc/${pid}/cmdline`)) ?? "").split("\0") : []];
    }),
  );
  return new Map(found);
}

/** None when it is not there. */
async function entries(root: string, path: string): Promise<readonly string[]> {
  return readdir(join(root, path)).catch(() => []);
}

/** Null when it is not there, or not ours to read. */
async function text(root: string, path: string): Promise<string | null> {
  return readFile(join(root, path), "utf8").then(
    (content) => content.trim(),
    () => null,
  );
}

function networkManager(ifname: string): Owner {
  return {
    name: "NetworkManager",
    conflicts: true,
    sentence: `NetworkManager drives ${ifname}, through the same wpa_supplicant: it would break off a pairing to join a network of its own, and take out what the pairing brought in.`,
    release: `nmcli device set ${ifname} managed no`,
    lasting: `It then takes ${ifname} away from wpa_supplicant too: start one of your own with a configuration in /etc/wpa_supplicant/wpa_supplicant-${ifname}.conf (systemctl enable --now wpa_supplicant@${ifname}). To make it last, write [keyfile] and unmanaged-devices=interface-name:${ifname} into /etc/NetworkManager/conf.d/openwps.conf.`,
  };
}

function iwd(ifname: string): Owner {
  return {
    name: "iwd",
    conflicts: true,
    sentence: `iwd drives the Wi-Fi of this machine, ${ifname} too, and leaves no room for wpa_supplicant beside it.`,
    release: "systemctl stop iwd",
    lasting: `To make it last: systemctl disable iwd. Or have it leave ${ifname} alone: --nointerfaces ${ifname} on its command line (systemctl edit iwd).`,
  };
}

function networkd(ifname: string): Owner {
  return {
    name: "systemd-networkd",
    conflicts: false,
    sentence: `systemd-networkd gives ${ifname} its addresses. That is what it takes on a network with DHCP; a static address and the set-up hotspot of this device it may take away.`,
    release: `printf '[Match]\\nName=${ifname}\\n[Link]\\nUnmanaged=yes\\n' > /etc/systemd/network/05-openwps.network && networkctl reload`,
    lasting:
      "That lasts. Something else has to bring addresses then, such as a DHCP client that the setting `address` runs.",
  };
}
