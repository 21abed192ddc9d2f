import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@peerloom/client";
import { createRelay } from "@peerloom/server";
import { expect, test } from "vitest";
import { fetchFile } from "../src/files/fetch.ts";
import { fromHome } from "../src/files/home.ts";
import { bytesThere, partPath, settlePart } from "../src/files/part.ts";
import { Shares } from "../src/files/shares.ts";

/** Ada has a file of `size` random bytes for Bob, on a real relay. */
async function start(size: number) {
  const folder = mkdtempSync(join(tmpdir(), "peerloom-files-"));
  const path = join(folder, "film.bin");
  writeFileSync(path, randomBytes(size));
  const relay = createRelay({ port: 0 });
  const { url } = await relay.listen();
  const [ada, bob] = await Promise.all([connect(url, { clientId: "ada" }), connect(url, { clientId: "bob" })]);
  // What is refused is told to whoever asked.
  ada.on("error", () => {});
  const taken = Promise.withResolvers<string>();
  const shares = new Shares(ada, { onTaken: taken.resolve });
  const file = await shares.add(path, "1", (id) => id === "bob");
  const offer = { from: "ada", id: "1", file, folder: join(folder, "got") };
  const close = async (): Promise<void> => {
    await Promise.all([ada.close(), bob.close()]);
    await relay.close();
    rmSync(folder, { recursive: true });
  };
  return { folder, path, ada, bob, url, offer, taken: taken.promise, [Symbol.asyncDispose]: close };
}

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
const idle = new AbortController().signal;

test("a file arrives whole, and its owner is told", async () => {
  await using world = await start(1_500_000);
  const told: number[] = [];

  const path = await fetchFile({ remote: world.bob.remote("ada"), offer: world.offer, signal: idle, onBytes: (done) => told.push(done) });

  expect(path).toBe(join(world.offer.folder, "film.bin"));
  expect(sha256(path)).toBe(sha256(world.path));
  expect(await world.taken).toBe("bob");
  expect([told[0], told.at(-1)]).toEqual([0, 1_500_000]);
  expect(readdirSync(world.offer.folder)).toEqual(["film.bin"]);
});

test("a file that was stopped goes on where it stopped", async () => {
  await using world = await start(4_000_000);
  const abort = new AbortController();
  const onBytes = (done: number): void => {
    if (done > 500_000) abort.abort();
  };

  const first = fetchFile({ remote: world.bob.remote("ada"), offer: world.offer, signal: abort.signal, onBytes });
  await expect(first).rejects.toMatchObject({ code: "ABORTED" });
  const there = await bytesThere(partPath(world.offer.folder, world.offer), world.offer.file.size);
  const told: number[] = [];
  const path = await fetchFile({ remote: world.bob.remote("ada"), offer: world.offer, signal: idle, onBytes: (done) => told.push(done) });

  expect(there).toBeGreaterThan(500_000);
  expect(told[0]).toBe(there);
  expect(sha256(path)).toBe(sha256(world.path));
});

test("an empty file is a file", async () => {
  await using world = await start(0);

  const path = await fetchFile({ remote: world.bob.remote("ada"), offer: world.offer, signal: idle, onBytes: () => {} });

  expect(readFileSync(path)).toHaveLength(0);
});

test("a file is for those it was offered to, and for what it was then", async () => {
  await using world = await start(10);
  await using eve = await connect(world.url, { clientId: "eve" });
  const fetch = (client: typeof eve, offer: typeof world.offer): Promise<string> =>
    fetchFile({ remote: client.remote("ada"), offer, signal: idle, onBytes: () => {} });

  await expect(fetch(eve, world.offer)).rejects.toMatchObject({ code: "FORBIDDEN", message: "this file is for others" });
  await expect(fetch(world.bob, { ...world.offer, id: "2" })).rejects.toMatchObject({
    code: "NO_FILE",
    message: "this file is not offered any more",
  });
  appendFileSync(world.path, "more");
  await expect(fetch(world.bob, world.offer)).rejects.toMatchObject({
    code: "NO_FILE",
    message: "the file has changed since it was offered",
  });
  rmSync(world.path);
  await expect(fetch(world.bob, world.offer)).rejects.toMatchObject({ code: "NO_FILE", message: "there is no such file any more" });
});

test("more bytes than were offered are not taken", async () => {
  await using world = await start(100_000);
  const offer = { ...world.offer, file: { ...world.offer.file, size: 10 } };

  const fetched = fetchFile({ remote: world.bob.remote("ada"), offer, signal: idle, onBytes: () => {} });

  await expect(fetched).rejects.toThrow("what came is not this file");
});

test("nothing is overwritten", async () => {
  const folder = mkdtempSync(join(tmpdir(), "peerloom-part-"));
  for (const name of ["a.txt", "a (2).txt", "x.part"]) writeFileSync(join(folder, name), name);

  const path = await settlePart(join(folder, "x.part"), folder, "a.txt");

  expect(path).toBe(join(folder, "a (3).txt"));
  expect(readdirSync(folder).toSorted()).toEqual(["a (2).txt", "a (3).txt", "a.txt"]);
  rmSync(folder, { recursive: true });
});

test.each([
  ["~/a.txt", "/home/ada/a.txt"],
  ["~", "/home/ada"],
  ["./~", "./~"],
  ["~bob/x", "~bob/x"],
])("the path %s is %s", (path, meant) => {
  expect(fromHome(path, "/home/ada")).toBe(meant);
});
