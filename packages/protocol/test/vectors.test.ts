import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  encodeAccept,
  encodeCancel,
  encodeCredit,
  encodeData,
  encodeEnd,
  encodeOpen,
  encodeRefuse,
  encodeReset,
  encodeEvent,
  encodeFailure,
  encodePacket,
  encodeRequest,
  encodeResponse,
  parseControl,
  parseFrame,
  parseHandshake,
  parseJson,
  parseMember,
  parseNotice,
  parsePacket,
  parsePeerStatus,
  parseProvider,
  parseQuestion,
  parseReply,
  parseServiceSummary,
  parseWelcome,
  type EncodedFrame,
  type Frame,
  type ParsedPacket,
} from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import { untag } from "./tagged.ts";

interface Valid {
  readonly name: string;
  readonly text: string;
  readonly attachments?: readonly unknown[];
  readonly is?: unknown;
  readonly "one-way"?: string;
}

interface Invalid {
  readonly why: string;
  readonly text: string;
  readonly attachments?: readonly unknown[];
}

interface Group {
  readonly valid: readonly Valid[];
  readonly invalid: readonly Invalid[];
}

interface Vectors {
  readonly frames: Group;
  readonly packets: Group;
  readonly messages: readonly { readonly name: string; readonly frames: readonly Valid[]; readonly is: unknown }[];
  readonly objects: Readonly<Record<string, Group>>;
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "vectors.json"), "utf8")) as Vectors;
const attachmentsOf = ({ attachments = [] }: Valid | Invalid): Uint8Array[] => attachments.map((bytes) => untag(bytes) as Uint8Array);
const parsersOfObjects: Readonly<Record<string, (value: unknown) => unknown>> = {
  handshake: parseHandshake,
  welcome: parseWelcome,
  control: parseControl,
  reply: parseReply,
  peerStatus: parsePeerStatus,
  member: parseMember,
  provider: parseProvider,
  serviceSummary: parseServiceSummary,
  notice: parseNotice,
  question: parseQuestion,
};

/** A part of a message says nothing of a stream. */
function lane(stream: number): readonly number[] {
  return stream === 0 ? [] : [stream];
}

/** What this package writes for a frame. */
function encode(frame: Frame): EncodedFrame {
  const parts: readonly Uint8Array[] = [];
  switch (frame.type) {
    case "event":
      return encodeEvent(JSON.stringify(frame.name), frame.args);
    case "request":
      return encodeRequest(frame.id, JSON.stringify(frame.name), frame.args);
    case "response":
      return encodeResponse(frame.id, frame.value);
    case "failure":
      return encodeFailure(frame.id, frame);
    case "cancel":
      return encodeCancel(frame.id);
    case "textPart":
      return { text: JSON.stringify([5, frame.text, ...lane(frame.stream)]), parts };
    case "binaryPart":
      return { text: JSON.stringify([6, ...lane(frame.stream)]), parts: [frame.bytes] };
    case "whole":
      return { text: JSON.stringify([7, frame.lengths, ...lane(frame.stream)]), parts };
    case "open":
      return encodeOpen(frame.stream, frame.name, frame.credit, frame.metadata);
    case "accept":
      return encodeAccept(frame.stream, frame.credit);
    case "refuse":
      return encodeRefuse(frame.stream, frame);
    case "data":
      return encodeData(frame.stream, frame.values);
    case "credit":
      return encodeCredit(frame.stream, frame.bytes);
    case "end":
      return encodeEnd(frame.stream);
    case "reset":
      return encodeReset(frame.stream, frame);
  }
}

describe("frames", () => {
  test.each(vectors.frames.valid)("$name is read", (vector) => {
    expect(parseFrame(parseJson(vector.text), attachmentsOf(vector))).toStrictEqual(untag(vector.is));
  });

  test.each(vectors.frames.valid.filter((vector) => vector["one-way"] === undefined))("$name is written", (vector) => {
    expect(encode(untag(vector.is) as Frame)).toStrictEqual({ text: vector.text, parts: attachmentsOf(vector) });
  });

  test.each(vectors.frames.invalid)("$why is malformed: $text", (vector) => {
    const raw = parseJson(vector.text);

    expect(raw).toBeDefined();
    expect(parseFrame(raw, attachmentsOf(vector))).toBeUndefined();
  });
});

describe("packets", () => {
  test.each(vectors.packets.valid)("$name is read", ({ text, is }) => {
    expect(parsePacket(text)).toStrictEqual(untag(is));
  });

  test.each(vectors.packets.valid)("$name is written", ({ text, is }) => {
    const { frames, ...header } = untag(is) as ParsedPacket;

    expect(
      encodePacket(
        header,
        frames.map((frame) => JSON.stringify(frame)),
      ),
    ).toBe(text);
  });

  test.each(vectors.packets.invalid)("$why is malformed: $text", ({ text }) => {
    expect(parsePacket(text)).toBeUndefined();
  });
});

describe("messages in parts", () => {
  test.each(vectors.messages)("$name", ({ frames, is }) => {
    const parts = frames.map((frame) => parseFrame(parseJson(frame.text), attachmentsOf(frame)));
    const text = parts.map((part) => (part?.type === "textPart" ? part.text : "")).join("");
    const bytes = parts.flatMap((part) => (part?.type === "binaryPart" ? [...part.bytes] : []));
    const lengths = parts.flatMap((part) => (part?.type === "whole" ? part.lengths : []));
    let from = 0;
    const binaries = lengths.map((length) => Uint8Array.from(bytes.slice(from, (from += length))));

    expect(parts.at(-1)?.type).toBe("whole");
    expect(parseFrame(parseJson(text), binaries)).toStrictEqual(untag(is));
  });
});

describe.each(Object.entries(vectors.objects))("%s", (name, { valid, invalid }) => {
  const parse = parsersOfObjects[name] as (value: unknown) => unknown;

  test.each(valid)("$name is read, and what was read is written as it was", ({ text, is }) => {
    const parsed = parse(JSON.parse(text));

    expect(parsed).toStrictEqual(is ?? JSON.parse(text));
    expect(JSON.stringify(parsed)).toBe(is === undefined ? text : JSON.stringify(is));
  });

  test.each(invalid)("$why is malformed: $text", ({ text }) => {
    expect(parse(JSON.parse(text))).toBeUndefined();
  });
});

test("every parser of objects has vectors", () => {
  expect(Object.keys(vectors.objects)).toEqual(Object.keys(parsersOfObjects));
});
