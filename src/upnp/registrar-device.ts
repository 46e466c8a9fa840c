/** What an external Registrar of ours says of itself: a program on a computer, which has no radio to speak of. */
import { macAddressFrom } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE, RF_BAND } from "../wsc/attributes.ts";
import { uuidFromMac } from "../wsc/crypto.ts";
import type { DeviceInfo } from "../wsc/device.ts";
import type { Random } from "../wsc/random.ts";

/** Another one at each call: nothing is remembered of it. @param deviceName what routers and devices may show, 32 bytes */
export function registrarDevice(random: Random, deviceName = "openwps"): DeviceInfo {
  const drawn = random("key", 6);
  // Locally administered, and one host.
  const macAddress = macAddressFrom(drawn.with(0, ((drawn[0] ?? 0) & 0xfc) | 0x02));
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "openwps",
    modelName: "openwps er",
    modelNumber: "1",
    serialNumber: "1",
    deviceName,
    // Category 1 (computer), OUI of the Wi-Fi Alliance, subcategory 1 (PC).
    primaryDeviceType: Uint8Array.of(0, 1, 0x00, 0x50, 0xf2, 0x04, 0, 1),
    configMethods: CONFIG_METHOD.label | CONFIG_METHOD.keypad | CONFIG_METHOD.virtualPushButton,
    rfBands: RF_BAND.ghz24 | RF_BAND.ghz5,
    osVersion: 0x8000_0000,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpaPsk | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.tkip | ENCRYPTION_TYPE.aes,
  };
}
