import { deferred, type Deferred } from "@peerloom/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDriver, type Driver, type DriverOptions, type Medium, type MediumEvents, type SignalHandler } from "../src/index.ts";

const room = ["lobby"] as const;
const bytes = Uint8Array.of(1);

/** A medium whose answers the test gives by hand. */
class Held implements Medium {
  readonly calls: { readonly what: string; readonly done: Deferred<void> }[] = [];
  events: MediumEvents | undefined;

  subscribe = (address: string): Promise<void> => this.#hold(`subscribe ${address}`);
  unsubscribe = (address: string): Promise<void> => this.#hold(`unsubscribe ${address}`);
  publish = (address: string): Promise<void> => this.#hold(`publish ${address}`);
  close = (): Promise<void> => this.#hold("close");

  get names(): string[] {
    return this.calls.map(({ what }) => what);
  }

  /** The newest call succeeds, or fails. */
  answer(error?: unknown): Promise<void> {
    const done = this.calls.at(-1)?.done;
    if (error === undefined) done?.resolve();
    else done?.reject(error);
    return settled();
  }

  #hold(what: string): Promise<void> {
    const done = deferred<void>();
    this.calls.push({ what, done });
    return done.promise;
  }
}

function open(options: Partial<DriverOptions> = {}): { driver: Driver; medium: Held; events: MediumEvents; errors: unknown[] } {
  const medium = new Held();
  let given: MediumEvents | undefined;
  const driver = createDriver({ name: "held", timeoutMs: 1000, ...options }, (events) => {
    given = events;
    return medium;
  });
  const errors: unknown[] = [];
  driver.on("error", ({ error }) => errors.push(error));
  return { driver, medium, events: given as MediumEvents, errors };
}

/** Lets all promises that can go on do so. */
async function settled(): Promise<void> {
  for (let n = 0; n < 20; n++) await Promise.resolve();
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  const left = vi.getTimerCount();
  vi.useRealTimers();
  if (left > 0) throw new Error(`${left} timers are left`);
});

