/**
 * A router's description of itself (UPnP Device Architecture 1.0, 2.1): who it is, and where its service is asked. Read
 * and written; fetching it is done elsewhere.
 */
import { DEVICE_TYPE, readUuidName, SERVICE_ID, SERVICE_TYPE, uuidName } from "./wlan-config.ts";
import { childNamed, escapeXml, parseXml, textIn, type XmlElement } from "./xml.ts";

/** What a router says of itself. Nothing of it is proven. */
export interface DeviceDescription {
  /** 16 bytes, the same as in its messages. */
  readonly uuid: Uint8Array;
  readonly friendlyName: string;
  readonly manufacturer: string;
  readonly manufacturerUrl: string | null;
  readonly modelDescription: string | null;
  readonly modelName: string;
  readonly modelNumber: string | null;
  readonly modelUrl: string | null;
  readonly serialNumber: string | null;
  /** Universal Product Code, 12 digits. */
  readonly upc: string | null;
  /** As they stand in the document: relative to where it was, mostly. */
  readonly scpdUrl: string;
  readonly controlUrl: string;
  readonly eventSubUrl: string;
}

/** Why a document does not describe a router that does WPS. */
export type DescriptionFault = "notXml" | "noDevice" | "otherDevice" | "noUuid" | "noService" | "noUrl";

/** Reads a description; of a device within a device the first one that does WPS. */
export function readDescription(body: Uint8Array): DeviceDescription | DescriptionFault {
  const root = parseXml(body);
  if (root === null) return "notXml";
  const outer = childNamed(root, "device");
  if (outer === null) return "noDevice";
  const device = wpsDeviceIn(outer);
  if (device === null) return "otherDevice";
  const uuid = readUuidName(textIn(device, "UDN") ?? "");
  if (uuid === null) return "noUuid";
  const services = childNamed(device, "serviceList")?.children ?? [];
  const service = services.find((one) => textIn(one, "serviceType") === SERVICE_TYPE) ?? null;
  if (service === null) return "noService";
  const controlUrl = textIn(service, "controlURL");
  const eventSubUrl = textIn(service, "eventSubURL");
  if (controlUrl === null || eventSubUrl === null) return "noUrl";
  return {
    uuid,
    friendlyName: textIn(device, "friendlyName") ?? "",
    manufacturer: textIn(device, "manufacturer") ?? "",
    manufacturerUrl: textIn(device, "manufacturerURL"),
    modelDescription: textIn(device, "modelDescription"),
    modelName: textIn(device, "modelName") ?? "",
    modelNumber: textIn(device, "modelNumber"),
    modelUrl: textIn(device, "modelURL"),
    serialNumber: textIn(device, "serialNumber"),
    upc: textIn(device, "UPC"),
    scpdUrl: textIn(service, "SCPDURL") ?? "",
    controlUrl,
    eventSubUrl,
  };
}

export function composeDescription(device: DeviceDescription): string {
  const optional = (name: string, value: string | null) =>
    value === null ? "" : `<${name}>${escapeXml(value)}</${name}>\n`;
  return (
    `<?xml version="1.0"?>\n<root xmlns="urn:schemas-upnp-org:device-1-0">\n` +
    `<specVersion>\n<major>1</major>\n<minor>0</minor>\n</specVersion>\n<device>\n` +
    `<deviceType>${DEVICE_TYPE}</deviceType>\n` +
    `<friendlyName>${escapeXml(device.friendlyName)}</friendlyName>\n` +
    `<manufacturer>${escapeXml(device.manufacturer)}</manufacturer>\n` +
    optional("manufacturerURL", device.manufacturerUrl) +
    optional("modelDescription", device.modelDescription) +
    `<modelName>${escapeXml(device.modelName)}</modelName>\n` +
    optional("modelNumber", device.modelNumber) +
    optional("modelURL", device.modelUrl) +
    optional("serialNumber", device.serialNumber) +
    `<UDN>${uuidName(device.uuid)}</UDN>\n` +
    optional("UPC", device.upc) +
    `<serviceList>\n<service>\n<serviceType>${SERVICE_TYPE}</serviceType>\n<serviceId>${SERVICE_ID}</serviceId>\n` +
    `<SCPDURL>${escapeXml(device.scpdUrl)}</SCPDURL>\n<controlURL>${escapeXml(device.controlUrl)}</controlURL>\n` +
    `<eventSubURL>${escapeXml(device.eventSubUrl)}</eventSubURL>\n</service>\n</serviceList>\n</device>\n</root>\n`
  );
}

function wpsDeviceIn(device: XmlElement): XmlElement | null {
  if (textIn(device, "deviceType") === DEVICE_TYPE) return device;
  for (const inner of childNamed(device, "deviceList")?.children ?? []) {
    const found = wpsDeviceIn(inner);
    if (found !== null) return found;
  }
  return null;
}
