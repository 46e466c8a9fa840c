/** A static address as a person gives it, read for use. Sets nothing. */
import { RadioError, type StaticAddress } from "../station-radio.ts";
import { isHost, parseIpv4, prefixLengthOf } from "./ipv4.ts";

/** An address that an interface can be given. */
export interface OwnAddress {
  readonly ip: string;
  /** 1..32 */
  readonly prefixLength: number;
  /** null: no default route. */
  readonly gateway: string | null;
}

/** @throws a {@link RadioError} when no interface can have such an address */
export function readStaticAddress({ ip, mask, gateway, dns }: StaticAddress): OwnAddress {
  const bits = parseIpv4(mask);
  const prefixLength = bits === null ? null : prefixLengthOf(bits);
  if (prefixLength === null || ![ip, gateway ?? ip, dns ?? ip].every(isHostText))
    throw new RadioError(
      "refused",
      `No device can have the address ${ip} with the mask ${mask}, the gateway ${gateway ?? "none"} and the name server ${dns ?? "none"}.`,
      "Give an address and a mask such as 192.168.1.50 and 255.255.255.0, and of a gateway and a name server an address or none.",
    );
  return { ip, prefixLength, gateway };
}

function isHostText(text: string): boolean {
  const address = parseIpv4(text);
  return address !== null && isHost(address);
}