describe("a driver", () => {
  test("is active when its medium is, and waits with a subscription until then", async () => {
    const { driver, medium, events } = open();
    const before = driver.isActive;
    const subscribed = driver.subscribe(room, () => {});
    await settled();
    const callsBefore = medium.names;

    events.active();
    const during = driver.isActive;
    await medium.answer();
    await subscribed;

    expect([before, callsBefore, during, driver.isActive]).toEqual([false, [], false, true]);
    expect(medium.names).toEqual(["subscribe lobby"]);
  });

  test("subscribes once for many handlers, and unsubscribes after the last", async () => {
    const { driver, medium, events } = open();
    events.active();
    const [one, two] = [vi.fn<SignalHandler>(), vi.fn<SignalHandler>()];
    const both = Promise.all([driver.subscribe(room, one), driver.subscribe(room, two)]);
    await medium.answer();
    await both;

    await driver.unsubscribe(room, one);
    const after = medium.names;
    const over = driver.unsubscribe(room, two);
    await medium.answer();
    await over;

    expect(after).toEqual(["subscribe lobby"]);
    expect(medium.names).toEqual(["subscribe lobby", "unsubscribe lobby"]);
  });

  test("does not trust a subscription that is just ending: who comes meanwhile waits for a new one", async () => {
    const { driver, medium, events } = open();
    events.active();
    const handler = vi.fn<SignalHandler>();
    const first = driver.subscribe(room, handler);
    await medium.answer();
    await first;
    let isBack = false;

    const over = driver.unsubscribe(room, handler);
    const again = driver.subscribe(room, handler).then(() => (isBack = true));
    await medium.answer();
    const early = isBack;
    await medium.answer();
    await Promise.all([over, again]);

    expect(early).toBe(false);
    expect(medium.names).toEqual(["subscribe lobby", "unsubscribe lobby", "subscribe lobby"]);
  });

  test("tells the caller what the medium refused, and forgets the handler", async () => {
    const { driver, medium, events, errors } = open();
    events.active();
    const handler = vi.fn<SignalHandler>();
    const refused = driver.subscribe(room, handler);
    const cause = new Error("no");
    await medium.answer(cause);

    await expect(refused).rejects.toMatchObject({ code: "DRIVER_ERROR", cause });
    events.message("lobby", bytes);

    expect(handler).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
  });

  test("rejects a publish that the medium refuses: with the caller, never unhandled", async () => {
    const { driver, medium, events } = open();
    events.active();
    const published = driver.publish(room, bytes);
    await medium.answer(new Error("no"));

    await expect(published).rejects.toMatchObject({ code: "DRIVER_ERROR" });
  });

  test("a medium that throws at once is one that refuses", async () => {
    const fail = (): never => {
      throw new Error("no");
    };
    const driver = createDriver({ name: "bad" }, ({ active }) => {
      active();
      return { subscribe: fail, unsubscribe: fail, publish: fail, close: fail };
    });
    driver.on("error", () => {});

    await expect(driver.subscribe(room, () => {})).rejects.toMatchObject({ code: "DRIVER_ERROR" });
    await expect(driver.publish(room, bytes)).rejects.toMatchObject({ code: "DRIVER_ERROR" });
    await expect(driver.close()).resolves.toBeUndefined();
  });

  test("a medium that never answers is a TIMEOUT, and a subscription that may come into force late is ended", async () => {
    const { driver, medium, events } = open();
    events.active();
    const handler = vi.fn<SignalHandler>();
    const results = Promise.allSettled([driver.subscribe(room, handler), driver.publish(room, bytes)]);

    await vi.advanceTimersByTimeAsync(1000);
    const codes = (await results).map((result) => (result.status === "rejected" ? (result.reason as { code: string }).code : "ok"));
    events.message("lobby", bytes);
    await medium.answer();

    expect(codes).toEqual(["TIMEOUT", "TIMEOUT"]);
    expect(handler).not.toHaveBeenCalled();
    expect(medium.names).toEqual(["subscribe lobby", "publish lobby", "unsubscribe lobby"]);
  });

  test("what was under way when the medium went is done again when it is back; a publish fails", async () => {
    const { driver, medium, events } = open();
    events.active();
    const subscribed = driver.subscribe(room, () => {});
    const published = driver.publish(room, bytes);
    await settled();

    events.inactive();
    await expect(published).rejects.toMatchObject({ code: "DRIVER_INACTIVE" });
    events.active();
    await settled();
    await medium.answer();
    await subscribed;

    expect(medium.names).toEqual(["subscribe lobby", "publish lobby", "subscribe lobby"]);
  });

  test("is active again only when its subscriptions are, and reports those that the medium refuses then", async () => {
    const { driver, medium, events, errors } = open();
    events.active();
    const subscribed = driver.subscribe(room, () => {});
    await medium.answer();
    await subscribed;
    const told: string[] = [];
    driver.on("active", () => told.push("active"));
    driver.on("inactive", () => told.push("inactive"));

    events.inactive();
    events.inactive();
    events.active();
    await settled();
    const before = [...told];
    await medium.answer(new Error("not again"));
    events.inactive();

    expect(before).toEqual(["inactive"]);
    expect(told).toEqual(["inactive", "active", "inactive"]);
    expect(errors).toMatchObject([{ code: "DRIVER_ERROR" }]);
  });

  test("tries again to take back a subscription that the medium refused, until it has it", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { driver, medium, events } = open();
    events.active();
    const handler = vi.fn<SignalHandler>();
    const subscribed = driver.subscribe(room, handler);
    await medium.answer();
    await subscribed;
    events.inactive();
    events.active();
    await settled();
    await medium.answer(new Error("too many at once"));

    await vi.advanceTimersByTimeAsync(1000);
    await medium.answer(new Error("still too many"));
    await vi.advanceTimersByTimeAsync(2000);
    await medium.answer();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(medium.names).toEqual(Array(4).fill("subscribe lobby"));
  });

  test("a medium that says twice that it is there has been away", async () => {
    const { driver, medium, events } = open();
    events.active();
    const subscribed = driver.subscribe(room, () => {});
    await medium.answer();
    await subscribed;

    events.active();
    await settled();
    await medium.answer();

    expect(medium.names).toEqual(["subscribe lobby", "subscribe lobby"]);
    expect(driver.isActive).toBe(true);
  });

  test("closing ends the subscriptions at the medium, closes it, and waits for neither for ever", async () => {
    const { driver, medium, events, errors } = open();
    events.active();
    const subscribed = driver.subscribe(room, () => {});
    await medium.answer();
    await subscribed;
    const waiting = driver.subscribe(["other"], () => {});

    const closed = driver.close();
    await expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
    await vi.advanceTimersByTimeAsync(3000);
    await closed;

    expect(medium.names).toEqual(["subscribe lobby", "subscribe other", "unsubscribe lobby", "unsubscribe other", "close"]);
    expect(errors.length).toBeGreaterThan(0);
  });

  test("closing does not wait for a medium that goes meanwhile", async () => {
    const { driver, medium, events } = open();
    events.active();
    const subscribed = driver.subscribe(room, () => {});
    await medium.answer();
    await subscribed;

    const closed = driver.close();
    await settled();
    events.inactive();
    await settled();
    await medium.answer();
    await closed;

    expect(medium.names).toEqual(["subscribe lobby", "unsubscribe lobby", "close"]);
  });

  test("what a medium says after the close is nothing", async () => {
    const { driver, medium, events, errors } = open();
    events.active();
    const closed = driver.close();
    await settled();
    await medium.answer();
    await closed;

    events.active();
    events.message("lobby", bytes);
    events.message(1, 2);
    events.inactive();

    expect([driver.isActive, driver.malformed, errors]).toEqual([false, 0, []]);
  });

  test("an error that nobody listens for goes to the console", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    let given: MediumEvents | undefined;
    createDriver({ name: "alone" }, (events) => {
      given = events;
      return new Held();
    });

    given?.error(new Error("lost"));

    expect(log).toHaveBeenCalledOnce();
  });
});

