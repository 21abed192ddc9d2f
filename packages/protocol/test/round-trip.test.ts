import { isDeepStrictEqual } from "node:util";
import { randomFrom } from "@peerloom/core/testing";
import {
  encodeData,
  encodeEvent,
  encodeOpen,
  encodePacket,
  encodeRequest,
  encodeResponse,
  parseFrame,
  parseJson,
  parsePacket,
  splitFrame,
  type EncodedFrame,
  type Frame,
} from "@peerloom/protocol";
import { expect, test } from "vitest";
import { freshSeed, randomValue } from "./random-value.ts";

const header = { source: "alice-instance.1", destination: "bob-instance.1", first: 3, ack: 4, extension: undefined };

/** What a packet of this frame says, on the other side. */
function carry({ text, parts }: EncodedFrame): Frame | undefined {
  const packet = parsePacket(encodePacket(header, [text]));
  return packet && parseFrame(packet.frames[0], parts);
}

/** Puts parts together as docs/protocol.md section 4 says. */
function assemble(pieces: readonly EncodedFrame[]): Frame | undefined {
  const frames = pieces.map(carry);
  const text = frames.map((frame) => (frame?.type === "textPart" ? frame.text : "")).join("");
  const bytes = Buffer.concat(frames.map((frame) => (frame?.type === "binaryPart" ? frame.bytes : new Uint8Array())));
  const whole = frames.at(-1);
  let from = 0;
  const binaries = whole?.type === "whole" ? whole.lengths.map((length) => Uint8Array.from(bytes.subarray(from, (from += length)))) : [];
  return from === bytes.length ? parseFrame(parseJson(text), binaries) : undefined;
}

const seed = freshSeed();

test(`any values arrive as they were sent (seed ${seed})`, () => {
  const random = randomFrom(seed);
  const failures: unknown[] = [];

  for (let run = 0; run < 5000; run++) {
    const args = Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, 5));
    const sent: readonly Frame[] = [
      { type: "event", name: "größe", args },
      { type: "request", id: run, name: "__proto__", args },
      { type: "response", id: run, value: args[0] },
      { type: "open", stream: 1, name: "größe", credit: run, metadata: args[0] },
      { type: "data", stream: -run - 1, values: [args] },
    ];
    const encoded = [
      encodeEvent('"größe"', args),
      encodeRequest(run, '"__proto__"', args),
      encodeResponse(run, args[0]),
      encodeOpen(1, "größe", run, args[0]),
      encodeData(-run - 1, [args]),
    ];
    for (const [index, frame] of encoded.entries()) if (!isDeepStrictEqual(carry(frame), sent[index])) failures.push(sent[index]);
  }

  expect(failures).toEqual([]);
});

test(`so do those that travel in parts (seed ${seed})`, () => {
  const random = randomFrom(seed);
  const failures: unknown[] = [];

  for (let run = 0; run < 60; run++) {
    const long = ["x", "名", "😀", '"', "\ud800"][run % 5]?.repeat(Math.floor(random() * 150_000));
    const binaries = Array.from({ length: Math.floor(random() * 12) }, () => new Uint8Array(random() * 100_000).fill(run));
    const args = [long, randomValue(random, 3), binaries, { last: binaries[0]?.slice().buffer }];
    const isOfStream = run % 2 === 0;
    const pieces = isOfStream ? splitFrame(encodeData(7, args), 7) : splitFrame(encodeEvent('"x"', args));
    const arrived = pieces.length === 1 ? pieces.map(carry)[0] : assemble(pieces);
    const sent = isOfStream ? { type: "data", stream: 7, values: args } : { type: "event", name: "x", args };
    if (!isDeepStrictEqual(arrived, sent)) failures.push(run);
  }

  expect(failures).toEqual([]);
});
