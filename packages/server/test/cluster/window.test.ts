import { expect, test } from "vitest";
import { NodeWindow } from "../../src/cluster/window.ts";

test("a window is full at its size, and open again when nearly all is confirmed", () => {
  const window = new NodeWindow();

  while (!window.isFull(1)) window.sent(65_536);
  const full = window.unconfirmed;
  const first = window.confirmed(full / 2);
  const last = window.confirmed(full / 2);

  expect(full).toBeGreaterThanOrEqual(4 * 1024 * 1024);
  expect([first, last, window.isFull(1)]).toEqual([false, true, false]);
});

test("the more nodes there are, the less each may have under way to another", () => {
  const window = new NodeWindow();

  while (!window.isFull(24)) window.sent(65_536);

  expect(window.unconfirmed).toBeLessThan(1_200_000);
});

test("what has come is confirmed in whole, a quarter of a megabyte at a time", () => {
  const [sender, receiver] = [new NodeWindow(), new NodeWindow()];
  for (let n = 0; n < 1000; n++) {
    sender.sent(1000);
    const taken = receiver.took(1000);
    if (taken > 0) sender.confirmed(taken);
  }

  expect(sender.unconfirmed).toBeLessThan(262_144);
});

test("what stays full without a confirmation from one look to the next is given up", () => {
  const window = new NodeWindow();
  while (!window.isFull(1)) window.sent(65_536);

  const looks = [window.look(), window.look(), window.look()];

  expect(looks).toEqual([false, true, false]);
  expect(window.isFull(1)).toBe(false);
});
