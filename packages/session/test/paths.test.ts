import type { DirectPaths } from "@peerloom/core";
import { expect, test, vi } from "vitest";
import { twoPaths, type TwoPaths } from "./two-paths.ts";

const upTo = (total: number): number[] => Array.from({ length: total }, (_, index) => index);

/** Counts what `bob` handles; `done` when `total` numbers have come. */
function expectNumbers({ bob }: TwoPaths, total: number): { readonly received: number[]; readonly done: Promise<void> } {
  const received: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  bob.onAny("number", (n: number) => {
    received.push(n);
    if (received.length === total) resolve();
  });
  return { received, done: promise };
}

/** What an endpoint tells its maker of direct paths. */
function spyOn(world: TwoPaths): { readonly [K in "opened" | "met" | "ended" | "silent"]: string[] } {
  const told = { opened: [], met: [], ended: [], silent: [] } as { [K in "opened" | "met" | "ended" | "silent"]: string[] };
  const paths: DirectPaths = {
    send: () => true,
    opened: (id) => void told.opened.push(id),
    met: (id) => void told.met.push(id),
    ended: (id) => void told.ended.push(id),
    silent: (id) => void told.silent.push(id),
    goDirect: async () => {},
    goRelay: () => {},
    close: async () => {},
  };
  world.alice.useDirect(paths);
  return told;
}

async function meet(world: TwoPaths): Promise<void> {
  world.bob.onAny("hello", () => "hi");
  await world.alice.remote("bob").emitWithAck("hello");
}

test("what follows takes the direct path at once, and what is still under way by the relay is not sent twice", async () => {
  await using world = twoPaths();
  const { received, done } = expectNumbers(world, 200);
  await meet(world);
  const bob = world.alice.remote("bob");
  world.relay.hold();
  for (const n of upTo(100)) bob.emit("number", n);
  await world.relay.nextPacket("alice");

  world.direct.up();
  for (const n of upTo(100)) bob.emit("number", 100 + n);
  await vi.waitUntil(() => world.direct.sent > 0);
  const byRelay = bob.bytes.relay.sent;
  world.relay.release();
  await done;

  expect(received).toEqual(upTo(200));
  expect([bob.path, bob.bytes.direct.sent < 3000, bob.bytes.relay.sent - byRelay < 500]).toEqual(["direct", true, true]);
});

test("what does not come by the relay within a moment goes again by the direct path", async () => {
  await using world = twoPaths();
  const { received, done } = expectNumbers(world, 20);
  await meet(world);
  const bob = world.alice.remote("bob");
  world.relay.hold();
  for (const n of upTo(10)) bob.emit("number", n);
  await world.relay.nextPacket("alice");

  world.direct.up();
  for (const n of upTo(10)) bob.emit("number", 10 + n);
  await done;

  expect(received).toEqual(upTo(20));
});

test("what was under way by a direct path that is lost goes again by the relay, once and in order", async () => {
  await using world = twoPaths();
  const { received, done } = expectNumbers(world, 300);
  await meet(world);
  const bob = world.alice.remote("bob");
  world.direct.up();
  for (const n of upTo(100)) bob.emit("number", n);
  await vi.waitUntil(() => received.length === 100);

  world.direct.isHeld = true;
  for (const n of upTo(100)) bob.emit("number", 100 + n);
  await vi.waitUntil(() => world.direct.sent > 2);
  world.direct.down();
  for (const n of upTo(100)) bob.emit("number", 200 + n);
  await done;

  expect(received).toEqual(upTo(300));
  expect(bob.path).toBe("relay");
});

