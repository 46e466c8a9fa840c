/** A registrar service in virtual time, with access points and stations of its own on the simulated air. */
import { VirtualClock } from "../src/clock/virtual-clock.ts";
import { AirAccessPoint } from "../src/radio/air/access-point.ts";
import { Air } from "../src/radio/air/air.ts";
import { seededRandom } from "../src/radio/air/chance.ts";
import { AirStation } from "../src/radio/air/station.ts";
import type { EnrolEvent, EnrolMethod, StationRadio } from "../src/radio/station-radio.ts";
import type { KeyPolicy } from "../src/registrar/key-policy.ts";
import { Seal } from "../src/registrar/seal.ts";
import { RegistrarService } from "../src/registrar/service.ts";
import { createMemoryStore } from "../src/store/memory-store.ts";
import { type MacAddress, parseMacAddress } from "../src/wsc/address.ts";
import type { EnrolmentDesk } from "../src/wsc/eap/conversation.ts";
import { type Pin, parsePin } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";

export const mac = (text: string): MacAddress => {
  const parsed = parseMacAddress(text);
  if (parsed === null) throw new Error(`no MAC address: ${text}`);
  return parsed;
};

export const pin = (digits: string): Pin => {
  const parsed = parsePin(digits);
  if (!parsed.ok) throw new Error(`no PIN: ${digits}`);
  return parsed.value;
};

export const home = mac("02:00:00:00:00:01");
export const homeKey = "correct horse battery";

export class RegistrarWorld {
  readonly clock = new VirtualClock();
  readonly store = createMemoryStore();
  readonly random = seededRandom(1);
  readonly air = new Air({ clock: this.clock, seed: 1 });
  readonly troubles: unknown[] = [];
  readonly accessPoint: AirAccessPoint;
  #service: RegistrarService | null = null;
  readonly #keys: KeyPolicy;
  #stations = 0;

  constructor({ keys = "shared" }: { readonly keys?: KeyPolicy } = {}) {
    this.#keys = keys;
    const desk: EnrolmentDesk = { open: (peer, instance) => this.service.open(peer, instance) };
    this.accessPoint = new AirAccessPoint({
      air: this.air,
      settings: {
        name: "Home",
        ssid: new TextEncoder().encode("Home"),
        bssid: home,
        uuid: "11".repeat(16),
        security: "WPA2",
        key: keys === "shared" ? new Secret(homeKey) : null,
        channel: 1,
        signal: -50,
        subnet: 1,
        dhcp: true,
      },
      desk,
      ...(keys === "shared" ? {} : { keysOf: (station: MacAddress) => this.service.keys(station, home) }),
    });
  }

  get service(): RegistrarService {
    if (this.#service === null) throw new Error("the service has not been started");
    return this.#service;
  }

  /** Starts the service, or starts it again with what is on disk. */
  async start(): Promise<RegistrarService> {
    await this.#service?.close();
    const { clock, random, store } = this;
    const seal = new Seal(new Secret(new Uint8Array(32).fill(7)), random);
    const onTrouble = (trouble: unknown) => this.troubles.push(trouble);
    this.#service = await RegistrarService.open({ store, seal, clock, random, keys: this.#keys, onTrouble });
    await this.#service.serve(this.accessPoint);
    await clock.advance(0);
    return this.#service;
  }

  /** A further device in range; its address counts on from 02:00:00:00:01:01. */
  station(deviceName = "Lamp"): StationRadio {
    const macAddress = mac(`02:00:00:00:01:0${++this.#stations}`);
    return new AirStation({ air: this.air, macAddress, radioName: "air", deviceName, random: this.random });
  }

  /** A whole run of a device, to its last event. */
  async enrol(station: StationRadio, method: EnrolMethod = { type: "pushButton" }): Promise<EnrolEvent | undefined> {
    const events: EnrolEvent[] = [];
    const run = async () => {
      for await (const event of station.enrol(method, { signal: new AbortController().signal })) events.push(event);
    };
    await this.clock.until(run());
    await this.clock.advance(1_000);
    return events.at(-1);
  }

  until<T>(promise: Promise<T>): Promise<T> {
    return this.clock.until(promise);
  }
}
