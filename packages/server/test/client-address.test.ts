import { describe, expect, test } from "vitest";
import { clientAddress, parseTrustedProxies } from "../src/client-address.ts";
import { createRelay, type ConnectionRequest } from "../src/index.ts";
import { join, startRelay } from "./support.ts";

const from = (remoteAddress: string | undefined, forwarded?: string): Parameters<typeof clientAddress>[0] => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
});

describe("the address of a request", () => {
  test("is that of the socket when no proxy is trusted, whatever the header says", () => {
    expect(clientAddress(from("203.0.113.9", "10.0.0.1"), undefined)).toBe("203.0.113.9");
    expect(clientAddress(from("::ffff:203.0.113.9"), undefined)).toBe("203.0.113.9");
    expect(clientAddress(from("fe80::1%eth0"), undefined)).toBe("fe80::1");
    expect(clientAddress(from(undefined), undefined)).toBe("");
  });

  test.each([
    ["that of the socket, when that is no trusted proxy", "203.0.113.9", "198.51.100.7", "203.0.113.9"],
    ["what the proxy wrote", "10.0.0.1", "198.51.100.7", "198.51.100.7"],
    ["what the first of the proxies wrote", "10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"],
    ["not what the client made up before", "10.0.0.1", "1.1.1.1, 127.0.0.1, 198.51.100.7", "198.51.100.7"],
    ["the proxy's, when it wrote no address", "10.0.0.1", "unknown", "10.0.0.1"],
    ["the proxy's, when it wrote nothing", "10.0.0.1", undefined, "10.0.0.1"],
    ["that of the last proxy, when there is nobody behind it", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["IPv6 as well", "::1", "2001:db8::7", "2001:db8::7"],
    ["without brackets and ports", "::ffff:10.0.0.1", "[2001:db8::7]:4711, 10.9.9.9:80", "2001:db8::7"],
  ])("behind trusted proxies is %s", (_what, remote, forwarded, expected) => {
    const trusted = parseTrustedProxies(["10.0.0.0/8", "loopback"]);

    expect(clientAddress(from(remote, forwarded), trusted)).toBe(expected);
  });
});

test("words stand for networks", () => {
  const trusted = parseTrustedProxies(["loopback", "private", "203.0.113.9"]);

  for (const proxy of ["127.0.0.1", "::1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "fd00::1", "203.0.113.9"])
    expect(clientAddress(from(proxy, "198.51.100.7"), trusted)).toBe("198.51.100.7");
  for (const stranger of ["172.32.0.1", "203.0.113.10", "2001:db8::1"])
    expect(clientAddress(from(stranger, "198.51.100.7"), trusted)).toBe(stranger);
});

test.each(["", "proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::1/129", "constructor"])("%j is no proxy", (entry) => {
  expect(() => parseTrustedProxies([entry])).toThrow(TypeError);
});

test.each([
  [undefined, "127.0.0.1"],
  [["loopback"], "198.51.100.7"],
])("authenticate is told the address that follows from trustProxy %j", async (trustProxy, expected) => {
  const seen: ConnectionRequest[] = [];
  const authenticate = (request: ConnectionRequest): object => {
    seen.push(request);
    return {};
  };
  await using server = await startRelay({ trustProxy, authenticate });

  const [client] = await join(server.url, {}, { extraHeaders: { "x-forwarded-for": "198.51.100.7" } });
  using _ = client;

  expect(seen.map(({ address }) => address)).toEqual([expected]);
});

test("a list of proxies that is none is refused by name", () => {
  expect(() => createRelay({ trustProxy: ["10.0.0.0/99"] })).toThrow(/option trustProxy: "10\.0\.0\.0\/99"/);
  expect(() => createRelay({ trustProxy: "loopback" as unknown as string[] })).toThrow(/option trustProxy must be an array/);
});
