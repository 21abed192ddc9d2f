import { describe, expect, test } from "vitest";
import { backends } from "./support/backends.ts";
import { opened, pair } from "./support/pair.ts";

describe.each(backends)("both sides of $name that offer at once", (backend) => {
  test("come to one agreement, each of thirty times", async () => {
    for (let round = 0; round < 30; round++) {
      using two = pair(backend);
      const left = two.left.createDataChannel("left");
      const right = two.right.createDataChannel("right");
      await Promise.all([opened(left), opened(right)]);
      expect(two.errors).toEqual([]);
      expect([two.left.signalingState, two.right.signalingState]).toEqual(["stable", "stable"]);
    }
  }, 30_000);
});
