import { inspect } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Audit, type AuditEntry } from "../src/audit.ts";
import type { Authenticate } from "../src/index.ts";
import { connect, instance, join, nextEvent, refusal, startRelay } from "./support.ts";

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

test("no event of a relay has a token, the relay's key or a resume secret in it, whatever happens", async () => {
  vi.useRealTimers();
  const key = "the-key-of-this-relay-is-secret";
  const token = "a-token-that-nobody-may-read";
  const told: string[] = [];
  const authenticate: Authenticate = ({ clientId }) => {
    if (clientId === "thrown") throw new Error("the hook failed");
    if (clientId === "impossible") return { tenant: "\n" };
    return clientId !== "refused" && { tenant: "acme", claims: { role: "guest" } };
  };
  await using server = await startRelay({ secret: key, authenticate, limits: { malformedPerMinute: 2 }, warn: (line) => told.push(line) });
  for (const name of ["connection", "away", "gone", "refused", "audit", "dismissed", "undeliverable", "error"] as const)
    server.relay.on(name, (event) => told.push(inspect(event, { depth: 10, showHidden: true })));

  for (const clientId of ["thrown", "impossible", "refused", "\n"]) await refusal(server.url, { clientId, token });
  const auth = { clientId: "alice", instance: instance(), token };
  const [alice, { resume }] = await join(server.url, auth);
  expect(await refusal(server.url, { ...auth, resume: `${resume}x` })).toMatchObject({ code: "CLIENT_ID_TAKEN" });
  const [back] = await join(server.url, { ...auth, resume });
  back.packet("nobody", 0, "text");
  for (let index = 0; index < 5; index++) back.socket.emit("nonsense", token);
  await back.next("bye");

  expect(told.length).toBeGreaterThan(10);
  for (const secret of [key, token, resume]) expect(told.filter((text) => text.includes(secret))).toEqual([]);
  alice[Symbol.dispose]();
});
