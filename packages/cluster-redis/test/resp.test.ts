import { expect, test } from "vitest";
import { encodeCommand, RedisError, RespReader, type Push, type Reply } from "../src/resp.ts";

type Message = { readonly reply: Reply } | Push;

const text =
  "+OK\r\n:42\r\n$5\r\nhe\r\no\r\n_\r\n*2\r\n$1\r\na\r\n*0\r\n>3\r\n$8\r\nsmessage\r\n$1\r\nc\r\n$3\r\nxyz\r\n-ERR no\r\n%1\r\n+key\r\n#t\r\n";
const expected: readonly Message[] = [
  { reply: "OK" },
  { reply: 42 },
  { reply: Buffer.from("he\r\no") },
  { reply: null },
  { reply: [Buffer.from("a"), []] },
  { values: [Buffer.from("smessage"), Buffer.from("c"), Buffer.from("xyz")] },
  { reply: new RedisError("ERR no") },
  { reply: ["key", true] },
];

test("answers are read wherever the stream is cut", () => {
  for (let size = 1; size <= text.length; size++) {
    const reader = new RespReader();
    const read: Message[] = [];
    for (let at = 0; at < text.length; at += size) read.push(...reader.read(Buffer.from(text.slice(at, at + size))));

    expect(read).toEqual(expected);
  }
});

test.each(["hello\r\n", "$x\r\n", "*1\r\n".repeat(20) + "+x\r\n", `+${"x".repeat(70_000)}`])(
  "what is no answer of Redis is refused: %j",
  (bad) => {
    const reader = new RespReader();

    expect(() => [...reader.read(Buffer.from(bad))]).toThrow("this is no answer of Redis");
  },
);

test("a command has the length of each of its parts in bytes, and large pieces are not copied", () => {
  const large = Buffer.alloc(10_000, "x");

  const chunks = encodeCommand(["SET", "ä", [Buffer.from("12"), large]]);

  expect(chunks.map(String).join("")).toBe(`*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$10002\r\n12${large.toString()}\r\n`);
  expect(chunks).toContain(large);
});
