import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDemo, type Demo } from "../../support/demo.ts";
import { startProxy } from "../../support/proxy.ts";
import { Terminal } from "../../support/terminal.ts";

let demo: Demo;
const folder = mkdtempSync(join(tmpdir(), "peerloom-terminal-"));

beforeAll(async () => {
  demo = await startDemo();
});
afterAll(async () => {
  await demo.kill();
  rmSync(folder, { recursive: true });
});

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** A file of so many random bytes, and an empty folder to fetch it to. */
function makeFile(name: string, megabytes: number): { readonly path: string; readonly to: string; readonly got: string } {
  const path = join(folder, name);
  writeFileSync(path, randomBytes(megabytes * 1_000_000));
  const to = mkdtempSync(join(folder, "got-"));
  return { path, to, got: join(to, name) };
}

/** Resolves when so many bytes of a file are on the disk. */
async function hasCome(to: string, bytes: number): Promise<void> {
  const size = (): number => readdirSync(to).reduce((sum, name) => sum + statSync(join(to, name)).size, 0);
  await expect.poll(size, { timeout: 40_000, interval: 5 }).toBeGreaterThan(bytes);
}

test.each([
  ["directly", []],
  ["by the relay", ["--relay"]],
])("a file of 5 MB crosses %s as it is", async (_, args) => {
  const file = makeFile("film.bin", 5);
  await using ada = await Terminal.talk({ url: demo.url, name: "Ada", room: "files", args });
  await using bob = await Terminal.talk({ url: demo.url, name: "Bob", room: "files", args });
  if (args.length === 0) await bob.sees("You and Ada are connected directly.");

  ada.type(`/send ${file.path}`);
  await bob.sees("[film.bin, 5.0 MB]: /accept 1");
  bob.type(`/accept 1 ${file.to}`);
  await bob.sees(`film.bin from Ada is here: ${file.got}`);
  await ada.sees("Bob has all of film.bin.");

  expect(sha256(file.got)).toBe(sha256(file.path));
  expect(readdirSync(file.to)).toEqual(["film.bin"]);
});

test("at a terminal a file on its way is a bar in the prompt", async () => {
  const file = makeFile("bar.bin", 20);
  await using ada = await Terminal.talk({ url: demo.url, name: "Ada", room: "bar", args: ["--relay"] });
  await using bob = await Terminal.talk({ url: demo.url, name: "Bob", room: "bar", args: ["--relay"], isTty: true });
  ada.type(`/send ${file.path}`);
  await bob.sees("/accept 1");

  bob.type(`/accept 1 ${file.to}`);
  await bob.sees(/bar\.bin \[#+-*\] \d+ % [\d.]+ MB\/s · #bar> /u);
  await bob.sees("bar.bin from Ada is here:");

  expect(sha256(file.got)).toBe(sha256(file.path));
});

test("a file goes on after the connection was cut", async () => {
  const file = makeFile("cut.bin", 20);
  await using proxy = await startProxy(Number(new URL(demo.url).port));
  await using ada = await Terminal.talk({ url: demo.url, name: "Ada", room: "cut", args: ["--relay"] });
  await using bob = await Terminal.talk({ url: proxy.url, name: "Bob", room: "cut", args: ["--relay"] });
  ada.type(`/send ${file.path} bob`);
  await bob.sees("/accept 1");

  bob.type(`/accept 1 ${file.to}`);
  await hasCome(file.to, 2_000_000);
  const wasConnected = proxy.cut();
  await bob.sees("Connected again.");
  await bob.sees(`cut.bin from Ada is here: ${file.got}`);

  expect(wasConnected).toBe(true);
  expect(sha256(file.got)).toBe(sha256(file.path));
});

test("a file goes on where it stopped after the program was killed and started again", async () => {
  const file = makeFile("killed.bin", 60);
  await using ada = await Terminal.talk({ url: demo.url, name: "Ada", room: "killed" });
  const first = await Terminal.talk({ url: demo.url, name: "Bob", room: "killed" });
  ada.type(`/send ${file.path}`);
  await first.sees("/accept 1");

  first.type(`/accept 1 ${file.to}`);
  await hasCome(file.to, 3_000_000);
  await first.kill();
  const names = readdirSync(file.to);
  await using second = await Terminal.talk({ url: demo.url, name: "Robert", room: "killed" });
  await second.sees("/accept 1");
  second.type(`/accept 1 ${file.to}`);

  await second.sees(/killed\.bin goes on from [\d.]+ MB of 60\.0 MB\./u);
  await second.sees(`killed.bin from Ada is here: ${file.got}`);
  expect(names).toEqual([expect.stringMatching(/^killed\.bin\.[0-9a-f]{8}\.part$/u)]);
  expect(sha256(file.got)).toBe(sha256(file.path));
});

test("a file that has changed since it was offered is not sent", async () => {
  const file = makeFile("changed.bin", 1);
  await using ada = await Terminal.talk({ url: demo.url, name: "Ada", room: "changed" });
  await using bob = await Terminal.talk({ url: demo.url, name: "Bob", room: "changed" });
  ada.type(`/send ${file.path}`);
  await bob.sees("/accept 1");
  writeFileSync(file.path, "changed");

  bob.type(`/accept 1 ${file.to}`);

  await bob.sees(/changed\.bin stopped at 0 B of 1\.0 MB: .*the file has changed.* \/accept 1 goes on from there\./u);
  expect(readdirSync(file.to)).toEqual([]);
});
