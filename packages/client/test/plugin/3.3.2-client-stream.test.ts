import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Duplex, Readable, Transform, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { ConnectionInfo } from "@peerloom/client/plugin";
import { describe, expect, test, vi } from "vitest";
import { closed, collector, heard, leave, TestHouse, type TestClient } from "./support.ts";

/** The next stream that a client takes. */
function taken(client: TestClient, options = {}): Promise<Duplex & ConnectionInfo> {
  return new Promise((resolve) => client.onAddP2pStream(resolve, options));
}

describe("3.3.2 Requirements", () => {
  test("1 client can have multiple streams but relationship between streams is 1-1", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    for (const client of [bob, carol]) {
      client.onAddP2pStream((duplex) => {
        const mark = new Transform({
          transform: (chunk, _encoding, done) => done(null, `${client.clientId}:${duplex.targetStreamId}:${chunk}`),
        });
        duplex.pipe(mark).pipe(duplex);
      });
    }

    const streams = await Promise.all(["bob", "bob", "bob", "carol", "carol"].map((id) => alice.addP2pStream(id)));
    for (const stream of streams) stream.end("x");

    const expected = streams.map(({ targetClientId, sourceStreamId }) => `${targetClientId}:${sourceStreamId}:x`);
    expect(await Promise.all(streams.map((stream) => text(stream)))).toEqual(expected);
    expect(new Set(expected).size).toBe(5);
  });

  test("Streams with same client must have unique id for identifying purpose", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    bob.onAddP2pStream((duplex) => void duplex.resume());

    const [one, two] = [await alice.addP2pStream("bob"), await alice.addP2pStream("bob")];
    const named = await alice.addP2pStream("bob", { sourceStreamId: "S", targetStreamId: "T" });

    expect(new Set([one, two, named].flatMap((stream) => [stream.sourceStreamId, stream.targetStreamId])).size).toBe(6);
    await expect(alice.addP2pStream("bob", { sourceStreamId: "S" })).rejects.toThrow(TypeError);
    await expect(alice.addP2pStream("bob", { targetStreamId: "T" })).rejects.toThrow("has the id");
    named.destroy();
    await closed(named);
    await vi.waitFor(async () =>
      expect(await alice.addP2pStream("bob", { sourceStreamId: "S", targetStreamId: "T" })).toBeInstanceOf(Duplex),
    );
  });

  test("The Duplex returned must work like a NodeJS Duplex & must be able to send/receive data through network", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const bytes = randomBytes(1_000_000);
    bob.onAddP2pStream(async (duplex) => {
      await pipeline(duplex, createGzip(), duplex);
    });

    const duplex = await alice.addP2pStream("bob");
    const back = buffer(duplex.pipe(createGunzip()));
    await pipeline(Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]), duplex, { end: true });

    expect(duplex).toBeInstanceOf(Duplex);
    expect(
      createHash("sha256")
        .update(await back)
        .digest("hex"),
    ).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect([duplex.readableEnded, duplex.writableFinished]).toEqual([true, true]);
    await finished(duplex);
  });

  test("… in order to its end, with back-pressure, half-open, by for await, and in object mode", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const atBob = taken(bob);
    const duplex = await alice.addP2pStream("bob");
    const accepted = await atBob;

    duplex.write("w0,");
    duplex.write("w1,");
    duplex.write("w2,");
    duplex.end("last");
    expect(await text(accepted)).toBe("w0,w1,w2,last");
    accepted.end("still open");
    expect(await text(duplex)).toBe("still open");

    const slow = taken(bob);
    const full = await alice.addP2pStream("bob");
    const reader = await slow;
    let written = 0;
    const mebibyte = Buffer.alloc(1_048_576);
    while (full.write(mebibyte)) written += 1;
    const drained = once(full, "drain");
    reader.resume();
    await drained;
    expect(written).toBeLessThan(8);

    const objects = taken(bob, { objectMode: true });
    const values = await alice.addP2pStream("bob", { objectMode: true });
    for (const value of [{ n: 1 }, "text", [2]]) values.write(value);
    values.end();
    const received: unknown[] = [];
    for await (const value of await objects) received.push(value);
    expect(received).toEqual([{ n: 1 }, "text", [2]]);
  });

  test("… writing inside the callback of onAddP2pStream works", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    bob.onAddP2pStream((duplex) => void duplex.end(Buffer.alloc(300_000, "x")).resume());

    const duplex = await alice.addP2pStream("bob");
    duplex.end();

    expect((await buffer(duplex)).length).toBe(300_000);
  });

  test("When client/stream is destroyed, its peer should be cleaned up correctly (remove socket listeners, destroy streams)", async () => {
    await using house = await TestHouse.start();
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const streams = async (): Promise<[Duplex, Duplex]> => {
      const atBob = taken(bob);
      return [await alice.addP2pStream("bob"), await atBob];
    };
    const listeners = (): number[] => [alice, bob].map((client) => client.listeners("disconnect").length);
    const before = listeners();

    const [byDestroy, itsPeer] = await streams();
    byDestroy.destroy();
    await closed(itsPeer);
    const [byError, itsOther] = await streams();
    const told = new Promise((resolve) => itsOther.once("error", resolve));
    byError.on("error", () => {}).destroy(Object.assign(new Error("broken"), { code: "BROKEN" }));
    expect(await told).toMatchObject({ code: "BROKEN", message: "broken" });
    const [byClient, itsLast] = await streams();
    const pending = new Promise((resolve) => byClient.write(Buffer.alloc(8_388_608), resolve));
    const gone = heard(alice, "MULTI_API_TARGET_DISCONNECT");
    await leave(bob);
    await Promise.all([closed(byClient), closed(itsLast)]);

    expect(await pending).toMatchObject({ code: "PEER_LOST" });
    expect(await gone).toEqual(["bob"]);
    expect([byDestroy, itsPeer, byError, itsOther, byClient, itsLast].map((duplex) => duplex.destroyed)).toEqual(Array(6).fill(true));
    expect(listeners()).toEqual([before[0], 0]);
    expect(alice.peerloom.load).toMatchObject({ peers: 0, streams: 0, bytes: 0 });
    expect(errors).not.toHaveBeenCalled();
  });
});

