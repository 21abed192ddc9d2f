import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Addresses } from "../src/addresses.ts";
import { parseTrustedProxies } from "../src/client-address.ts";
import { defaultLimits, type RelayLimits } from "../src/index.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => vi.useRealTimers());

const make = (limits: Partial<RelayLimits> = {}): Addresses =>
  new Addresses({ ...defaultLimits, ...limits }, parseTrustedProxies(["127.0.0.1", "::1"]), () => performance.now());

test("an address has one row, and all of an IPv6 /64 share one", () => {
  const addresses = make();

  expect(addresses.of("203.0.113.9")).toBe(addresses.of("203.0.113.9"));
  expect(addresses.of("203.0.113.9")).not.toBe(addresses.of("203.0.113.10"));
  expect(addresses.of("2001:db8::1")).toBe(addresses.of("2001:db8::ffff"));
  expect(addresses.size).toBe(3);
  addresses.clear();
});

test("an exempt address has none, also where it is written otherwise", () => {
  const addresses = make();

  for (const address of ["127.0.0.1", "::1", "0:0:0:0:0:0:0:1"]) expect(addresses.of(address)).toBeUndefined();
  expect(addresses.of("127.0.0.2")).toBeDefined();
  addresses.clear();
});

test("who is refused a beginning is not charged for it, so that a crowd that comes again and again gets in bit by bit", () => {
  const addresses = make({ handshakesPerSecondPerAddress: 2, handshakeBurstPerAddress: 3 });
  const row = addresses.of("203.0.113.9");
  const granted = (): number => Array.from({ length: 100 }, () => row?.mayBegin("handshakes", performance.now())).filter(Boolean).length;

  expect(granted()).toBe(3);
  vi.advanceTimersByTime(1000);
  expect(granted()).toBe(2);
  addresses.clear();
});

test("the table empties itself, and its timer ends, when nothing is open and nothing is owed any more", () => {
  const addresses = make();
  const open = addresses.of("203.0.113.9");
  addresses.of("203.0.113.10")?.mayBegin("handshakes", performance.now());
  if (open !== undefined) open.sessions += 1;

  vi.advanceTimersByTime(6000);
  expect(addresses.size).toBe(1);
  if (open !== undefined) open.sessions -= 1;
  vi.advanceTimersByTime(6000);

  expect(addresses.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("the table is bounded: addresses beyond the last row share one", () => {
  const addresses = make();
  for (let index = 0; index < 50_000; index++) {
    const row = addresses.of(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
    if (row !== undefined) row.sockets += 1;
  }

  expect(addresses.of("203.0.113.9")).toBe(addresses.of("203.0.113.10"));
  expect(addresses.size).toBe(50_000);
  addresses.clear();
  expect(addresses.size).toBe(0);
});
