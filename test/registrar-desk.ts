/**
 * The Registrar in virtual time, for its tests in src/registrar: devices are our own Enrollee behind EAP, the access
 * point is a recorder.
 */
import { VirtualClock } from "../src/clock/virtual-clock.ts";
import type { AccessPointEvent, AdvertisedWindow, Shown } from "../src/radio/access-point.ts";
import type { RegistrarEvent } from "../src/registrar/events.ts";
import { type SharedCredential, sameForAll } from "../src/registrar/grant.ts";
import { Registrar, type ServedAccessPoint } from "../src/registrar/registrar.ts";
import { Outlet } from "../src/stream/queue.ts";
import { type MacAddress, parseMacAddress } from "../src/wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE } from "../src/wsc/attributes.ts";
import { fromHex } from "../src/wsc/bytes.ts";
import { systemRandom, uuidFromMac } from "../src/wsc/crypto.ts";
import type { DeviceInfo } from "../src/wsc/device.ts";
import { buildPacket } from "../src/wsc/eap/packet.ts";
import { openPeer, stepPeer } from "../src/wsc/eap/peer.ts";
import type { MessageType } from "../src/wsc/messages.ts";
import { type Pin, parsePin, pushButtonPassword } from "../src/wsc/pin.ts";
import { Secret } from "../src/wsc/secret.ts";
import { drawEnrollee } from "../src/wsc/session/enrollee.ts";
import type { DevicePassword } from "../src/wsc/session/session.ts";

export const mac = (text: string): MacAddress => {
  const parsed = parseMacAddress(text);
  if (parsed === null) throw new Error(`no MAC address: ${text}`);
  return parsed;
};
export const pin = (text: string): Pin => {
  const parsed = parsePin(text);
  if (!parsed.ok) throw new Error(`no PIN: ${text}`);
  return parsed.value;
};

export const home = mac("02:00:00:00:00:01");
export const lamp = mac("02:00:00:00:01:01");
export const meter = mac("02:00:00:00:01:02");
export const key = "correct horse battery";

export const credential: SharedCredential = {
  ssid: new TextEncoder().encode("Home"),
  key: new Secret(key),
  authenticationType: AUTHENTICATION_TYPE.wpa2Psk,
  encryptionType: ENCRYPTION_TYPE.aes,
};

export function deviceOf(macAddress: MacAddress, deviceName: string): DeviceInfo {
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "Example",
    modelName: "Example",
    modelNumber: "1",
    serialNumber: "1",
    deviceName,
    primaryDeviceType: fromHex("00010050f2040001"),
    configMethods: CONFIG_METHOD.virtualPushButton | CONFIG_METHOD.keypad,
    rfBands: 1,
    osVersion: 0,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.aes,
  };
}

/** An access point that notes what it was told to show. */
export class Recorder implements ServedAccessPoint {
  readonly instance: MacAddress;
  readonly ssid = new TextEncoder().encode("Home");
  readonly shown: (AdvertisedWindow | null)[] = [];
  readonly outlet = new Outlet<AccessPointEvent>(100);
  broken = false;

  constructor(instance = home) {
    this.instance = instance;
  }

  async advertise(window: AdvertisedWindow | null): Promise<Shown> {
    if (this.broken) throw new Error("The access point does not answer.");
    this.shown.push(window);
    return { type: "shown" };
  }

  events(options: { readonly signal: AbortSignal }): AsyncIterable<AccessPointEvent> {
    return this.outlet.listen(options.signal);
  }
}

/** A registrar with one access point, and all it tells. */
export function createWorld() {
  const clock = new VirtualClock();
  const registrar = new Registrar({ device: () => deviceOf(home, "Home AP"), clock, random: systemRandom });
  const accessPoint = new Recorder();
  registrar.serve(accessPoint, { grants: sameForAll(home, credential) });
  const events: RegistrarEvent[] = [];
  const listen = async () => {
    for await (const event of registrar.events({ signal: new AbortController().signal })) events.push(event);
  };
  void listen();
  /** The story so far, without the messages and the ends of runs, of which each run has one. */
  const story = async () => {
    await clock.advance(0);
    return events
      .filter(({ type }) => type !== "message" && type !== "runEnded")
      .map((event) => ("reason" in event ? `${event.type}: ${event.reason}` : event.type));
  };
  return { clock, registrar, accessPoint, events, story };
}

interface ComeOptions {
  readonly password?: DevicePassword;
  /** Another UUID or address than its own in M1. */
  readonly claims?: Partial<Pick<DeviceInfo, "uuid" | "macAddress">>;
  readonly instance?: MacAddress;
}

/** A device that has come to the desk: its EAP run, packet by packet. */
export function come(registrar: Registrar, address: MacAddress, options: ComeOptions = {}) {
  const device = { ...deviceOf(address, "Device"), ...options.claims };
  const { password = pushButtonPassword, instance = home } = options;
  const conversation = registrar.open(address, instance);
  let peer = openPeer({ device, password }, drawEnrollee(systemRandom));
  let request = buildPacket({ code: "request", identifier: 0, type: "identity", identity: new Uint8Array() });
  const sent: MessageType[] = [];

  /** One request answered and the next one fetched; false at the end. */
  const round = async () => {
    const step = stepPeer(peer, request);
    peer = step.state;
    for (const event of step.events)
      if (event.type === "message" && event.direction === "out") sent.push(event.message);
    if (step.reply === null) return false;
    request = await conversation.respond(step.reply);
    return true;
  };
  return {
    conversation,
    /** Goes on until it has sent this message and the desk has answered. */
    async until(message: MessageType) {
      while (!sent.includes(message)) if (!(await round())) throw new Error(`expected to send ${message}`);
    },
    /** Goes on to the end of the run, and gives its outcome. */
    async finish() {
      while (await round());
      return peer.outcome;
    },
  };
}

/** How a device's run ends after an M2D; and after a NACK. */
export const refusedWith = (configError: number) => ({ type: "failed", error: { kind: "turnedAway", configError } });
export const cutOffWith = (configError: number) => ({ type: "failed", error: { kind: "refused", configError } });
