/** What the services answer, as far as the pages read it. The services' own schemas are the rule. */

/** `GET /api/v1/session`. */
export interface LoginBody {
  readonly protected: boolean;
  readonly loggedIn: boolean;
}

export type Phase = "searching" | "associating" | "exchanging" | "connecting" | "addressing" | "ended";
export type PairingResult = "success" | "timeout" | "overlap" | "failed" | "cancelled";

/** `GET /api/v1/wifi/wps`. */
export interface PairingBody {
  readonly active: boolean;
  readonly method: "pbc" | "pin" | null;
  readonly phase: Phase | null;
  readonly message: string | null;
  readonly peer: { readonly bssid: string; readonly ssid: string | null; readonly name: string | null } | null;
  readonly secondsLeft: number;
  readonly result: PairingResult | null;
  readonly reason: string | null;
  readonly hint: string | null;
}

export type Mode = "STA" | "AP" | "OFF";

/** `GET /api/v1/system`. */
export interface SystemBody {
  readonly device: {
    readonly name: string;
    readonly id: string | null;
    readonly model: string;
    readonly firmware: string;
  };
  readonly wifi: {
    readonly ssid: string | null;
    readonly bssid: string | null;
    readonly signal: number | null;
    readonly auth_mode: string | null;
    readonly ip: string | null;
    readonly status: "OK" | "Error" | "Disabled" | "Disconnected";
    readonly mode: Mode;
  };
  readonly ethernet: { readonly ip: string | null; readonly status: "Up" | "Down" };
}

/** One of `GET /api/v1/wifi/scan`. */
export interface NetworkBody {
  readonly ssid: string;
  readonly bssid: string;
  readonly channel: number | null;
  readonly signal: number;
  readonly auth_mode: string;
  readonly pairwise_cipher: string;
  readonly wps: "true" | "false";
}

/** `GET /api/v1/wifi/sta/settings`. */
export interface WifiSettingsBody {
  readonly enable: boolean;
  readonly name: string;
  readonly static_ip: boolean;
  readonly ip: string;
  readonly netmask: string;
  readonly gateway: string;
  readonly dns: string;
  readonly max_tx_power: number;
}

/** `GET /api/v1/settings`. */
export interface SettingsBody {
  readonly system: { readonly name: string; readonly host_name: string; readonly protection: boolean };
}
