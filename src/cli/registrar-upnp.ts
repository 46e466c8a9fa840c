/** `--upnp IFNAME`: the networks on which external Registrars find the access points of `openwps registrar`. */
import { networkInterfaces } from "node:os";
import { InvalidArgumentError } from "commander";
import type { Logger } from "pino";
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint } from "../radio/access-point.ts";
import type { KeyPolicy } from "../registrar/key-policy.ts";
import type { OnNetwork } from "../registrar/on-network.ts";
import type { RegistrarService } from "../registrar/service.ts";
import type { LocalAddress, UpnpIdentity } from "../upnp/wlan-config-service.ts";
import { systemRandom } from "../wsc/crypto.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";
import { type Place, placesOn, UpnpNetwork } from "./upnp-network.ts";

/** Reads IFNAME, or several with commas between them, which may be given several times. For commander: throws with a sentence. */
export function collectInterfaces(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !/^[^/\s:]{1,15}$/.test(name));
  if (wrong === undefined) return [...new Set([...before, ...names])];
  throw new InvalidArgumentError(`${JSON.stringify(wrong)} is no name of an interface, such as eth0 or br-lan.`);
}

/** Looked at before anything is opened. Throws a {@link Complaint} for what cannot be. */
export function upnpNetworks(flags: {
  readonly upnp?: readonly string[] | undefined;
  readonly keys?: KeyPolicy | undefined;
}): ReadonlyMap<string, Place> {
  const { upnp = [], keys } = flags;
  if (upnp.length > 0 && keys === "per-device")
    throw new Complaint(
      "External Registrars hand out one key for all devices, and here each device has its own. Leave --upnp out, or run with --keys shared.",
      EXIT.usage,
    );
  return new Map(upnp.map((name) => [name, placeOn(name)]));
}

function placeOn(name: string): Place {
  const [place] = placesOn(name);
  if (place !== undefined) return place;
  const named = Object.keys(networkInterfaces()).filter((other) => placesOn(other).length > 0);
  throw new Complaint(
    `--upnp ${name}: there is no such interface with an IPv4 address, which Registrars need to find it. There are ${named.join(", ")}.`,
  );
}

export interface UpnpOptions {
  readonly service: RegistrarService;
  readonly networks: ReadonlyMap<string, Place>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Has every access point found on every network, where external Registrars have any business with it. */
export async function openUpnp(options: UpnpOptions): Promise<{ close(): Promise<void> }> {
  const { networks, clock, log } = options;
  const opened: UpnpNetwork[] = [];
  const close = async () => {
    for (const network of opened.splice(0)) await network.close();
  };
  const all = networks.size === 0 ? [] : accessPointsOf(options);
  try {
    for (const [name, place] of networks)
      opened.push(
        await UpnpNetwork.open({
          place,
          places: () => placesOn(name),
          clock,
          serve: (address) => serve(all, name, address, options),
          onTrouble: (trouble) => log.warn(words(trouble)),
        }),
      );
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

interface Found {
  readonly accessPoint: AccessPoint;
  readonly onNetwork: OnNetwork;
}

function accessPointsOf({ service, log }: UpnpOptions): readonly Found[] {
  return service.instances.flatMap(({ accessPoint }) => {
    const onNetwork = service.onNetwork(accessPoint.instance);
    if (onNetwork !== null) return [{ accessPoint, onNetwork }];
    log.warn(
      `${accessPoint.name} lets devices in by its own Registrar, which external ones reach by upnp_iface in hostapd's configuration; --upnp does not speak for it`,
    );
    return [];
  });
}

/** @throws Complaint where the network does not let us */
async function serve(
  all: readonly Found[],
  name: string,
  address: LocalAddress,
  { service, clock, log }: UpnpOptions,
): Promise<() => Promise<void>> {
  const { UpnpDevice } = await import("../upnp/device.ts");
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closers.splice(0)) await one();
  };
  for (const { accessPoint, onNetwork } of all) {
    const device = await UpnpDevice.open({
      identity: named(onNetwork.identity, service.instances.length > 1 ? accessPoint.facts.ssid : null),
      address,
      service: onNetwork,
      clock,
      random: systemRandom,
      onTrouble: (trouble) => log.warn(`UPnP on ${name}: ${words(trouble)}`),
    }).catch(async (error: unknown) => {
      await close();
      throw new Complaint(
        `UPnP could not be opened on ${name} (${address.address}): ${words(error)}. External Registrars would not find ${accessPoint.name} there.`,
      );
    });
    const leave = onNetwork.reach(device);
    closers.push(async () => {
      leave();
      await device.close();
    });
    log.info({ interface: name }, `external Registrars find ${accessPoint.name} on ${address.address}:${device.port}`);
  }
  return close;
}

/** Of several access points each one's network tells which it is. */
function named(identity: UpnpIdentity, ssid: Uint8Array | null): UpnpIdentity {
  if (ssid === null) return identity;
  return { ...identity, friendlyName: `${identity.friendlyName} (${new TextDecoder().decode(ssid)})` };
}

const words = (error: unknown) => (error instanceof Error ? error.message : String(error));
