import { expect, test } from "vitest";
import { createDriver, type Driver, type Medium, type MediumEvents, type Namespace, type SignalHandler } from "../src/index.ts";
import { MemoryHub, memoryDriver } from "../src/memory.ts";

// Random calls over a medium that is slow, and gone now and then, are compared with the simplest model: the last call counts.

/** Numbers from a seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A hub whose answers take their time, and are lost with what they would have done when it is cut meanwhile. */
function slowDriver(hub: MemoryHub, below: (n: number) => number): Driver {
  return createDriver({ name: "slow", hasEcho: true, isShared: false }, (events: MediumEvents): Medium => {
    let epoch = 0;
    const medium = hub.connect({
      ...events,
      inactive: () => {
        epoch += 1;
        events.inactive();
      },
    });
    const slowly = async (run: () => unknown): Promise<void> => {
      const before = epoch;
      for (let n = below(4); n > 0; n--) await turn();
      if (before !== epoch) return new Promise(() => {});
      run();
      for (let n = below(3); n > 0; n--) await turn();
      if (before !== epoch) return new Promise(() => {});
    };
    return {
      subscribe: (address) => slowly(() => medium.subscribe(address)),
      unsubscribe: (address) => slowly(() => medium.unsubscribe(address)),
      publish: (address, bytes) => medium.publish(address, bytes),
      close: () => medium.close?.(),
    };
  });
}

const namespaces: readonly Namespace[] = [["a"], ["a", "b"], ["a.b"], [""]];

async function play(seed: number): Promise<void> {
  const below = numbers(seed);
  const hub = new MemoryHub();
  const drivers = [slowDriver(hub, below), slowDriver(hub, below)];
  const got: string[] = [];
  const handlers = drivers.map((_, d) =>
    [0, 1].map((h) =>
      namespaces.map(
        (__, n): SignalHandler =>
          () =>
            got.push(`${d} ${h} ${n}`),
      ),
    ),
  );
  const isOn = new Set<string>();
  const prober = memoryDriver(hub);
  let cuts = 0;
  const versions = new Map<string, number>();
  const touch = (key: string): number => {
    versions.set(key, (versions.get(key) ?? 0) + 1);
    return versions.get(key) ?? 0;
  };
  /** A subscription that has resolved gets what is published then, unless something happened since. */
  const probe = async (key: string, namespace: Namespace, version: number, cutsBefore: number): Promise<void> => {
    if (versions.get(key) !== version || cuts !== cutsBefore) return;
    const before = got.filter((entry) => entry === key).length;
    await prober.publish(namespace, new Uint8Array(1));
    await turn();
    if (versions.get(key) !== version || cuts !== cutsBefore) return;
    if (got.filter((entry) => entry === key).length === before) deaf.push(`${key} of seed ${seed}`);
  };
  const deaf: string[] = [];
  const calls: Promise<unknown>[] = [];
  const codeOf = (call: Promise<void>): Promise<unknown> =>
    call.then(
      () => "ok",
      (error: { code: unknown }) => error.code,
    );
  for (let op = 0; op < 60; op++) {
    const [d, h, n] = [below(drivers.length), below(2), below(namespaces.length)];
    const driver = drivers[d] as Driver;
    const namespace = namespaces[n] as Namespace;
    const handler = handlers[d]?.[h]?.[n] as SignalHandler;
    const kind = below(20);
    const key = `${d} ${h} ${n}`;
    if (kind < 8) {
      const [version, cutsBefore] = [touch(key), cuts];
      isOn.add(key);
      calls.push(codeOf(driver.subscribe(namespace, handler).then(() => probe(key, namespace, version, cutsBefore))));
    } else if (kind < 15) {
      touch(key);
      isOn.delete(key);
      calls.push(codeOf(driver.unsubscribe(namespace, handler)));
    } else if (kind < 16) {
      cuts += 1;
      hub.cut();
    } else if (kind < 17) hub.restore();
    else for (let wait = below(6); wait > 0; wait--) await turn();
  }
  hub.restore();
  const codes = new Set(await Promise.all(calls));
  for (const driver of drivers) while (!driver.isActive) await turn();
  got.length = 0;

  for (const namespace of namespaces) await drivers[0]?.publish(namespace, new Uint8Array(1));
  await turn();

  expect([...got].sort(), `seed ${seed}`).toEqual([...isOn].sort());
  expect([...codes].filter((code) => code !== "ok" && code !== "ABORTED")).toEqual([]);
  expect(deaf).toEqual([]);
  await Promise.all([prober, ...drivers].map((driver) => driver.close()));
  expect(hub.subscriptions).toBe(0);
}

test(
  "whatever is called while the medium is slow or gone, the last call counts, each message comes once, and nothing is left",
  { timeout: 60_000 },
  async () => {
    const first = Math.floor(Math.random() * 2 ** 31);

    for (let seed = first; seed < first + 300; seed++) await play(seed);

    expect.assertions(1200);
  },
);
