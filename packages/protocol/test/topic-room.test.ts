import { isRoom, parseTopicRoom, topicRoom } from "@peerloom/protocol";
import { expect, test } from "vitest";

const names = ["a", "b", "a:b", "1:a", ":", "1", "12:", ">", "*", "peerloom:1:a:b", "__proto__", "ä", "😀", "x".repeat(128)];
const topics = names.flatMap((service) => names.map((topic) => ({ service, topic })));

test("every topic has a room of its own, from which it is read back", () => {
  const rooms = topics.map(topicRoom);

  expect(new Set(rooms).size).toBe(topics.length);
  expect(rooms.map(parseTopicRoom)).toEqual(topics);
});

test.each([
  "lobby",
  "peerloom:",
  "peerloom:math",
  "peerloom:4:math",
  "peerloom:4:math:",
  "peerloom:04:math:x",
  "peerloom:5:math:x",
  "peerloom:0::x",
  "peerloom:4:ma\u0000h:x",
  `peerloom:1:a:${"x".repeat(129)}`,
  undefined,
  7,
])("%j is no topic's room", (room) => {
  expect(parseTopicRoom(room)).toBeUndefined();
});

test("a room on the wire is an application's or a topic's; what else is reserved is none", () => {
  expect(["lobby", "peerloom", topicRoom({ service: "a", topic: "b" })].every(isRoom)).toBe(true);
  expect(["peerloom:x", "", 7, "peerloom:1:ab:c"].some(isRoom)).toBe(false);
});
