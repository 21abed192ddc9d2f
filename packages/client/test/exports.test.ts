import { expect, test } from "vitest";
import * as api from "../src/index.ts";

test("exports two values: the rest is types", () => {
  expect(Object.keys(api).toSorted()).toEqual(["PeerloomError", "connect"]);
});
