import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Audit, type AuditEntry } from "../src/audit.ts";
import { connect, nextEvent, refusal, startRelay } from "./support.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

function listen(): { audit: Audit; told: AuditEntry[] } {
  const told: AuditEntry[] = [];
  return { audit: new Audit((entry) => told.push(entry)), told };
}

test("the first of a kind is told at once, and those that follow together when a second is over", () => {
  const { audit, told } = listen();

  for (let index = 0; index < 1000; index++)
    audit.note({ where: "packet", code: "PEER_NOT_FOUND", address: "203.0.113.9", clientId: `c${index}` });
  expect(told).toEqual([{ where: "packet", code: "PEER_NOT_FOUND", address: "203.0.113.9", clientId: "c0", count: 1 }]);
  vi.advanceTimersByTime(1000);

  expect(told[1]).toMatchObject({ clientId: "c999", count: 999 });
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("a flood from a hundred thousand addresses is some hundred lines a second", () => {
  const { audit, told } = listen();

  for (let index = 0; index < 100_000; index++)
    audit.note({ where: "connection", code: "LIMIT", address: `10.0.${index >> 8}.${index & 255}` });
  vi.advanceTimersByTime(1000);

  expect(told.length).toBeLessThanOrEqual(201);
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
  expect(told.at(-1)).toEqual({ where: "connection", code: "LIMIT", count: 99_800 });
});

test("a relay tells who was refused what, from where, in which name space, and never by which token", async () => {
  vi.useRealTimers();
  const secret = "a-token-that-nobody-may-read";
  await using server = await startRelay({
    authenticate: ({ clientId }) => (clientId === "mallory" ? false : { tenant: "acme" }),
    authorize: () => false,
  });
  const told: AuditEntry[] = [];
  server.relay.on("audit", (entry) => told.push(entry));

  await refusal(server.url, { clientId: "mallory", token: secret });
  await refusal(server.url, { clientId: "\n\u001b[31m", token: secret });
  using alice = await connect(server.url, "alice", { token: secret });
  await alice.code({ type: "join", room: "lobby", head: 1 });
  const dismissed = nextEvent(server.relay, "dismissed");
  server.relay.tenant("acme").expel("alice");
  await dismissed;

  const address = "127.0.0.1";
  expect(told).toEqual([
    {
      where: "handshake",
      code: "UNAUTHORIZED",
      clientId: "mallory",
      tenant: undefined,
      address,
      message: "authentication failed",
      count: 1,
    },
    expect.objectContaining({ where: "handshake", code: "BAD_HANDSHAKE", clientId: undefined }),
    { where: "control", code: "FORBIDDEN", clientId: "alice", tenant: "acme", address, message: undefined, count: 1 },
    { where: "dismissal", code: "FORBIDDEN", clientId: "alice", tenant: "acme", address, count: 1 },
  ]);
  expect(JSON.stringify(told)).not.toContain(secret);
});
