/** Who is on our network: others neither ask us anything, nor are they told anything. */
import { isIPv4 } from "node:net";
import type { LocalAddress } from "./wlan-config-service.ts";

/** Whether another numeric address is on the network of ours. */
export function isOnNetwork({ address, netmask }: LocalAddress, other: string): boolean {
  if (!isIPv4(other)) return false;
  const mask = numberOf(netmask);
  return (numberOf(address) & mask) === (numberOf(other) & mask);
}

function numberOf(address: string): number {
  return address.split(".").reduce((number, part) => (number << 8) | Number(part), 0);
}
