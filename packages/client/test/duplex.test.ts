import { once } from "node:events";
import { Duplex as NodeDuplex, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import * as browser from "@peerloom/client/duplex";
import * as node from "@peerloom/client/node";
import { Duplex as BrowserDuplex } from "readable-stream";
import { describe, expect, test } from "vitest";
import { TestRelay } from "./support/relay.ts";

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31) % 251));

/** The clients close, or `for await` destroys, while an end's acknowledgement may still be on its way. */
const leave = (): void => {};

test("both entry points export the same", () => {
  expect([node, browser].map((entry) => Object.keys(entry).toSorted())).toEqual([
    ["onDuplex", "openDuplex", "toDuplex"],
    ["onDuplex", "openDuplex", "toDuplex"],
  ]);
});

describe.each([
  // The two classes have the same methods, and types that do not fit each other.
  ["@peerloom/client/node", node, NodeDuplex],
  ["@peerloom/client/duplex", browser as unknown as typeof node, BrowserDuplex],
])("a Duplex of %s", (_name, { onDuplex, openDuplex, toDuplex }, kind) => {
  test("carries bytes both ways over a relay, each direction for itself", async () => {
    await using relay = await TestRelay.start();
    const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
    onDuplex(bob, "echo", (duplex) => duplex.on("error", leave).pipe(duplex));

    const duplex = (await openDuplex(alice.remote("bob"), "echo")).on("error", leave);
    const back = buffer(duplex);
    duplex.write(bytes.subarray(0, 100_000));
    duplex.write("ä", "latin1");
    duplex.end(bytes.subarray(100_000));

    expect(duplex).toBeInstanceOf(kind);
    expect((await back).equals(Buffer.concat([bytes.subarray(0, 100_000), Buffer.from([0xe4]), bytes.subarray(100_000)]))).toBe(true);
  });

  test("carries values in object mode, and metadata to the handler", async () => {
    await using relay = await TestRelay.start();
    const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
    const told = Promise.withResolvers<unknown>();
    const values: unknown[] = [];
    onDuplex(
      bob,
      "values",
      async (duplex, context) => {
        duplex.on("error", leave);
        // Node destroys what was read to its end by `for await`, unless it has ended too.
        duplex.end();
        for await (const value of duplex) values.push(value);
        told.resolve(context);
      },
      { objectMode: true },
    );

    const duplex = (await openDuplex(alice.remote("bob"), "values", { objectMode: true, metadata: [1] })).on("error", leave);
    for (const value of [{ a: [undefined] }, "", 0, false]) duplex.write(value);
    duplex.end();

    expect(await told.promise).toEqual({ from: "alice", name: "values", metadata: [1] });
    expect(values).toEqual([{ a: [undefined] }, "", 0, false]);
  });

  test("hands destroy(error) over, and says ABORTED without one", async () => {
    await using relay = await TestRelay.start();
    const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
    const full = Object.assign(new Error("full"), { code: "EFULL" });
    onDuplex(bob, "s", (duplex, { metadata }) => void duplex.on("error", () => {}).destroy(metadata === "with" ? full : undefined));

    await expect(openDuplex(alice.remote("bob"), "s", { metadata: "with" })).rejects.toMatchObject({ code: "EFULL", message: "full" });
    await expect(openDuplex(alice.remote("bob"), "s")).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("is used in a pipeline with the relay itself at the other end", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const received = Promise.withResolvers<Buffer>();
    relay.server.onStream("upload", (stream) => received.resolve(buffer(toDuplex(stream).on("error", () => {}))));

    const duplex = (await openDuplex(alice.remote("relay"), "upload")).on("error", leave);
    await pipeline(Readable.from([bytes, bytes]), duplex as NodeDuplex);

    expect((await received.promise).equals(Buffer.concat([bytes, bytes]))).toBe(true);
    duplex.destroy();
  });

  test("dies of a lost peer with PEER_LOST", async () => {
    await using relay = await TestRelay.start();
    const [alice, bob] = [await relay.connect("alice"), await relay.connect("bob")];
    onDuplex(bob, "s", (duplex) => void duplex.on("error", () => {}));
    const duplex = await openDuplex(alice.remote("bob"), "s");
    const failure = once(duplex, "error");

    await bob.close();

    expect((await failure)[0]).toMatchObject({ code: "PEER_LOST" });
    expect(alice.load.streams).toBe(0);
  });
});