test("a pair with a direct path goes on while the relay is away for longer than the session timeout", async () => {
  await using world = twoPaths({ sessionTimeoutMs: 20 });
  const gone: unknown[] = [];
  for (const end of [world.alice, world.bob]) end.onGone((event) => gone.push(event));
  await meet(world);
  world.direct.up();

  for (const id of ["alice", "bob"]) world.relay.cut(id);
  const bob = world.alice.remote("bob");
  const until = performance.now() + 100;
  while (performance.now() < until) expect(await bob.emitWithAck("hello")).toBe("hi");
  for (const id of ["alice", "bob"]) world.relay.restore(id);
  expect(await bob.emitWithAck("hello")).toBe("hi");
  world.direct.down();
  expect(await bob.emitWithAck("hello")).toBe("hi");

  expect(gone).toEqual([]);
});

test.each([
  { id: "bob", state: "away" },
  { id: "bob", state: "absent" },
  { id: "bob", state: "gone", reason: "timeout" },
] as const)("a relay that says $state of a peer with a direct path does not end it", async (update) => {
  await using world = twoPaths({ sessionTimeoutMs: 20 });
  const gone: unknown[] = [];
  world.alice.onGone((event) => gone.push(event));
  await meet(world);
  world.direct.up();

  world.alice.presence(update);
  const until = performance.now() + 60;
  while (performance.now() < until) expect(await world.alice.remote("bob").emitWithAck("hello")).toBe("hi");

  expect(gone).toEqual([]);
});

test("a peer that closed is gone, direct path or not, and its maker is told", async () => {
  await using world = twoPaths();
  const told = spyOn(world);
  await meet(world);
  world.direct.up();
  const gone = new Promise((resolve) => world.alice.onGone(resolve));

  world.alice.presence({ id: "bob", state: "gone", reason: "closed" });

  expect(await gone).toMatchObject({ id: "bob", error: { code: "PEER_LOST" } });
  expect(told.ended).toEqual(["bob"]);
});

test("a peer whose last path is lost is gone after the session timeout", async () => {
  await using world = twoPaths({ sessionTimeoutMs: 30 });
  await meet(world);
  world.direct.up();
  const gone = new Promise((resolve) => world.alice.onGone(resolve));

  world.relay.cut("alice");
  world.direct.down();

  expect(await gone).toMatchObject({ id: "bob", error: { code: "PEER_LOST" } });
});

test("a direct path that loses everything without a word is told within two and a half seconds", async () => {
  await using world = twoPaths();
  const told = spyOn(world);
  const { received, done } = expectNumbers(world, 1);
  await meet(world);
  world.direct.up();
  world.direct.isBlack = true;

  const begin = performance.now();
  world.alice.remote("bob").emit("number", 0);
  await vi.waitUntil(() => told.silent.length > 0, { timeout: 10_000 });
  expect(performance.now() - begin).toBeLessThan(2500);
  world.direct.down();
  await done;

  expect(received).toEqual([0]);
});

test("the maker of direct paths is told of each session, and once when both have spoken", async () => {
  await using world = twoPaths();
  const told = spyOn(world);
  world.bob.onAny("hello", () => "hi");
  world.alice.remote("bob").emit("hello");
  await world.alice.settled();
  expect(told).toMatchObject({ opened: ["bob"], met: [] });

  for (const _ of upTo(3)) await world.alice.remote("bob").emitWithAck("hello");

  expect(told).toMatchObject({ opened: ["bob"], met: ["bob"] });
});

test("the maker of direct paths is told when much was said by one side alone", async () => {
  await using world = twoPaths();
  const told = spyOn(world);
  world.alice.remote("bob").emit("much", new Uint8Array(70_000));

  await world.alice.settled();

  expect(told.met).toEqual(["bob"]);
});

test("what comes by a direct path opens no session", async () => {
  await using world = twoPaths();

  world.alice.receive("mallory", '[1,"mallory-instance.1","",0,0,0,[0,"x",[]]]', [], "direct");

  expect(world.alice.peers).toEqual([]);
});

test("goDirect says NO_DIRECT where nothing makes direct paths", async () => {
  await using world = twoPaths();

  await expect(world.alice.remote("bob").goDirect()).rejects.toMatchObject({ code: "NO_DIRECT" });
  world.alice.remote("bob").goRelay();
});
