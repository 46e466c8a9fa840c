/**
 * An access point on the simulated air: beacons, lets stations in who show that they have the key, gives them
 * addresses as a home router does, and carries the EAP of those who come to enrol to a desk. Whom to enrol it
 * leaves to that desk.
 */

import type { Timer } from "../../clock/clock.ts";
import { Outlet } from "../../stream/queue.ts";
import type { MacAddress } from "../../wsc/address.ts";
import type { EnrolmentDesk } from "../../wsc/eap/conversation.ts";
import type { Secret } from "../../wsc/secret.ts";
import type {
  AccessPoint,
  AccessPointEvent,
  AccessPointFacts,
  AccessPointStatus,
  AdvertisedWindow,
  AssociatedStation,
  NetworkSettings,
  RestartSettings,
  Shown,
  WindowEnd,
} from "../access-point.ts";
import { type AuthMode, type Cipher, RadioError } from "../station-radio.ts";
import type { Air, Antenna } from "./air.ts";
import { EapRelay } from "./eap-relay.ts";
import { type Announcement, type Band, broadcast, type Payload } from "./frame.ts";
import { pskOf } from "./handshake.ts";
import { KeyExchange } from "./key-exchange.ts";

/** How networks on the simulated air may protect themselves. Stations join none that is protected by WEP. */
export type Security = Extract<AuthMode, "open" | "WEP" | "WPA" | "WPA-WPA2" | "WPA2" | "WPA2-WPA3" | "WPA3">;

export interface AccessPointSettings {
  readonly bssid: MacAddress;
  /** 1..32 bytes. */
  readonly ssid: Uint8Array;
  /** 1..14 in the 2.4 GHz band, 36..177 in the 5 GHz band. */
  readonly channel: number;
  readonly security: Security;
  /** Passphrase of 8..63 characters or 64 hex digits; null when the network is open, or each station has its own. */
  readonly key: Secret | null;
  /** Level at any station, dBm; null: out of range. */
  readonly signal: number | null;
  /** The device name that WPS tells. */
  readonly name: string;
  /** 32 hex digits; the same for all radios of one box. */
  readonly uuid: string;
  /** Its LAN is 192.168.`subnet`.0/24. */
  readonly subnet: number;
  /** Without it, stations connect but get no address. */
  readonly dhcp: boolean;
}

/** 1000 time units of 1024 µs: slow for an access point, quick enough to notice one that is gone, easy on onlookers. */
export const beaconMs = 1024;

/** Stations that an access point keeps in mind; more are refused. */
const mostStations = 32;
/** The addresses it gives away. */
const firstHost = 100;
const mostLeases = 100;
/** Unread events kept for each listener. */
const eventLag = 256;
/** How long a window is shown, unless it is shown anew. */
const windowMs = 120_000;

/** Reason codes of 802.11. */
const reason = { keyNotValid: 2, leaving: 3, handshakeTimeout: 15, eapFailed: 23 } as const;

/** The keys that a station may have; null: the one for all. */
export type KeysOf = (station: MacAddress) => readonly Secret[] | null | Promise<readonly Secret[] | null>;

/** What an access point knows of a station that has authenticated. */
interface Client {
  readonly phase: "authenticated" | "enrolling" | "proving" | "connected";
  readonly relay: EapRelay | null;
  readonly keys: KeyExchange | null;
}

export class AirAccessPoint implements AccessPoint, Antenna {
  readonly name = "air";
  readonly instance: MacAddress;
  readonly #air: Air;
  readonly #desk: EnrolmentDesk | null;
  readonly #keysOf: KeysOf | null;
  #settings: AccessPointSettings;
  #wps: AccessPointFacts["wps"];
  #psk: Uint8Array | null;
  readonly #events = new Outlet<AccessPointEvent>(eventLag);
  readonly #clients = new Map<MacAddress, Client>();
  readonly #leases = new Map<MacAddress, number>();
  readonly #denied = new Set<MacAddress>();
  #signal: number | null;
  #window: { readonly shown: AdvertisedWindow; readonly end: Timer } | null = null;
  #devicePin: { readonly pin: Secret; readonly end: Timer | null } | null = null;
  #stopBeacons: (() => void) | null = null;

