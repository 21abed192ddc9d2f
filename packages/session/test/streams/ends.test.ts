import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { openDuplex, toDuplex } from "@peerloom/session/node";
import { describe, expect, test, vi } from "vitest";
import { twoEndpoints } from "../pair.ts";
import { bothEnds, bytes, duplexes, openStreams, outcome, turns } from "./support.ts";

const codeOf = ([error]: unknown[]): unknown => (error as { code?: unknown }).code;

describe("the end of a stream", () => {
  test("without an error is ABORTED to the other side, never a clean end", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    let hasEnded = false;
    far.on("end", () => (hasEnded = true)).resume();
    const failure = once(far, "error");
    near.write("x");

    near.destroy();

    expect((await failure)[0]).toMatchObject({ code: "ABORTED", message: "the stream was destroyed", remote: true });
    expect([hasEnded, near.errored]).toEqual([false, null]);
  });

  test("by an error crosses although this side had ended before", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    far.resume();
    near.end("all of it");
    await once(far, "end");
    const failure = once(far, "error");

    near.destroy(Object.assign(new Error("after all"), { code: "EAFTER" }));

    expect(codeOf(await failure)).toBe("EAFTER");
    expect(openStreams(pair)).toBe(0);
  });

  test("comes once when both sides end at once, and destroy at once", async () => {
    await using pair = twoEndpoints();
    const [ended, destroyed] = [await duplexes(pair), await duplexes(pair)];
    const both = [ended.near, ended.far];
    const closes = Promise.all([...both, destroyed.near, destroyed.far].map((duplex) => new Promise((done) => duplex.once("close", done))));
    const errors: unknown[] = [];
    for (const duplex of [destroyed.near, destroyed.far]) duplex.on("error", (error) => errors.push(error));

    for (const duplex of both) duplex.resume().end("x");
    for (const duplex of [destroyed.near, destroyed.far]) duplex.destroy(new Error("mine"));
    await closes;

    expect([both.map(({ errored }) => errored), errors.map(String)]).toEqual([
      [null, null],
      ["Error: mine", "Error: mine"],
    ]);
    await turns();
    expect(openStreams(pair)).toBe(0);
  });

  test("crosses while data is under way: what came is a prefix, and no end", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const chunks: Buffer[] = [];
    far.on("data", (chunk: Buffer) => chunks.push(chunk));
    const failure = once(far, "error");
    near.write(bytes(500_000));
    near.end();
    await turns(3);

    near.destroy(new Error("half-way"));
    await failure;

    const received = Buffer.concat(chunks);
    expect(received.equals(Buffer.from(bytes(500_000)).subarray(0, received.length))).toBe(true);
  });

  test("is clean for the sender only when all of it has arrived", async () => {
    await using pair = twoEndpoints({ sessionTimeoutMs: 30 });
    const { near, far } = await duplexes(pair);
    far.end();
    near.resume();
    await once(near, "end");
    let hasFinished = false;
    near.on("finish", () => (hasFinished = true));
    const failure = once(near, "error");

    pair.relay.cut("bob");
    near.end("never arrives");

    expect(codeOf(await failure)).toBe("PEER_LOST");
    expect(hasFinished).toBe(false);
  });

  test("of web streams is clean for the sender only when all of it has arrived", async () => {
    await using pair = twoEndpoints({ sessionTimeoutMs: 30 });
    const [kept, lost] = [await bothEnds(pair), await bothEnds(pair)];

    await kept.near.writable.close();
    pair.relay.cut("bob");

    await expect(lost.near.writable.close()).rejects.toMatchObject({ code: "PEER_LOST" });
  });

  test("by the closing of the client is PEER_LOST there and no error here", async () => {
    await using pair = twoEndpoints();
    const { near, far } = await duplexes(pair);
    const failure = once(far, "error");
    const closed = once(near, "close");
    for (let n = 0; n < 40; n++) near.write(bytes(65_536));
    const written = new Promise((resolve) => near.write("last", resolve));

    await pair.alice.close();
    pair.relay.detach("alice");

    expect(codeOf(await failure)).toBe("PEER_LOST");
    await closed;
    expect(await written).toBeInstanceOf(Error);
  });

  test("when the other program starts anew is PEER_RESTARTED", async () => {
    await using pair = twoEndpoints();
    const { near } = await duplexes(pair);
    const failure = once(near, "error");

    pair.alice.presence({ id: "bob", state: "here", instance: "another-bob" });

    expect(codeOf(await failure)).toBe("PEER_RESTARTED");
  });

  test("makes later writes fail", async () => {
    await using pair = twoEndpoints({ sessionTimeoutMs: 20 });
    const { near, far } = await bothEnds(pair);
    const [duplex, writer] = [toDuplex(near), far.writable.getWriter()];
    const failure = once(duplex, "error");

    pair.relay.cut("bob");
    await failure;
    await expect(writer.closed).rejects.toMatchObject({ code: "PEER_LOST" });
    const error = await new Promise<Error | null | undefined>((resolve) => duplex.write("late", resolve));

    expect(error).toMatchObject({ code: "ERR_STREAM_DESTROYED" });
    await expect(writer.write("late")).rejects.toMatchObject({ code: "PEER_LOST" });
  });

  test("by a signal reaches a Duplex and what waits in it", async () => {
    await using pair = twoEndpoints();
    const abort = new AbortController();
    pair.bob.onStream("s", (stream) => void toDuplex(stream).on("error", () => {}));
    const near = await openDuplex(pair.alice.remote("bob"), "s", { signal: abort.signal });
    const failure = once(near, "error");
    for (let n = 0; n < 40; n++) near.write(bytes(65_536));
    const written = new Promise((resolve) => near.write("last", resolve));
    await turns(50);

    abort.abort(new Error("enough"));

    expect((await failure)[0]).toMatchObject({ code: "ABORTED", cause: expect.objectContaining({ message: "enough" }) });
    expect(await written).toBeInstanceOf(Error);
  });

  test("leaves no listener on the signal, however it ended", async () => {
    await using pair = twoEndpoints();
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    pair.bob.onStream(
      "s",
      (stream) =>
        void toDuplex(stream)
          .resume()
          .on("error", () => {})
          .end(),
    );

    const clean = await openDuplex(pair.alice.remote("bob"), "s", { signal });
    clean.resume().end();
    (await openDuplex(pair.alice.remote("bob"), "s", { signal })).destroy();
    await outcome(pair.alice.remote("bob").openStream("nobody", { signal }));
    await vi.waitUntil(() => openStreams(pair) === 0);

    const left = new Set(add.mock.calls.map(([, listener]) => listener));
    for (const [, listener] of remove.mock.calls) left.delete(listener);
    expect([add.mock.calls.length > 4, left.size]).toEqual([true, 0]);
  });
});

