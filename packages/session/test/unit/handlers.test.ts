import { expect, test, vi } from "vitest";
import { Handlers } from "../../src/handlers.ts";
import { Tombstones } from "../../src/tombstones.ts";

const [a, b, c] = [() => "a", () => "b", () => "c"];

/** The handlers an event is due to, by what they return. */
const take = (handlers: Handlers, event: string): unknown[] => Array.from(handlers.take(event), ({ handler }) => handler());

test("handlers of an event are taken in the order they were added", () => {
  const handlers = new Handlers();
  handlers.add("x", a);
  handlers.add("y", b);
  handlers.add("x", c);

  expect([take(handlers, "x"), take(handlers, "y"), take(handlers, "z")]).toEqual([["a", "c"], ["b"], []]);
  expect(handlers.takeFirst("x")?.handler).toBe(a);
});

test("events are told apart byte by byte, also __proto__ and its like", () => {
  const handlers = new Handlers();
  handlers.add("__proto__", a);

  expect([take(handlers, "__proto__"), take(handlers, "constructor"), take(handlers, "toString")]).toEqual([["a"], [], []]);
});

test("a handler for one event is taken once", () => {
  const handlers = new Handlers();
  handlers.add("x", a, {}, true);
  handlers.add("x", b);

  expect([take(handlers, "x"), take(handlers, "x")]).toEqual([["a", "b"], ["b"]]);
});

test("a request takes only the first handler, and for one event only that one", () => {
  const handlers = new Handlers();
  handlers.add("x", a, {}, true);
  handlers.add("x", b, {}, true);

  expect([handlers.takeFirst("x")?.handler, handlers.takeFirst("x")?.handler, handlers.takeFirst("x")]).toEqual([a, b, undefined]);
  expect(handlers.isEmpty).toBe(true);
});

test("handlers added and removed while they run change the next event, not this one", () => {
  const handlers = new Handlers();
  const calls: string[] = [];
  const off = handlers.add("x", () => {
    calls.push("first");
    off();
    handlers.add("x", () => calls.push("added"));
  });
  handlers.add("x", () => calls.push("second"));

  take(handlers, "x");
  expect(calls.splice(0)).toEqual(["first", "second"]);
  take(handlers, "x");

  expect(calls).toEqual(["second", "added"]);
});

test("the returned function removes one handler, once", () => {
  const handlers = new Handlers();
  const off = handlers.add("x", a);
  handlers.add("x", a);

  off();
  off();

  expect(take(handlers, "x")).toEqual(["a"]);
});

test.each<[string, readonly [event?: string | undefined, handler?: () => string], unknown[], unknown[]]>([
  ["one handler of one event", ["x", a], ["b"], ["a"]],
  ["one event", ["x"], [], ["a"]],
  ["everything", [], [], []],
  ["an event that is not there", ["z"], ["a", "b"], ["a"]],
  ["a handler that is not there", ["x", c], ["a", "b"], ["a"]],
  ["one handler of all events", [undefined, a], ["b"], []],
])("removing %s", (_what, args, x, y) => {
  const handlers = new Handlers();
  handlers.add("x", a);
  handlers.add("x", b);
  handlers.add("y", a);

  handlers.remove(...args);

  expect([take(handlers, "x"), take(handlers, "y")]).toEqual([x, y]);
});

test("a signal removes its handler, and one that aborted before adds none", () => {
  const handlers = new Handlers();
  const controller = new AbortController();
  handlers.add("x", a, { signal: controller.signal });
  handlers.add("x", b, { signal: AbortSignal.abort() });
  expect(take(handlers, "x")).toEqual(["a"]);

  controller.abort();

  expect([take(handlers, "x"), handlers.isEmpty]).toEqual([[], true]);
});

test("nothing is left at the signal when the handler is removed in another way", () => {
  const handlers = new Handlers();
  const { signal } = new AbortController();
  const remove = vi.spyOn(signal, "removeEventListener");
  handlers.add("x", a, { signal });
  handlers.add("x", b, { signal }, true);
  handlers.add("y", c, { signal });

  take(handlers, "x");
  handlers.remove();

  expect(remove).toHaveBeenCalledTimes(3);
  expect(handlers.isEmpty).toBe(true);
});

test.each([undefined, null, {}, "a"])("%s is refused as a handler with a TypeError", (handler) => {
  const handlers = new Handlers();

  expect(() => handlers.add("x", handler as never)).toThrow(/^the handler of "x" must be a function, not /);
  expect(handlers.isEmpty).toBe(true);
});

test("tombstones remember the latest ids and forget the oldest", () => {
  const tombstones = new Tombstones(3);
  for (const id of ["a", "b", "c", "d"]) tombstones.add(id);

  expect(["a", "b", "c", "d", "__proto__"].map((id) => tombstones.has(id))).toEqual([false, true, true, true, false]);
});

test("an id that is buried twice takes one place", () => {
  const tombstones = new Tombstones(2);
  for (const id of ["a", "a", "b"]) tombstones.add(id);

  expect(["a", "b"].map((id) => tombstones.has(id))).toEqual([true, true]);
});
