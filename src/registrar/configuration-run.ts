/**
 * One run in which the access point is the Enrollee: a station as Registrar that knows the device PIN reads its
 * settings, and gives it other ones where it may. A wrong PIN is counted before the station is told.
 */
import type { MacAddress } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_ERROR, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import {
  type AccessPointServerInput,
  type AccessPointServerState,
  openAccessPointServer,
  stepAccessPointServer,
} from "../wsc/eap/access-point-server.ts";
import type { Conversation } from "../wsc/eap/conversation.ts";
import type { Random } from "../wsc/random.ts";
import { Secret } from "../wsc/secret.ts";
import type { ApAccess } from "../wsc/session/access-point-enrollee.ts";
import { drawEnrollee, type RegistrarIdentity } from "../wsc/session/enrollee.ts";
import type { RunEvent } from "./events.ts";

/** The access point as such a station finds it. */
export interface Configurable {
  /** What M1 says; its address is the BSSID. */
  readonly device: DeviceInfo;
  /** One value of `WSC_STATE`. */
  wscState(): number;
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

export interface ConfigurationRunOptions {
  readonly peer: MacAddress;
  readonly configurable: Configurable;
  readonly random: Random;
  readonly tell: (event: RunEvent) => void;
  readonly onTrouble: (error: unknown) => void;
}

export class ConfigurationRun implements Conversation {
  readonly #options: ConfigurationRunOptions;
  #server: AccessPointServerState | null = null;
  #registrar: RegistrarIdentity | null = null;
  #lastSent: Uint8Array = new Uint8Array();
  /** Packets go one after the other: a repeated one must not be answered before what its answer waits for is noted. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigurationRunOptions) {
    this.#options = options;
  }

  respond(response: Uint8Array | null): Promise<Uint8Array> {
    const answer = this.#turn.then(() => this.#respond(response));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #respond(response: Uint8Array | null): Promise<Uint8Array> {
    this.#server ??= await this.#open();
    const send = await this.#step(response === null ? { type: "silence" } : { type: "response", packet: response });
    this.#lastSent = send ?? this.#lastSent;
    return this.#lastSent;
  }

  close(): void {
    if (this.#server !== null) void this.#step({ type: "cutOff" });
  }

  async #open(): Promise<AccessPointServerState> {
    const { configurable, random } = this.#options;
    const { device } = configurable;
    // One whose settings cannot be read lets nobody at them.
    const settings = await configurable.settings().catch(this.#options.onTrouble);
    const access: ApAccess = settings === undefined ? { type: "none" } : configurable.access();
    const shown = settings ?? nothing;
    return openAccessPointServer(
      { device, wscState: configurable.wscState(), access, settings: shown },
      drawEnrollee(random),
    );
  }

  async #step(input: AccessPointServerInput): Promise<Uint8Array | null> {
    if (this.#server === null) return null;
    const { peer, configurable, tell } = this.#options;
    const { state, send, events, ended } = stepAccessPointServer(this.#server, input);
    const hadEnded = this.#server.awaiting === "nothing";
    const couldFail = this.#server.session.name !== "failed";
    this.#server = state;
    for (const event of events) {
      switch (event.type) {
        case "message":
          tell({ peer, ...event });
          break;
        case "registrarMet":
          this.#registrar = event.registrar;
          tell({ type: "configuringStarted", peer, registrar: event.registrar });
          break;
        case "passwordProven":
          await configurable.proven().catch(this.#options.onTrouble);
          break;
        case "settingsGiven":
          return this.#step(mayChange(configurable) ? { type: "apply" } : tooLate);
      }
    }
    if (couldFail && state.session.name === "failed" && state.session.error.kind === "wrongPassword")
      await configurable.failed().catch(this.#options.onTrouble);
    if (ended && !hadEnded) {
      this.#end(state);
      tell({ type: "runEnded", peer });
    }
    return send;
  }

  #end({ session }: AccessPointServerState): void {
    const { peer, configurable, tell, onTrouble } = this.#options;
    const registrar = this.#registrar;
    if (session.name === "failed") tell({ type: "configuringFailed", peer, registrar, error: session.error });
    else if (registrar === null) return;
    else if (session.name === "read") tell({ type: "settingsRead", peer, registrar });
    else if (session.name === "configured") {
      configurable.apply(session.settings).catch(onTrouble);
      tell({ type: "configured", peer, registrar, ssid: session.settings.ssid });
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
