import { PeerloomError } from "@peerloom/core";
import { expect, test } from "vitest";
import { channelPair } from "./pair.ts";

test("a request resolves to what the handler returned, large ones too", async () => {
  await using pair = channelPair();
  pair.right.handle((data) => ({ echo: data }));
  const big = new Uint8Array(1_000_000).fill(3);

  const answers = await Promise.all([pair.left.request("hi"), pair.left.request(big), pair.left.request(undefined)]);

  expect(answers).toEqual([{ echo: "hi" }, { echo: big }, { echo: undefined }]);
});

test("what a handler throws rejects the caller with its code and message", async () => {
  await using pair = channelPair();
  pair.right.handle((data) => {
    throw data === "own" ? new PeerloomError("MY_CODE", "no") : new Error("plain");
  });

  const [own, plain] = await Promise.allSettled([pair.left.request("own"), pair.left.request("plain")]);

  expect(own).toMatchObject({ reason: { code: "MY_CODE", message: "no", remote: true } });
  expect(plain).toMatchObject({ reason: { code: "HANDLER_ERROR", message: "plain", remote: true } });
});

test("an answer that cannot be carried rejects the caller", async () => {
  await using pair = channelPair();
  pair.right.handle(() => () => {});

  await expect(pair.left.request("hi")).rejects.toMatchObject({ code: "HANDLER_ERROR" });
});

test("nobody who answers is NO_HANDLER", async () => {
  await using pair = channelPair();

  await expect(pair.left.request("hi")).rejects.toMatchObject({ code: "NO_HANDLER" });
});

test("a deadline and a signal end a request on both sides", async () => {
  await using pair = channelPair();
  const signals: AbortSignal[] = [];
  pair.right.handle((_data, { signal }) => {
    signals.push(signal);
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  });
  const abort = new AbortController();

  const late = pair.left.request("late", { timeoutMs: 30 });
  const aborted = pair.left.request(new Uint8Array(500_000), { signal: abort.signal });
  await expect(late).rejects.toMatchObject({ code: "TIMEOUT" });
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  pair.right.handle(() => "done");

  expect(await pair.left.request("after")).toBe("done");
  expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
});

test("more requests than may be handled at once are refused with LIMIT", async () => {
  await using pair = channelPair({ limits: { maxServedRequests: 2 } });
  const releases: (() => void)[] = [];
  pair.right.handle(() => new Promise<void>((resolve) => releases.push(resolve)));

  const outcomes = Promise.allSettled([1, 2, 3].map((data) => pair.left.request(data)));
  await expect.poll(() => releases.length).toBe(2);
  for (const release of releases) release();

  expect((await outcomes).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
});

test("requests that were cancelled count until their handlers have ended", async () => {
  await using pair = channelPair({ limits: { maxServedRequests: 2 } });
  const releases: (() => void)[] = [];
  pair.right.handle(() => new Promise<void>((resolve) => releases.push(resolve)));
  for (const count of [1, 2]) {
    const abort = new AbortController();
    const given = pair.left.request(count, { signal: abort.signal });
    await expect.poll(() => releases.length).toBe(count);
    abort.abort();
    await expect(given).rejects.toMatchObject({ code: "ABORTED" });
  }

  await expect(pair.left.request("one more")).rejects.toMatchObject({ code: "LIMIT" });
  for (const release of releases.splice(0)) release();
  const answer = pair.left.request("later");
  await expect.poll(() => releases.length).toBe(1);
  releases[0]?.();
  expect(await answer).toBeUndefined();
});

test("a request whose signal has aborted before is not made", async () => {
  await using pair = channelPair();
  const asked: unknown[] = [];
  pair.right.handle((data) => asked.push(data));

  await expect(pair.left.request("never", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  await pair.left.request("now");

  expect(asked).toEqual(["now"]);
});

test("a request rejects at once when its channel ends while it goes out", async () => {
  await using pair = channelPair();
  const end = new PeerloomError("GONE", "ended by a listener");
  pair.left.on("state", ({ state }) => state === "detached" && void pair.left.close(end));
  pair.ends[0].readyState = "closed";

  await expect(pair.left.request("x", { timeoutMs: 20_000 })).rejects.toBe(end);
});

test("a request is answered while a large message and a file are on their way", async () => {
  await using pair = channelPair();
  pair.network.bytesPerTurn = 16_384;
  pair.right.handle((data) => data);
  pair.right.on("file", ({ file }) => void file.blob());
  const done: string[] = [];

  await Promise.all([
    pair.left.send(new Uint8Array(8_000_000)).then(() => done.push("message")),
    pair.left.sendFile(new Blob([new Uint8Array(8_000_000)])).then(() => done.push("file")),
    new Promise((resolve) => setImmediate(resolve)).then(() => pair.left.request("quick")).then(() => done.push("request")),
  ]);

  expect(done[0]).toBe("request");
});
