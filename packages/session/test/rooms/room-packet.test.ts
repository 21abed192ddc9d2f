import { encodeEvent } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import { encodeRoomPacket, parseRoomPacket } from "../../src/rooms/room-packet.ts";

const instance = "instance-a";
const say = (...args: unknown[]) => encodeEvent('"say"', args);

describe("a room packet", () => {
  test("gives back its events, with binaries and what JSON lacks", () => {
    const bytes = new Uint8Array(5000).fill(7);
    const { text, attachments } = encodeRoomPacket(instance, 3, [say("hi", undefined), say(bytes)]);

    const packet = parseRoomPacket(5, text, [bytes.buffer]);

    expect(attachments).toEqual([bytes]);
    expect(packet).toMatchObject({ instance, first: 3, next: 5 });
    expect(packet?.events).toEqual([
      { name: "say", args: ["hi", undefined] },
      { name: "say", args: [bytes] },
    ]);
  });

  test("without events only tells its number", () => {
    const { text } = encodeRoomPacket(instance, 9, []);

    expect(parseRoomPacket(9, text, [])).toMatchObject({ first: 9, next: 9, events: [] });
  });

  const good = encodeRoomPacket(instance, 0, [say(1)]).text;
  test.each<[string, unknown, unknown, unknown[]]>([
    ["no text", 1, undefined, []],
    ["no JSON", 1, "[1", []],
    ["no list", 1, "{}", []],
    ["another version", 1, good.replace("[1", "[2"), []],
    ["no instance", 1, '[1,"",0,[0,"say",[1]]]', []],
    ["a negative number", 0, `[1,"${instance}",-1,[0,"say",[1]]]`, []],
    ["a number that does not fit", 2, good, []],
    ["a huge number", 2 ** 53, `[1,"${instance}",${2 ** 53 - 1},[0,"say",[1]]]`, []],
    ["a request", 1, `[1,"${instance}",0,[1,1,"say",[1]]]`, []],
    ["a reserved name", 1, `[1,"${instance}",0,[0,"peerloom:replay",[1]]]`, []],
    ["an empty name", 1, `[1,"${instance}",0,[0,"",[1]]]`, []],
    ["a key __proto__", 1, `[1,"${instance}",0,[0,"say",[{"__proto__":1}]]]`, []],
    ["an attachment too many", 1, good, [new Uint8Array(2)]],
    ["an attachment that is none", 1, good, ["text"]],
    ["an attachment beside nothing", 0, `[1,"${instance}",0]`, [new Uint8Array(2)]],
  ])("with %s is refused", (_, next, text, attachments) => {
    expect(parseRoomPacket(next, text, attachments)).toBeUndefined();
  });
});
