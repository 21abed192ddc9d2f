import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wsconnect } from "@nats-io/nats-core";
import { natsDriver } from "@peerloom/driver-nats";
import { publishFile, recordTracks } from "@peerloom/rtc-node/media";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { createRelay } from "@peerloom/server";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CuttablePath } from "../../../tools/lib/udp-cut.ts";
import { Peer } from "../src/index.ts";
import type { DriverName, scenarios } from "./browser/scenarios.ts";
import { startLab, type Lab } from "./support/chromium.ts";
import { startNats } from "./support/nats.ts";

type Scenarios = typeof scenarios;

let lab: Lab;
let page: Page;
const relay = createRelay({ port: 0, signaling: true });
let nats: Awaited<ReturnType<typeof startNats>>;
const drivers = new Map<string, DriverName>([
  ["memory", "memory"],
  ["broadcast-channel", "broadcast-channel"],
]);
beforeAll(async () => {
  const [labStarted, natsStarted, { url }] = await Promise.all([startLab(), startNats(), relay.listen()]);
  lab = labStarted;
  nats = natsStarted;
  drivers.set("nats", `nats ${nats.url}`).set("socket.io", `socket.io ${url as `http://${string}`}`);
  page = await lab.open();
}, 60_000);
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
  await relay.close();
});

/** Where the driver of this name has its peers meet. */
function over(name: string): DriverName {
  return drivers.get(name) ?? "memory";
}

/** Runs a scenario in the page that the others use too. */
async function run<K extends keyof Scenarios>(name: K, ...args: Parameters<Scenarios[K]>): Promise<unknown> {
  // A page may have 500 connections, and those of the scenarios before count until they are collected.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.detach();
  return runIn(page, name, ...args);
}

function runIn<K extends keyof Scenarios>(where: Page, name: K, ...args: Parameters<Scenarios[K]>): Promise<unknown> {
  return where.evaluate(
    ([scenario, values]) => (globalThis as unknown as { lab: Record<string, (...all: unknown[]) => unknown> }).lab[scenario]?.(...values),
    [name, args] as const,
  );
}

/** Resolves when each track has got so many packets. */
async function packets(tracks: readonly { readonly track: object }[], count: number): Promise<void> {
  const received = tracks.map(async ({ track }) => {
    for (let n = 0; n < count; n++) await (track as { onReceiveRtp: { asPromise(): Promise<unknown> } }).onReceiveRtp.asPromise();
  });
  await Promise.all(received);
}

describe.each(["memory", "broadcast-channel", "nats", "socket.io"])("peers in Chromium over the %s driver", { timeout: 60_000 }, (name) => {
  test.each([2, 5])("%i of them connect, and each gets the camera and the channel of each other", async (count) => {
    const result = await run("connect", over(name), count);

    expect(result).toEqual({
      delivered: count - 1,
      messages: Array.from({ length: count - 1 }, () => ({ hello: "all" })),
      sizes: Array.from({ length: count }, () => expect.stringMatching(/^\d+x\d+$/)),
      connections: Array.from({ length: count }, () => Array.from({ length: count - 1 }, () => "connected")),
      errors: [],
      left: Array.from({ length: count }, () => 0),
    });
    expect(lab.failures).toEqual([]);
  });

  test("streams and tracks are added, replaced, muted and removed without a word over the driver", async () => {
    const result = await run("media", over(name));

    expect(result).toEqual({
      size: expect.stringMatching(/^\d+x\d+$/),
      sameStream: true,
      mutedKind: "audio",
      title: { title: "still me" },
      traffic: 0,
      order: [
        "stream:add alice camera",
        "track:add alice camera audio",
        "track:add alice camera video",
        "track:remove alice camera video",
        "track:add alice camera video",
        "track:mute alice camera audio",
        "track:unmute alice camera audio",
        "stream:update alice camera",
        "track:remove alice camera audio",
        "stream:update alice camera",
        "track:remove alice camera video",
        "stream:remove alice camera",
      ],
      errors: [],
      tracksEnded: ["live", "live", "live"],
    });
  });

  test("a late joiner gets what was published twice, what is muted, and all channels", async () => {
    const result = await run("lateJoiner", over(name));

    expect(result).toEqual({
      message: "fast",
      alice: [
        {
          label: "camera",
          metadata: { again: true },
          tracks: [
            ["audio", false],
            ["video", true],
          ],
        },
      ],
      bob: ["screen"],
      chat: { by: "alice" },
      game: [false, 0],
      metadata: { here: "later" },
      errors: [],
    });
  });

  test("a peer leaves and comes back 50 times, and nobody has an error", async () => {
    const result = await run("rejoin", over(name), 50);

    expect(result).toEqual({ connected: 50, closed: 50, failed: [], remotes: 0, errors: [] });
  });

  test("streams are taken and left by peer and label, and a publisher chooses who gets one", async () => {
    const result = await run("choose", over(name));

    expect(result).toEqual({
      before: 2,
      chosen: "private",
      encodings: ["q", "h", "f"],
      bob: [
        ["camera", false],
        ["private", true],
      ],
      carol: ["camera"],
      errors: [],
    });
  });
});

