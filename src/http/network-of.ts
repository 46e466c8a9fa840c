/** What stands for a client where clients are counted. */
import { isIPv6 } from "node:net";
import { plainAddress } from "./ethernet.ts";

/**
 * An IPv4 address as it is; of an IPv6 one the first 64 bits, such as `2001:db8:0:1::/64`, within which a machine may
 * call itself what it likes. What is no address stays what it is.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address).toLowerCase();
  if (!isIPv6(plain)) return plain;
  const [left = "", right] = plain.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(Math.max(0, zeros)).fill("0"), ...groups(right ?? "")];
  const first = all.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${first.join(":")}::/64`;
}
