import { expect, test } from "vitest";
import { bytes, chartLine, duration } from "../../src/admin/page/format.ts";

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [185, "3 min 5 s"],
  [7200, "2 h 0 min"],
  [97_200, "1 d 3 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [1_048_576, "1.0 MiB"],
  [5e12, "4656.6 GiB"],
])("%d bytes are %s", (count, text) => {
  expect(bytes(count)).toBe(text);
});

test("a chart goes from the left to the right, and its highest value touches the top", () => {
  const box = { width: 100, height: 10 };

  expect(chartLine([0, 5, 10], box)).toBe("M0.0 10.0L50.0 5.0L100.0 0.0");
  expect(chartLine([0, 0], box)).toBe("M0.0 10.0L100.0 10.0");
  expect(chartLine([7], box)).toBe("");
});
