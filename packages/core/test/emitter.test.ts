import { Emitter } from "@peerloom/core";
import { expect, test, vi } from "vitest";

interface Events {
  tick: number;
  error: { readonly error: unknown };
}

class Clock extends Emitter<Events> {
  tick(n: number): void {
    this.emit("tick", n);
  }

  fail(error: unknown): void {
    this.emit("error", { error });
  }

  close(): void {
    this.removeAllListeners();
  }
}

/** A signal that tells how many listeners are left at it. */
function countingSignal(): { readonly controller: AbortController; count(): number } {
  const controller = new AbortController();
  const { signal } = controller;
  let count = 0;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  vi.spyOn(signal, "addEventListener").mockImplementation((...args: Parameters<typeof add>) => {
    count += 1;
    add(...args);
  });
  vi.spyOn(signal, "removeEventListener").mockImplementation((...args: Parameters<typeof remove>) => {
    count -= 1;
    remove(...args);
  });
  return { controller, count: () => count };
}

test("listeners are called in the order they were added, with the payload", () => {
  const clock = new Clock();
  const calls: string[] = [];
  clock.on("tick", (n) => calls.push(`a${n}`));
  clock.on("tick", (n) => calls.push(`b${n}`));

  clock.tick(1);
  clock.tick(2);

  expect(calls).toEqual(["a1", "b1", "a2", "b2"]);
});

test("the same function added twice is called twice and removed one at a time", () => {
  const clock = new Clock();
  const listener = vi.fn<(n: number) => void>();
  const off = clock.on("tick", listener);
  clock.on("tick", listener);

  clock.tick(1);
  off();
  off();
  clock.tick(2);

  expect(listener.mock.calls).toEqual([[1], [1], [2]]);
  expect(clock.listenerCount("tick")).toBe(1);
});

test("once is called for one event, also when it causes the next one itself", () => {
  const clock = new Clock();
  const seen: number[] = [];
  clock.once("tick", (n) => {
    seen.push(n);
    clock.tick(n + 1);
  });

  clock.tick(1);
  clock.tick(5);

  expect(seen).toEqual([1]);
  expect(clock.listenerCount("tick")).toBe(0);
});

test("a listener that another one removes during the event is not called any more", () => {
  const clock = new Clock();
  const second = vi.fn<(n: number) => void>();
  clock.on("tick", () => off());
  const off = clock.on("tick", second);

  clock.tick(1);

  expect(second).not.toHaveBeenCalled();
});

test("a listener added during an event is called from the next one on", () => {
  const clock = new Clock();
  const late = vi.fn<(n: number) => void>();
  clock.once("tick", () => clock.on("tick", late));

  clock.tick(1);
  clock.tick(2);

  expect(late.mock.calls).toEqual([[2]]);
});

test("a signal removes the listener, and one that aborted before adds none", () => {
  const clock = new Clock();
  const { controller, count } = countingSignal();
  const listener = vi.fn<(n: number) => void>();
  clock.on("tick", listener, { signal: controller.signal });
  clock.once("tick", listener, { signal: AbortSignal.abort() });

  clock.tick(1);
  controller.abort();
  clock.tick(2);

  expect(listener.mock.calls).toEqual([[1]]);
  expect([clock.listenerCount("tick"), count()]).toEqual([0, 0]);
});

test("nothing is left at the signal after off, after once, and after the owner closed", () => {
  const clock = new Clock();
  const { controller, count } = countingSignal();
  const options = { signal: controller.signal };
  clock.on("tick", () => {}, options)();
  clock.once("tick", () => {}, options);
  clock.tick(1);
  expect(count()).toBe(0);
  clock.on("tick", () => {}, options);
  clock.on("error", () => {}, options);

  clock.close();

  expect([count(), clock.listenerCount("tick"), clock.listenerCount("error")]).toEqual([0, 0, 0]);
});

test("an owner that closes during an event is not called back by it", () => {
  const clock = new Clock();
  const later = vi.fn<(n: number) => void>();
  clock.on("tick", () => clock.close());
  clock.on("tick", later);

  clock.tick(1);

  expect(later).not.toHaveBeenCalled();
});

test("what a listener throws goes to the error listeners and stops nobody", () => {
  const clock = new Clock();
  const errors: unknown[] = [];
  const second = vi.fn<(n: number) => void>();
  clock.on("error", ({ error }) => errors.push(error));
  clock.on("tick", () => {
    throw "no error object";
  });
  clock.on("tick", second);

  clock.tick(1);

  expect(second).toHaveBeenCalledWith(1);
  expect(errors).toEqual(["no error object"]);
});

test("a listener whose promise rejects is reported like one that throws", async () => {
  const clock = new Clock();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const failsLater: () => unknown = async () => {
    throw new Error("later");
  };
  clock.on("error", resolve);
  clock.on("tick", failsLater);

  clock.tick(1);

  expect(await promise).toEqual({ error: new Error("later") });
});

test("without error listeners it goes to the console", () => {
  const console = vi.spyOn(globalThis.console, "error").mockReturnValue();
  const clock = new Clock();
  clock.on("error", () => {})();
  clock.on("tick", () => {
    throw new Error("oops");
  });

  clock.tick(1);

  expect(console.mock.calls).toEqual([['A listener of "tick" threw', new Error("oops")]]);
});

test("an error listener that throws goes to the console and not round in a circle", () => {
  const console = vi.spyOn(globalThis.console, "error").mockReturnValue();
  const clock = new Clock();
  const second = vi.fn<(event: Events["error"]) => void>();
  clock.on("error", () => {
    throw new Error("in the handler");
  });
  clock.on("error", second);

  clock.fail("first");

  expect(second).toHaveBeenCalledWith({ error: "first" });
  expect(console.mock.calls).toEqual([['A listener of "error" threw', new Error("in the handler")]]);
});

test.each([undefined, null, {}, "tick"])("%s is refused as a listener with a TypeError", (listener) => {
  const clock = new Clock();

  expect(() => clock.on("tick", listener as never)).toThrow(/^the listener of "tick" must be a function, not /);
  expect(() => clock.once("tick", listener as never)).toThrow(TypeError);
  expect(clock.listenerCount("tick")).toBe(0);
});
