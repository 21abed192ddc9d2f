import { DEFAULT_NAMESPACE, WIRE } from "@peerloom/protocol";
import { decoderOf, LEAN_EVENT, SocketParser, type PacketDecoder } from "@peerloom/protocol/socket-io";
import * as plain from "socket.io-parser";
import { expect, test } from "vitest";

const { Encoder, Decoder } = new SocketParser(DEFAULT_NAMESPACE);
const text = '[1,"alice-instance.1","",0,0,0,[0,"greet",["ü\\n😀"]]]';

function packet(data: unknown[], nsp: string = DEFAULT_NAMESPACE): plain.Packet {
  return { type: plain.PacketType.EVENT, nsp, data };
}

/** What comes of these messages at the other end. */
function decode(...messages: unknown[]): plain.Packet[] {
  const decoder = new Decoder();
  const packets: plain.Packet[] = [];
  decoder.on("decoded", (decoded) => packets.push(decoded));
  for (const message of messages) decoder.add(message);
  return packets;
}

test("the lean form is a line of numbers and the id, and the text as it is", () => {
  expect(new Encoder().encode(packet([LEAN_EVENT, "bob", 17, text]))).toEqual([`p0,17,bob\n${text}`]);
  expect(new Encoder().encode(packet([LEAN_EVENT, "alice", text]))).toEqual([`p0,,alice\n${text}`]);
  expect(new Encoder().encode(packet([LEAN_EVENT, "alice", text, new Uint8Array([1]), new Uint8Array(0)]))).toEqual([
    `p2,,alice\n${text}`,
    new Uint8Array([1]),
    new Uint8Array(0),
  ]);
});

test.each([
  [["bob", 0, text]],
  [["bob", Number.MAX_SAFE_INTEGER, ""]],
  [["a,b 1,2,", 5, "\n\n1,"]],
  [["alice", text]],
  [["alice", ""]],
  [["alice", "", new Uint8Array([1, 2])]],
  [["bob", 3, text, ...Array.from({ length: WIRE.maxAttachments }, (_, index) => new Uint8Array(index))]],
])("what leaves as lean arrives as p: %j", (args) => {
  expect(decode(...new Encoder().encode(packet([LEAN_EVENT, ...args])))).toEqual([packet(["p", ...args])]);
});

test.each([
  packet(["p", "bob", 17, text, new Uint8Array([1])]),
  packet(["control", { type: "leave" }]),
  packet([LEAN_EVENT, "of another namespace", text], "/"),
  { type: plain.PacketType.ACK, nsp: DEFAULT_NAMESPACE, id: 3, data: [LEAN_EVENT, "an answer", "x"] },
  { type: plain.PacketType.CONNECT, nsp: DEFAULT_NAMESPACE, data: { sid: "1" } },
])("all else has socket.io's own form", (other) => {
  const messages = new Encoder().encode(structuredClone(other));

  expect(messages).toEqual(new plain.Encoder().encode(structuredClone(other)));
  expect(decode(...messages)).toEqual([expect.objectContaining({ type: other.type, nsp: other.nsp, data: other.data })]);
});

test("both forms take turns on one connection", () => {
  const encoder = new Encoder();
  const all = [
    packet([LEAN_EVENT, "bob", 1, text, new Uint8Array([1])]),
    packet(["p", "bob", 2, text, new Uint8Array([2])]),
    packet([LEAN_EVENT, "bob", 3, text]),
  ];

  expect(decode(...all.flatMap((each) => encoder.encode(each))).map(({ data }) => data[2])).toEqual([1, 2, 3]);
});

test.each([
  [["p"]],
  [["p0"]],
  [["p0,"]],
  [["p0,1"]],
  [["p0,1,bob"]],
  [["p0\n"]],
  [["p9,1,bob\nx"]],
  [["p-1,1,bob\nx"]],
  [["px,1,bob\nx"]],
  [["p01,bob\nx"]],
  [["p0,1\nbob,x"]],
  [["p1,1,bob\nx", "text in place of an attachment"]],
  [["p0,1,bob\nx", new Uint8Array(1)]],
])("malformed messages are errors: %j", (messages) => {
  expect(() => decode(...messages)).toThrow(Error);
});

test("a serial that is no number is left to whoever looks at numbers", () => {
  expect(decode("p0,x,bob\ny")).toEqual([packet(["p", "bob", Number.NaN, "y"])]);
});

test("a connection that ends in the middle of a packet leaves nothing", () => {
  const decoder = new Decoder();
  const packets: plain.Packet[] = [];
  decoder.on("decoded", (decoded) => packets.push(decoded));
  decoder.add("p2,1,bob\nx");
  decoder.add(new Uint8Array(1));
  decoder.destroy();
  decoder.add("p0,2,bob\ny");

  expect(packets).toEqual([packet(["p", "bob", 2, "y"])]);
});

/** Resolves when socket.io has dispatched what was decoded before. */
const dispatched = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test("a sink gets packets in the lean form at once, and none of the others", () => {
  const decoder = new Decoder() as PacketDecoder;
  const [sunk, decoded]: [unknown[], unknown[]] = [[], []];
  decoder.on("decoded", ({ data }) => decoded.push(data));
  decoder.sink = (event) => sunk.push(event);
  decoder.add("p0,1,bob\nx");
  decoder.add("p1,2,bob\ny");
  decoder.add(new Uint8Array([7]));
  decoder.add('2/peerloom,["p","bob",3,"z"]');

  expect(sunk).toEqual([
    ["p", "bob", 1, "x"],
    ["p", "bob", 2, "y", new Uint8Array([7])],
  ]);
  expect(decoded).toEqual([["p", "bob", 3, "z"]]);
});

test("a packet that comes behind another message before that was dispatched goes the same way", async () => {
  const decoder = new Decoder() as PacketDecoder;
  const order: unknown[] = [];
  // As socket.io does.
  decoder.on("decoded", ({ data }) => process.nextTick(() => order.push(data[2])));
  decoder.sink = ([, , serial]) => order.push(serial);
  const send = (serial: number, isLean: boolean): void =>
    decoder.add(isLean ? `p0,${serial},bob\nx` : `2/peerloom,["p","bob",${serial},"x"]`);
  for (const [index, isLean] of [true, false, true, true, false, true].entries()) send(index, isLean);
  await dispatched();
  send(6, true);

  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("only a decoder of this parser is one that takes a sink, and only for its namespace", () => {
  const decoder = new Decoder();

  expect(decoderOf({ decoder }, DEFAULT_NAMESPACE)).toBe(decoder);
  expect(decoderOf({ decoder }, "/other")).toBeUndefined();
  expect(decoderOf({ decoder: new plain.Decoder() }, DEFAULT_NAMESPACE)).toBeUndefined();
  expect(decoderOf({}, DEFAULT_NAMESPACE)).toBeUndefined();
});
