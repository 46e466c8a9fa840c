/**
 * One access point as Registrars on its network find it: what they may ask of it by UPnP, whichever networks that is
 * served on, and what they are told. It puts together what stands beside: runs with the access point as Enrollee, and
 * those of stations that it is a proxy for.
 */
import type { Clock } from "../clock/clock.ts";
import type { AccessPointState, UpnpIdentity, WlanConfigService } from "../upnp/wlan-config-service.ts";
import type { MacAddress } from "../wsc/address.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import type { Random } from "../wsc/random.ts";
import { BareConfigurations } from "./bare-configurations.ts";
import type { Configurable } from "./configuration.ts";
import type { RunEvent } from "./events.ts";
import type { ExternalRegistrars, Subscribers } from "./external-registrars.ts";

/** A network on which it is found. */
export interface Reach extends Subscribers {
  state(state: AccessPointState): void;
}

export interface OnNetworkOptions {
  readonly configurable: Configurable;
  readonly external: ExternalRegistrars;
  readonly clock: Clock;
  readonly random: Random;
  readonly isOff: () => boolean;
  readonly tell: (event: RunEvent) => void;
  readonly onTrouble: (error: unknown) => void;
}

export class OnNetwork implements WlanConfigService {
  readonly #options: OnNetworkOptions;
  readonly #configurations: BareConfigurations;
  readonly #reached = new Set<Reach>();
  #state: AccessPointState = { locked: false, configurationChanged: false };

  constructor(options: OnNetworkOptions) {
    this.#options = options;
    this.#configurations = new BareConfigurations(options);
  }

  /** How it is called there. */
  get identity(): UpnpIdentity {
    return identityOf(this.#options.configurable.device);
  }

  /** From now on it is found there, too. Gives what ends that. */
  reach(network: Reach): () => void {
    this.#reached.add(network);
    network.state(this.#state);
    const leave = this.#options.external.reach(network);
    return () => {
      this.#reached.delete(network);
      leave();
    };
  }

  /** Tells how the access point is now. */
  tell(change: Partial<AccessPointState>): void {
    this.#state = { ...this.#state, ...change };
    for (const network of this.#reached) network.state(this.#state);
  }

  async deviceInfo(from: string): Promise<Uint8Array | null> {
    return this.#options.isOff() ? null : this.#configurations.open(from);
  }

  async putMessage(message: Uint8Array): Promise<Uint8Array | null> {
    return this.#options.isOff() ? null : this.#configurations.take(message);
  }

  putWlanResponse(station: MacAddress, message: Uint8Array, from: string): void {
    this.#options.external.answer(station, message, from);
  }

  select(...selected: Parameters<WlanConfigService["select"]>): void {
    this.#options.external.select(...selected);
  }

  close(): Promise<void> {
    return this.#configurations.close();
  }
}

function identityOf({
  uuid,
  deviceName,
  manufacturer,
  modelName,
  modelNumber,
  serialNumber,
}: DeviceInfo): UpnpIdentity {
  return {
    uuid,
    friendlyName: deviceName,
    manufacturer,
    manufacturerUrl: null,
    modelDescription: null,
    modelName,
    modelNumber,
    modelUrl: null,
    serialNumber,
    upc: null,
  };
}
