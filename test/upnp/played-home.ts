/**
 * A home with nothing in it but what the tests of our external Registrar need: our own UPnP device, an access point with
 * a PIN behind it, and stations that say what they say without a radio. The access point is a mere proxy, which lets all
 * messages through, also those of several Registrars.
 */

import { systemClock as clock } from "../../src/clock/system-clock.ts";
import type { UpnpDevice } from "../../src/upnp/device.ts";
import { opCodeOf } from "../../src/upnp/op-code.ts";
import { meetRouter, type Router } from "../../src/upnp/router.ts";
import type { RegistrarSelection } from "../../src/upnp/selected-registrar.ts";
import type { WlanConfigService } from "../../src/upnp/wlan-config-service.ts";
import type { MacAddress } from "../../src/wsc/address.ts";
import { AUTHENTICATION_TYPE, DEVICE_PASSWORD_ID, ENCRYPTION_TYPE } from "../../src/wsc/attributes.ts";
import { toHex } from "../../src/wsc/bytes.ts";
import { parse } from "../../src/wsc/codec.ts";
import type { NetworkSettings } from "../../src/wsc/credential.ts";
import { systemRandom as random } from "../../src/wsc/crypto.ts";
import type { DeviceInfo } from "../../src/wsc/device.ts";
import { attributesIn, composeProbeRequest, REQUEST_TYPE } from "../../src/wsc/elements.ts";
import { messageTypeOf } from "../../src/wsc/messages.ts";
import { type Pin, parsePin, pinPassword, pushButtonPassword } from "../../src/wsc/pin.ts";
import { Secret } from "../../src/wsc/secret.ts";
import {
  type AccessPointState,
  openAccessPoint,
  stepAccessPoint,
} from "../../src/wsc/session/access-point-enrollee.ts";
import { drawEnrollee, type EnrolleeState, openEnrollee, stepEnrollee } from "../../src/wsc/session/enrollee.ts";
import type { DevicePassword } from "../../src/wsc/session/session.ts";
import { devices as recorded } from "../engine-pair.ts";
import { deviceOf, mac } from "../interop/radius-station.ts";
import { must } from "../vectors.ts";
import { identity, openDevice } from "./played-access-point.ts";

export const pin = (text: string): Pin => must(parsePin(text));
/** Of the router. */
export const routerPin = pin("12345670");

/** The access point's. */
export const network: NetworkSettings = {
  ssid: new TextEncoder().encode("Home"),
  authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
  encryptionType: ENCRYPTION_TYPE.aes,
  networkKey: new Secret("correct horse battery"),
};

export interface HomeOptions {
  readonly name?: string;
}

export class PlayedHome implements WlanConfigService {
  #network = network;
  #device: UpnpDevice | null = null;
  /** By the nonce that each began with: several Registrars may be at it. */
  readonly #runs = new Map<string, AccessPointState>();
  readonly #selections: RegistrarSelection[] = [];
  readonly #offers: (Offer & { readonly uuid: string })[] = [];
  readonly #stations = new Map<MacAddress, PlayedStation>();

  private constructor() {}

