import { expect, test } from "vitest";
import * as broadcastChannel from "../src/broadcast-channel.ts";
import * as api from "../src/index.ts";
import * as memory from "../src/memory.ts";
import * as testing from "../src/testing.ts";

test("exports", () => {
  expect(Object.keys(api).sort()).toEqual([
    "SIGNAL",
    "SIGNALING_VERSION",
    "createDriver",
    "createIdentity",
    "createSignaler",
    "encodeSignal",
    "escapeNamespace",
    "fingerprintOf",
    "parseEnvelope",
    "parseSignal",
  ]);
});

test("exports of the entries beside the main one", () => {
  expect(Object.keys(memory).sort()).toEqual(["MemoryHub", "memoryDriver"]);
  expect(Object.keys(broadcastChannel)).toEqual(["broadcastChannelDriver"]);
  expect(Object.keys(testing).sort()).toEqual(["driverCases", "driverSuite"]);
});
