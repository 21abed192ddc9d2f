import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishFile, webmFrames } from "../src/media.ts";
import type { Frame } from "../src/media.ts";
import { Packetizer } from "../src/media/packetizer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "peerloom-webm-"));
});
afterAll(() => rm(folder, { recursive: true }));

const unknown = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
const element = (id: string, ...content: Buffer[]): Buffer => {
  const data = Buffer.concat(content);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(0x10000000 + data.length);
  return Buffer.concat([Buffer.from(id, "hex"), size, data]);
};
const endless = (id: string): Buffer => Buffer.concat([Buffer.from(id, "hex"), unknown]);
const number = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
const track = (index: number, type: number, codec: string): Buffer =>
  element("ae", element("d7", number(index)), element("83", number(type)), element("86", Buffer.from(codec)));
const block = (index: number, time: number, data: Buffer, flags = 0): Buffer =>
  Buffer.concat([Buffer.from([0x80 | index]), number(time), Buffer.from([flags]), data]);
const head = Buffer.concat([
  element("1a45dfa3", element("4282", Buffer.from("webm"))),
  endless("18538067"),
  element("1549a966", element("2ad7b1", Buffer.from([0x0f, 0x42, 0x40]))),
  element("1654ae6b", track(1, 1, "V_VP8"), track(2, 2, "A_OPUS")),
]);
const file = Buffer.concat([
  head,
  endless("1f43b675"),
  element("e7", number(0)),
  element("a3", block(2, 0, Buffer.from("sound"))),
  element("a3", block(1, 3, Buffer.from([0, 1, 2]), 0x80)),
  endless("1f43b675"),
  element("e7", number(1000)),
  element("a0", element("a1", block(1, 20, Buffer.from([1, 1, 2])))),
  element("a3", block(7, 20, Buffer.from("of no track"))),
]);

async function framesOf(content: Buffer): Promise<Frame[]> {
  const path = join(folder, "test.webm");
  await writeFile(path, content);
  const frames: Frame[] = [];
  for await (const frame of webmFrames(path)) frames.push(frame);
  return frames;
}

test("frames come with their kind, time and whether they are whole pictures, also of a file whose sizes were never written", async () => {
  const frames = await framesOf(file);

  expect(frames.map(({ kind, atMs, isKey, data }) => [kind, atMs, isKey, data.length])).toEqual([
    ["audio", 0, true, 5],
    ["video", 3, true, 3],
    ["video", 1020, false, 3],
  ]);
});

test("a file cut off anywhere ends there, and nonsense has no frames", async () => {
  for (let length = 0; length < file.length; length += 3) expect((await framesOf(file.subarray(0, length))).length).toBeLessThanOrEqual(3);

  expect(await framesOf(Buffer.from("nonsense that is no WebM"))).toEqual([]);
  expect(await framesOf(Buffer.alloc(1000))).toEqual([]);
});

test("a frame that claims more than sixteen mebibytes is refused before it is read", async () => {
  const claim = Buffer.concat([head, Buffer.from("a3", "hex"), Buffer.from([0x08, 0xff, 0xff, 0xff, 0xff])]);

  await expect(framesOf(claim)).rejects.toThrow(RangeError);
});

test("a picture becomes packets of one time, the first and the last of which say so", () => {
  const picture: Frame = { kind: "video", codec: "V_VP8", atMs: 0, isKey: true, data: new Uint8Array(3000).fill(7) };
  const packetizer = new Packetizer();
  const first = packetizer.packets(picture, 0);
  const second = packetizer.packets(picture, 100);

  expect(first.map((packet) => [packet.length, packet[12], (packet[1] ?? 0) >> 7])).toEqual([
    [12 + 1 + 1180, 0x10, 0],
    [12 + 1 + 1180, 0, 0],
    [12 + 1 + 640, 0, 1],
  ]);
  expect(new Set(first.map((packet) => packet.readUInt32BE(4))).size).toBe(1);
  expect(((second[0]?.readUInt32BE(4) ?? 0) - (first[0]?.readUInt32BE(4) ?? 0)) >>> 0).toBe(9000);
  expect([...first, ...second].map((packet) => (packet.readUInt16BE(2) - (first[0]?.readUInt16BE(2) ?? 0)) & 0xffff)).toEqual([
    0, 1, 2, 3, 4, 5,
  ]);
});

test("a player that is stopped ends its tracks and its promise, at once and without a timer", async () => {
  const path = join(folder, "late.webm");
  await writeFile(path, file);
  const player = publishFile(path);
  const playing = player.start();
  await player.stop();
  await playing;

  expect(player.stream.getTracks().map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
});

test.each([
  ["nothing in it", Buffer.alloc(0)],
  [
    "no frame that can be played",
    Buffer.concat([head, endless("1f43b675"), element("e7", number(0)), element("a3", block(9, 0, Buffer.from("x")))]),
  ],
])("a file with %s ends, even when it is to begin again at its end", async (_what, content) => {
  const path = join(folder, "empty.webm");
  await writeFile(path, content);

  await expect(publishFile(path, { loop: true }).start()).resolves.toBeUndefined();
});

test("an element that claims to go on for longer than files are ends the file", async () => {
  const claim = Buffer.concat([file, Buffer.from("ec01fffffffffffffe", "hex"), file]);

  expect(await framesOf(claim)).toHaveLength(3);
});
