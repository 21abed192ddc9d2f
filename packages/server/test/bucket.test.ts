import { expect, test } from "vitest";
import { Bucket } from "../src/bucket.ts";

test("a bucket grants its burst, then what has come in since", () => {
  const bucket = new Bucket({ perSecond: 10, burst: 2 }, 1000);

  expect([bucket.take(1, 1000), bucket.take(1, 1000), bucket.take(1, 1000)]).toEqual([true, true, false]);
  expect(bucket.take(1, 1150)).toBe(true);
  expect(bucket.take(1, 1150)).toBe(false);
});

test("one packet larger than the burst passes, and is paid for afterwards", () => {
  const bucket = new Bucket({ perSecond: 100, burst: 10 }, 0);

  expect(bucket.take(60, 0)).toBe(true);
  expect(bucket.take(1, 499)).toBe(false);
  expect(bucket.take(1, 520)).toBe(true);
});

test("what is refused is charged too, so that who goes on sinks", () => {
  const bucket = new Bucket({ perSecond: 1, burst: 10 }, 0);

  for (let taken = 0; taken < 110; taken++) bucket.take(1, 0);
  expect(bucket.isSunk()).toBe(false);
  bucket.take(1, 0);

  expect(bucket.isSunk()).toBe(true);
  expect(bucket.hasAny(101_000)).toBe(false);
  expect(bucket.hasAny(101_100)).toBe(true);
});

test("it has recovered at an eighth of its burst, and never holds more than that burst", () => {
  const bucket = new Bucket({ perSecond: 8, burst: 80 }, 0);
  bucket.take(80, 0);

  expect(bucket.hasRecovered(1249)).toBe(false);
  expect(bucket.hasRecovered(1250)).toBe(true);
  bucket.take(80, 1_000_000);
  expect(bucket.hasAny(1_000_000)).toBe(false);
});

test("an endless bucket is never empty", () => {
  const bucket = new Bucket({ perSecond: Infinity, burst: Infinity }, 0);

  expect([bucket.take(1e300, 0), bucket.take(1e300, 0), bucket.take(1, 5)]).toEqual([true, true, true]);
  expect([bucket.isSunk(), bucket.hasRecovered(6)]).toEqual([false, true]);
});
