/**
 * A run in which the access point is the Enrollee, whoever carries it: an external Registrar that knows the device PIN
 * reads the settings, and gives other ones where it may. A wrong PIN is counted before the Registrar is told.
 */
import { AUTHENTICATION_TYPE, CONFIG_ERROR, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import type { MessageEvent } from "../wsc/eap/peer-carrier.ts";
import { Secret } from "../wsc/secret.ts";
import type {
  AccessPointConfig,
  AccessPointEvent,
  AccessPointInput,
  AccessPointState,
  ApAccess,
} from "../wsc/session/access-point-enrollee.ts";
import type { RegistrarIdentity } from "../wsc/session/enrollee.ts";
import type { CommonRunEvent, ConfigurationEvent } from "./events.ts";

/** The access point as such a Registrar finds it. */
export interface Configurable {
  /** What M1 says; its address is the BSSID. */
  readonly device: DeviceInfo;
  /** One value of `WSC_STATE`. */
  wscState(): number;
  /** There is a PIN, be setup locked at present or not. */
  hasPin(): boolean;
  /** What may be done now. */
  access(): ApAccess;
  /** What M7 shows. Rejects when the access point does not answer. */
  settings(): Promise<NetworkSettings>;
  /** The Registrar did not know the PIN; it is told so when this has resolved. */
  failed(): Promise<void>;
  proven(): Promise<void>;
  /** Puts other settings into force, which sends all stations away: the run's last packet is still to be sent. */
  apply(settings: NetworkSettings): Promise<void>;
}

/** What brings the machine its messages: EAP, or UPnP, which carries them bare. */
export interface ConfigurationCarrier<Input> {
  /** As it is after the last step. */
  readonly session: AccessPointState;
  /** Nothing is taken any more. */
  readonly isOver: boolean;
  step(input: Input | Exclude<AccessPointInput, { readonly type: "message" }> | { readonly type: "cutOff" }): {
    readonly send: Uint8Array | null;
    readonly events: readonly (AccessPointEvent | MessageEvent)[];
  };
}

export interface ConfigurationOptions<Input> {
  readonly configurable: Configurable;
  readonly carrier: ConfigurationCarrier<Input>;
  readonly tell: (event: ConfigurationEvent | CommonRunEvent) => void;
  readonly onTrouble: (error: unknown) => void;
}

/** What a run needs to know beforehand. An access point whose settings cannot be read lets nobody at them. */
export async function configurationOf(
  configurable: Configurable,
  onTrouble: (error: unknown) => void,
): Promise<AccessPointConfig> {
  const settings = await configurable.settings().catch(onTrouble);
  return {
    device: configurable.device,
    wscState: configurable.wscState(),
    access: settings === undefined ? { type: "none" } : configurable.access(),
    settings: settings ?? nothing,
  };
}

export class Configuration<Input> {
  readonly #options: ConfigurationOptions<Input>;
  #registrar: RegistrarIdentity | null = null;

  constructor(options: ConfigurationOptions<Input>) {
    this.#options = options;
  }

  /** Takes what came, and gives what is to be said to it; null: nothing. */
  async take(input: Input): Promise<Uint8Array | null> {
    const { configurable, carrier } = this.#options;
    // Whoever has begun many runs at once gets no more tries at the PIN for that.
    if (configurable.access().type === "none") carrier.step({ type: "lock" });
    return this.#step(input);
  }

  /** Whatever carried it is gone. */
  cutOff(): Promise<unknown> {
    return this.#step({ type: "cutOff" });
  }

  async #step(input: Parameters<ConfigurationCarrier<Input>["step"]>[0]): Promise<Uint8Array | null> {
    const { configurable, carrier, tell, onTrouble } = this.#options;
    const hadEnded = carrier.isOver;
    const couldFail = carrier.session.name !== "failed";
    const { send, events } = carrier.step(input);
    const { session } = carrier;
    for (const event of events) {
      switch (event.type) {
        case "message":
          tell(event);
          break;
        case "registrarMet":
          this.#registrar = event.registrar;
          tell({ type: "configuringStarted", registrar: event.registrar });
          break;
        case "passwordProven":
          await configurable.proven().catch(onTrouble);
          break;
        case "settingsGiven":
          return this.#step(mayChange(configurable) ? { type: "apply" } : tooLate);
      }
    }
    if (couldFail && session.name === "failed" && session.error.kind === "wrongPassword")
      await configurable.failed().catch(onTrouble);
    if (carrier.isOver && !hadEnded) {
      this.#end(carrier.session);
      tell({ type: "runEnded" });
    }
    return send;
  }

  #end(session: AccessPointState): void {
    const { configurable, tell, onTrouble } = this.#options;
    const registrar = this.#registrar;
    if (session.name === "failed") tell({ type: "configuringFailed", registrar, error: session.error });
    else if (registrar === null) return;
    else if (session.name === "read") tell({ type: "settingsRead", registrar });
    else if (session.name === "configured") {
      configurable.apply(session.settings).catch(onTrouble);
      tell({ type: "configured", registrar, ssid: session.settings.ssid });
    }
  }
}

/** Shown to nobody. */
const nothing: NetworkSettings = {
  ssid: new Uint8Array(),
  authenticationType: AUTHENTICATION_TYPE.open,
  encryptionType: ENCRYPTION_TYPE.none,
  networkKey: new Secret(""),
};

/** Setup was locked, or the PIN taken away, since the run began. */
const tooLate = { type: "refuse", configError: CONFIG_ERROR.setupLocked } as const;

const mayChange = (configurable: Configurable) => configurable.access().type === "readAndWrite";
