import { connect, type Client } from "@peerloom/client";
import { encrypt, type Encryption } from "@peerloom/encryption";
import { expect, test } from "vitest";
import type { SecretPage } from "../../programs/secret-page.ts";
import { servePage } from "../../support/page.ts";
import { startRecordingRelay } from "../../support/recording-relay.ts";
import { startChromium } from "../chromium.ts";

const numbers = Array.from({ length: 500 }, (_, n) => n);

/** The program `node`: answers, serves and tells numbers to whoever asks. */
async function startNode(url: string): Promise<{ node: Client; encryption: Encryption }> {
  const encryption = encrypt();
  const node = await connect(url, { clientId: "node", encryption });
  let streamed = 0;
  const ended = Promise.withResolvers<void>();
  node.onAny("sum", (left: string, right: string, { from }: { from: string }) => {
    for (const n of numbers) node.remote(from).emit("n", n, "secret-number");
    return `${left}+${right}`;
  });
  node.onAny("echo", (bytes: Uint8Array) => bytes);
  node.onAny("streamed", async () => {
    await ended.promise;
    return streamed;
  });
  node.provide("greeter", { greet: (name: string) => `secret-greeting for ${name}` });
  node.onStream("up", async ({ readable }) => {
    for await (const piece of readable as ReadableStream<Uint8Array>) streamed += piece.length;
    ended.resolve();
  });
  return { node, encryption };
}

/** None of these may pass the relay, in clear or as base64, wherever in it they begin. */
function plaintexts(): string[] {
  const words = ["secret", "SSSSSSSSSSSSSSSS"];
  const base64 = ["secret-number", "secret-left", "secret-bytes secret-bytes"].flatMap((word) =>
    [0, 1, 2].map((skipped) => Buffer.from(word.slice(skipped)).toString("base64").slice(0, -4)),
  );
  return [...words, ...base64];
}

test("of all that a page and a program say to each other a relay that records everything sees nothing", async () => {
  await using relay = await startRecordingRelay();
  await using served = await servePage("secret-page");
  await using browser = await startChromium();
  const { node, encryption } = await startNode(relay.url);
  const page = await browser.newPage();
  const errors: unknown[] = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(served.url);

  const results = await page.evaluate((url) => (globalThis as unknown as SecretPage).play(url), relay.url);

  const { fingerprint } = await encryption.identity();
  expect(errors).toEqual([]);
  expect(results).toEqual({
    own: results.own,
    theirs: fingerprint,
    sum: "secret-left+secret-right",
    echoed: true,
    served: "secret-greeting for secret-page",
    streamed: 32 * 65_536,
    heard: numbers,
  });
  const record = relay.record();
  expect(record.length).toBeGreaterThan(2_600_000);
  expect(record).toContain("e4.");
  for (const plaintext of plaintexts()) expect(record).not.toContain(plaintext);
  await node.close();
  expect(node.load).toMatchObject({ peers: 0, requests: 0, streams: 0, bytes: 0 });
});

test("the recording would show what is said in clear", async () => {
  await using relay = await startRecordingRelay();
  const [alice, bob] = await Promise.all([connect(relay.url), connect(relay.url, { clientId: "bob" })]);
  bob.onAny("echo", (...args: unknown[]) => args.slice(0, -1));

  await alice.remote("bob").emitWithAck("echo", "secret-left", new Uint8Array(70_000).fill(83));

  expect(relay.record()).toContain("secret");
  expect(relay.record()).toContain("SSSSSSSSSSSSSSSS");
  await Promise.all([alice.close(), bob.close()]);
});

test("two programs that encrypt: what is sent just before closing arrives, and the relay itself can be spoken to in clear where that is asked for", async () => {
  await using relay = await startRecordingRelay();
  const { node } = await startNode(relay.url);
  const heard: unknown[] = [];
  const done = Promise.withResolvers<void>();
  node.onAny("last", (n: number) => {
    heard.push(n);
    if (n === 499) done.resolve();
  });
  const alice = await connect(relay.url, { clientId: "alice", encryption: encrypt({ plaintext: (id) => id === "relay" }) });
  const relayAnswer = alice.remote("relay").emitWithAck("hi");
  for (const n of numbers) alice.remote("node").emit("last", n);
  await expect(relayAnswer).rejects.toMatchObject({ code: "NO_HANDLER" });
  await alice.close();
  await done.promise;

  await expect(node.remote("relay").emitWithAck("hi")).rejects.toMatchObject({ code: "NOT_ENCRYPTED" });
  expect(heard).toEqual(numbers);
  await node.close();
});
