/** Our Registrar behind our RADIUS server, for access points that others play; its network is the same for every device. */
import type { Clock } from "../../src/clock/clock.ts";
import { systemClock } from "../../src/clock/system-clock.ts";
import type { RadiusEvent } from "../../src/radius/events.ts";
import { parseNetwork } from "../../src/radius/secrets.ts";
import { RadiusServer, type StationKeys } from "../../src/radius/server.ts";
import type { RegistrarEvent } from "../../src/registrar/events.ts";
import { sameForAll } from "../../src/registrar/grant.ts";
import { Registrar } from "../../src/registrar/registrar.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../../src/wsc/attributes.ts";
import { systemRandom } from "../../src/wsc/crypto.ts";
import type { EnrolmentDesk } from "../../src/wsc/eap/conversation.ts";
import { Secret } from "../../src/wsc/secret.ts";
import { deviceOf, mac, text } from "./radius-station.ts";

export const secretText = "between the two of us";
export const network = { ssid: "Relayed Home", key: "correct horse battery" } as const;

/** The Registrar's own address in M2. */
const registrarAddress = mac("02:00:00:00:00:ff");

export interface WorldOptions {
  /** The access points whose stations it serves. */
  readonly instances: readonly MacAddress[];
  readonly clock?: Clock;
  readonly listen?: readonly { readonly host: string; readonly port: number }[];
  readonly keys?: StationKeys;
  /** In place of the Registrar. */
  readonly desk?: EnrolmentDesk;
}

export class RadiusWorld {
  readonly registrar: Registrar;
  readonly server: RadiusServer;
  readonly radiusEvents: RadiusEvent[] = [];
  readonly registrarEvents: RegistrarEvent[] = [];
  /** How many datagrams of each client have been dealt with. */
  readonly seen = new Map<string, number>();

  readonly #onlookers = new Set<() => void>();

  private constructor(registrar: Registrar, server: RadiusServer) {
    this.registrar = registrar;
    this.server = server;
    void this.#follow();
  }

  static async open(options: WorldOptions): Promise<RadiusWorld> {
    const { clock = systemClock, listen = [{ host: "127.0.0.1", port: 0 }], keys } = options;
    const registrar = new Registrar({ device: () => deviceOf(registrarAddress), clock, random: systemRandom });
    for (const instance of options.instances) {
      const accessPoint = {
        instance,
        advertise: async () => ({ type: "shown" as const }),
        // What an access point sees by itself is not told to a RADIUS server.
        events: async function* () {},
      };
      const credential = {
        ssid: text(network.ssid),
        key: new Secret(network.key),
        authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
        encryptionType: ENCRYPTION_TYPE.aes,
      };
      registrar.serve(accessPoint, { grants: sameForAll(instance, credential) });
    }
    let told = (_event: RadiusEvent) => {};
    const server = await RadiusServer.open({
      listen,
      secrets: ["127.0.0.0/8", "::/0"].map((base) => ({ network: networkOf(base), secret: new Secret(secretText) })),
      desk: options.desk ?? registrar,
      keys,
      clock,
      tell: (event) => told(event),
    });
    const world = new RadiusWorld(registrar, server);
    told = (event) => world.#note(event);
    return world;
  }

  get port(): number {
    return this.server.endpoints[0]?.port ?? 0;
  }

  /** Datagrams that were not answered, by reason. */
  get drops(): Readonly<Record<string, number>> {
    const drops: Record<string, number> = {};
    for (const event of this.radiusEvents)
      if (event.type === "dropped") drops[event.reason] = (drops[event.reason] ?? 0) + 1;
    return drops;
  }

  /** Resolves as soon as something is so; it is looked at after every datagram. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        this.#onlookers.delete(look);
        resolve();
      };
      this.#onlookers.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.registrar.close();
  }

  #note(event: RadiusEvent): void {
    this.radiusEvents.push(event);
    if ("client" in event) this.seen.set(event.client, (this.seen.get(event.client) ?? 0) + 1);
    for (const look of [...this.#onlookers]) look();
  }

  async #follow(): Promise<void> {
    for await (const event of this.registrar.events({ signal: new AbortController().signal }))
      this.registrarEvents.push(event);
  }
}

export function networkOf(base: string) {
  const parsed = parseNetwork(base);
  if (parsed === null) throw new Error(`no network: ${base}`);
  return parsed;
}
