import { expect, test } from "vitest";
import type { Channel, IncomingFile, SendProgress } from "../../src/channels/index.ts";
import { channelPair, isSame, messages } from "./pair.ts";

const nextFile = (channel: Channel): Promise<IncomingFile> => new Promise((resolve) => channel.on("file", ({ file }) => resolve(file)));

test("a file arrives with its name, type, size and metadata, and its sender sees progress", async () => {
  await using pair = channelPair();
  const content = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 256);
  const came = nextFile(pair.right);
  const progress: SendProgress[] = [];

  const sent = pair.left.sendFile(new File([content], "photo.jpg", { type: "image/jpeg", lastModified: 1234 }), {
    metadata: { album: "summer" },
    onProgress: (step) => progress.push(step),
  });
  const file = await came;
  const blob = await file.blob();
  await sent;

  expect(file).toMatchObject({ name: "photo.jpg", type: "image/jpeg", size: 3_000_000, lastModified: 1234, metadata: { album: "summer" } });
  expect(blob).toBeInstanceOf(File);
  expect(isSame(new Uint8Array(await blob.arrayBuffer()), content)).toBe(true);
  expect(progress.length).toBeGreaterThan(10);
  expect(progress.at(-1)).toEqual({ bytes: 3_000_000, totalBytes: 3_000_000 });
});

test("a blob and a file can be messages, in order with others, empty ones too", async () => {
  await using pair = channelPair();
  const arrived = messages(pair.right, 5);

  pair.left.post("before");
  const sends = [pair.left.send(new Blob(["hello"], { type: "text/plain" })), pair.left.send(new File([], "empty.txt"))];
  pair.left.post("after");
  sends.push(pair.left.send({ last: true }));
  await Promise.all(sends);

  const [before, blob, file, after, last] = (await arrived) as [string, Blob, File, string, unknown];
  expect([before, after, last]).toEqual(["before", "after", { last: true }]);
  expect([await blob.text(), blob.type, file.size, file.name]).toEqual(["hello", "text/plain", 0, "empty.txt"]);
});

test("a stream of unknown size is a file, too", async () => {
  await using pair = channelPair();
  const came = nextFile(pair.right);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < 10; index++) yield new Uint8Array(50_000).fill(index);
  }

  const sent = pair.left.sendFile(pieces(), { name: "numbers" });
  const file = await came;
  const blob = await file.blob();
  await sent;

  expect([file.name, file.size, blob.size]).toEqual(["numbers", undefined, 500_000]);
});

test("a reader that does not read stops the sender at a window", async () => {
  await using pair = channelPair();
  const came = nextFile(pair.right);
  let read = 0;
  const content = new ReadableStream<Uint8Array>(
    { pull: (controller) => controller.enqueue(new Uint8Array((read += 1) && 100_000)) },
    { highWaterMark: 0 },
  );

  const sent = pair.left.sendFile(content);
  const file = await came;
  await expect.poll(() => file.receivedBytes).toBe(4_194_304);
  file.cancel("enough");

  await expect(sent).rejects.toMatchObject({ code: "ABORTED", message: "enough" });
  expect(read * 100_000).toBeLessThan(8_000_000);
});

test("either side can give a file up; the other is told", async () => {
  await using pair = channelPair();
  const came = nextFile(pair.right);
  const abort = new AbortController();
  let isCancelled = false;
  const content = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    cancel: () => void (isCancelled = true),
  });

  const sent = pair.left.sendFile(content, { signal: abort.signal });
  const reader = (await came).readable.getReader();
  await reader.read();
  abort.abort();

  await expect(sent).rejects.toMatchObject({ code: "ABORTED" });
  await expect(drain(reader)).rejects.toMatchObject({ code: "ABORTED", remote: true });
  expect(isCancelled).toBe(true);
});

test("a content that breaks rejects the sender and errors at the receiver", async () => {
  await using pair = channelPair();
  const came = nextFile(pair.right);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100);
    throw new Error("disk on fire");
  }

  const sent = pair.left.sendFile(pieces());
  const [near, far] = await Promise.allSettled([sent, came.then((file) => file.blob())]);

  expect(near).toMatchObject({ reason: { message: expect.stringContaining("disk on fire") as string } });
  expect(far).toMatchObject({ reason: { message: expect.stringContaining("disk on fire") as string, remote: true } });
});

test("a file that nobody takes is refused with NO_HANDLER, one that is too large with TOO_LARGE", async () => {
  await using pair = channelPair({ limits: { maxFileBytes: 1000 } });

  await expect(pair.left.sendFile(new Blob(["hello"]))).rejects.toMatchObject({ code: "NO_HANDLER" });
  pair.right.on("file", ({ file }) => void file.blob());
  await expect(pair.left.sendFile(new Blob(["x".repeat(1001)]))).rejects.toMatchObject({ code: "TOO_LARGE" });
});

test("a stream goes to one channel: a second one is refused, and neither holds what nobody reads", async () => {
  await using pair = channelPair();
  await using other = channelPair();
  const content = new Blob([new Uint8Array(500_000)]).stream();
  pair.right.on("file", ({ file }) => void file.blob());

  const sent = pair.left.sendFile(content);

  await expect(other.left.sendFile(content)).rejects.toThrow(TypeError);
  await expect(pair.left.send(content)).rejects.toThrow(TypeError);
  await sent;
});

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (let next = await reader.read(); !next.done; next = await reader.read());
}

test("a file that is cancelled as soon as it is offered rejects its sender, and frees its lane", async () => {
  await using pair = channelPair();
  let count = 0;
  pair.right.on("file", ({ file }) => {
    count += 1;
    file.cancel(new Error("not now"));
  });

  for (let n = 0; n < 70; n++)
    await expect(pair.left.sendFile(new Blob(["x".repeat(100)]))).rejects.toMatchObject({
      code: "ABORTED",
      message: "not now",
      remote: true,
    });
  await expect(pair.left.sendFile(new Blob([new Uint8Array(9_000_000)]))).rejects.toMatchObject({ code: "ABORTED" });
  expect(count).toBe(71);
});

test("a file whose progress cannot be told is cancelled", async () => {
  await using pair = channelPair();
  const thrown = new Error("no screen");
  const read = new Promise((resolve) => {
    pair.right.on("file", ({ file }) => {
      const onProgress = (): void => {
        throw thrown;
      };
      resolve(file.blob({ onProgress }));
    });
  });

  await Promise.all([
    expect(read).rejects.toBe(thrown),
    expect(pair.left.sendFile(new Blob([new Uint8Array(9_000_000)]))).rejects.toMatchObject({ code: "ABORTED", message: "no screen" }),
  ]);
});
