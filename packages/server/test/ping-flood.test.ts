import { expect, test } from "vitest";
import { joinRaw, maskedFrame, opcodes } from "./raw-socket.ts";
import { instance, nextEvent, startRelay } from "./support.ts";

test("a peer that floods WebSocket pings and never reads is closed", async () => {
  await using server = await startRelay();
  using raw = await joinRaw(server.url, "alice", instance());
  const gone = nextEvent(server.relay, "gone");
  raw.socket.pause();
  const pings = Buffer.concat(Array.from({ length: 10_000 }, () => maskedFrame(opcodes.ping, "x".repeat(125))));
  const memory = process.memoryUsage().external;

  const flood = setInterval(() => {
    if (!raw.socket.writableNeedDrain) raw.write(pings);
  }, 1);

  expect(await gone).toEqual({ clientId: "alice", reason: "closed" });
  clearInterval(flood);
  expect(process.memoryUsage().external - memory).toBeLessThan(64 * 1024 * 1024);
}, 20_000);

test("a peer that does not answer the closing handshake is cut off all the same", async () => {
  await using server = await startRelay();
  using raw = await joinRaw(server.url, "alice", instance());
  raw.isPolite = false;

  server.relay.expel("alice", "enough");

  await raw.saw('["bye",{"code":"FORBIDDEN","message":"enough"}]');
  await raw.closed;
  expect(server.relay.stats().dismissed).toEqual({ FORBIDDEN: 1 });
});

test("an engine.io ping, which only a server may send, ends the connection", async () => {
  await using server = await startRelay();
  using raw = await joinRaw(server.url, "alice", instance());

  raw.frame(opcodes.text, "2probe");

  await raw.closed;
  expect(server.relay.stats()).toMatchObject({ errors: 0, clients: { here: 0, away: 1 } });
});
