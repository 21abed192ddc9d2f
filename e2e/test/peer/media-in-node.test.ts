import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishFile, recordTracks, webmFrames } from "@peerloom/rtc-node/media";
import type { Frame, ReceivedTrack } from "@peerloom/rtc-node/media";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startChromium } from "../chromium.ts";

let browser: Browser;
let folder: string;
let server: Server;

beforeAll(async () => {
  browser = await startChromium();
  folder = await mkdtemp(join(tmpdir(), "peerloom-media-"));
  server = createServer((_, response) => void response.setHeader("content-type", "text/html").end("<!doctype html>")).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** On an origin of this machine: cameras are for such only. */
async function newPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return page;
}

/** Answers the page's offer, or offers to it; candidates are in the descriptions. */
async function negotiate(pc: RTCPeerConnection, page: Page, first: "node" | "page"): Promise<void> {
  const gathered = async (): Promise<RTCSessionDescription> => {
    if (pc.iceGatheringState !== "complete") {
      await new Promise((resolve) => pc.addEventListener("icecandidate", ({ candidate }) => candidate ?? resolve(undefined)));
    }
    return pc.localDescription as RTCSessionDescription;
  };
  const inPage = (description?: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> =>
    page.evaluate(async (remote) => {
      const own = (globalThis as unknown as { pc: RTCPeerConnection }).pc;
      if (remote) await own.setRemoteDescription(remote);
      if (remote?.type === "answer") return remote;
      await own.setLocalDescription();
      while (own.iceGatheringState !== "complete") {
        await new Promise((resolve) => own.addEventListener("icegatheringstatechange", resolve, { once: true }));
      }
      return (own.localDescription as RTCSessionDescription).toJSON();
    }, description);
  if (first === "page") {
    await pc.setRemoteDescription(await inPage());
    await pc.setLocalDescription();
    await inPage(JSON.parse(JSON.stringify(await gathered())) as RTCSessionDescriptionInit);
  } else {
    await pc.setLocalDescription();
    await pc.setRemoteDescription(await inPage(JSON.parse(JSON.stringify(await gathered())) as RTCSessionDescriptionInit));
  }
}

test("a Node peer records what Chromium publishes, and Chromium sees what a Node peer plays of it", async () => {
  const path = join(folder, "recording.webm");
  const { RTCPeerConnection } = weriftRtc();
  const publisher = await newPage();
  const taker = new RTCPeerConnection({ iceServers: [] });
  const tracks: ReceivedTrack[] = [];
  taker.ontrack = ({ track, receiver }) => tracks.push({ track, receiver });
  await publisher.evaluate(async () => {
    const pc = new RTCPeerConnection();
    Object.assign(globalThis, { pc });
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
  });

  await negotiate(taker, publisher, "page");
  await using recording = recordTracks(tracks, path, { width: 320, height: 240 });
  await publisher.evaluate(async () => {
    const { pc } = globalThis as unknown as { pc: RTCPeerConnection };
    const sent = async (): Promise<number> =>
      [...(await pc.getStats()).values()].find(({ type, kind }) => type === "outbound-rtp" && kind === "video")?.framesSent ?? 0;
    while ((await sent()) < 60) await new Promise(requestAnimationFrame);
  });
  await recording.stop();
  taker.close();
  await publisher.close();

  const frames: Frame[] = [];
  for await (const frame of webmFrames(path)) frames.push(frame);
  const video = frames.filter(({ kind }) => kind === "video");
  const audio = frames.filter(({ kind }) => kind === "audio");
  expect(tracks).toHaveLength(2);
  expect(video.length).toBeGreaterThan(30);
  expect(audio.length).toBeGreaterThan(50);
  expect(video[0]).toMatchObject({ codec: "V_VP8", isKey: true });
  expect(await playedInChromium(path)).toMatchObject({ width: 320, height: 240 });

  const watcher = await newPage();
  await watcher.evaluate(() => {
    const pc = new RTCPeerConnection();
    const seen = new Promise((resolve) => {
      pc.ontrack = ({ track, streams }) => {
        if (track.kind !== "video") return;
        const video = document.createElement("video");
        video.muted = true;
        video.srcObject = streams[0] ?? null;
        document.body.append(video);
        void video.play();
        let count = 0;
        const count1 = (): void => {
          if (++count === 15) resolve({ width: video.videoWidth, height: video.videoHeight });
          video.requestVideoFrameCallback(count1);
        };
        video.requestVideoFrameCallback(count1);
      };
    });
    Object.assign(globalThis, { pc, seen });
  });
  const giver = new RTCPeerConnection({ iceServers: [] });
  await using player = publishFile(path, { loop: true });
  const stream = player.stream as unknown as MediaStream;
  for (const track of stream.getTracks()) giver.addTrack(track, stream);
  const connected = new Promise<void>((resolve) => {
    giver.onconnectionstatechange = () => giver.connectionState === "connected" && resolve();
  });
  await negotiate(giver, watcher, "node");
  await connected;
  const playing = player.start();
  const seen = await watcher.evaluate(async () => (globalThis as unknown as { seen: Promise<unknown> }).seen);
  const heard = await watcher.evaluate(async () => {
    const { pc } = globalThis as unknown as { pc: RTCPeerConnection };
    return [...(await pc.getStats()).values()].find(({ type, kind }) => type === "inbound-rtp" && kind === "audio")?.packetsReceived ?? 0;
  });
  await player.stop();
  await playing;
  giver.close();

  expect(seen).toEqual({ width: 320, height: 240 });
  expect(heard).toBeGreaterThan(10);
});

/** Size of the first picture after half a second of the file, so it plays. */
async function playedInChromium(path: string): Promise<{ width: number; height: number }> {
  const page = await newPage();
  const base64 = (await readFile(path)).toString("base64");
  const result = await page.evaluate(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const video = document.createElement("video");
    video.muted = true;
    video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
    document.body.append(video);
    await video.play();
    while (video.currentTime < 0.5) await new Promise((resolve) => video.addEventListener("timeupdate", resolve, { once: true }));
    return { width: video.videoWidth, height: video.videoHeight };
  }, base64);
  await page.close();
  return result;
}
