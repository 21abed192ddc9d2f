import { createHash, randomBytes } from "node:crypto";
import { connect, type Client, type PathName } from "@peerloom/client";
import { randomFrom } from "@peerloom/core/testing";
import { direct } from "@peerloom/direct";
import { encrypt } from "@peerloom/encryption";
import { rtc } from "@peerloom/rtc-node";
import { createRelay } from "@peerloom/server";
import { io, type Socket } from "socket.io-client";
import { describe, expect, test } from "vitest";
import { startProxy } from "../../support/proxy.ts";

const count = 2000;
const numbers = Array.from({ length: count }, (_, n) => n);

/** Sends numbers from `left` to `right`, with a binary beside each twentieth, and resolves to what was heard when the last has come. */
async function tell(left: Client, right: Client, between: (n: number) => Promise<void> | void): Promise<number[]> {
  const heard: number[] = [];
  const last = Promise.withResolvers<void>();
  right.onAny("n", (n: number, bytes: unknown) => {
    if (bytes instanceof Uint8Array && (bytes.length !== 4000 || bytes.some((byte) => byte !== n % 256))) throw new Error("changed");
    heard.push(n);
    if (n === count - 1) last.resolve();
  });
  const remote = left.remote(right.id);
  for (const n of numbers) {
    if (!remote.emit("n", n, ...(n % 20 === 0 ? [new Uint8Array(4000).fill(n % 256)] : []))) await remote.drained();
    if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    await between(n);
  }
  await last.promise;
  return heard;
}

function takes(client: Client, id: string, path: PathName): Promise<void> {
  if (client.remote(id).path === path) return Promise.resolve();
  return new Promise((resolve) => {
    const off = client.on("path", (event) => {
      if (event.id !== id || event.path !== path) return;
      off();
      resolve();
    });
  });
}

const quick = { reconnectMinMs: 20, reconnectMaxMs: 200 };

test("a stream and messages go on over a change of path there and back, and a relay that is cut off", { timeout: 120_000 }, async () => {
  const backend = await rtc({ use: "node-datachannel" });
  const relay = createRelay({ warn: () => {} });
  const { port } = await relay.listen(0, "127.0.0.1");
  await using proxy = await startProxy(port);
  const open = (clientId: string): Promise<Client> =>
    connect(proxy.url, { clientId, encryption: encrypt(), direct: direct({ rtc: backend, policy: "manual" }), ...quick });
  const [alice, bob] = await Promise.all([open("alice"), open("bob")]);
  const bytes = randomBytes(8_000_000);
  const hash = createHash("sha256");
  const streamed = new Promise<string>((resolve, reject) => {
    bob.onStream("up", async ({ readable }) => {
      try {
        for await (const piece of readable as ReadableStream<Uint8Array>) hash.update(piece);
        resolve(hash.digest("hex"));
      } catch (error) {
        reject(error as Error);
      }
    });
  });
  const stream = await alice.remote("bob").openStream("up");
  const writing = (async () => {
    const writer = stream.writable.getWriter();
    for (let at = 0; at < bytes.length; at += 50_000) await writer.write(new Uint8Array(bytes.subarray(at, at + 50_000)));
    await writer.close();
  })();

  const heard = await tell(alice, bob, async (n) => {
    if (n === 300 || n === 900) {
      await alice.remote("bob").goDirect();
      await takes(bob, "alice", "direct");
    } else if (n === 600) alice.remote("bob").goRelay();
    else if (n === 1200 || n === 1700) proxy.cut();
    else if (n === 1400) alice.remote("bob").goRelay();
  });
  await writing;

  expect(heard).toEqual(numbers);
  expect(await streamed).toBe(createHash("sha256").update(bytes).digest("hex"));
  await Promise.all([alice.close(), bob.close()]);
  for (const client of [alice, bob]) expect(client.load).toMatchObject({ peers: 0, requests: 0, streams: 0, bytes: 0 });
  await relay.close();
});

test("a relay that is killed as soon as the first words were said, and again later, and knows nothing when it is back, loses nothing", async () => {
  let relay = createRelay({ warn: () => {} });
  const { port, url } = await relay.listen(0, "127.0.0.1");
  const open = (clientId: string): Promise<Client> => connect(url, { clientId, encryption: encrypt(), ...quick });
  const [alice, bob] = await Promise.all([open("alice"), open("bob")]);

  const heard = await tell(alice, bob, async (n) => {
    if (n !== 0 && n !== 1000) return;
    // Somebody whom the relay has never told of would be absent on a new one, and rightly so.
    const isThere = new Promise<void>((resolve) =>
      alice.onPresence(({ id, state }) => void (id === "bob" && state === "here" && resolve())),
    );
    if (n === 0) {
      alice.watch("bob");
      await isThere;
    }
    await relay.close();
    relay = createRelay({ warn: () => {} });
    await relay.listen(port, "127.0.0.1");
  });

  expect(heard).toEqual(numbers);
  await Promise.all([alice.close(), bob.close()]);
  await relay.close();
});

describe("a relay that tampers with one packet in ten", () => {
  type Send = (...event: unknown[]) => void;
  const flip = (value: unknown): unknown => {
    if (typeof value === "string") {
      const at = value.length >> 1;
      return `${value.slice(0, at)}${value[at] === "A" ? "B" : "A"}${value.slice(at + 1)}`;
    }
    const bytes = new Uint8Array(value as Uint8Array);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    return bytes;
  };
  const deeds: readonly [string, (send: Send, event: unknown[]) => void][] = [
    ["flips bits", (send, event) => send(...event.slice(0, -1), flip(event.at(-1)))],
    ["drops", () => {}],
    [
      "replays",
      (send, event) => {
        send(...event);
        setTimeout(() => send(...event), 20);
      },
    ],
    ["reorders", (send, event) => void setTimeout(() => send(...event), 10)],
    ["changes the receiver to the sender", (send, event) => send(event[0], "alice", ...event.slice(2))],
  ];

  // By chance: with each tenth, what is said again might be the tenth again and again.
  const seed = Math.floor(Math.random() * 2 ** 32);

  test.each(deeds)(`%s (seed ${seed}): everything comes once, in order, unchanged`, { timeout: 120_000 }, async (_what, deed) => {
    const random = randomFrom(seed);
    const relay = createRelay({ warn: () => {} });
    const { url } = await relay.listen(0, "127.0.0.1");
    const open = async (clientId: string): Promise<Client> => {
      const socket: Socket = io(`${url}/peerloom`, { transports: ["websocket"], autoConnect: false, forceNew: true });
      const send = socket.emit.bind(socket) as unknown as Send;
      Object.assign(socket, {
        emit: (...event: unknown[]) => {
          if (event[0] === "p" && random() < 0.1) deed(send, event);
          else send(...event);
          return socket;
        },
      });
      return connect(socket, { clientId, encryption: encrypt() });
    };
    const [alice, bob] = await Promise.all([open("alice"), open("bob")]);

    const [left, right] = await Promise.all([tell(alice, bob, () => {}), tell(bob, alice, () => {})]);

    expect(left).toEqual(numbers);
    expect(right).toEqual(numbers);
    await Promise.all([alice.close(), bob.close()]);
    await relay.close();
  });
});
