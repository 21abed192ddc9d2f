import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createDriver, type Driver, type Medium, type MediumEvents, type Namespace } from "../src/index.ts";
import { MemoryHub } from "../src/memory.ts";
import { driverCases, driverSuite, type DriverCase } from "../src/testing.ts";

// A suite is worth what it catches: each driver here has one of the defects that drivers are known for.

/** The cases of a driver that is made by `connect` on a hub, and spoiled by `wrap`. */
function casesOf(
  connect: (hub: MemoryHub, events: MediumEvents) => Medium,
  wrap: (driver: Driver) => Driver = (driver) => driver,
): readonly DriverCase[] {
  return driverCases({
    name: "spoiled",
    open: () => {
      const hub = new MemoryHub();
      return {
        hub,
        create: () => wrap(createDriver({ name: "spoiled", hasEcho: true, timeoutMs: 100 }, (events) => connect(hub, events))),
        close: () => {},
      };
    },
    cut: ({ hub }) => hub.cut(),
    restore: ({ hub }) => hub.restore(),
  });
}

/** A driver with some methods replaced. */
function spoil(driver: Driver, methods: (driver: Driver) => Partial<Driver>): Driver {
  const replaced = methods(driver);
  return new Proxy(driver, {
    get: (target, key) => {
      const value: unknown = Reflect.get(key in replaced ? replaced : target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Joins the parts as they are, as drivers without escaping do. */
const joined = (separator: string) => (driver: Driver) =>
  spoil(driver, () => {
    const flat = (namespace: Namespace): Namespace => [(namespace as readonly string[]).join(separator)];
    return {
      subscribe: (namespace, handler) => driver.subscribe(flat(namespace), handler),
      unsubscribe: (namespace, handler) => driver.unsubscribe(flat(namespace), handler),
      publish: (namespace, bytes) => driver.publish(flat(namespace), bytes),
    };
  });

const memory = (hub: MemoryHub, events: MediumEvents): Medium => hub.connect(events);

const spoiled: Readonly<Record<string, { readonly cases: readonly DriverCase[]; readonly caughtBy: string }>> = {
  "parts joined by a colon": { cases: casesOf(memory, joined(":")), caughtBy: "no name of a room or peer reaches another" },
  "parts joined by a dot": { cases: casesOf(memory, joined(".")), caughtBy: "no name of a room or peer reaches another" },
  "a publisher does not hear itself": {
    cases: casesOf((hub, events) => {
      let own: Uint8Array | undefined;
      const medium = hub.connect({ ...events, message: (address, bytes) => bytes !== own && events.message(address, bytes) });
      return { ...medium, publish: (address, bytes) => medium.publish(address, (own = bytes)) };
    }),
    caughtBy: "two peers on one driver object meet",
  },
  "a publisher hears itself twice": {
    cases: casesOf((hub, events) => {
      const medium = hub.connect(events);
      return {
        ...medium,
        publish: (address, bytes) => {
          events.message(address, bytes);
          return medium.publish(address, bytes);
        },
      };
    }),
    caughtBy: "a publisher's own handlers get its messages, once",
  },
  "newest first": {
    cases: casesOf((hub, events) => {
      const medium = hub.connect(events);
      const waiting: (() => void)[] = [];
      const publish = (address: string, bytes: Uint8Array): void => {
        waiting.unshift(() => void medium.publish(address, bytes));
        setTimeout(() => waiting.splice(0).forEach((send) => send()), 1);
      };
      return { ...medium, publish };
    }),
    caughtBy: "messages of one publisher stay in order",
  },
  "no subscriptions after a reconnect": {
    cases: driverCases({
      name: "spoiled",
      open: () => {
        const hub = new MemoryHub();
        const options = { name: "spoiled", hasEcho: true, keepsSubscriptions: true };
        return { hub, create: () => createDriver(options, (events) => hub.connect(events)), close: () => {} };
      },
      cut: ({ hub }) => hub.cut(),
      restore: ({ hub }) => hub.restore(),
    }),
    caughtBy: "when the medium goes and comes back",
  },
  "a close that does not end the subscriptions": {
    cases: casesOf(memory, (driver) => spoil(driver, () => ({ close: () => Promise.resolve() }))),
    caughtBy: "closing ends the subscriptions",
  },
  "an unsubscribe that does nothing": {
    cases: casesOf(memory, (driver) => spoil(driver, () => ({ unsubscribe: () => Promise.resolve() }))),
    caughtBy: "one that unsubscribes gets nothing more",
  },
  "failures that nobody is told": {
    cases: casesOf(memory, (driver) =>
      spoil(driver, () => ({ publish: (namespace, bytes) => driver.publish(namespace, bytes).catch(() => {}) })),
    ),
    caughtBy: "when the medium goes and comes back",
  },
  "wrong arguments that throw": {
    cases: casesOf(memory, (driver) =>
      spoil(driver, () => ({
        publish: (namespace, bytes) => {
          if (!Array.isArray(namespace)) throw new TypeError("no namespace");
          return driver.publish(namespace, bytes);
        },
      })),
    ),
    caughtBy: "wrong arguments are a TypeError, by a promise",
  },
};

test.concurrent.each(Object.entries(spoiled))("the suite catches a driver with %s", { timeout: 20_000 }, async (_, { cases, caughtBy }) => {
  const found = cases.filter(({ name }) => name.includes(caughtBy));

  expect(found).toHaveLength(1);
  await expect(found[0]?.run()).rejects.toThrow(/expected|longer than|throws/);
});

test("the suite runs under Node's own test runner", { timeout: 30_000 }, async () => {
  const program = fileURLToPath(new URL("./programs/node-test.ts", import.meta.url));
  // Node's runner is silent below another one's variables.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--conditions=@peerloom/source", "--test-reporter=tap", "--test", program];

  const { stdout } = await promisify(execFile)(process.execPath, args, { env });

  expect(stdout).toContain("# fail 0");
  expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(15);
});

test("what a world leaves unsaid is not tested, and all else is, by any runner", () => {
  const names: string[] = [];
  const open = () => ({ create: () => createDriver({ name: "x" }, () => new MemoryHub().connect({} as MediumEvents)), close: () => {} });

  driverSuite({ name: "x", open, test: (name) => names.push(name) });

  expect(names).toEqual(driverCases({ name: "x", open }).map(({ name }) => name));
  expect(names.length).toBeGreaterThan(10);
  expect(names.every((name) => name.startsWith("x: "))).toBe(true);
  expect(names.some((name) => name.includes("medium"))).toBe(false);
});
