/** What this Registrar says of itself in M2, and of the access points behind which it stands in M1. */
import type { MacAddress } from "../wsc/address.ts";
import { macAddressFrom } from "../wsc/address.ts";
import { AUTHENTICATION_TYPE, CONFIG_METHOD, ENCRYPTION_TYPE, RF_BAND } from "../wsc/attributes.ts";
import { uuidFromMac } from "../wsc/crypto.ts";
import type { DeviceInfo } from "../wsc/device.ts";

/** Of no radio: a Registrar's own address is in no message. */
const nowhere = macAddressFrom(Uint8Array.of(2, 0, 0, 0, 0, 0));

/** @param deviceName 1..32 bytes @param macAddress of the access point, where it is the Enrollee */
export function registrarDevice(deviceName: string, macAddress: MacAddress = nowhere): DeviceInfo {
  return {
    uuid: uuidFromMac(macAddress),
    macAddress,
    manufacturer: "openwps",
    modelName: "openwps registrar",
    modelNumber: "1",
    serialNumber: "1",
    deviceName,
    // Category 6 (network infrastructure), OUI of the Wi-Fi Alliance, subcategory 1 (access point).
    primaryDeviceType: Uint8Array.of(0, 6, 0x00, 0x50, 0xf2, 0x04, 0, 1),
    configMethods: CONFIG_METHOD.label | CONFIG_METHOD.virtualPushButton | CONFIG_METHOD.keypad,
    rfBands: RF_BAND.ghz24 | RF_BAND.ghz5,
    osVersion: 0x8000_0000,
    authenticationTypes: AUTHENTICATION_TYPE.open | AUTHENTICATION_TYPE.wpaPsk | AUTHENTICATION_TYPE.wpa2Psk,
    encryptionTypes: ENCRYPTION_TYPE.none | ENCRYPTION_TYPE.tkip | ENCRYPTION_TYPE.aes,
  };
}
