import { expect, test } from "vitest";
import { Attempts } from "../../src/admin/attempts.ts";

test("after five failures an address waits for the rest of the minute, and no other does", () => {
  let now = 0;
  const attempts = new Attempts(() => now);

  for (let count = 0; count < 5; count += 1) {
    expect(attempts.waitMs("10.0.0.1")).toBe(0);
    attempts.failed("10.0.0.1");
  }
  now = 20_000;

  expect(attempts.waitMs("10.0.0.1")).toBe(40_000);
  expect(attempts.waitMs("10.0.0.2")).toBe(0);
  now = 60_000;
  expect(attempts.waitMs("10.0.0.1")).toBe(0);
  expect(attempts.size).toBe(0);
});

test("after fifty failures from anywhere everybody waits, and no more addresses are kept", () => {
  const attempts = new Attempts(() => 0);

  for (let count = 0; count < 60; count += 1) {
    const address = `10.0.1.${count}`;
    if (attempts.waitMs(address) === 0) attempts.failed(address);
  }

  expect(attempts.size).toBe(50);
  expect(attempts.waitMs("10.0.0.1")).toBe(60_000);
});
