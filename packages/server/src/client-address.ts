import { BlockList, isIP, isIPv6 } from "node:net";

/** The part of an HTTP request that tells where it comes from. */
export interface AddressedRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The proxies whose word is taken for who stands behind them. */
export type TrustedProxies = BlockList;

/** Words for networks that one would not want to look up. */
const words: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/**
 * Reads a list of addresses and networks like `10.0.0.0/8`, and the words `loopback` and `private`: the proxies in front of a relay.
 *
 * @throws TypeError naming what is none of these.
 */
export function parseTrustedProxies(list: readonly string[]): TrustedProxies {
  const trusted = new BlockList();
  for (const entry of list.flatMap((item) => (Object.hasOwn(words, item) ? (words[item] ?? []) : [item]))) add(trusted, entry);
  return trusted;
}

/**
 * The address of whoever made a request. `X-Forwarded-For` is believed only as far as trusted proxies wrote it: from its end on, up to the
 * first address that is no trusted proxy. So nobody can choose an address by sending the header. Without `trusted` the header is not read.
 */
export function clientAddress({ socket, headers }: AddressedRequest, trusted: TrustedProxies | undefined): string {
  let address = plain(socket.remoteAddress ?? "");
  if (trusted === undefined) return address;
  const hops = String(headers["x-forwarded-for"] ?? "").split(",");
  while (hops.length > 0 && isTrusted(trusted, address)) {
    const next = plain(hops.pop()?.trim() ?? "");
    // Whatever else stands there was not written by the proxy as it should be: it itself is the last that is known.
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

function add(trusted: BlockList, entry: unknown): void {
  const [address = "", bits, ...rest] = String(entry).split("/");
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity;
  if (family === 0 || rest.length > 0 || prefix > most)
    throw new TypeError(`${JSON.stringify(entry)} is no address, network like 10.0.0.0/8, "loopback" or "private"`);
  trusted.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
}

/** Is this the address of a trusted proxy? */
export function isTrusted(trusted: BlockList, address: string): boolean {
  return isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** IPv4 as IPv4, also where the socket listens on both; without a zone, brackets or port. */
function plain(address: string): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
  return bare.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}
