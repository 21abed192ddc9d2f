import { expect, test, vi } from "vitest";
import { Listeners } from "../../src/p2p/listeners.ts";

/** A table of listeners, and what it listens to. */
function table(): { readonly listeners: Listeners; readonly events: string[] } {
  const events: string[] = [];
  const listeners = new Listeners((event) => {
    events.push(`+${event}`);
    return () => void events.push(`-${event}`);
  });
  return { listeners, events };
}

test("an event is listened to from its first listener to its last", () => {
  const { listeners, events } = table();
  const callback = vi.fn<() => void>();

  listeners.add("x", callback);
  listeners.add("x", callback, { from: "bob" });
  listeners.remove(undefined, "x");
  expect(events).toEqual(["+x"]);
  listeners.remove("bob");

  expect(events).toEqual(["+x", "-x"]);
  expect(listeners.size).toBe(0);
});

test("who is due is told in the order they were added", () => {
  const { listeners } = table();
  const [any, bobs, carols] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()];
  listeners.add("x", carols, { from: "carol" });
  listeners.add("x", bobs, { from: "bob" });
  listeners.add("x", any);

  expect(listeners.take("bob", "x")).toEqual([bobs, any]);
  expect(listeners.take("dave", "x")).toEqual([any]);
  expect(listeners.take("dave", "constructor")).toEqual([]);
});

test("one for one time only is used up by what it was due to", () => {
  const { listeners, events } = table();
  const [bobs, any] = [vi.fn<() => void>(), vi.fn<() => void>()];
  listeners.add("x", bobs, { from: "bob", isOnce: true });
  listeners.add("x", any, { isOnce: true });

  expect(listeners.take("carol", "x")).toEqual([any]);
  expect(listeners.take("carol", "x")).toEqual([]);
  expect(listeners.take("bob", "x")).toEqual([bobs]);

  expect(listeners.size).toBe(0);
  expect(events).toEqual(["+x", "-x"]);
});

test("what is no function is refused", () => {
  expect(() => table().listeners.add("x", undefined as never)).toThrow(TypeError);
});
