import { expect, test } from "vitest";
import { decodeFrames } from "../../src/cluster/frames.ts";
import { parseNodeMessage } from "../../src/cluster/messages.ts";
import { packetFrame, parseParcel, readyFrame, refusalFrame, roomFrame, signalFrame } from "../../src/cluster/packets.ts";

const client = { id: "alice", instance: "instance-alice", fence: 3, state: "here" };

test.each([
  { type: "hello" },
  { type: "client", client: { ...client, tenant: "red", rooms: [{ room: "hall", head: 2 }], offers: [{ service: "math" }], topics: [] } },
  { type: "gone", id: "alice", reason: "closed" },
  { type: "subscribers", service: "clock", topic: "ticks", count: 2 },
  { type: "snapshot", sent: 4, isFirst: true, isLast: true, clients: [client], topics: [], keys: ["signal:lobby"] },
  { type: "answer", call: 1, reply: { ok: true, value: [] } },
])("$type is a message as it is", (message) => {
  expect(parseNodeMessage(message)).toEqual(message);
});

test.each([
  undefined,
  "hello",
  { type: "nothing" },
  { type: "__proto__" },
  { type: "client", client: { ...client, fence: -1 } },
  { type: "client", client: { ...client, rooms: [{ room: "", head: 0 }] } },
  { type: "gone", id: "alice", reason: "bored" },
  { type: "state", id: "a\nb", state: "here" },
  { type: "member", id: "alice", place: { room: "hall", head: 1.5 } },
])("%j is none", (message) => {
  expect(parseNodeMessage(message)).toBeUndefined();
});

test("packets have the heads that they are read by", () => {
  const heads = [
    packetFrame("red", "bob", "alice", 7, ["text", Buffer.from("xyz")]),
    roomFrame(
      undefined,
      "hall",
      "alice",
      [
        [3, "one"],
        [4, "two"],
      ],
      [],
    ),
    refusalFrame(undefined, "alice", "bob", "BUSY", 7),
    readyFrame(undefined, "alice", "bob"),
    signalFrame("signal:lobby", "lobby", "alice", Buffer.from("x")),
  ].map((frame) => decodeFrames(Buffer.concat(frame))?.[0]?.head as unknown[]);

  expect(heads.map(parseParcel)).toEqual([
    { type: "p", tenant: "red", to: "bob", from: "alice", serial: 7, sizes: [4, 3] },
    { type: "r", tenant: undefined, room: "hall", from: "alice", nexts: [3, 4], sizes: [3, 3] },
    { type: "u", tenant: undefined, to: "alice", peer: "bob", code: "BUSY", serial: 7 },
    { type: "ready", tenant: undefined, to: "alice", peer: "bob" },
    { type: "s", key: "signal:lobby", address: "lobby", from: "alice" },
  ]);
  expect(
    [[], ["p"], ["p", 0, "bob", "alice", -1, []], ["r", 0, "hall", "alice", [1, 2], [1]], ["u", 0, "", "b", "X", 1]].map(parseParcel),
  ).toEqual(Array.from({ length: 5 }));
});
