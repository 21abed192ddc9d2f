import { randomFrom } from "@peerloom/core/testing";
import { expect, test } from "vitest";
import { Outbox, type OutFrame } from "../../src/outbox.ts";
import { ReceiveWindow, type Arrival } from "../../src/receive-window.ts";
import { SendWindow } from "../../src/send-window.ts";

const total = 300;
const windowBytes = 100_000;

/** Sends `total` frames through a path that loses, doubles and reorders packets; returns the numbers that were handed out. */
function simulate(seed: number): { readonly delivered: number[]; readonly isBounded: boolean } {
  const random = randomFrom(seed);
  const outbox = new Outbox();
  const sender = new SendWindow(outbox, windowBytes);
  const receiver = new ReceiveWindow(windowBytes * 2);
  const path: Arrival[] = [];
  const delivered: number[] = [];
  let isBounded = true;
  for (let n = 0; n < total; n++) outbox.push({ text: String(n), parts: [], bytes: 10 + Math.floor(random() * 20_000) });

  for (let turn = 0; turn < 100_000 && delivered.length < total; turn++) {
    for (let batch = sender.take(); batch !== undefined; batch = sender.take()) {
      const frames = batch.frames.map((frame: OutFrame) => Number(frame.text));
      const bytes = batch.frames.reduce((sum, frame) => sum + frame.bytes, 0);
      const arrival = { first: batch.first, frames, attachments: [], bytes };
      if (random() > 0.2) path.push(arrival);
      if (random() < 0.1) path.push(arrival);
    }
    const at = random() < 0.3 ? Math.floor(random() * path.length) : 0;
    for (const arrival of path.splice(at, 1)) receiver.accept(arrival, (frame) => delivered.push(frame as number) > 0);
    if (random() < 0.3) sender.acknowledge(receiver.expected);
    if (random() < 0.05) sender.shrink();
    if (random() < 0.3) for (const [from, to] of receiver.gaps()) sender.markLost(from, to);
    // As after a probe: all that was sent has come or is lost.
    if (path.length === 0) sender.markLost(receiver.expected, sender.next);
    isBounded &&= sender.bytes <= windowBytes + 20_010 && receiver.earlyBytes <= windowBytes * 2;
  }
  return { delivered, isBounded };
}

test("over a path that loses, doubles and reorders, all is handed out once and in order, within the budgets", () => {
  const expected = { delivered: Array.from({ length: total }, (_, index) => index), isBounded: true };

  for (let seed = 1; seed <= 100; seed++) expect(simulate(seed), `seed ${seed}`).toEqual(expected);
});
