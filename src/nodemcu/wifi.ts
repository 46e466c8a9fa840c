/** The module `wifi`, as far as scripts that use WPS need it: the mode, the station, and its events. */
import { EVENT, type Eventmon, type StaConnected, type StaDisconnected } from "./eventmon.ts";
import { checkFunction, checkOneOf, MisuseError } from "./misuse.ts";
import type { ScriptStation } from "./station.ts";

/** The modes, numbered as in the firmware. */
export const WIFI_MODE = { NULLMODE: 0, STATION: 1, SOFTAP: 2, STATIONAP: 3 } as const;

export type WifiMode = (typeof WIFI_MODE)[keyof typeof WIFI_MODE];

/** What `wifi.sta.status` gives, numbered as in the firmware. */
export const STA_STATUS = {
  STA_IDLE: 0,
  STA_CONNECTING: 1,
  STA_WRONGPWD: 2,
  STA_APNOTFOUND: 3,
  STA_FAIL: 4,
  STA_GOTIP: 5,
} as const;

export type StaStatus = (typeof STA_STATUS)[keyof typeof STA_STATUS];

export class Wifi {
  readonly NULLMODE = WIFI_MODE.NULLMODE;
  readonly STATION = WIFI_MODE.STATION;
  readonly SOFTAP = WIFI_MODE.SOFTAP;
  readonly STATIONAP = WIFI_MODE.STATIONAP;
  readonly STA_IDLE = STA_STATUS.STA_IDLE;
  readonly STA_CONNECTING = STA_STATUS.STA_CONNECTING;
  readonly STA_WRONGPWD = STA_STATUS.STA_WRONGPWD;
  readonly STA_APNOTFOUND = STA_STATUS.STA_APNOTFOUND;
  readonly STA_FAIL = STA_STATUS.STA_FAIL;
  readonly STA_GOTIP = STA_STATUS.STA_GOTIP;
  readonly sta: Sta;
  readonly eventmon: Eventmon;
  readonly #station: ScriptStation;
  #mode: WifiMode;

  constructor(station: ScriptStation, eventmon: Eventmon) {
    this.#station = station;
    this.eventmon = eventmon;
    const { state } = station.link;
    this.#mode = state === "off" ? this.NULLMODE : state === "accessPoint" ? this.SOFTAP : this.STATION;
    this.sta = new Sta(station, eventmon, () => this.#mode === this.STATION);
  }

  /**
   * Sets the mode, and gives it. `STATION` leaves a station as it is; `NULLMODE` switches the radio off.
   * @throws MisuseError for the modes of an access point, which scripts cannot be here
   */
  setmode(mode: WifiMode): WifiMode {
    checkOneOf("wifi.setmode", mode, WIFI_MODE);
    if (mode === this.SOFTAP || mode === this.STATIONAP)
      throw new MisuseError("wifi.setmode: an access point of its own is not available here; use wifi.STATION.");
    if (this.#station.isEnrolling && mode === this.NULLMODE)
      throw new MisuseError("wifi.setmode: WPS is running; call wps.disable() first.");
    if (mode === this.NULLMODE) this.#station.apply({ mode: "off" });
    else if (this.#mode === this.SOFTAP) this.#station.apply({ mode: "station", network: null });
    this.#mode = mode;
    return mode;
  }

  getmode(): WifiMode {
    return this.#mode;
  }
}

export class Sta {
  readonly #station: ScriptStation;
  readonly #eventmon: Eventmon;
  readonly #isOn: () => boolean;

  constructor(station: ScriptStation, eventmon: Eventmon, isOn: () => boolean) {
    this.#station = station;
    this.#eventmon = eventmon;
    this.#isOn = isOn;
  }

  /**
   * Connects to the network that WPS has configured; without one, to those that the radio knows by itself.
   * @param callback for `STA_CONNECTED`, from now on, as if given to `wifi.eventmon.register`
   * @throws MisuseError in another mode than STATION, while WPS is running, and when the callback is no function
   */
  connect(callback?: ((table: StaConnected) => void) | null): void {
    this.#check("wifi.sta.connect", callback);
    if (callback) this.#eventmon.register(EVENT.STA_CONNECTED, callback);
    this.#station.connect();
  }

  /**
   * Leaves the network, and stays without one. Throws as {@link connect} does.
   * @param callback for `STA_DISCONNECTED`, from now on, as if given to `wifi.eventmon.register`
   */
  disconnect(callback?: ((table: StaDisconnected) => void) | null): void {
    this.#check("wifi.sta.disconnect", callback);
    if (callback) this.#eventmon.register(EVENT.STA_DISCONNECTED, callback);
    this.#station.apply({ mode: "off" });
  }

  /** The address that the station has; null without one. */
  getip(): { readonly ip: string; readonly netmask: string; readonly gateway: string } | null {
    const { state, address } = this.#station.link;
    if (state !== "connected" || address === null) return null;
    return { ip: address.ip, netmask: address.mask, gateway: address.gateway ?? "0.0.0.0" };
  }

  /** With colons, in lower case. */
  getmac(): string {
    return this.#station.link.macAddress;
  }

  /** Level of the access point in dBm; null when not connected. */
  getrssi(): number | null {
    return this.#station.link.bss?.rssi ?? null;
  }

  status(): StaStatus {
    const { state, address, trouble } = this.#station.link;
    if (state === "connected" && address !== null) return STA_STATUS.STA_GOTIP;
    if (trouble === "wrongKey") return STA_STATUS.STA_WRONGPWD;
    if (trouble === "notFound") return STA_STATUS.STA_APNOTFOUND;
    if (trouble === "rejected") return STA_STATUS.STA_FAIL;
    return state === "connected" || state === "connecting" || this.#station.isConnecting
      ? STA_STATUS.STA_CONNECTING
      : STA_STATUS.STA_IDLE;
  }

  #check(name: string, callback: unknown): void {
    if (callback !== undefined && callback !== null) checkFunction(name, callback);
    if (!this.#isOn())
      throw new MisuseError(`${name}: the mode is not STATION; call wifi.setmode(wifi.STATION) first.`);
    if (this.#station.isEnrolling)
      throw new MisuseError(`${name}: WPS is running; wait for its end, or call wps.disable().`);
  }
}
