/** An access point behind our UPnP device that notes what it is asked, for the tests of the device on loopback. */
import { systemClock } from "../../src/clock/system-clock.ts";
import { UpnpDevice } from "../../src/upnp/device.ts";
import type { RegistrarSelection } from "../../src/upnp/selected-registrar.ts";
import type { UpnpDeviceOptions, WlanConfigService } from "../../src/upnp/wlan-config-service.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";

export interface Asked {
  readonly action: "GetDeviceInfo" | "PutMessage" | "PutWLANResponse" | "SetSelectedRegistrar";
  readonly from: string;
  readonly message?: Uint8Array;
  readonly station?: MacAddress;
  readonly subscriber?: string;
  readonly selection?: RegistrarSelection;
}

export class PlayedAccessPoint implements WlanConfigService {
  readonly asked: Asked[] = [];
  readonly onInfo: () => Promise<Uint8Array | null>;
  readonly onMessage: (message: Uint8Array) => Promise<Uint8Array | null>;

  constructor({
    onInfo = async () => null,
    onMessage = async () => null,
  }: Partial<Pick<PlayedAccessPoint, "onInfo" | "onMessage">> = {}) {
    this.onInfo = onInfo;
    this.onMessage = onMessage;
  }

  deviceInfo(from: string): Promise<Uint8Array | null> {
    this.asked.push({ action: "GetDeviceInfo", from });
    return this.onInfo();
  }

  putMessage(message: Uint8Array, from: string): Promise<Uint8Array | null> {
    this.asked.push({ action: "PutMessage", from, message });
    return this.onMessage(message);
  }

  putWlanResponse(station: MacAddress, message: Uint8Array, from: string): void {
    this.asked.push({ action: "PutWLANResponse", from, station, message });
  }

  select(subscriber: string, selection: RegistrarSelection, from: string): void {
    this.asked.push({ action: "SetSelectedRegistrar", from, subscriber, selection });
  }
}

/** On loopback, under a name that others on this machine do not have. */
export function openDevice(service: WlanConfigService, options: Partial<UpnpDeviceOptions> = {}): Promise<UpnpDevice> {
  return UpnpDevice.open({
    identity: { ...identity, uuid: systemRandom("key", 16) },
    address: loopback,
    service,
    clock: systemClock,
    random: systemRandom,
    onTrouble: (error) => {
      throw error;
    },
    ...options,
  });
}

export const loopback = { address: "127.0.0.1", netmask: "255.0.0.0" } as const;

export const identity: UpnpDeviceOptions["identity"] = {
  uuid: new Uint8Array(16).fill(9),
  friendlyName: 'Ours & <"others">',
  manufacturer: "Example",
  manufacturerUrl: "http://example.com/",
  modelDescription: "An access point",
  modelName: "Example",
  modelNumber: "1",
  modelUrl: null,
  serialNumber: "0001",
  upc: null,
};
