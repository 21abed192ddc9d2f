import { createServer, connect as connectTcp, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { connect } from "../src/index.ts";
import { masking } from "../src/masking.ts";
import { TestRelay } from "./support/relay.ts";

test.each(["wss://relay.example/socket.io", "ws://localhost:1", "ws://127.0.0.1:80/x", "ws://127.8.9.1", "ws://[::1]:3"])(
  "nobody can read between here and %s: the mask is zero",
  (url) => {
    const mask = new Uint8Array([1, 2, 3, 4]);
    masking(url).generateMask?.(mask);
    expect([...mask]).toEqual([0, 0, 0, 0]);
  },
);

test.each(["ws://relay.example", "ws://127.0.0.1.example", "ws://10.0.0.1", "ws://localhost.example", "ws://[::2]"])(
  "what goes to %s is masked as ever",
  (url) => expect(masking(url)).toEqual({}),
);

test("frames on loopback say that they are masked, with the key zero", async () => {
  await using relay = await TestRelay.start();
  const chunks: Buffer[] = [];
  const proxy = createServer((near) => {
    const far = connectTcp(relay.port, "127.0.0.1");
    near.on("data", (chunk) => chunks.push(chunk));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));

  const client = await connect(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  await client.close();
  await new Promise((resolve) => proxy.close(resolve));

  const sent = Buffer.concat(chunks);
  const frame = sent.subarray(sent.indexOf("\r\n\r\n") + 4);
  expect((frame[1] ?? 0) & 0x80).toBe(0x80);
  expect([...frame.subarray(2, 6)]).toEqual([0, 0, 0, 0]);
});
