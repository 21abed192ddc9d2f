import { setTimeout as pause } from "node:timers/promises";
import { connect, type Client } from "@peerloom/client";
import type { RelayStats } from "@peerloom/server";
import { describe, expect, test, vi } from "vitest";
import { floodNames, type FloodName } from "../../../tools/lib/strangers/floods.ts";
import { startAttacker, startGuardedRelay, type GuardedRelay, type GuardedReport } from "../../support/guarded-relay.ts";

/**
 * What a flood may cost the relay at any moment, above idle: what 1,000 connections of one address amount to (some 20 KB each with all that
 * Node holds for them), and as much again for what they have under way.
 */
const memoryBudget = 64 * 1024 * 1024;
/** How long a flood lasts at least. */
const leastMs = 5000;
/** How many questions of others are answered meanwhile at least, whatever the machine. */
const fewest = 100;

/** What proves that the relay held a flood back, in what it counted. */
const proofs: Readonly<Record<FloodName, (stats: RelayStats) => number>> = {
  handshakes: ({ refused }) => refused["RATE_LIMITED"] ?? 0,
  joins: ({ refused, dismissed }) => (refused["RATE_LIMITED"] ?? 0) + (dismissed["RATE_LIMITED"] ?? 0),
  "unknown-ids": ({ refused, dismissed }) => (refused["RATE_LIMITED"] ?? 0) + (dismissed["RATE_LIMITED"] ?? 0),
  pings: ({ dismissed }) => dismissed["PROTOCOL_ERROR"] ?? 0,
  "half-open": ({ refused }) => refused["LIMIT"] ?? 0,
  // Answered and closed by HTTP and by the WebSocket: there is nothing for the relay to count.
  bodies: () => 1,
};

/** Two clients that ask each other things as long as the test does. */
async function converse(url: string): Promise<{ readonly answered: number; readonly stop: () => Promise<number> } & AsyncDisposable> {
  const alice = await connect(url, { clientId: "alice" });
  const bob = await connect(url, { clientId: "bob" });
  const room = await alice.join("lobby");
  bob.onAny("double", (n: number) => 2 * n);
  let isOver = false;
  let answered = 0;
  const talking = (async () => {
    for (; !isOver; answered++) {
      const answer = await alice.remote("bob").timeout(20_000).emitWithAck("double", answered);
      if (answer !== 2 * answered) throw new Error(`${answered} was answered with ${String(answer)}`);
      await pause(2);
    }
    expect(room.name).toBe("lobby");
    return answered;
  })();
  talking.catch(() => {});
  const stop = (): Promise<number> => {
    isOver = true;
    return talking;
  };
  const close = (client: Client): Promise<void> => client.close();
  return {
    get answered() {
      return answered;
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await Promise.all([stop().catch(() => 0), close(alice), close(bob)])),
  };
}

/** Waits until the flood has lasted, was held back, and others were answered. @returns for how long that was. */
async function heldBack(relay: GuardedRelay, flood: FloodName, victims: { readonly answered: number }): Promise<number> {
  const start = performance.now();
  await pause(leastMs);
  while (proofs[flood]((await relay.report()).stats) === 0 || victims.answered <= fewest) await pause(100);
  return performance.now() - start;
}

describe("a flood", () => {
  test.each(floodNames)(
    "of %s is held back: others are all answered, memory stays in its budget, and nothing of it is left afterwards",
    { timeout: 150_000 },
    async (flood) => {
      await using relay = await startGuardedRelay();
      await using victims = await converse(relay.url);
      await relay.watch();
      await using attacker = await startAttacker({ flood, port: relay.port, from: "127.0.0.2" });

      const floodMs = await heldBack(relay, flood, victims);
      const attack = await attacker.stop();
      const answered = await victims.stop();
      const { stats, audited } = await relay.report();

      expect(attack.sent).toBeGreaterThan(0);
      expect(answered).toBeGreaterThan(fewest);
      expect(stats.errors).toBe(0);
      expect(await relay.peak()).toBeLessThan(memoryBudget);
      // Two hundred kinds a second, and their sums.
      expect(audited).toBeLessThan((floodMs / 1000 + 2) * 400);
      let after: GuardedReport | undefined;
      await vi.waitFor(
        async () => {
          after = await relay.report();
          expect(after).toMatchObject({ waiting: 0, sockets: 2 });
        },
        { timeout: 60_000, interval: 250 },
      );
      expect(after?.addresses).toBeLessThanOrEqual(1);
      expect(after?.stats.clients.here).toBe(2);
    },
  );
});
