/** A run with the access point as Enrollee that EAP carries: a station comes as an external Registrar. */
import type { MacAddress } from "../wsc/address.ts";
import {
  type AccessPointServerState,
  openAccessPointServer,
  stepAccessPointServer,
} from "../wsc/eap/access-point-server.ts";
import type { Conversation } from "../wsc/eap/conversation.ts";
import type { CarrierInput } from "../wsc/eap/server-carrier.ts";
import type { Random } from "../wsc/random.ts";
import { drawEnrollee } from "../wsc/session/enrollee.ts";
import { type Configurable, Configuration, type ConfigurationCarrier, configurationOf } from "./configuration.ts";
import type { RunEvent } from "./events.ts";

export interface ConfigurationRunOptions {
  readonly peer: MacAddress;
  readonly configurable: Configurable;
  readonly random: Random;
  readonly tell: (event: RunEvent) => void;
  readonly onTrouble: (error: unknown) => void;
}

export class ConfigurationRun implements Conversation {
  readonly #options: ConfigurationRunOptions;
  #run: Configuration<CarrierInput> | null = null;
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
    this.#run ??= await this.#open();
    const send = await this.#run.take(response === null ? { type: "silence" } : { type: "response", packet: response });
    this.#lastSent = send ?? this.#lastSent;
    return this.#lastSent;
  }

  close(): void {
    void this.#run?.cutOff();
  }

  async #open(): Promise<Configuration<CarrierInput>> {
    const { peer, configurable, random, tell, onTrouble } = this.#options;
    const config = await configurationOf(configurable, onTrouble);
    const carrier = new EapCarrier(openAccessPointServer(config, drawEnrollee(random)));
    return new Configuration({ configurable, carrier, tell: (event) => tell({ peer, ...event }), onTrouble });
  }
}

class EapCarrier implements ConfigurationCarrier<CarrierInput> {
  #server: AccessPointServerState;

  constructor(server: AccessPointServerState) {
    this.#server = server;
  }

  get session() {
    return this.#server.session;
  }

  get isOver() {
    return this.#server.awaiting === "nothing";
  }

  step(input: Parameters<typeof stepAccessPointServer>[1]) {
    const step = stepAccessPointServer(this.#server, input);
    this.#server = step.state;
    return step;
  }
}
