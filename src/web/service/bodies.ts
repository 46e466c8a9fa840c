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
  /** A stable key for the hint. */
  readonly hintKey: string | null;
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
  /** By which of them the page reaches the device; null: by neither, or it cannot be told. */
  readonly asked_over: "ethernet" | "wifi" | null;
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

export type Switched = "Enabled" | "Disabled";

/** `GET /api/v1/wps`. */
export interface CommonBody {
  readonly supportedVersion: string;
  readonly deviceName: string;
  readonly globalStatus: Switched;
  readonly note: string | null;
}

/** `GET /api/v1/wps/device-pin`. */
export interface DevicePinBody {
  readonly pin: string | null;
  readonly expiresAt: string | null;
}

/** One of `GET /api/v1/wps/instances`. */
export interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly radio: string;
  readonly vap: number;
  readonly ssid: string;
  readonly security: string;
  readonly mode: Switched;
  readonly builtInRegistrar: Switched;
  readonly configurationState: "Configured" | "Unconfigured";
  readonly trouble: string | null;
}

/** `GET /api/v1/wps/instances/{id}/status`. */
export interface StatusBody {
  readonly "WPS Status": Switched;
  readonly "WPS Configuration State": "Configured" | "Unconfigured";
  readonly "Transaction Status": "None" | "Success" | "WPS Message Error" | "Timed Out";
  readonly "WPS Operational Status": "Disabled" | "Ready" | "Configuring" | "Proxying" | "Adding Enrollee";
  readonly "AP Lockdown Status": "Locked" | "Unlocked" | null;
  readonly "AP Lockdown Duration": number | null;
  readonly "AP Lockdown Timestamp": string | null;
  readonly "Failed Attempts with Invalid PIN": number | null;
  readonly "WPS Radio": string;
  readonly "WPS VAP": number;
  readonly SSID: string;
  readonly Security: string;
  readonly window: {
    readonly method: "pbc" | "pin";
    readonly secondsLeft: number;
    readonly readyInSeconds: number | null;
  } | null;
  readonly unknown: Readonly<Partial<Record<string, string>>>;
}

/** One of `GET /api/v1/wps/instances/{id}/findings`. */
export interface FindingBody {
  readonly key: string;
  readonly weight: "forbids" | "weakens";
  readonly sentence: string;
  readonly hint: string;
}

/** One of `GET /api/v1/requests`. */
export interface RequestBody {
  readonly mac: string;
  readonly instance: string;
  readonly method: "pbc" | "pin";
  readonly name: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly type: string | null;
  readonly lastAt: string;
}

/** One of `GET /api/v1/devices`. */
export interface DeviceBody {
  readonly mac: string;
  readonly name: string;
  readonly label: string | null;
  readonly manufacturer: string;
  readonly model: string;
  readonly type: string;
  readonly instance: string;
  readonly method: "pbc" | "pin";
  readonly enrolledAt: string;
  readonly lastSeen: string | null;
  readonly confirmed: boolean;
  readonly key: "own" | "shared";
}

export interface MessageBody {
  readonly at: string;
  readonly direction: "in" | "out";
  readonly message: string;
  /** Hex. */
  readonly bytes: string;
}

export interface RunBody {
  readonly id: number;
  readonly type: "enrolment" | "configuration";
  readonly at: string;
  readonly endedAt: string;
  readonly instance: string;
  readonly station: {
    /** null for a Registrar on the network, which has a numeric address instead. */
    readonly macAddress: string | null;
    readonly address: string | null;
    readonly deviceName: string | null;
    readonly manufacturer: string | null;
    readonly modelName: string | null;
    readonly deviceType: string | null;
  };
  readonly method: "pbc" | "pin" | null;
  readonly result: "success" | "failed" | "refused";
  readonly reason: string | null;
  /** Of the sentence. */
  readonly key: string | null;
  readonly sentence: string;
  readonly transcript: readonly MessageBody[];
}

export interface AuditBody {
  readonly id: number;
  readonly type: "audit";
  readonly at: string;
  readonly action: string;
  readonly instance: string | null;
  readonly station: string | null;
  readonly detail: string | null;
  /** The same as keys, where it is no name. */
  readonly keys: readonly string[];
}

/** `DELETE /api/v1/devices/{mac}`, where there is something left to say. */
export interface RevokedBody {
  readonly message: string;
  readonly key: string;
}

/** One of `GET /api/v1/activity`. */
export type EntryBody = RunBody | AuditBody;

/** `GET /api/v1/events`. */
export type ChangeBody =
  | { readonly type: "instance"; readonly body: InstanceBody & { readonly status: StatusBody } }
  | { readonly type: "settings"; readonly body: CommonBody }
  | { readonly type: "requests"; readonly body: readonly RequestBody[] }
  | { readonly type: "devices"; readonly body: { readonly count: number } }
  | { readonly type: "activity"; readonly body: EntryBody };