  /**
   * @param options.desk who enrols stations; null: WPS is off
   * @param options.keysOf who is asked for the keys of each station
   */
  constructor(options: {
    readonly air: Air;
    readonly settings: AccessPointSettings;
    readonly desk: EnrolmentDesk | null;
    readonly keysOf?: KeysOf | undefined;
  }) {
    const { air, settings, desk } = options;
    this.#air = air;
    this.#settings = settings;
    this.#desk = desk;
    this.#keysOf = options.keysOf ?? null;
    this.instance = settings.bssid;
    this.#wps = desk === null ? "disabled" : "configured";
    this.#signal = settings.signal;
    this.#psk = settings.key === null ? null : pskOf(settings.ssid, settings.key);
    air.attach(this);
    this.powerOn();
  }

  get address(): MacAddress {
    return this.instance;
  }

  get accessPoint(): { readonly band: Band; readonly signal: number | null } {
    return { band: bandOf(this.#settings.channel), signal: this.#isOn ? this.#signal : null };
  }

  get facts(): AccessPointFacts {
    const { ssid, channel, security, name } = this.#settings;
    return {
      on: this.#isOn,
      ssid,
      radio: "air",
      vap: 0,
      ifname: "air",
      frequency: frequencyOf(channel),
      security,
      ...ciphers[security],
      wps: this.#wps,
      wpsVersion: "2.0",
      software: null,
      registrar: "relayed",
      independent: true,
      deviceName: name,
    };
  }

  events(options: { readonly signal: AbortSignal }): AsyncIterable<AccessPointEvent> {
    return this.#events.listen(options.signal);
  }

  async advertise(window: AdvertisedWindow | null): Promise<Shown> {
    this.#mustBeOn();
    if (this.#wps === "disabled" && window !== null)
      throw new RadioError("refused", `${this.#settings.name} has no WPS.`, "Switch WPS on, or take another one.");
    this.#show(window);
    return { type: "shown" };
  }

  async sharedKey(): Promise<Secret | null> {
    this.#mustBeOn();
    return this.#settings.key;
  }

  async stations(): Promise<readonly AssociatedStation[]> {
    this.#mustBeOn();
    const connected = [...this.#clients].filter(([, { phase }]) => phase === "connected");
    return connected.map(([macAddress]) => ({ macAddress, keyId: null }));
  }

  async deauthenticate(station: MacAddress): Promise<void> {
    this.#mustBeOn();
    if (this.#clients.has(station)) this.#sendAway(station, reason.leaving);
  }

  async deny(station: MacAddress): Promise<void> {
    await this.deauthenticate(station);
    this.#denied.add(station);
  }

  async allow(station: MacAddress): Promise<void> {
    this.#mustBeOn();
    this.#denied.delete(station);
  }

  /** It has one key, which all its stations have shown; those that are still about to are sent away. */
  async reloadKeys(): Promise<void> {
    this.#mustBeOn();
    for (const [station, { phase }] of this.#clients)
      if (phase !== "connected") this.#sendAway(station, reason.keyNotValid);
  }

  async status(): Promise<AccessPointStatus> {
    this.#mustBeOn();
    const active = this.#window?.shown.method === "pushButton";
    return { pushButton: active ? "active" : "idle", lastResult: "none", failure: null, peer: null };
  }

  async configure({ ssid, key }: NetworkSettings): Promise<void> {
    this.#mustBeOn();
    this.#settings = { ...this.#settings, ssid, key, security: key === null ? "open" : "WPA2" };
    this.#psk = key === null ? null : pskOf(ssid, key);
    if (this.#wps === "unconfigured") this.#wps = "configured";
    this.#sendAllAway();
    this.#events.tell({ type: "changed" });
  }

  async restart({ deviceName, wps }: RestartSettings): Promise<void> {
    this.#mustBeOn();
    if (wps !== undefined && wps !== "disabled" && this.#desk === null)
      throw new RadioError("refused", `${this.#settings.name} has no WPS.`, "Switch WPS on in the scenario.");
    this.#settings = { ...this.#settings, name: deviceName ?? this.#settings.name };
    this.#wps = wps ?? this.#wps;
    this.#lose("off");
    this.#sendAllAway();
    this.#events.tell({ type: "changed" });
  }

  async devicePin(): Promise<Secret | null> {
    this.#mustBeOn();
    return this.#devicePin?.pin ?? null;
  }

  async setDevicePin(pin: Secret | null, seconds: number): Promise<void> {
    this.#mustBeOn();
    this.#devicePin?.end?.cancel();
    const expire = () => {
      this.#devicePin = null;
      this.#events.tell({ type: "pinExpired" });
    };
    const end = pin === null || seconds === 0 ? null : this.#air.clock.after(seconds * 1000, expire);
    this.#devicePin = pin === null ? null : { pin, end };
  }

  /** Presses its own button. It shows that; whether anybody gets in is its desk's business. */
  press(): void {
    if (!this.#isOn || this.#wps === "disabled") return;
    this.#show({ method: "pushButton" });
    this.#events.tell({ type: "buttonPressed" });
  }

  /** Takes back, at the access point itself, what {@link press} did. */
  cancel(): void {
    this.#lose("cancelled");
  }

  /** Moves it nearer or farther. @param signal dBm; null: out of range */
  move(signal: number | null): void {
    this.#signal = signal;
  }

  /** Starts it, with all stations forgotten, which it tells them. Harmless when it is on. */
  powerOn(): void {
    if (this.#isOn) return;
    const beacon = () => {
      this.#transmit(broadcast, { kind: "beacon", announcement: this.#announcement() });
      timer = this.#air.clock.after(beaconMs, beacon);
    };
    let timer = this.#air.clock.after(Math.floor(this.#air.chance.number() * beaconMs), beacon);
    this.#stopBeacons = () => timer.cancel();
    this.#transmit(broadcast, { kind: "deauthentication", reason: reason.leaving });
    this.#events.tell({ type: "back" });
  }

  /** Pulls its plug: it says nothing more, not even goodbye, and forgets what it was told. */
  powerOff(): void {
    if (!this.#isOn) return;
    this.#stopBeacons?.();
    this.#stopBeacons = null;
    for (const client of this.#clients.values()) abandon(client);
    this.#clients.clear();
    this.#denied.clear();
    this.#devicePin?.end?.cancel();
    this.#devicePin = null;
    this.#lose("off");
    this.#events.tell({ type: "gone", trouble: this.#goneAway() });
  }

  /** Takes it off the air for good. */
  async close(): Promise<void> {
    this.powerOff();
    this.#air.detach(this);
    this.#events.end();
  }

  receive(payload: Payload, from: MacAddress): void {
    if (!this.#isOn) return;
    const client = this.#clients.get(from);
    // The kinds that only access points send are nobody's business here.
    if (payload.kind === "probeRequest") this.#onProbe(payload, from);
    else if (payload.kind === "authentication") this.#onAuthentication(from);
    else if (payload.kind === "associationRequest") this.#onAssociation(payload, from, client);
    else if (payload.kind === "eap") client?.relay?.receive(payload.packet);
    else if (payload.kind === "key") client?.keys?.receive(payload);
    else if (payload.kind === "dhcpDiscover") this.#onDiscover(from, client);
    else if (payload.kind === "deauthentication") this.#forget(from);
  }

  #onProbe({ enrollee }: Extract<Payload, { kind: "probeRequest" }>, from: MacAddress): void {
    this.#transmit(from, { kind: "probeResponse", announcement: this.#announcement() });
    if (enrollee !== null && this.#wps !== "disabled")
      this.#events.tell({ type: "enrolleeSeen", macAddress: from, ...enrollee });
  }

  #onAuthentication(from: MacAddress): void {
    this.#forget(from);
    if (this.#clients.size === mostStations || this.#denied.has(from)) return;
    this.#clients.set(from, { phase: "authenticated", relay: null, keys: null });
    this.#transmit(from, { kind: "authentication" });
  }

  #onAssociation(
    { ssid, wps }: Extract<Payload, { kind: "associationRequest" }>,
    from: MacAddress,
    client: Client | undefined,
  ): void {
    const wanted = Buffer.compare(ssid, this.#settings.ssid) === 0 && (!wps || this.#wps !== "disabled");
    const accepted = client !== undefined && wanted;
    this.#transmit(from, { kind: "associationResponse", accepted });
    // A repeated request, because our response got lost, does not start anything twice.
    if (!accepted || client.phase !== "authenticated") return;
    if (wps && this.#desk !== null) this.#enrol(from, this.#desk);
    else if (this.#settings.security === "open") this.#connect(from);
    else if (this.#keysOf === null) this.#prove(from, this.#psk === null ? [] : [this.#psk]);
    else void this.#askKeys(from, this.#keysOf);
  }

  #enrol(from: MacAddress, desk: EnrolmentDesk): void {
    const relay = new EapRelay({
      clock: this.#air.clock,
      open: () => desk.open(from, this.instance),
      send: (packet) => this.#transmit(from, { kind: "eap", packet }),
      // EAP-Failure first, and 10 ms to hear it.
      ended: () => this.#air.clock.after(10, () => this.#dismiss(from, relay, reason.eapFailed)),
    });
    this.#clients.set(from, { phase: "enrolling", relay, keys: null });
  }

  async #askKeys(from: MacAddress, keysOf: KeysOf): Promise<void> {
    const asking: Client = { phase: "proving", relay: null, keys: null };
    this.#clients.set(from, asking);
    const keys = await keysOf(from);
    // It may have gone, or come anew, meanwhile.
    if (this.#clients.get(from) !== asking) return;
    const shared = this.#psk === null ? [] : [this.#psk];
    this.#prove(from, keys?.map((key) => pskOf(this.#settings.ssid, key)) ?? shared);
  }

  #prove(from: MacAddress, psks: readonly Uint8Array[]): void {
    const keys = new KeyExchange({
      clock: this.#air.clock,
      terms: { accessPoint: this.instance, station: from, accessPointNonce: this.#air.chance.bytes(32) },
      psks,
      send: (message) => this.#transmit(from, message),
      ended: (proven) => {
        if (proven) this.#connect(from);
        else this.#dismiss(from, keys, reason.handshakeTimeout);
      },
    });
    this.#clients.set(from, { phase: "proving", relay: null, keys });
  }

  #onDiscover(from: MacAddress, client: Client | undefined): void {
    if (client?.phase !== "connected" || !this.#settings.dhcp) return;
    const lan = `192.168.${this.#settings.subnet}`;
    const host = this.#leases.get(from) ?? this.#freeHost();
    this.#leases.delete(from);
    this.#leases.set(from, host);
    const address = { ip: `${lan}.${host}`, mask: "255.255.255.0", gateway: `${lan}.1`, dns: [`${lan}.1`] };
    this.#transmit(from, { kind: "dhcpAck", address });
  }

  /** A host number; when all are given away, that of the station that asked longest ago. */
  #freeHost(): number {
    const [oldest] = this.#leases;
    if (oldest === undefined || this.#leases.size < mostLeases) return firstHost + this.#leases.size;
    this.#leases.delete(oldest[0]);
    return oldest[1];
  }

  #connect(station: MacAddress): void {
    this.#clients.set(station, { phase: "connected", relay: null, keys: null });
    this.#events.tell({ type: "stationConnected", macAddress: station, keyId: null });
  }

  /** Sends a station away, unless it has come anew since that business of its began. */
  #dismiss(address: MacAddress, business: EapRelay | KeyExchange, code: number): void {
    const client = this.#clients.get(address);
    if (client === undefined || (client.relay !== business && client.keys !== business)) return;
    this.#sendAway(address, code);
  }

  #sendAllAway(): void {
    for (const station of [...this.#clients.keys()]) this.#sendAway(station, reason.leaving);
  }

  #sendAway(address: MacAddress, code: number): void {
    this.#forget(address);
    this.#transmit(address, { kind: "deauthentication", reason: code });
  }

  #forget(address: MacAddress): void {
    const client = this.#clients.get(address);
    if (client === undefined) return;
    this.#clients.delete(address);
    abandon(client);
    if (client.phase === "connected") this.#events.tell({ type: "stationLeft", macAddress: address });
  }

  #show(window: AdvertisedWindow | null): void {
    this.#window?.end.cancel();
    const end = this.#air.clock.after(windowMs, () => this.#lose("timeout"));
    if (window === null) end.cancel();
    this.#window = window === null ? null : { shown: window, end };
  }

  #lose(reason: WindowEnd): void {
    if (this.#window === null) return;
    this.#show(null);
    this.#events.tell({ type: "windowEnded", reason });
  }

  get #isOn(): boolean {
    return this.#stopBeacons !== null;
  }

  #mustBeOn(): void {
    if (!this.#isOn) throw this.#goneAway();
  }

  #goneAway(): RadioError {
    return new RadioError("gone", `${this.#settings.name} is switched off.`, "Switch the access point on.");
  }

  #transmit(to: MacAddress, payload: Payload): void {
    if (this.#isOn) this.#air.transmit(this, to, payload);
  }

  #announcement(): Announcement {
    const { bssid, ssid, channel, security, name, uuid } = this.#settings;
    const window = this.#window?.shown ?? null;
    const wps = {
      selectedRegistrar: window !== null,
      devicePasswordId: window === null ? null : window.method === "pushButton" ? 4 : 0,
      setupLocked: false,
      configured: this.#wps === "configured",
      uuid,
      deviceName: name,
    };
    const authorized = window?.method === "pin" ? (window.authorized ?? broadcast) : broadcast;
    return {
      bss: {
        bssid,
        ssid,
        frequency: frequencyOf(channel),
        ht: "20",
        authMode: security,
        ...ciphers[security],
        phy: bandOf(channel) === "5" ? "an" : "bgn",
        country: null,
        wps: this.#wps === "disabled" ? null : wps,
      },
      authorized: window === null ? [] : [authorized],
    };
  }
}

function abandon({ relay, keys }: Client): void {
  relay?.close();
  keys?.close();
}

const ciphers: Readonly<Record<Security, { readonly pairwiseCipher: Cipher; readonly groupCipher: Cipher }>> = {
  open: { pairwiseCipher: "none", groupCipher: "none" },
  WEP: { pairwiseCipher: "WEP", groupCipher: "WEP" },
  WPA: { pairwiseCipher: "TKIP", groupCipher: "TKIP" },
  "WPA-WPA2": { pairwiseCipher: "TKIP-CCMP", groupCipher: "TKIP" },
  WPA2: { pairwiseCipher: "CCMP", groupCipher: "CCMP" },
  "WPA2-WPA3": { pairwiseCipher: "CCMP", groupCipher: "CCMP" },
  WPA3: { pairwiseCipher: "CCMP", groupCipher: "CCMP" },
};

function bandOf(channel: number): Band {
  return channel > 14 ? "5" : "2.4";
}

/** Centre of a channel, MHz. */
function frequencyOf(channel: number): number {
  if (channel > 14) return 5000 + 5 * channel;
  return channel === 14 ? 2484 : 2407 + 5 * channel;
}
