import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@peerloom/client";
import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { startRelayProcess } from "../../support/process.ts";
import { startProxy } from "../../support/proxy.ts";
import { playStream } from "../../support/stream-play.ts";

const seeds = Array.from({ length: 60 }, (_, n) => n + 1);

test(
  "over real sockets that are cut, and a relay that loses packets and is killed, streams keep the same promises",
  { timeout: 120_000 },
  async () => {
    await using relay = await startRelayProcess({ dropRate: 0.01 });
    await using near = await startProxy(relay.port);
    await using far = await startProxy(relay.port);
    await using alice = await connect(near.url, { clientId: "alice", reconnectMinMs: 5, reconnectMaxMs: 50 });
    await using bob = await connect(far.url, { clientId: "bob", reconnectMinMs: 5, reconnectMaxMs: 50 });
    const problems: string[] = [];
    const queue = [...seeds];
    const playing = Array.from({ length: 6 }, async () => {
      for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
        const random = randomFrom(seed);
        const [opener, taker] = random() < 0.5 ? [alice, bob] : [bob, alice];
        for (const problem of (await playStream(random, opener, taker, `s${seed}`)).problems) problems.push(`seed ${seed}: ${problem}`);
      }
    });
    const all = Promise.all(playing).then(() => true);

    let cuts = 0;
    let isOver = false;
    while (!isOver) {
      cuts += 1;
      if (cuts === 20) await relay.restart();
      else (cuts % 2 === 0 ? near : far).cut();
      isOver = await Promise.race([all, pause(60, false)]);
    }

    expect(problems).toEqual([]);
    expect(cuts).toBeGreaterThan(5);
    expect([alice.load.streams, bob.load.streams]).toEqual([0, 0]);
  },
);
