/**
 * A whole world on the simulated air, from a scenario: access points, one Registrar behind them all, a device, and the
 * hands that press buttons. Has no part in any protocol; it only puts the parts together.
 */
import type { Clock, Timer } from "../clock/clock.ts";
import { AirAccessPoint } from "../radio/air/access-point.ts";
import { Air } from "../radio/air/air.ts";
import { type RelayedAccessPoint, RemoteDesk } from "../radio/air/remote-registrar.ts";
import type { Happening, Scenario, ScenarioAccessPoint } from "../radio/air/scenario.ts";
import type { ServedAccessPoint } from "../radio/air/server.ts";
import { AirStation } from "../radio/air/station.ts";
import { type Network, RadioError } from "../radio/station-radio.ts";
import { type MacAddress, macAddressBytes, macAddressFrom } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, ENCRYPTION_TYPE } from "../wsc/attributes.ts";
import type { EnrolmentDesk } from "../wsc/eap/conversation.ts";
import type { Random } from "../wsc/random.ts";
import { registrarDevice } from "./device.ts";
import { sameForAll } from "./grant.ts";
import { Registrar } from "./registrar.ts";

/** One access point (one radio) of the world, with what a person can do to it. */
export interface AirWorldAccessPoint extends ServedAccessPoint {
  /** Presses the button of its box: of every radio with its name. `overlap`: two devices ask at once, nothing opens. */
  pressButton(): Promise<"open" | "overlap">;
  powerOn(): void;
  powerOff(): void;
  /** @param signal its level at every station from now on, dBm; null: out of range */
  move(signal: number | null): void;
}

export interface AirWorld {
  readonly air: Air;
  readonly registrar: Registrar;
  readonly accessPoints: readonly AirWorldAccessPoint[];
  /** Those that leave their Registrar to another process, which joins by {@link serveAir}. */
  readonly relayed: readonly RelayedAccessPoint[];
  /** The device of the scenario; with a name of its own, a further one, off at first and with an address of its own. */
  station(name?: string): AirStation;
  close(): Promise<void>;
}

export interface AirWorldOptions {
  readonly scenario: Scenario;
  readonly clock: Clock;
  /** For nonces, private keys and the like at both ends. */
  readonly random: Random;
  /** How the radios are called; `air` without it. */
  readonly radioName?: string | undefined;
  /** Draws which frames get lost; the scenario's own without it. */
  readonly seed?: number | undefined;
}

const mostStations = 64;

export function createAirWorld(options: AirWorldOptions): AirWorld {
  const { clock, random } = options;
  const registrar = new Registrar({ device: () => registrarDevice("Simulated access point"), clock, random });
  const { served, ...world } = createWorldAround(registrar, options);
  for (const { settings, accessPoint } of served)
    registrar.serve(accessPoint, { grants: sameForAll(settings.bssid, credentialOf(settings)) });
  return { ...world, registrar };
}

/** Who stands behind the access points of a world, and what hands do at it. */
export interface AirDesk extends EnrolmentDesk, Pick<Registrar, "enterPin" | "pressTogether" | "stop" | "close"> {}

export interface WorldAround extends Omit<AirWorld, "registrar"> {
  /** What has still to be taken in: the radios with WPS that no Registrar elsewhere stands behind. */
  readonly served: readonly { readonly settings: ScenarioAccessPoint; readonly accessPoint: AirAccessPoint }[];
}

