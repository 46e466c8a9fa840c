/** The names by which UPnP knows a router that does WPS: its device, its service, what the service can be asked. */

/** A router that does WPS. */
export const DEVICE_TYPE = "urn:schemas-wifialliance-org:device:WFADevice:1";
/** The service by which Registrars on the network reach it. */
export const SERVICE_TYPE = "urn:schemas-wifialliance-org:service:WFAWLANConfig:1";
export const SERVICE_ID = "urn:wifialliance-org:serviceId:WFAWLANConfig1";

/** What a router is asked here. Others that the service has names for, no router in the field answers. */
export const ACTIONS = ["GetDeviceInfo", "PutMessage", "PutWLANResponse", "SetSelectedRegistrar"] as const;
export type Action = (typeof ACTIONS)[number];

/** `uuid:11223344-5566-7788-99aa-bbccddeeff00`. @param uuid 16 bytes */
export function uuidName(uuid: Uint8Array): string {
  const hex = Array.from(uuid, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `uuid:${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}`;
}

/** The 16 bytes of a UUID after `uuid:`, in either case; null for anything else. What follows `::` does not count. */
export function readUuidName(text: string): Uint8Array | null {
  const found = /^uuid:([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})(?:::|$)/i.exec(text);
  if (found === null) return null;
  const hex = found.slice(1).join("");
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
