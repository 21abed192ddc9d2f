import type { Packet } from "@peerloom/core";
import { MemoryRelay, type MemoryClient } from "@peerloom/core/testing";
import { beforeEach, expect, test } from "vitest";

/** Notes what the relay tells it, as short texts. */
class Notes implements MemoryClient {
  readonly lines: string[] = [];
  connected(id: string): void {
    this.lines.push(`connected ${id}`);
  }
  disconnected(): void {
    this.lines.push("disconnected");
  }
  receive(from: string, text: unknown, attachments: readonly unknown[]): void {
    this.lines.push(`${from}: ${String(text)} ${attachments.length}`);
  }
  refused(to: string, code: string, serial: number): void {
    this.lines.push(`refused ${to} ${code} ${serial}`);
  }
  ready(to: string): void {
    this.lines.push(`ready ${to}`);
  }
  presence({ id, state, instance }: Parameters<MemoryClient["presence"]>[0]): void {
    this.lines.push(`${id} is ${state} ${instance ?? ""}`.trimEnd());
  }
  /** What it was told since the last call. */
  take(): string[] {
    return this.lines.splice(0);
  }
}

const packet = (text: string): Packet => ({ text, attachments: [] });

let relay: MemoryRelay;
let alice: Notes;
let bob: Notes;
/** Runs the tasks that the relay deferred, until there are none. */
let settle: () => void;

beforeEach(() => {
  const tasks: (() => void)[] = [];
  settle = () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) task();
  };
  relay = new MemoryRelay((run) => tasks.push(run));
  [alice, bob] = [new Notes(), new Notes()];
  relay.attach("alice", "instance-a", alice);
  relay.attach("bob", "instance-b", bob);
  alice.take();
  bob.take();
});

test("packets arrive in order, in a task of their own each", () => {
  const transport = relay.transport("alice");

  transport.send("bob", 1, packet("one"), "relay");
  transport.send("bob", 2, { text: "two", attachments: [new Uint8Array(1)] }, "relay");

  expect([bob.take(), relay.inFlight]).toEqual([[], 2]);
  settle();
  expect([bob.take(), relay.inFlight]).toEqual([["alice: one 0", "alice: two 1"], 0]);
});

test("nextPacket resolves with the next packet of the client that is asked for", async () => {
  const next = relay.nextPacket("bob");
  relay.transport("alice").send("bob", 1, packet("not this"), "relay");
  relay.transport("bob").send("alice", 7, packet("this"), "relay");
  relay.transport("bob").send("alice", 8, packet("too late"), "relay");

  expect(await next).toEqual({ from: "bob", to: "alice", serial: 7, packet: packet("this") });
});

test("held packets stay under way until they are released", () => {
  relay.transport("alice").send("bob", 1, packet("before"), "relay");
  relay.hold();
  relay.transport("alice").send("bob", 2, packet("after"), "relay");
  settle();
  expect([bob.take(), relay.inFlight]).toEqual([[], 2]);

  relay.release();
  settle();

  expect(bob.take()).toEqual(["alice: before 0", "alice: after 0"]);
});

test("a judge loses, refuses or delivers", () => {
  relay.judge = ({ serial }) => (["lose", "BUSY", "deliver"] as const)[serial] ?? "deliver";

  for (const serial of [0, 1, 2]) relay.transport("alice").send("bob", serial, packet(`${serial}`), "relay");
  settle();

  expect(bob.take()).toEqual(["alice: 2 0"]);
  expect(alice.take()).toEqual(["refused bob BUSY 1"]);
});

test("a packet to nobody is refused with PEER_NOT_FOUND, to one cut off with PEER_AWAY", () => {
  relay.cut("bob");

  relay.transport("alice").send("bob", 1, packet("x"), "relay");
  relay.transport("alice").send("carol", 2, packet("x"), "relay");
  settle();

  expect(alice.take()).toEqual(["refused bob PEER_AWAY 1", "refused carol PEER_NOT_FOUND 2"]);
});

test("a cut loses what is under way to and from the client, and takes no more of it", () => {
  relay.attach("carol", "instance-c", new Notes());
  relay.transport("alice").send("bob", 1, packet("lost"), "relay");
  relay.transport("bob").send("alice", 1, packet("lost too"), "relay");
  relay.transport("carol").send("alice", 1, packet("kept"), "relay");

  relay.cut("bob");
  const isTaken = relay.transport("bob").send("alice", 2, packet("not taken"), "relay");
  settle();

  expect(isTaken).toBe(false);
  expect([alice.take(), bob.take()]).toEqual([["carol: kept 0"], ["disconnected"]]);
});

test("watchers are answered, and told when a client is cut, restored, gone and new", () => {
  relay.transport("alice").watch(["bob", "carol"]);
  settle();
  expect(alice.take()).toEqual(["bob is here instance-b", "carol is absent"]);

  relay.cut("bob");
  relay.restore("bob");
  relay.detach("bob");
  relay.attach("carol", "instance-c", new Notes());

  expect(alice.take()).toEqual(["bob is away instance-b", "bob is here instance-b", "bob is gone", "carol is here instance-c"]);
  expect(bob.take()).toEqual(["disconnected", "connected bob", "disconnected"]);
});

test("a client that was cut off is told how those it watches stand when it is back", () => {
  relay.transport("bob").watch(["alice"]);
  settle();
  relay.cut("bob");
  relay.cut("alice");
  bob.take();

  relay.restore("bob");

  expect(bob.take()).toEqual(["connected bob", "alice is away instance-a"]);
});

test("what is no longer watched is not told", () => {
  const transport = relay.transport("alice");
  transport.watch(["bob"]);
  settle();
  alice.take();

  transport.unwatch(["bob"]);
  relay.cut("bob");

  expect(alice.take()).toEqual([]);
});

test("a client under the same id takes the place of the one before", () => {
  const again = new Notes();
  relay.transport("alice").watch(["bob"]);
  settle();
  alice.take();

  relay.attach("bob", "instance-b2", again);
  relay.transport("alice").send("bob", 1, packet("for the new one"), "relay");
  settle();

  expect(bob.take()).toEqual(["disconnected"]);
  expect(again.take()).toEqual(["connected bob", "alice: for the new one 0"]);
  expect(alice.take()).toEqual(["bob is here instance-b2"]);
});

test("cutting, restoring and detaching an unknown client does nothing", () => {
  relay.cut("nobody");
  relay.restore("nobody");
  relay.detach("nobody");
  settle();

  expect([alice.take(), bob.take()]).toEqual([[], []]);
});
