import { expect, test } from "vitest";
import { hostileBinary, hostilePacket } from "./hostile-input.ts";
import { Random } from "./random.ts";
import { joinRaw, opcodes, openRaw, type RawSocket } from "./raw-socket.ts";
import { connect, instance, startRelay } from "./support.ts";
import { noteUncaught } from "./uncaught.ts";

const failures = noteUncaught();

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A relay that does not close who is malformed soon, so that each hostile client gets deep; and answers what two good clients ask. */
const patient = {
  limits: { malformedPerMinute: 300, controlsPerSecond: 1e6, controlBurst: 1e6 },
  pairTimeoutMs: 50,
  sessionTimeoutMs: 50,
  allowList: true,
};

async function attack(url: string, random: Random, packets: number): Promise<number> {
  let raw: RawSocket | undefined;
  let sent = 0;
  let mayEnd = false;
  for (; sent < packets; sent++) {
    if (raw === undefined || raw.isClosed) {
      raw = await joinRaw(url, "hostile", instance());
      mayEnd = !mayEnd;
    }
    if (random.next() < 0.9) raw.packet(hostilePacket(random, mayEnd));
    else {
      const [text, binaries] = hostileBinary(random, mayEnd);
      raw.packet(text);
      for (const binary of binaries) raw.frame(opcodes.binary, binary);
    }
    if (sent % 32 === 0) await new Promise((resolve) => setImmediate(resolve));
    await raw.flushed();
  }
  raw?.[Symbol.dispose]();
  return sent;
}

test("100,000 hostile events: the relay stands, counts them, and serves others as before", async () => {
  await using server = await startRelay({ ...patient, duplicateId: "replace" });
  using victim = await connect(server.url, "victim");
  using friend = await connect(server.url, "friend");
  await victim.ok({ type: "join", room: "room", head: 0 });
  await attack(server.url, new Random(1), 20_000);
  const before = usedBytes();

  const sent = await attack(server.url, new Random(2), 100_000);

  friend.packet("victim", 1, "still there?");
  await victim.next("p", (from: string, text: string) => from === "friend" && text === "still there?");
  const stats = server.relay.stats();
  const counted =
    stats.malformed +
    stats.packets +
    stats.roomPackets +
    stats.controls +
    Object.values(stats.refused).reduce((sum, count) => sum + count, 0);
  expect(sent).toBe(100_000);
  expect(failures).toEqual([]);
  expect(stats.errors).toBe(0);
  expect(stats.dismissed["PROTOCOL_ERROR"]).toBeGreaterThan(10);
  expect(counted).toBeGreaterThan(60_000);
  await expect.poll(() => server.relay.stats().clients, { timeout: 5000 }).toEqual({ here: 2, away: 0 });
  expect(usedBytes() - before).toBeLessThan(48 * 1024 * 1024);
}, 120_000);

test("bytes that are no WebSocket frames, no engine.io packets or no socket.io packets end the connection and nothing else", async () => {
  await using server = await startRelay(patient);
  using friend = await connect(server.url, "friend");
  const random = new Random(3);

  for (let round = 0; round < 500; round++) {
    using raw = random.next() < 0.5 ? await openRaw(server.url) : await joinRaw(server.url, `hostile-${round}`, instance());
    for (let index = 0; index < 20 && !raw.isClosed; index++) {
      const roll = random.next();
      if (roll < 0.3) raw.write(random.bytes(random.below(200)));
      else if (roll < 0.6) raw.frame(random.below(16), random.bytes(random.below(150)));
      else if (roll < 0.8) raw.frame(opcodes.text, `${random.below(10)}${random.bytes(random.below(30)).toString("latin1")}`);
      else raw.frame(opcodes.binary, random.bytes(random.below(2000)));
    }
    await raw.flushed();
  }

  await friend.settled();
  expect(failures).toEqual([]);
  expect(server.relay.stats().errors).toBe(0);
  await expect.poll(() => server.relay.stats().clients, { timeout: 5000 }).toEqual({ here: 1, away: 0 });
}, 60_000);

test.each<[string, string]>([
  ["arrays 100,000 deep", `2/peerloom,${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ["arrays 100,000 deep in a binary event", `51-/peerloom,["p",${"[".repeat(100_000)}${"]".repeat(100_000)}]`],
  ["metadata 100,000 deep", `2/peerloom,1["control",{"type":"metadata","metadata":${"[".repeat(100_000)}${"]".repeat(100_000)}}]`],
  [
    "an object of 20,000 keys",
    `2/peerloom,1["control",${JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, index])))}]`,
  ],
  ["20,000 arguments", `2/peerloom,${JSON.stringify(["p", ...Array.from({ length: 20_000 }, () => 1)])}`],
  [
    "one attachment repeated 1,000 times",
    `51-/peerloom,${JSON.stringify(["p", "friend", 1, "text", ...Array.from({ length: 1000 }, () => ({ _placeholder: true, num: 0 }))])}`,
  ],
])("%s are survived", async (_name, text) => {
  await using server = await startRelay();
  using friend = await connect(server.url, "friend");
  using raw = await joinRaw(server.url, "hostile", instance());

  raw.packet(text);
  raw.frame(opcodes.binary, Buffer.from([1]));
  raw.packet('2/peerloom,9["control",{"type":"lookup","id":"x"}]');
  await raw.sawOrClosed("3/peerloom,9[");

  await friend.settled();
  expect(friend.count("p")).toBe(0);
  expect(failures).toEqual([]);
  expect(server.relay.stats().errors).toBe(0);
});

test("a message larger than the socket allows ends the connection", async () => {
  await using server = await startRelay();
  using raw = await joinRaw(server.url, "hostile", instance());

  raw.packet(`2/peerloom,["p","relay",1,"${"x".repeat(1_100_000)}"]`);

  await raw.closed;
  expect(failures).toEqual([]);
});
