import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as api from "../src/index.ts";

test("exports two values: the rest is types", () => {
  expect(Object.keys(api).toSorted()).toEqual(["PeerloomError", "connect"]);
});

test("no source file needs Node", () => {
  const folder = new URL("../src/", import.meta.url);

  const needy = readdirSync(folder).filter((name) => /from "node:|\bBuffer\b|\bprocess\./.test(readFileSync(new URL(name, folder), "utf8")));

  expect(needy).toEqual([]);
});