describe.concurrent("at the same time,", { timeout: 100_000 }, () => {
  test("both sides change what they send, 500 times, and no track is lost", async ({ expect }) => {
    const result = await run("glare", "memory", 500);

    expect(result).toEqual({ lost: 0, size: expect.stringMatching(/^\d+x\d+$/), errors: [], streams: [0, 1] });
  });

  test("a path is cut for 10 s: both notice it in under 6 s, and it comes back without losing a message", async ({ expect }) => {
    await using path = new CuttablePath();
    const other = await lab.open();
    await other.exposeFunction("mapCandidate", (candidate: string) => path.map(candidate));
    await other.exposeFunction("setCut", (isCut: boolean) => void (path.isCut = isCut));

    const result = await runIn(other, "cut", 10_000);

    expect(result).toEqual({
      noticedMs: expect.any(Number),
      backMs: expect.any(Number),
      isWhole: true,
      size: expect.stringMatching(/^\d+x\d+$/),
      errors: [],
    });
    expect((result as { noticedMs: number }).noticedMs).toBeLessThan(6000);
  });

  test("a peer in Node records the camera of a page, and the page sees what it plays of that", async ({ expect }) => {
    const folder = await mkdtemp(join(tmpdir(), "peerloom-echo-"));
    const path = join(folder, "camera.webm");
    const name = crypto.randomUUID();
    const nc = await wsconnect({ servers: nats.url });
    const node = new Peer({ driver: natsDriver({ nc, prefix: `test-${name}` }), id: "node", rtc: weriftRtc() });
    const tracks: { track: object; receiver: object }[] = [];
    const got = new Promise<void>((resolve) => node.on("track:add", (event) => void (tracks.push(event) === 2 && resolve())));
    await node.join();
    const other = await lab.open();
    const size = runIn(other, "echo", over("nats"), name);
    await got;
    const recording = recordTracks(tracks, path, { width: 160, height: 120 });
    await packets(tracks, 15);
    await recording.stop();
    const player = publishFile(path, { loop: true });
    node.publish({ label: "echo", stream: player.stream as unknown as MediaStream });
    const playing = player.start();

    expect(await size).toBe("160x120");
    await player.stop();
    await playing;
    await node[Symbol.asyncDispose]();
    await nc.close();
    await rm(folder, { recursive: true });
  });

  test("a tab crashes, and the other one hears of it in under 6 s", async ({ expect }) => {
    const [first, second] = [await lab.open(), await lab.open()];
    await runIn(first, "enter", "first", "crash");
    await runIn(second, "enter", "second", "crash");

    const lost = runIn(first, "loses");
    const devtools = await second.context().newCDPSession(second);
    // Never answers: the page is gone.
    devtools.send("Page.crash").catch(() => {});

    expect(await lost).toBeLessThan(6000);
  });
});
