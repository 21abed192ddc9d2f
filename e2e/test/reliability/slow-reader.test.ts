import { setTimeout as pause } from "node:timers/promises";
import { connect, type Client } from "@peerloom/client";
import { expect, test } from "vitest";
import { startProgram, startRelayProcess } from "../../support/process.ts";

const senders = 20;
const payload = "x".repeat(1000);
/** What a sender may hold for one peer: the default high-water mark and window. */
const senderBudget = 1_048_576 + 1_572_864 + 65_536;
/** The default byte budget of one client's queue on the relay, and one packet for each that found room at once. */
const relayBudget = 2 * 1_048_576 + 262_144;
const stoppedMs = 10_000;

interface RelayMemory {
  readonly rss: number;
  readonly longestQueueBytes: number;
}

async function roundTrips(client: Client, peer: string, count: number): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    const start = performance.now();
    await client.remote(peer).emitWithAck("echo", n);
    times.push(performance.now() - start);
    await pause(5);
  }
  return times.sort((a, b) => a - b)[Math.floor(count / 2)] ?? Infinity;
}

test(
  "a reader that stops for ten seconds costs no more than the budgets, slows nobody else, and gets everything",
  { timeout: 90_000 },
  async () => {
    await using relay = await startRelayProcess();
    await using reader = await startProgram("reader", [relay.url, "reader"]);
    const crowd = await Promise.all(Array.from({ length: senders }, (_, n) => connect(relay.url, { clientId: `sender-${n}` })));
    const carol = await connect(relay.url, { clientId: "carol" });
    const dave = await connect(relay.url, { clientId: "dave" });
    dave.onAny("echo", (n: number) => n);
    await roundTrips(carol, "dave", 200);
    const before = await roundTrips(carol, "dave", 200);
    const memoryBefore = (await carol.remote("relay").emitWithAck("memory")) as RelayMemory;
    const sent = new Map<string, number>();
    let isOver = false;
    const sending = crowd.map(async (client) => {
      const remote = client.remote("reader");
      for (let n = 0; !isOver; n++) {
        sent.set(client.id, n + 1);
        if (!remote.emit("number", n, payload)) await Promise.race([remote.drained(), pause(stoppedMs)]);
      }
    });

    reader.child.kill("SIGSTOP");
    const stopped = performance.now();
    let peakQueue = 0;
    let peakSender = 0;
    let peakRss = 0;
    const during: number[] = [];
    while (performance.now() - stopped < stoppedMs) {
      during.push(await roundTrips(carol, "dave", 40));
      const memory = (await carol.remote("relay").emitWithAck("memory")) as RelayMemory;
      peakQueue = Math.max(peakQueue, memory.longestQueueBytes);
      peakRss = Math.max(peakRss, memory.rss);
      peakSender = Math.max(peakSender, ...crowd.map((client) => client.load.bytes));
    }
    isOver = true;
    reader.child.kill("SIGCONT");
    await Promise.all(sending);
    await Promise.all(crowd.map((client) => client.remote("reader").timeout(60_000).emitWithAck("report")));
    const report = (await carol.remote("reader").emitWithAck("report")) as { wrong: number; received: Record<string, number> };

    const middle = during.sort((a, b) => a - b)[Math.floor(during.length / 2)] ?? Infinity;
    console.log(
      `latency ${before.toFixed(2)} -> ${middle.toFixed(2)} ms, relay queue ${peakQueue} B, sender ${peakSender} B, relay rss +${((peakRss - memoryBefore.rss) / 1_048_576).toFixed(0)} MiB`,
    );
    expect(peakQueue).toBeGreaterThan(0);
    expect(peakQueue).toBeLessThanOrEqual(relayBudget);
    expect(peakSender).toBeLessThanOrEqual(senderBudget);
    expect(peakRss - memoryBefore.rss).toBeLessThan(256 * 1_048_576);
    expect(middle).toBeLessThan(2 * before);
    expect(report).toEqual({ wrong: 0, received: Object.fromEntries(sent) });
    await Promise.all([...crowd, carol, dave].map((client) => client.close()));
  },
);
