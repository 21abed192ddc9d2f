import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { twoPaths } from "./two-paths.ts";

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

test.concurrent.each(seeds)(
  "over two paths that come and go, lose and refuse, all arrives once and in order (seed %i)",
  async (seed) => {
    const random = randomFrom(seed);
    await using world = twoPaths({ limits: { windowBytes: 65_536, highWaterBytes: 32_768 } });
    const total = 300;
    const ends = [world.alice, world.bob] as const;
    const received: Record<string, number[]> = { alice: [], bob: [] };
    const { promise: done, resolve } = Promise.withResolvers<void>();
    for (const end of ends) {
      end.onAny("number", (n: number, payload: Uint8Array) => {
        received[end.id]?.push(n, payload.length);
        if (ends.every(({ id }) => received[id]?.length === total * 2)) resolve();
      });
    }
    const busy = new Set<string>();
    world.relay.judge = ({ from }) => {
      const dice = random();
      if (dice < 0.02) return "lose";
      if (dice > 0.05) return "deliver";
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
      const dice = random();
      if (dice < 0.4) (world.direct.isUp ? world.direct.down : world.direct.up).call(world.direct);
      else if (dice < 0.5) world.direct.isBlack = !world.direct.isBlack;
      else if (dice < 0.8) {
        const id = random() < 0.5 ? "alice" : "bob";
        world.relay.cut(id);
        setTimeout(() => world.relay.restore(id), random() * 20);
      }
    }, 5);
    const sizes = Array.from({ length: total }, () => Math.floor(random() ** 4 * 100_000));

    await Promise.all(
      ends.map(async (end, index) => {
        const peer = end.remote(index === 0 ? "bob" : "alice");
        for (const [n, size] of sizes.entries()) if (!peer.emit("number", n, new Uint8Array(size))) await peer.drained();
      }),
    );
    const calm = setTimeout(() => {
      clearInterval(chaos);
      world.direct.isBlack = false;
      world.direct.up();
      for (const { id } of ends) world.relay.restore(id);
    }, 500);
    await done;
    clearTimeout(calm);
    clearInterval(chaos);

    const expected = sizes.flatMap((size, n) => [n, size]);
    expect(received).toEqual({ alice: expected, bob: expected });
  },
  120_000,
);
