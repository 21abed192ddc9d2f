import { expect, test } from "vitest";
import { Outbox, type OutFrame } from "../../src/outbox.ts";

const frame = (text: string, bytes = 10): OutFrame => ({ text, parts: [], bytes });

/** Takes all frames, each as `peek` announced it. */
function drain(outbox: Outbox): string[] {
  const texts: string[] = [];
  while (!outbox.isEmpty) {
    const next = outbox.peek();
    const taken = outbox.shift();
    texts.push(next === taken ? (taken?.text ?? "nothing") : "not what peek said");
  }
  return texts;
}

test("messages leave in the order they were pushed", () => {
  const outbox = new Outbox();
  for (const text of ["a", "b", "c"]) outbox.push(frame(text));

  expect(drain(outbox)).toEqual(["a", "b", "c"]);
});

test("messages leave before what streams have pushed earlier", () => {
  const outbox = new Outbox();
  outbox.push(frame("stream"), 5);
  outbox.push(frame("message"));

  expect(drain(outbox)).toEqual(["message", "stream"]);
});

test("streams take turns, a packet each, and keep their own order", () => {
  const outbox = new Outbox();
  for (const text of ["a1", "a2", "a3", "a4"]) outbox.push(frame(text, 65_600), 1);
  for (const text of ["b1", "b2"]) outbox.push(frame(text, 65_600), 2);
  outbox.push(frame("c1", 65_600), 3);

  expect(drain(outbox)).toEqual(["a1", "b1", "c1", "a2", "b2", "a3", "a4"]);
});

test("a stream that comes later waits for one turn at most", () => {
  const outbox = new Outbox();
  for (const text of ["a1", "a2", "a3"]) outbox.push(frame(text, 65_600), 1);
  outbox.shift();
  outbox.push(frame("b1"), 2);

  expect(drain(outbox)).toEqual(["a2", "b1", "a3"]);
});

test("a stream of small values sends as many bytes in its turn as one of large ones", () => {
  const outbox = new Outbox();
  for (const text of ["a1", "a2", "a3", "a4", "a5"]) outbox.push(frame(text, 20_000), 1);
  for (const text of ["b1", "b2"]) outbox.push(frame(text, 65_600), 2);

  expect(drain(outbox)).toEqual(["a1", "a2", "a3", "a4", "b1", "a5", "b2"]);
});

test("a value in parts is not interrupted by another stream, only by messages", () => {
  const outbox = new Outbox();
  for (const text of ["a1", "a2", "a3"]) outbox.push({ ...frame(text, 65_600), isPart: text !== "a3" }, 1);
  outbox.push(frame("a4", 65_600), 1);
  outbox.push(frame("b1"), 2);
  const first = outbox.shift();
  outbox.push(frame("message"));

  expect([first?.text, ...drain(outbox)]).toEqual(["a1", "message", "a2", "a3", "b1", "a4"]);
});

test("a message pushed between two frames of a stream goes between them", () => {
  const outbox = new Outbox();
  outbox.push(frame("a1"), 1);
  outbox.push(frame("a2"), 1);
  const first = outbox.shift();
  outbox.push(frame("message"));

  expect([first?.text, ...drain(outbox)]).toEqual(["a1", "message", "a2"]);
});

test("it counts the bytes of all lanes, of one, and of messages alone", () => {
  const outbox = new Outbox();
  outbox.push(frame("a", 3));
  outbox.push(frame("b", 5), 1);
  outbox.push(frame("c", 7), -1);
  outbox.push(frame("d", 7), -1);
  expect([outbox.bytes, outbox.messageBytes, outbox.laneBytes(1), outbox.laneBytes(-1), outbox.laneBytes(9)]).toEqual([22, 3, 5, 14, 0]);

  outbox.shift();
  outbox.shift();
  expect([outbox.bytes, outbox.messageBytes, outbox.laneBytes(1), outbox.laneBytes(-1)]).toEqual([14, 0, 0, 14]);
  outbox.shift();
  outbox.shift();

  expect([outbox.bytes, outbox.isEmpty, outbox.peek(), outbox.shift()]).toEqual([0, true, undefined, undefined]);
});

test("a lane that is dropped takes its frames and bytes with it, and nothing else", () => {
  const outbox = new Outbox();
  outbox.push(frame("message", 3));
  outbox.push(frame("a", 5), 1);
  outbox.push(frame("b", 7), 2);

  outbox.drop(1);
  outbox.drop(9);

  expect([outbox.bytes, outbox.laneBytes(1)]).toEqual([10, 0]);
  expect(drain(outbox)).toEqual(["message", "b"]);
});

test("clearing returns what was in it, messages first", () => {
  const outbox = new Outbox();
  outbox.push(frame("a1"), 1);
  outbox.push(frame("b1"), 2);
  outbox.push(frame("message"));

  expect(outbox.clear().map(({ text }) => text)).toEqual(["message", "a1", "b1"]);
  expect([outbox.bytes, outbox.messageBytes, outbox.isEmpty, outbox.clear()]).toEqual([0, 0, true, []]);
});
