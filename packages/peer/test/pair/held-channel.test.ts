import { expect, test } from "vitest";
import { HeldChannel } from "../../src/pair/held-channel.ts";
import { MemoryNetwork } from "../channels/memory-pair.ts";

test.each([
  ["texts", "x".repeat(100_000)],
  ["bytes", new ArrayBuffer(100_000)],
])("%s that nobody listens to are bounded by their size", (_what, data) => {
  const [raw] = new MemoryNetwork().pair();
  const held = new HeldChannel(raw as unknown as RTCDataChannel);
  for (let count = 0; count < 40; count++) raw.emit("message", { data });

  expect(held.readyState).toBe("open");
  for (let count = 0; count < 5; count++) raw.emit("message", { data });
  expect(held.readyState).toBe("closed");
});

test("what came before somebody listened comes first, and nothing is listened to after the end", async () => {
  const [raw] = new MemoryNetwork().pair();
  const held = new HeldChannel(raw as unknown as RTCDataChannel);
  const got: unknown[] = [];
  const listener = (event: Event): void => void got.push((event as MessageEvent<unknown>).data);
  raw.emit("message", { data: "early" });
  held.addEventListener("message", listener);
  await Promise.resolve();
  raw.emit("message", { data: "later" });
  held.removeEventListener("message", listener);
  raw.emit("message", { data: "never" });

  expect(got).toEqual(["early", "later"]);
});
