/** A station of ours behind an access point that is none: its EAP goes to a RADIUS server by our own RADIUS client. */
import type { RadiusClient } from "../../src/radius/client.ts";
import { eapAttributes, eapIn, firstValue, RADIUS_ATTRIBUTE, type RadiusAttribute } from "../../src/radius/packet.ts";
import { type MacAddress, parseMacAddress } from "../../src/wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE } from "../../src/wsc/attributes.ts";
import { fromHex } from "../../src/wsc/bytes.ts";
import { systemRandom, uuidFromMac } from "../../src/wsc/crypto.ts";
import type { DeviceInfo } from "../../src/wsc/device.ts";
import { buildPacket, ENROLLEE_IDENTITY } from "../../src/wsc/eap/packet.ts";
import { openPeer, type PeerEvent, type PeerState, stepPeer } from "../../src/wsc/eap/peer.ts";
import { drawEnrollee } from "../../src/wsc/session/enrollee.ts";
import type { DevicePassword } from "../../src/wsc/session/session.ts";

const IDENTITY_REQUEST = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });

export const mac = (text: string): MacAddress => {
  const address = parseMacAddress(text);
  if (address === null) throw new Error(`no MAC address: ${text}`);
  return address;
};
export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** As hostapd spells it: 02-00-00-00-01-01. */
export const stationId = (address: MacAddress): Uint8Array => text(address.replaceAll(":", "-").toUpperCase());

/** What names the station and the access point in every request. */
export function names(station: MacAddress, instance: MacAddress): readonly RadiusAttribute[] {
  return [
    { type: RADIUS_ATTRIBUTE.calledStationId, value: text(`${instance.replaceAll(":", "-").toUpperCase()}:Network`) },
    { type: RADIUS_ATTRIBUTE.callingStationId, value: stationId(station) },
  ];
}

export function deviceOf(macAddress: MacAddress, configMethods?: number): DeviceInfo {
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "Example",
    modelName: "Example",
    modelNumber: "1",
    serialNumber: "1",
    deviceName: "Interop device",
    primaryDeviceType: fromHex("00010050f2040001"),
    configMethods: configMethods ?? CONFIG_METHOD.virtualPushButton | CONFIG_METHOD.virtualDisplay,
    rfBands: 1,
    osVersion: 0,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.aes,
  };
}

export interface StationOptions {
  readonly macAddress: MacAddress;
  readonly instance: MacAddress;
  readonly password: DevicePassword;
  readonly fragmentSize?: number;
  readonly configMethods?: number;
}

/** One run, a request at a time. */
export class RadiusStation {
  readonly #client: RadiusClient;
  readonly #names: readonly RadiusAttribute[];
  peer: PeerState;
  readonly events: PeerEvent[] = [];
  /** Requests that were answered. */
  packets = 0;
  /** The State of the last answer. */
  state: Uint8Array | null = null;
  /** The code of the last answer. */
  code = 0;
  #reply: Uint8Array | null;

  constructor(client: RadiusClient, { macAddress, instance, password, fragmentSize, configMethods }: StationOptions) {
    this.#client = client;
    this.#names = names(macAddress, instance);
    const device = deviceOf(macAddress, configMethods);
    const peer = openPeer(
      { device, password },
      drawEnrollee(systemRandom),
      fragmentSize === undefined ? {} : { fragmentSize },
    );
    const { state, reply } = stepPeer(peer, IDENTITY_REQUEST);
    this.peer = state;
    this.#reply = reply;
  }

  /** What it has to say now; null when it has nothing more to say. */
  get reply(): Uint8Array | null {
    return this.#reply;
  }

  /** The attributes of the request that says it. */
  request(eap: Uint8Array, state = this.state): readonly RadiusAttribute[] {
    const echoed = state === null ? [] : [{ type: RADIUS_ATTRIBUTE.state, value: state }];
    const userName = { type: RADIUS_ATTRIBUTE.userName, value: text(ENROLLEE_IDENTITY) };
    return [userName, ...this.#names, ...echoed, ...eapAttributes(eap)];
  }

  /** Says it, and hears the answer. False: it has nothing more to say. */
  async step(): Promise<boolean> {
    if (this.#reply === null) return false;
    const answer = await this.#client.request(this.request(this.#reply));
    const eap = eapIn(answer);
    if (eap === null) throw new Error(`expected EAP in the answer, got code ${answer.code}`);
    this.packets++;
    this.code = answer.code;
    this.state = firstValue(answer, RADIUS_ATTRIBUTE.state);
    const { state, reply, events } = stepPeer(this.peer, eap);
    this.peer = state;
    this.events.push(...events);
    this.#reply = reply;
    return true;
  }

  /** Until the server has had enough. */
  async run(): Promise<this> {
    while (await this.step());
    return this;
  }

  /** The key it was given; null when it was given none. */
  get key(): string | null {
    const { outcome } = this.peer;
    return outcome?.type === "paired" ? (outcome.credentials[0]?.networkKey.revealText() ?? null) : null;
  }
}
