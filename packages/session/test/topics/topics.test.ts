import { PeerloomError, type Packet } from "@peerloom/core";
import { defaultRoomLimits, Topics, type Publishing, type Subscribed, type TopicHost } from "@peerloom/session";
import { expect, test } from "vitest";

const room = "peerloom:5:clock:ticks";
const name = { service: "clock", topic: "ticks" };

interface Sent {
  readonly room: string;
  readonly next: number;
  readonly packet: Packet;
}

/** A host whose relay is the test. */
class FakeHost implements TopicHost {
  readonly instance = "bob-instance";
  readonly sessionTimeoutMs = 1000;
  readonly sent: Sent[] = [];
  readonly asked: { readonly request: string; readonly args: readonly unknown[]; readonly answer: PromiseWithResolvers<unknown> }[] = [];
  readonly failures: unknown[] = [];
  readonly calls: string[] = [];
  undelivered = 0;
  malformedCount = 0;
  publishing: Publishing | PeerloomError = { key: "key", subscribers: 3 };
  subscribed: Subscribed = { key: "key", publishers: [] };
  readonly defer = (run: () => void): void => void setImmediate(run);

  send(to: string, next: number, packet: Packet): boolean {
    this.sent.push({ room: to, next, packet });
    return true;
  }

  async publish(_name: unknown, head: number, _metadata: unknown, onReply: (reply: Publishing) => void): Promise<void> {
    this.calls.push(`publish ${head}`);
    if (this.publishing instanceof Error) throw this.publishing;
    onReply(this.publishing);
  }

  async unpublish(): Promise<void> {
    this.calls.push("unpublish");
  }

  async subscribe(_name: unknown, onReply: (reply: Subscribed) => void): Promise<void> {
    this.calls.push("subscribe");
    onReply(this.subscribed);
  }

  async unsubscribe(): Promise<void> {
    this.calls.push("unsubscribe");
  }

  ask(_to: string, request: string, args: readonly unknown[]): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    this.asked.push({ request, args, answer });
    return answer.promise;
  }

  failed(failure: { readonly error: unknown }): void {
    this.failures.push(failure.error);
  }

  undeliverable(_room: string, count: number): void {
    this.undelivered += count;
  }

  malformed(): void {
    this.malformedCount += 1;
  }
}

