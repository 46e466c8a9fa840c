/** What a device is called before anybody gives it a name. */
import { longestSetting } from "../settings/settings.ts";
import type { MacAddress } from "../wsc/address.ts";
import { Complaint } from "./complaint.ts";
import { EXIT } from "./exit-codes.ts";

/** Its host name, and that of its hotspot: by the end of its radio's address, which is on its label. */
export function labelName(macAddress: MacAddress | null): string {
  return `openwps-${macAddress?.replaceAll(":", "").slice(-6).toUpperCase() ?? "device"}`;
}

/** The name that its maker gives it; empty without one. Throws a {@link Complaint} for one that it cannot have. */
export function makersName({ deviceName = "" }: { readonly deviceName?: string }): string {
  if ([...deviceName].length <= longestSetting && !/\p{Cc}|\p{Cs}/u.test(deviceName)) return deviceName;
  throw new Complaint(
    `The device's name (--device-name) must have ${longestSetting} characters at most, none of them a control character.`,
    EXIT.usage,
  );
}
