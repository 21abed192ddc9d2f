import * as api from "@peerloom/encryption";
import { expect, test } from "vitest";

test("exports these values; the rest is types", () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b, "en"))).toEqual([
    "createIdentity",
    "encrypt",
    "fingerprintOf",
    "trustOnFirstUse",
  ]);
});
