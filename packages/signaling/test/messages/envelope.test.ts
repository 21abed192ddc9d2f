import { parseEnvelope, SIGNAL, type Head } from "@peerloom/signaling";
import { expect, test } from "vitest";
import { encodeEnvelope, encodeHead, withSignature } from "../../src/messages/envelope.ts";

const instance = "alice-instance";
const head: Head = { from: "alice", instance, n: 1, to: "bob-instance", session: "bob-instance.1" };
const body = new TextEncoder().encode('{"type":"leave"}');
const flags = { isSealed: false, isSigned: false };
const envelopeOf = (fields: object): ReturnType<typeof parseEnvelope> =>
  parseEnvelope(encodeEnvelope(encodeHead(fields as Head), body, flags));

test("comes apart as it was put together", () => {
  const unsigned = encodeEnvelope(encodeHead(head), body, { isSealed: true, isSigned: true });
  const signature = new Uint8Array(64).fill(7);

  const envelope = parseEnvelope(withSignature(unsigned, signature));

  expect(envelope).toEqual({ head, headBytes: encodeHead(head), isSealed: true, body, signedBytes: unsigned, signature });
});

test("is a copy: the driver may use its bytes again", () => {
  const bytes = encodeEnvelope(encodeHead(head), body, flags);
  const envelope = parseEnvelope(bytes);

  bytes.fill(0);

  expect(envelope?.body).toEqual(body);
});

test("unknown fields of the head and of the card are left out", () => {
  const card = { sign: "A".repeat(87), agree: "B".repeat(87), since: 1 };

  expect(envelopeOf({ ...head, card: { ...card, extra: 1 }, extra: 1 })?.head).toEqual({ ...head, card });
});

test.each<[string, object]>([
  ["without a sender", { ...head, from: undefined }],
  ["a sender with control characters", { ...head, from: "a\u0000" }],
  ["a sender too long", { ...head, from: "x".repeat(129) }],
  ["an instance that is none", { ...head, instance: "a b" }],
  ["a number that is none", { ...head, n: "1" }],
  ["a session without a receiver", { ...head, to: undefined }],
  ["a receiver without a session", { ...head, session: undefined }],
  ["a session that is none", { ...head, session: "x" }],
  ["a card that is none", { ...head, card: { sign: "A", agree: "B", since: 1 } }],
  ["a card without a time", { ...head, card: { sign: "A".repeat(87), agree: "B".repeat(87) } }],
])("a head is malformed: %s", (_, fields) => {
  expect(envelopeOf(fields)).toBeUndefined();
});

test("bytes are malformed: cut anywhere in the head, too long, of unknown flags or of another version", () => {
  const bytes = encodeEnvelope(encodeHead(head), body, flags);
  const headEnd = bytes.length - body.length;

  for (let length = 0; length < headEnd; length += 1) expect(parseEnvelope(bytes.slice(0, length))).toBeUndefined();
  expect(parseEnvelope(new Uint8Array(SIGNAL.maxBytes + 1).fill(1))).toBeUndefined();
  expect(parseEnvelope(Uint8Array.of(1, 4, ...bytes.subarray(2)))).toBeUndefined();
  expect(parseEnvelope(Uint8Array.of(2, ...bytes.subarray(1)))).toBeUndefined();
});