describe("3.3.1 Function explanation", () => {
  test("addP2pStream calls back instead, with options or without", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    bob.onAddP2pStream((duplex) => void duplex.pipe(duplex));

    const plain = await new Promise<Duplex | undefined>((resolve) => alice.addP2pStream("bob", (_error, duplex) => resolve(duplex)));
    const named = await new Promise<object | undefined>((resolve) =>
      alice.addP2pStream("bob", { sourceStreamId: "S" }, (_error, duplex) => resolve(duplex)),
    );

    expect(plain).toBeInstanceOf(Duplex);
    expect(named).toMatchObject({ sourceStreamId: "S", targetClientId: "bob" });
  });

  test("onAddP2pStream handles the request: nobody listening is told at once, throwing refuses, and a later callback replaces an earlier one", async () => {
    await using house = await TestHouse.start();
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const [first, second] = [collector(), collector()];

    await expect(alice.addP2pStream("bob")).rejects.toMatchObject({ code: "NO_HANDLER" });
    bob.onAddP2pStream(() => {
      throw Object.assign(new Error("full"), { code: "FULL" });
    });
    await expect(alice.addP2pStream("bob", { sourceStreamId: "S" })).rejects.toMatchObject({ code: "FULL", message: "full" });
    bob.onAddP2pStream(first.callback, { allowHalfOpen: false });
    const stop = bob.onAddP2pStream({ allowHalfOpen: false }, second.callback);
    await alice.addP2pStream("bob", { sourceStreamId: "S" });
    stop();
    await expect(alice.addP2pStream("bob")).rejects.toMatchObject({ code: "NO_HANDLER" });

    expect([first.calls.length, second.calls.length]).toEqual([0, 1]);
    expect(errors).not.toHaveBeenCalled();
    expect(() => bob.onAddP2pStream({}, undefined as never)).toThrow(TypeError);
  });

  test("a stream that breaks without a listener ends no program, and is told", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const atBob = taken(bob);
    const duplex = await alice.addP2pStream("bob");
    const told = heard(bob, "SERVER_ERROR");

    duplex.on("error", () => {}).destroy(Object.assign(new Error("broken"), { code: "BROKEN" }));
    await closed(await atBob);

    expect(await told).toEqual([expect.objectContaining({ code: "BROKEN", message: "broken" })]);
    expect((await atBob).errored).toMatchObject({ code: "BROKEN" });
  });

  test("a stream goes on over a connection that breaks", async () => {
    await using house = await TestHouse.start({ sessionTimeoutMs: 10_000 });
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const hash = createHash("sha256");
    const atBob = taken(bob);
    const duplex = await alice.addP2pStream("bob");
    const received = createHash("sha256");
    const reading = pipeline(await atBob, new Writable({ write: (chunk, _encoding, done) => (received.update(chunk), done()) }));

    for (let n = 0; n < 40; n++) {
      const chunk = randomBytes(65_536);
      hash.update(chunk);
      if (!duplex.write(chunk)) await once(duplex, "drain");
      if (n === 10) alice.io.engine.close();
      if (n === 25) bob.io.engine.close();
    }
    duplex.end();
    (await atBob).end();
    await reading;

    expect(received.digest("hex")).toBe(hash.digest("hex"));
  });
});
