import * as api from "@peerloom/core";
import * as crypto from "@peerloom/core/crypto";
import * as testing from "@peerloom/core/testing";
import { expect, test } from "vitest";

test("exports these values; the rest is types", () => {
  expect(Object.keys(api).toSorted((a, b) => a.localeCompare(b, "en"))).toMatchInlineSnapshot(`
    [
      "abortError",
      "backoff",
      "checkTimeout",
      "createDefer",
      "deadline",
      "deferred",
      "Emitter",
      "PeerloomError",
      "timeoutError",
      "toWireError",
    ]
  `);
});

test("exports these values for tests", () => {
  expect(Object.keys(testing).toSorted((a, b) => a.localeCompare(b, "en"))).toMatchInlineSnapshot(`
    [
      "MemoryRelay",
      "randomFrom",
    ]
  `);
});

test("exports these values for what seals and signs", () => {
  expect(Object.keys(crypto).toSorted((a, b) => a.localeCompare(b, "en"))).toMatchInlineSnapshot(`
    [
      "agree",
      "concat",
      "createAgreeKeys",
      "createIdentity",
      "fingerprintOf",
      "fromBase64Url",
      "isSignedBy",
      "mayBear",
      "openBytes",
      "randomId",
      "readAgreeKey",
      "sealBytes",
      "subtle",
      "toBase64Url",
    ]
  `);
});
