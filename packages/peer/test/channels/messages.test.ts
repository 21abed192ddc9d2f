import { expect, test } from "vitest";
import { channelPair, isSame, messages } from "./pair.ts";

test("carries texts, JSON and bytes at any depth as they are", async () => {
  await using pair = channelPair();
  const values = [
    "hello",
    "",
    "zażółć 🧵",
    { a: [1, null, true], b: { c: "d" } },
    0,
    null,
    undefined,
    new Uint8Array([1, 2]),
    { deep: [{ bytes: new Uint8Array(2000).fill(7) }] },
  ];
  const arrived = messages(pair.right, values.length);

  for (const value of values) pair.left.post(value);

  expect(await arrived).toEqual(values);
});

test("delivers an empty string and zero-length bytes as such", async () => {
  await using pair = channelPair();
  const arrived = messages(pair.right, 3);

  await Promise.all([pair.left.send(""), pair.left.send(new Uint8Array(0)), pair.left.send(new ArrayBuffer(0))]);

  expect(await arrived).toEqual(["", new Uint8Array(0), new Uint8Array(0)]);
});

test("carries objects as JSON and messages of several mebibytes whole", async () => {
  await using pair = channelPair();
  const big = Uint8Array.from({ length: 5_000_000 }, (_, index) => index % 251);
  const text = "ü".repeat(700_000);
  const arrived = messages(pair.right, 3);

  await Promise.all([pair.left.send({ an: "object" }), pair.left.send(big), pair.left.send({ text, big })]);

  const [object, bytes, mixed] = (await arrived) as [unknown, unknown, { text: string; big: unknown }];
  expect(object).toEqual({ an: "object" });
  expect([isSame(bytes, big), isSame(mixed.big, big), mixed.text === text]).toEqual([true, true, true]);
});

test("keeps messages in order, whatever their size", async () => {
  await using pair = channelPair();
  const sizes = Array.from({ length: 400 }, (_, index) => (index % 17 === 0 ? 150_000 + index : index));
  const arrived = messages(pair.right, sizes.length);

  for (const size of sizes) pair.left.post("x".repeat(size));

  expect((await arrived).map((text) => (text as string).length)).toEqual(sizes);
});

test("puts small messages of one turn together", async () => {
  await using pair = channelPair();
  const arrived = messages(pair.right, 10_000);

  for (let index = 0; index < 10_000; index++) pair.left.post(`message ${index}`);

  expect((await arrived).at(-1)).toBe("message 9999");
  expect(pair.ends[0].messages).toBeLessThan(20);
});