/** The world with somebody behind the access points who has still to take them in. Closed with the world. */
export function createWorldAround(desk: AirDesk, options: AirWorldOptions): WorldAround {
  const { scenario, clock, random, radioName = "air", seed = scenario.seed } = options;
  const air = new Air({ clock, seed, conditions: scenario.conditions });
  const boxes = scenario.accessPoints.map((settings) => {
    const remote = settings.wps && settings.registrar === "elsewhere" ? new RemoteDesk(settings.name) : null;
    const keysOf = remote === null ? undefined : (station: MacAddress) => remote.keysOf(station);
    const accessPoint = new AirAccessPoint({ air, settings, desk: settings.wps ? (remote ?? desk) : null, keysOf });
    return { settings, accessPoint, remote };
  });
  const radiosOf = (name: string) => boxes.filter(({ settings }) => settings.name === name && settings.wps);

  const accessPoints = boxes.map(({ settings, accessPoint, remote }): AirWorldAccessPoint => {
    const { bssid, name } = settings;
    return {
      bssid,
      name,
      ssid: new TextDecoder().decode(settings.ssid),
      pressButton: async () => {
        if (!settings.wps) throw noWps(name);
        if (remote !== null) return pressThere(radiosOf(name));
        return desk.pressTogether(radiosOf(name).map(({ settings }) => settings.bssid));
      },
      enterPin: async (pin) => {
        if (!settings.wps) throw noWps(name);
        if (remote !== null) throw elsewhere(name);
        await desk.enterPin(bssid, pin);
      },
      stop: async () => {
        if (remote !== null) accessPoint.cancel();
        else if (settings.wps) await desk.stop(bssid);
      },
      powerOn: () => accessPoint.powerOn(),
      powerOff: () => accessPoint.powerOff(),
      move: (signal) => accessPoint.move(signal),
    };
  });

  const stations = new Map<string, AirStation>();
  const station = (name = scenario.station.name): AirStation => {
    const known = stations.get(name);
    if (known !== undefined) return known;
    if (stations.size === mostStations) throw new RangeError(`station: this air has ${mostStations} of them already`);
    const own = name === scenario.station.name;
    const made = new AirStation({
      air,
      random,
      radioName,
      deviceName: name,
      macAddress: own ? scenario.station.macAddress : furtherAddress(scenario.station.macAddress, stations.size),
      kept: own ? networksAtFirst(scenario) : [],
    });
    stations.set(name, made);
    return made;
  };
  station();

  const timers: readonly Timer[] = scenario.happenings.map((happening) =>
    clock.after(happening.atMs, () => {
      const box = accessPoints.filter(({ name }) => name === happening.accessPoint);
      // One press is a press on all radios of a box already.
      for (const accessPoint of happening.type === "press" ? box.slice(0, 1) : box) happen(happening, accessPoint);
    }),
  );

  return {
    air,
    served: boxes.filter(({ settings, remote }) => settings.wps && remote === null),
    accessPoints,
    relayed: boxes.flatMap(({ accessPoint, remote }) => (remote === null ? [] : [{ accessPoint, desk: remote }])),
    station,
    close: async () => {
      for (const timer of timers) timer.cancel();
      for (const one of stations.values()) await one.remove();
      await desk.close();
      for (const { accessPoint } of boxes) await accessPoint.close();
      air.close();
    },
  };
}

function happen(happening: Happening, accessPoint: AirWorldAccessPoint): void {
  // At an access point that is switched off nothing comes of it.
  const inVain = () => {};
  if (happening.type === "press") accessPoint.pressButton().catch(inVain);
  else if (happening.type === "enterPin") accessPoint.enterPin(happening.pin).catch(inVain);
  else if (happening.type === "stop") accessPoint.stop().catch(inVain);
  else if (happening.type === "off") accessPoint.powerOff();
  else if (happening.type === "on") accessPoint.powerOn();
  else accessPoint.move(happening.signal);
}

/** The button of a box whose Registrar hears of it over the air's socket, and opens the window there. */
function pressThere(radios: readonly { readonly accessPoint: AirAccessPoint }[]): "open" {
  for (const { accessPoint } of radios) accessPoint.press();
  return "open";
}

function elsewhere(name: string): RadioError {
  return new RadioError(
    "unsupported",
    `${name} leaves its Registrar to another process.`,
    "Enter the PIN there: at the pages of openwps registrar, or by its API.",
  );
}

function noWps(name: string): RadioError {
  return new RadioError(
    "unsupported",
    `${name} has no WPS.`,
    "Choose another access point, or switch WPS on in the scenario.",
  );
}

/** The network that the device is configured with when the world begins. */
function networksAtFirst({ station, accessPoints }: Scenario): readonly Network[] {
  const home = accessPoints.find(({ name }) => name === station.connectedTo);
  if (home === undefined) return [];
  const { ssid, key, security } = home;
  return [{ ssid, key, wpa1: security === "WPA" || security === "WPA-WPA2", sae: security.includes("WPA3") }];
}

function credentialOf({ ssid, key, security }: ScenarioAccessPoint) {
  const { open, wpaPsk, wpa2Psk } = AUTHENTICATION_TYPE;
  const { none, wep, tkip, aes } = ENCRYPTION_TYPE;
  if (key === null) return { ssid, key, authenticationType: open, encryptionType: none };
  // As access points of the days before WPS 2.0 did.
  if (security === "WEP") return { ssid, key, authenticationType: open, encryptionType: wep };
  return security === "WPA-WPA2"
    ? { ssid, key, authenticationType: wpaPsk | wpa2Psk, encryptionType: tkip | aes }
    : { ssid, key, authenticationType: wpa2Psk, encryptionType: aes };
}

/** The address of the `count`th further station: the last two bytes count on. */
function furtherAddress(first: MacAddress, count: number): MacAddress {
  const bytes = macAddressBytes(first);
  const view = new DataView(bytes.buffer);
  view.setUint16(4, (view.getUint16(4) + 0x0100 * count) % 0x1_0000);
  return macAddressFrom(bytes);
}
