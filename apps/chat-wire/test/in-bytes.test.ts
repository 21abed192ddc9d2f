import { expect, test } from "vitest";
import { inBytes } from "../src/index.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [1536, "1.5 kB"],
  [99_400, "99.4 kB"],
  [300_000, "300 kB"],
  [999_999, "1.0 MB"],
  [104_857_600, "105 MB"],
])("%d bytes are %s", (bytes, words) => {
  expect(inBytes(bytes)).toBe(words);
});
