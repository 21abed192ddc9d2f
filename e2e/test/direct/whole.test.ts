import { connect, type Client, type PathName } from "@peerloom/client";
import { direct } from "@peerloom/direct";
import { encrypt } from "@peerloom/encryption";
import { rtc } from "@peerloom/rtc-node";
import { createRelay } from "@peerloom/server";
import { expect, test } from "vitest";
import { BreakableRtc } from "../../../tools/lib/breakable-rtc.ts";

function takes(client: Client, id: string, path: PathName): Promise<void> {
  if (client.remote(id).path === path) return Promise.resolve();
  return new Promise((resolve) => client.on("path", (event) => event.id === id && event.path === path && resolve()));
}

test.each([
  { how: "in clear", isSealed: false },
  { how: "encrypted", isSealed: true },
])("messages, streams and services that are $how change paths, and go on without a relay", { timeout: 60_000 }, async ({ isSealed }) => {
  const network = new BreakableRtc(await rtc({ use: "node-datachannel" }));
  await using relay = createRelay();
  const { url } = await relay.listen(0, "127.0.0.1");
  const open = (clientId: string): Promise<Client> =>
    connect(url, { clientId, direct: direct({ rtc: network.rtc, retryMinMs: 50 }), ...(isSealed && { encryption: encrypt() }) });
  await using alice = await open("alice");
  await using bob = await open("bob");
  const numbers: number[] = [];
  bob.onAny("number", (n: number) => void numbers.push(n));
  bob.onStream("echo", (stream) => stream.readable.pipeTo(stream.writable));
  await bob.provide("math", { add: (a: number, b: number) => a + b }).ready;
  const math = alice.service<{ add(a: number, b: number): number }>("math");
  const remote = alice.remote("bob");
  const stream = await remote.openStream("echo");
  const [writer, reader] = [stream.writable.getWriter(), stream.readable.getReader()];
  const echoed: unknown[] = [];

  for (let turn = 0; turn < 3; turn++) {
    await takes(alice, "bob", "direct");
    for (let n = 0; n < 2000; n++) if (!remote.emit("number", turn * 2000 + n, "x".repeat(200))) await remote.drained();
    network.breakAll();
    await writer.write(`turn ${turn}`);
    echoed.push((await reader.read()).value, await math.add(turn, 1));
  }
  await takes(alice, "bob", "direct");
  await relay.close();
  await writer.write("without a relay");
  echoed.push((await reader.read()).value, await math.add(40, 2));

  expect(echoed).toEqual(["turn 0", 1, "turn 1", 2, "turn 2", 3, "without a relay", 42]);
  expect(numbers).toEqual(Array.from({ length: 6000 }, (_, n) => n));
});