describe("what comes from a medium", () => {
  test("is dropped and counted when it is no message, and reported ever more seldom", () => {
    const { driver, events, errors } = open({ maxBytes: 10 });
    const wrong: [unknown, unknown, unknown?][] = [
      [undefined, undefined],
      [1, bytes],
      ["lobby", "text"],
      ["lobby", [1]],
      ["lobby", { length: 1 }],
      ["lobby", new Uint16Array(1)],
      ["lobby", new DataView(new ArrayBuffer(1))],
      ["lobby", bytes, 1],
      ["lobby", bytes, null],
      ["lobby", new Uint8Array(11)],
    ];

    for (let n = 0; n < 10_000; n++) for (const [address, message, from] of wrong) events.message(address, message, from);

    expect(driver.malformed).toBe(100_000);
    expect(errors).toHaveLength(17);
    expect(errors[0]).toMatchObject({ code: "BAD_PACKET" });
  });

  test("may be an ArrayBuffer, and carries the sender that the medium proved", async () => {
    const { driver, medium, events } = open();
    events.active();
    const handler = vi.fn<SignalHandler>();
    const subscribed = driver.subscribe(room, handler);
    await medium.answer();
    await subscribed;

    events.message("lobby", Uint8Array.of(7).buffer, "alice");
    events.message("nobody listens", bytes, "alice");
    events.message("__proto__", bytes, "alice");

    expect(handler.mock.calls).toEqual([[Uint8Array.of(7), "alice"]]);
    expect(driver.malformed).toBe(0);
  });
});

test("a timeout that is none is refused", () => {
  for (const timeoutMs of [-1, Number.NaN, "1" as never]) expect(() => open({ timeoutMs })).toThrow(RangeError);
});