  static async open({ name = "Played home" }: HomeOptions = {}): Promise<PlayedHome> {
    const home = new PlayedHome();
    home.#device = await openDevice(home, {
      identity: { ...identity, friendlyName: name, uuid: random("key", 16) },
    });
    return home;
  }

  get device(): UpnpDevice {
    if (this.#device === null) throw new Error("it is not open yet");
    return this.#device;
  }

  async router(): Promise<Router> {
    return must(await meetRouter(new URL(`http://127.0.0.1:${this.device.port}/wps_device.xml`), { clock }));
  }

  /** A station with its button pressed, or with a PIN. */
  station(address: string, own: Pin | null = null): PlayedStation {
    const password = own === null ? pushButtonPassword : pinPassword(own);
    const station = new PlayedStation(this.device, mac(address), password);
    this.#stations.set(station.address, station);
    return station;
  }

  /**
   * What a Registrar expected, in the order that it said it. Registrars of other tests on this machine find this home,
   * too, and have their say.
   */
  selectionsOf({ uuid }: DeviceInfo): readonly RegistrarSelection[] {
    return this.#selections.filter((one) => one.uuid !== null && toHex(one.uuid) === toHex(uuid));
  }

  /** How a Registrar answered M1 of stations. */
  offersOf({ uuid }: DeviceInfo): readonly Offer[] {
    return this.#offers.flatMap(({ uuid: whose, ...offer }) => (whose === toHex(uuid) ? [offer] : []));
  }

  async deviceInfo(): Promise<Uint8Array | null> {
    const { state, send } = openAccessPoint(
      {
        device: { ...recorded.registrar, macAddress: mac("02:00:00:00:00:01") },
        wscState: 2,
        access: { type: "readAndWrite", passwords: [pinPassword(routerPin)] },
        settings: this.#network,
      },
      drawEnrollee(random),
    );
    if (send === null) return null;
    this.#runs.set(valueIn(send.bytes, "enrolleeNonce"), state);
    return send.bytes;
  }

  async putMessage(bytes: Uint8Array): Promise<Uint8Array | null> {
    const nonce = valueIn(bytes, "enrolleeNonce");
    const run = this.#runs.get(nonce);
    if (run === undefined) return null;
    let step = stepAccessPoint(run, { type: "message", message: { opCode: opCodeOf(bytes), bytes } });
    for (const event of step.events) if (event.type === "settingsGiven") this.#network = event.settings;
    if (step.state.name === "deciding") step = stepAccessPoint(step.state, { type: "apply" });
    this.#runs.set(nonce, step.state);
    return step.send?.bytes ?? null;
  }

  putWlanResponse(station: MacAddress, bytes: Uint8Array): void {
    const message = messageTypeOf(bytes);
    if (message === "M2" || message === "M2D") this.#offers.push({ station, message, uuid: valueIn(bytes, "uuidR") });
    this.#stations.get(station)?.hear(bytes);
  }

  select(_subscriber: string, selection: RegistrarSelection): void {
    this.#selections.push(selection);
  }
}

/** The answer to an M1. */
export interface Offer {
  readonly station: MacAddress;
  readonly message: "M2" | "M2D";
}

function valueIn(message: Uint8Array, name: "enrolleeNonce" | "uuidR"): string {
  const attributes = parse(message);
  const [value] = (attributes.ok && attributes.value[name]) || [];
  return value === undefined ? "" : toHex(value);
}

export class PlayedStation {
  readonly address: MacAddress;
  readonly #device: UpnpDevice;
  readonly #password: DevicePassword;
  state: EnrolleeState | null = null;
  /** Its last. */
  m1: Uint8Array = new Uint8Array();
  /** It hears nothing of what Registrars say to it. */
  deaf = false;

  constructor(device: UpnpDevice, address: MacAddress, password: DevicePassword) {
    this.#device = device;
    this.address = address;
    this.#password = password;
  }

  /** A Probe Request with its button pressed. */
  probe(): void {
    const probe = composeProbeRequest({
      device: deviceOf(this.address),
      requestType: REQUEST_TYPE.enrollee,
      devicePasswordId: DEVICE_PASSWORD_ID.pushButton,
    });
    const bytes = attributesIn(probe);
    if (bytes === null) throw new Error("expected a Probe Request");
    this.#device.tell({ type: "probeRequest", station: this.address, bytes });
  }

  /** M1, as if it had come in by EAP. */
  begin(): void {
    const opened = openEnrollee({ device: deviceOf(this.address), password: this.#password }, drawEnrollee(random));
    this.state = opened.state;
    this.m1 = opened.send?.bytes ?? this.m1;
    this.say(this.m1);
  }

  say(bytes: Uint8Array): void {
    this.#device.tell({ type: "message", station: this.address, bytes });
  }

  /** The key that it was given; null for none. */
  key(): string | null {
    return this.state?.name === "paired" ? (this.state.credentials[0]?.networkKey.revealText() ?? null) : null;
  }

  hear(bytes: Uint8Array): void {
    if (this.state === null || this.deaf) return;
    const step = stepEnrollee(this.state, { opCode: opCodeOf(bytes), bytes });
    this.state = step.state;
    if (step.send !== null) this.say(step.send.bytes);
  }
}
