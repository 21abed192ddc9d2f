import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { twoEndpoints } from "./pair.ts";

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

test.concurrent.each(seeds)(
  "over a path that loses, refuses and cuts, all arrives once and in order (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    await using pair = twoEndpoints({ limits: { windowBytes: 65_536, highWaterBytes: 32_768 } });
    const total = 400;
    const ends = [pair.alice, pair.bob] as const;
    const received: Record<string, number[]> = { alice: [], bob: [] };
    const busy = new Set<string>();
    const { promise: done, resolve } = Promise.withResolvers<void>();
    for (const end of ends) {
      end.onAny("number", (n: number, payload: Uint8Array) => {
        received[end.id]?.push(n, payload.length);
        if (ends.every(({ id }) => received[id]?.length === total * 2)) resolve();
      });
      end.onAny("double", (n: number) => n * 2);
    }
    pair.relay.judge = ({ from }) => {
      const dice = random();
      if (dice < 0.05) return "lose";
      if (dice > 0.04 + 0.05) return "deliver";
      if (!busy.has(from)) {
        busy.add(from);
        setImmediate(() => {
          busy.delete(from);
          for (const end of ends) if (end.id === from) for (const peer of end.peers) end.ready(peer);
        });
      }
      return "BUSY";
    };
    const chaos = setInterval(() => {
      const id = random() < 0.5 ? "alice" : "bob";
      pair.relay.cut(id);
      setImmediate(() => pair.relay.restore(id));
    }, 7);

    const sizes = Array.from({ length: total }, () => Math.floor(random() ** 4 * 150_000));
    const answers = await Promise.all(
      ends.map(async (end, index) => {
        const peer = end.remote(index === 0 ? "bob" : "alice");
        const requests: Promise<unknown>[] = [];
        for (const [n, size] of sizes.entries()) {
          if (n % 10 === 0) requests.push(peer.emitWithAck("double", n));
          if (!peer.emit("number", n, new Uint8Array(size))) await peer.drained();
        }
        return Promise.all(requests);
      }),
    );
    await done;
    clearInterval(chaos);

    const expected = sizes.flatMap((size, n) => [n, size]);
    expect(received).toEqual({ alice: expected, bob: expected });
    expect(answers[0]).toEqual(sizes.flatMap((_, n) => (n % 10 === 0 ? [n * 2] : [])));
    expect(answers[1]).toEqual(answers[0]);
  },
  30_000,
);
