import type { Socket as NetSocket } from "node:net";
import { expect, test } from "vitest";
import { joinRaw, maskedFrame, opcodes } from "./raw-socket.ts";
import { connect, instance, liveSocket, startRelay } from "./support.ts";

/** Counts what a connection hands to the operating system. */
function countWrites(socket: NetSocket): () => number {
  let writes = 0;
  for (const name of ["_write", "_writev"] as const) {
    const original = (socket[name] as (...args: unknown[]) => void).bind(socket);
    Reflect.set(socket, name, (...args: unknown[]) => {
      writes += 1;
      original(...args);
    });
  }
  return () => writes;
}

test("packets that wait for one client leave together, in their order", async () => {
  await using server = await startRelay();
  using bob = await connect(server.url, "bob");
  using raw = await joinRaw(server.url, "alice", instance());
  const { transport } = liveSocket(server.relay, "bob").conn as unknown as { transport: { socket: { _socket: NetSocket } } };
  const writes = countWrites(transport.socket._socket);

  raw.write(
    Buffer.concat(Array.from({ length: 1000 }, (_, serial) => maskedFrame(opcodes.text, `42/peerloom,["p","bob",${serial},"${serial}"]`))),
  );
  const texts: unknown[] = [];
  while (texts.length < 1000) texts.push((await bob.next("p"))[1]);

  expect(texts).toEqual(Array.from({ length: 1000 }, (_, serial) => `${serial}`));
  expect(writes()).toBeLessThan(100);
});
