import type { Room } from "@peerloom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDrawing } from "../src/drawing.ts";
import { Card } from "../src/net/card.ts";
import { PartialFile } from "../src/net/partial-file.ts";
import { Typing } from "../src/net/typing.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("keys that are pressed begin once, and end after a pause or when the line is sent", () => {
  const told: boolean[] = [];
  const typing = new Typing((isTyping) => told.push(isTyping));

  for (let n = 0; n < 5; n++) {
    typing.set(true);
    vi.advanceTimersByTime(1000);
  }
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(3000);
  expect(told).toEqual([true, false]);

  typing.set(true);
  typing.set(false);
  typing.set(false);
  expect(told).toEqual([true, false, true, false]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a card that changes while it is told is told again once, with all that changed", async () => {
  const told: unknown[] = [];
  let answer = (): void => {};
  const setMetadata = (metadata: unknown): Promise<void> => {
    told.push(metadata);
    return new Promise((resolve) => (answer = resolve));
  };
  const card = new Card({ setMetadata } as unknown as Room, "Ada");

  card.set({ isTyping: true });
  card.set({ status: "busy" });
  card.set({ isTyping: false, callId: "key" });
  card.set({ status: "busy" });
  answer();
  await vi.waitFor(() => expect(told).toHaveLength(2));
  answer();
  await Promise.resolve();

  expect(told).toEqual([
    { name: "Ada", status: "here", isTyping: true },
    { name: "Ada", status: "busy", isTyping: false, callId: "key" },
  ]);
});

test("what somebody does is drawn at the end of the turn, what comes in at most every 32 ms", async () => {
  const draw = vi.fn<() => void>();
  const drawing = createDrawing(draw);

  drawing.ask();
  drawing.ask();
  await Promise.resolve();
  expect(draw).toHaveBeenCalledTimes(1);

  for (let n = 0; n < 20; n++) {
    drawing.relax(() => drawing.ask());
    vi.advanceTimersByTime(5);
  }
  expect(draw.mock.calls.length).toBeGreaterThanOrEqual(3);
  expect(draw.mock.calls.length).toBeLessThanOrEqual(5);
  vi.advanceTimersByTime(40);
  expect(vi.getTimerCount()).toBe(0);
});

test("a file is put together as it came, in parts that can leave memory", async () => {
  const file = new PartialFile();
  for (let n = 0; n < 150; n++) file.add(new Uint8Array(65_536).fill(n));

  const blob = file.toBlob("image/png");
  const bytes = new Uint8Array(await blob.arrayBuffer());

  expect(file.done).toBe(150 * 65_536);
  expect(blob.type).toBe("image/png");
  expect([bytes[0], bytes[65_536], bytes.at(-1)]).toEqual([0, 1, 149]);
});