function create(host = new FakeHost()): { readonly host: FakeHost; readonly topics: Topics } {
  const topics = new Topics({ host, limits: defaultRoomLimits, id: () => "bob", isProviding: (service) => service === "clock" });
  topics.connected(262_144);
  return { host, topics };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const member = { id: "alice", instance: "alice-instance", state: "here" as const, head: 5 };
const packet = (first: number, ...values: unknown[]): string =>
  JSON.stringify([1, "alice-instance", first, ...values.map((value) => [0, "t", [value]])]);

test("what is published in a turn goes in one packet, and the history answers those who hold the key", async () => {
  const { host, topics } = create();
  const topic = topics.create("clock", "ticks", { history: 2 });

  for (const n of [1, 2, 3]) topic.publish(n);
  await turn();
  const replay = topics.replay([room, "bob-instance", 0, "key"]);

  expect(host.sent.map(({ next }) => next)).toEqual([3]);
  expect(topic.subscribers).toBe(3);
  expect(replay).toEqual({
    from: 1,
    next: 3,
    events: [
      ["t", 2],
      ["t", 3],
    ],
  });
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test.each([
  ["without a key", [room, "bob-instance", 0], "BAD_REQUEST"],
  ["with a wrong key", [room, "bob-instance", 0, "other"], "NOT_A_MEMBER"],
  ["about another instance", [room, "old-instance", 0, "key"], "PEER_RESTARTED"],
  ["about a topic that is not published here", ["peerloom:5:clock:other", "bob-instance", 0, "key"], "NOT_A_MEMBER"],
  ["about a room", ["lobby", "bob-instance", 0, "key"], "BAD_REQUEST"],
  ["from a number that is none", [room, "bob-instance", -1, "key"], "BAD_REQUEST"],
])("a replay or a start %s is refused with %s", async (_what, args, code) => {
  const { topics } = create();
  topics.create("clock", "ticks", { history: 10, snapshot: () => "secret" }).publish(1);
  await turn();

  expect(() => topics.replay(args)).toThrow(expect.objectContaining({ code }) as Error);
  await expect(topics.start(args)).rejects.toMatchObject({ code });
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("a topic that disconnects slow subscribers answers only what it still has", async () => {
  const { topics } = create();
  const topic = topics.create("clock", "ticks", { history: 2, slow: "disconnect" });
  for (const n of [1, 2, 3]) topic.publish(n);
  await turn();

  expect(topics.replay([room, "bob-instance", 1, "key"])).toMatchObject({ from: 1 });
  expect(() => topics.replay([room, "bob-instance", 0, "key"])).toThrow(expect.objectContaining({ code: "OVERFLOW" }) as Error);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("a snapshot stands for all that was published before it, sent or not", async () => {
  const { topics } = create();
  const topic = topics.create("clock", "ticks", { history: 10, snapshot: () => "state" });
  topic.publish(1);
  await turn();
  topic.publish(2);

  expect(await topics.start([room, "bob-instance", 0, "key", true])).toEqual({ from: 2, next: 2, snapshot: ["state"] });
  expect(await topics.start([room, "bob-instance", 1, "key", false])).toEqual({ from: 0, next: 1, snapshot: [] });
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("wrong arguments are told at once", async () => {
  const { topics } = create();
  topics.create("clock", "ticks");

  expect(() => topics.create("clock", "ticks")).toThrow(TypeError);
  expect(() => topics.create("other", "ticks")).toThrow(TypeError);
  expect(() => topics.create("clock", "")).toThrow(TypeError);
  expect(() => topics.create("clock", "a", { history: -1 })).toThrow(RangeError);
  expect(() => topics.create("clock", "a", { slow: "maybe" as never })).toThrow(TypeError);
  await expect(topics.subscribe("clock", "ticks", 7 as never)).rejects.toBeInstanceOf(TypeError);
  await expect(topics.subscribe("clock", "ticks", () => {}, { replay: 0.5 })).rejects.toBeInstanceOf(RangeError);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("a topic that the relay refuses ends, and that is told", async () => {
  const host = new FakeHost();
  host.publishing = new PeerloomError("FORBIDDEN", "not you");
  const { topics } = create(host);

  const topic = topics.create("clock", "ticks");
  topic.publish(1);
  await turn();

  expect(host.failures).toEqual([host.publishing]);
  expect(host.undelivered).toBe(1);
  expect(topics.load).toEqual({ topics: 0, subscriptions: 0 });
  expect(() => topic.publish(2)).toThrow(expect.objectContaining({ code: "CLOSED" }) as Error);
});

test("numbers go on where an earlier topic of the same name ended", async () => {
  const { host, topics } = create();
  const topic = topics.create("clock", "ticks");
  topic.publish(1);
  await turn();
  await topic.destroy();

  topics.create("clock", "ticks");

  expect(host.calls).toEqual(["publish 0", "unpublish", "publish 1"]);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("subscribers in the same program hear what is published, and are told of its end", async () => {
  const { topics } = create();
  const topic = topics.create("clock", "ticks");
  const heard: unknown[] = [];
  await topics.subscribe("clock", "ticks", ((...args: unknown[]) => heard.push(args)) as never);

  topic.publish(1, "x");
  await turn();

  expect(heard).toEqual([[1, "x", { from: "bob", ...name }]]);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("a subscriber that begins with a snapshot holds what comes meanwhile, and drops what the snapshot stands for", async () => {
  const { host, topics } = create();
  host.subscribed = { key: "key", publishers: [{ ...member, metadata: { snapshot: true } }] };
  const heard: unknown[] = [];
  await topics.subscribe("clock", "ticks", ((value: unknown) => heard.push(value)) as never, {
    onSnapshot: (snapshot) => heard.push(["snapshot", snapshot]),
  });
  await turn();

  topics.receive(room, "alice", 7, packet(5, "five", "six"), []);
  topics.receive(room, "alice", 8, packet(7, "seven"), []);
  const before = [...heard];
  host.asked[0]?.answer.resolve({ from: 6, next: 6, snapshot: ["state"] });
  await turn();

  expect(before).toEqual([]);
  expect(host.asked[0]).toMatchObject({ request: "peerloom:start", args: [room, "alice-instance", 0, "key", true] });
  expect(heard).toEqual([["snapshot", "state"], "six", "seven"]);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("an answer that is no start begins with what comes next, and is counted", async () => {
  const { host, topics } = create();
  host.subscribed = { key: "key", publishers: [member] };
  const heard: unknown[] = [];
  await topics.subscribe("clock", "ticks", ((value: unknown) => heard.push(value)) as never, { replay: 3 });
  await turn();

  host.asked[0]?.answer.resolve({ from: 9, next: 2, snapshot: "x" });
  await turn();
  topics.receive(room, "alice", 6, packet(5, "five"), []);

  expect(host.malformedCount).toBe(1);
  expect(heard).toEqual(["five"]);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test.each([
  ["a stranger", "eve", 6, packet(5, "x")],
  ["another instance", "alice", 6, JSON.stringify([1, "other-instance", 5, [0, "t", ["x"]]])],
  ["a text that is none", "alice", 6, 7],
  ["a text that is no JSON", "alice", 6, "{"],
  ["another event", "alice", 6, JSON.stringify([1, "alice-instance", 5, [0, "say", ["x"]]])],
  ["the room's own signal", "alice", 6, JSON.stringify([1, "alice-instance", 5, [0, "gap", ["x"]]])],
])("a packet of %s is not handed to the application", async (_what, from, next, text) => {
  const { host, topics } = create();
  host.subscribed = { key: "key", publishers: [member] };
  const heard: unknown[] = [];
  await topics.subscribe("clock", "ticks", ((value: unknown) => heard.push(value)) as never);
  await turn();

  topics.receive(room, from, next, text, []);

  expect(heard).toEqual([]);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("a handler that throws is told, and stops nothing", async () => {
  const { host, topics } = create();
  host.subscribed = { key: "key", publishers: [member] };
  const heard: unknown[] = [];
  await topics.subscribe("clock", "ticks", ((value: unknown) => {
    heard.push(value);
    throw new Error("at once");
  }) as never);
  await topics.subscribe("clock", "ticks", (async () => Promise.reject(new Error("later"))) as never);
  await turn();

  topics.receive(room, "alice", 7, packet(5, "five", "six"), []);
  await turn();

  expect(heard).toEqual(["five", "six"]);
  expect(host.failures).toHaveLength(4);
  topics.end(new PeerloomError("CLOSED", "closed"));
});

test("two subscriptions to one topic are one to the relay, until the last ends", async () => {
  const { host, topics } = create();
  const one = await topics.subscribe("clock", "ticks", () => {});
  const other = await topics.subscribe("clock", "ticks", () => {});

  await one.unsubscribe();
  const before = host.calls.includes("unsubscribe");
  await other.unsubscribe();

  expect([before, host.calls.includes("unsubscribe")]).toEqual([false, true]);
  expect(topics.load).toEqual({ topics: 0, subscriptions: 0 });
});
