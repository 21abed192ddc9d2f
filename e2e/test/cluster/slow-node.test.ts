import { connect } from "@peerloom/client";
import { expect, test } from "vitest";
import { startClusterNode } from "../../support/cluster.ts";
import { startRedisServer } from "../../support/redis-server.ts";

const pairs = 40;
const bytes = 65_536;
const messages = 60;

test(
  "a node that falls behind costs Redis no more than a window for each other node, and is not cut off",
  { timeout: 120_000 },
  async () => {
    // Redis cuts a subscriber off for which so much waits; forty sessions alone have four times as much under way.
    await using redis = await startRedisServer("--client-output-buffer-limit", "pubsub 16mb 0 0");
    const options = { redisUrl: redis.url, leaseMs: 20_000, sessionTimeoutMs: 60_000, drainMs: 0 };
    await using near = await startClusterNode(options);
    await using far = await startClusterNode(options);
    await using clients = new AsyncDisposableStack();
    const received = Array.from({ length: pairs }, () => 0);
    let wrong = 0;
    const done = Promise.withResolvers<void>();
    const senders = await Promise.all(
      received.map(async (_, n) => {
        const receiver = clients.use(await connect(`http://127.0.0.1:${far.port}`, { clientId: `receiver-${n}` }));
        receiver.onAny("bytes", (chunk: Uint8Array) => {
          if (chunk.length !== bytes || chunk[0] !== received[n]) wrong += 1;
          received[n] = (received[n] ?? 0) + 1;
          if (received.every((count) => count === messages)) done.resolve();
        });
        return clients.use(await connect(`http://127.0.0.1:${near.port}`, { clientId: `sender-${n}` }));
      }),
    );
    const room = await (senders[0] as (typeof senders)[0]).join("hall");
    const guest = clients.use(await connect(`http://127.0.0.1:${far.port}`, { clientId: "guest" }));
    const heard: number[] = [];
    const heardAll = Promise.withResolvers<void>();
    (await guest.join("hall")).on("say", (n: number) => void (heard.push(n) === messages && heardAll.resolve()));

    far.program.child.kill("SIGSTOP");
    const sending = senders.map(async (sender, n) => {
      for (let count = 0; count < messages; count++) {
        if (n === 0) room.emit("say", count);
        const remote = sender.remote(`receiver-${n}`);
        if (!remote.emit("bytes", new Uint8Array(bytes).fill(count))) await remote.drained();
      }
    });
    setTimeout(() => far.program.child.kill("SIGCONT"), 2000);
    await Promise.all(sending);
    await Promise.all([done.promise, heardAll.promise]);

    expect(wrong).toBe(0);
    expect(heard).toEqual(Array.from({ length: messages }, (_, n) => n));
    const [{ errors, cluster }, there] = await Promise.all([near.status(), far.status()]);
    expect({ errors: errors + there.errors, nodes: cluster.nodes }).toEqual({ errors: 0, nodes: 2 });
  },
);
