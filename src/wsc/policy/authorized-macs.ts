/**
 * Whom an access point expects, and how it announces a Registrar that is ready: AuthorizedMACs and the
 * attributes around Selected Registrar. Plain functions of what the windows hold.
 */
import type { MacAddress } from "../address.ts";
import { CONFIG_METHOD, DEVICE_PASSWORD_ID } from "../attributes.ts";
import { ANYBODY, type SelectedRegistrar, withoutButtons } from "../elements.ts";

/** No more fit into the subelement. */
const MOST_AUTHORIZED = 5;

/**
 * The list as it goes on the air.
 * @param expected oldest first; null for a password that is for whoever knows it
 */
export function authorizedMacs(expected: readonly (MacAddress | null)[]): readonly MacAddress[] {
  // Who is named again keeps the place of the first time.
  const each = new Set(expected.map((address) => address ?? ANYBODY));
  return [...each].reverse().slice(0, MOST_AUTHORIZED);
}

/**
 * How a window by push button is announced.
 * @param configMethods the access point's own, bitmap of `CONFIG_METHOD`
 */
export function selectedByButton(configMethods: number): SelectedRegistrar {
  const { virtualPushButton, physicalPushButton, pushButton } = CONFIG_METHOD;
  const isVirtual = (configMethods & virtualPushButton & ~pushButton) !== 0;
  const isPhysical = (configMethods & physicalPushButton & ~pushButton) !== 0;
  // Since 2.0 a button says of which kind it is; one that does not is taken for a physical one.
  const buttons = (isVirtual ? virtualPushButton : 0) | (isPhysical || !isVirtual ? physicalPushButton : 0);
  return {
    devicePasswordId: DEVICE_PASSWORD_ID.pushButton,
    configMethods: withoutButtons(configMethods) | buttons,
    authorizedMacs: [ANYBODY],
  };
}

/**
 * How a window by PIN, or by the password of a token, is announced.
 * @param expected oldest first; null for a password that is for whoever knows it
 */
export function selectedByPassword(
  configMethods: number,
  expected: readonly (MacAddress | null)[],
  devicePasswordId: number = DEVICE_PASSWORD_ID.default,
): SelectedRegistrar {
  return {
    devicePasswordId,
    configMethods: withoutButtons(configMethods),
    authorizedMacs: authorizedMacs(expected),
  };
}

/**
 * What several Registrars have announced, as one: the push button wins, what they can do is added up, and of those they
 * expect five are named (WSC 2.0: SetSelectedRegistrar of several external Registrars). null: none of them expects anybody.
 * @param all our own first
 */
export function mergeSelected(all: readonly SelectedRegistrar[]): SelectedRegistrar | null {
  const last = all.at(-1);
  if (last === undefined) return null;
  const button = all.some(({ devicePasswordId }) => devicePasswordId === DEVICE_PASSWORD_ID.pushButton);
  const each = new Set(all.flatMap((one) => one.authorizedMacs));
  return {
    devicePasswordId: button ? DEVICE_PASSWORD_ID.pushButton : last.devicePasswordId,
    configMethods: all.reduce((methods, one) => methods | one.configMethods, 0),
    authorizedMacs: [...each].slice(0, MOST_AUTHORIZED),
  };
}
