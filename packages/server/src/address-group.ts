import { isIPv6 } from "node:net";

/**
 * What counts as one address: of IPv6 the first 64 bits, because whoever has one address there has all that share them; of IPv4, and of
 * what is no address, the whole.
 */
export function addressGroup(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.toLowerCase().split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  // An IPv4 address at the end stands for two parts.
  const tailLength = after.length + (after.at(-1)?.includes(".") === true ? 1 : 0);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - tailLength);
  const parts = [...before, ...Array.from({ length: zeros }, () => "0"), ...after].slice(0, 4);
  return `${parts.map((part) => Number.parseInt(part, 16).toString(16)).join(":")}::/64`;
}
