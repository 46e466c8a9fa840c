/** The device PIN at access points whose own Registrar answers external ones: they check it themselves. */
import type { Clock } from "../clock/clock.ts";
import { Secret } from "../wsc/secret.ts";
import type { DevicePin } from "./device-pin.ts";
import type { ServedInstance } from "./served-instance.ts";

export interface DevicePinThere {
  readonly instances: readonly ServedInstance[];
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
}

/** Brings them the PIN that is in force, for as long as it still is; null takes it away. */
export async function passDevicePin(
  current: DevicePin["current"],
  { instances, clock, onTrouble }: DevicePinThere,
): Promise<void> {
  const { pin, expiresAt = null } = current ?? {};
  const seconds = expiresAt === null ? 0 : Math.max(1, Math.ceil((expiresAt - clock.now()) / 1000));
  const secret = pin === undefined ? null : new Secret(pin);
  for (const { answersItself, accessPoint } of instances)
    if (answersItself) await accessPoint.setDevicePin(secret, seconds).catch(onTrouble);
}
