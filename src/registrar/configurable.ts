/** An access point as a station finds it that comes as an external Registrar with the device PIN. */
import type { Clock } from "../clock/clock.ts";
import type { AccessPoint } from "../radio/access-point.ts";
import { AUTHENTICATION_TYPE, WSC_STATE } from "../wsc/attributes.ts";
import type { NetworkSettings } from "../wsc/credential.ts";
import { Secret } from "../wsc/secret.ts";
import { farewellMs } from "./announcement.ts";
import type { Configurable } from "./configuration.ts";
import { registrarDevice } from "./device.ts";
import type { DevicePin } from "./device-pin.ts";
import { sharedCredential } from "./key-policy.ts";

export function configurableOf(options: {
  readonly accessPoint: AccessPoint;
  readonly pin: DevicePin;
  /** False: each device has a key of its own, and there is nothing that an external Registrar could read or set. */
  readonly isShared: boolean;
  readonly deviceName: () => string;
  readonly clock: Clock;
}): Configurable {
  const { accessPoint, pin, isShared, deviceName, clock } = options;
  const isUnconfigured = () => accessPoint.facts.wps === "unconfigured";
  return {
    get device() {
      return registrarDevice(deviceName(), accessPoint.instance);
    },
    wscState: () => (isUnconfigured() ? WSC_STATE.notConfigured : WSC_STATE.configured),
    hasPin: () => isShared && pin.current !== null,
    // What an administrator has configured, an external Registrar may read and not change.
    access: () => (isShared ? pin.access(isUnconfigured() ? "readAndWrite" : "read") : { type: "none" }),
    settings: async (): Promise<NetworkSettings> => {
      const { key, ...network } = await sharedCredential(accessPoint);
      return { ...network, networkKey: key ?? new Secret("") };
    },
    failed: () => pin.failed(),
    proven: () => pin.proven(),
    apply: async ({ ssid, authenticationType, networkKey }) => {
      await clock.sleep(farewellMs);
      const isOpen = authenticationType === AUTHENTICATION_TYPE.open;
      await accessPoint.configure({ ssid, key: isOpen ? null : networkKey });
    },
  };
}