describe("opening", () => {
  test("while offline goes through when the connection is back", async () => {
    await using pair = twoEndpoints();
    pair.bob.onStream("s", (stream) => void toDuplex(stream).end("hello"));
    pair.relay.cut("alice");

    const opening = openDuplex(pair.alice.remote("bob"), "s");
    pair.relay.restore("alice");

    const duplex = await opening;
    expect((await buffer(duplex)).toString()).toBe("hello");
    duplex.destroy();
  });

  test("to nobody, to one who left, in time and with a signal ends in a typed error and leaves nothing", async () => {
    await using pair = twoEndpoints();
    const [bob, nobody] = [pair.alice.remote("bob"), pair.alice.remote("nobody")];
    const abort = new AbortController();
    await outcome(bob.openStream("x"));

    expect(await outcome(nobody.openStream("s"))).toBe("PEER_NOT_FOUND");
    pair.relay.hold();
    const slow = outcome(bob.openStream("s", { timeoutMs: 5 }));
    const aborted = outcome(bob.openStream("s", { signal: abort.signal }));
    abort.abort();
    expect([await slow, await aborted]).toEqual(["TIMEOUT", "ABORTED"]);
    expect(await outcome(bob.openStream("s", { signal: abort.signal }))).toBe("ABORTED");
    pair.relay.release();
    await turns();

    expect(openStreams(pair)).toBe(0);
  });

  test.each([
    [{ highWaterMark: 0 }, RangeError],
    [{ highWaterMark: -1 }, RangeError],
    [{ highWaterMark: 1.5 }, RangeError],
    [{ highWaterMark: NaN }, RangeError],
    [{ timeoutMs: -1 }, RangeError],
    [{ metadata: () => {} }, TypeError],
  ])("with %o is refused and leaves nothing", async (options, type) => {
    await using pair = twoEndpoints();
    pair.bob.onStream("s", () => {});

    await expect(pair.alice.remote("bob").openStream("s", options)).rejects.toThrow(type);

    expect(openStreams(pair)).toBe(0);
    await pair.alice.remote("bob").openStream("s");
  });

  test("with metadata over the limit is TOO_LARGE, and the session goes on", async () => {
    await using pair = twoEndpoints({ limits: { maxMessageBytes: 100_000 } });
    pair.bob.onStream("s", () => {});

    const opening = pair.alice.remote("bob").openStream("s", { metadata: new Uint8Array(100_001) });

    await expect(opening).rejects.toMatchObject({ code: "TOO_LARGE" });
    await pair.alice.remote("bob").openStream("s");
  });

  test("more than the limit is LIMIT, on the side that knows it, until one is closed", async () => {
    await using pair = twoEndpoints({ limits: { maxStreams: 3 } });
    for (const end of [pair.alice, pair.bob]) end.onStream("s", () => {});
    const bob = pair.alice.remote("bob");
    const streams = await Promise.all([bob.openStream("s"), bob.openStream("s"), pair.bob.remote("alice").openStream("s")]);

    expect(await outcome(bob.openStream("s"))).toBe("LIMIT");
    streams[0]?.destroy();

    expect(await outcome(bob.openStream("s"))).toBe("fine");
  });

  test("is refused by a handler that writes first and throws then, and nothing of it arrives", async () => {
    await using pair = twoEndpoints();
    let duplex: ReturnType<typeof toDuplex> | undefined;
    pair.bob.onStream("s", (stream) => {
      duplex = toDuplex(stream);
      duplex.write("never seen");
      throw new Error("no");
    });

    expect(await outcome(pair.alice.remote("bob").openStream("s"))).toBe("HANDLER_ERROR");

    expect([duplex?.destroyed, openStreams(pair)]).toEqual([true, 0]);
  });

  test("is aborted when the handler destroys the stream before it returns", async () => {
    await using pair = twoEndpoints();
    pair.bob.onStream("s", (stream) => stream.destroy(Object.assign(new Error("no room"), { code: "EROOM" })));

    expect(await outcome(pair.alice.remote("bob").openStream("s"))).toBe("EROOM");
  });
});
