import { expect, test } from "vitest";
import { offered, stepTransfer, type Transfer, type TransferInput } from "../src/model/transfer.ts";

const progress: TransferInput = { type: "progress", done: 40, bytesPerSecond: 9 };
const run = (...inputs: readonly TransferInput[]): Transfer => inputs.reduce(stepTransfer, offered);

test.each<{ name: string; inputs: TransferInput[]; at: Transfer }>([
  { name: "begins", inputs: [{ type: "fetch" }], at: { at: "fetching", done: 0, bytesPerSecond: 0 } },
  { name: "comes", inputs: [{ type: "fetch" }, progress], at: { at: "fetching", done: 40, bytesPerSecond: 9 } },
  { name: "is paused", inputs: [{ type: "fetch" }, progress, { type: "pause" }], at: { at: "paused", done: 40 } },
  {
    name: "goes on where it was",
    inputs: [{ type: "fetch" }, progress, { type: "pause" }, { type: "fetch" }],
    at: { at: "fetching", done: 40, bytesPerSecond: 0 },
  },
  { name: "waits for its owner", inputs: [{ type: "fetch" }, progress, { type: "lost" }], at: { at: "waiting", done: 40 } },
  { name: "breaks", inputs: [{ type: "fetch" }, progress, { type: "failed", why: "no" }], at: { at: "broken", done: 40, why: "no" } },
  { name: "is cancelled", inputs: [{ type: "fetch" }, progress, { type: "cancel" }], at: offered },
  { name: "is here", inputs: [{ type: "fetch" }, { type: "complete", url: "blob:1" }], at: { at: "here", url: "blob:1" } },
  {
    name: "is paused: what comes late changes nothing",
    inputs: [{ type: "fetch" }, { type: "pause" }, progress, { type: "lost" }],
    at: { at: "paused", done: 0 },
  },
  {
    name: "is here for good",
    inputs: [{ type: "fetch" }, { type: "complete", url: "blob:1" }, { type: "cancel" }, { type: "fetch" }],
    at: { at: "here", url: "blob:1" },
  },
])("a file that $name", ({ inputs, at }) => {
  expect(run(...inputs)).toEqual(at);
});
