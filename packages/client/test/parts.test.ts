import type { PeerStatus } from "@peerloom/protocol";
import { describe, expect, test, vi } from "vitest";
import { ControlChannel } from "../src/control.ts";
import { LocalQueue } from "../src/local-queue.ts";
import { Questions } from "../src/questions.ts";
import { dropBuffered, isSocketLike, type SocketLike } from "../src/socket-like.ts";
import { WatchList } from "../src/watch-list.ts";

/** A connection that keeps what is sent. */
class FakeConnection {
  isUp = true;
  readonly sent: {
    readonly body: { readonly type?: string; readonly ids?: readonly string[] };
    readonly ack: (...reply: unknown[]) => void;
  }[] = [];

  readonly send = (body: object, ack: (...reply: unknown[]) => void): boolean => {
    if (this.isUp) this.sent.push({ body, ack });
    return this.isUp;
  };
}

function channel(): { connection: FakeConnection; control: ControlChannel; malformed: string[] } {
  const connection = new FakeConnection();
  const malformed: string[] = [];
  return {
    connection,
    malformed,
    control: new ControlChannel({ send: connection.send, timeoutMs: 50, malformed: (what) => malformed.push(what) }),
  };
}

describe("the control channel", () => {
  test("asks again on each new connection until there is an answer", async () => {
    const { connection, control } = channel();
    connection.isUp = false;
    const reply = control.request("lookup", { id: "bob" });
    connection.isUp = true;
    control.connected(() => {});
    control.connected(() => {});
    connection.sent[1]?.ack({ ok: true, value: { id: "bob", state: "here" } });
    connection.sent[0]?.ack({ ok: true, value: { id: "bob", state: "away" } });
    control.connected(() => {});

    expect(await reply).toEqual({ id: "bob", state: "here" });
    expect(connection.sent).toHaveLength(2);
    expect(control.size).toBe(0);
  });

  test("runs what must come first before it asks again", () => {
    const { connection, control } = channel();
    connection.isUp = false;
    void control.request("leave", { room: "old" }).catch(() => {});
    connection.isUp = true;

    control.connected(() => void control.request("join", { room: "new", head: 0 }).catch(() => {}));

    expect(connection.sent.map(({ body }) => body.type)).toEqual(["join", "leave"]);
  });

  test("hears nothing in the error of a socket's own ack timeout", async () => {
    const { connection, control, malformed } = channel();
    const reply = control.request("leave", { room: "lobby" });

    connection.sent[0]?.ack(new Error("operation has timed out"));
    connection.sent[0]?.ack(null, { ok: true, value: {} });

    expect(await reply).toBe(true);
    expect(malformed).toEqual([]);
  });

  test("rejects with the relay's code, TIMEOUT, ABORTED, and CLOSED in the end", async () => {
    const { connection, control } = channel();
    const refused = control.request("leave", { room: "lobby" });
    connection.sent[0]?.ack({ ok: false, error: { code: "FORBIDDEN", message: "no" } });

    await expect(refused).rejects.toMatchObject({ code: "FORBIDDEN", message: "no" });
    await expect(control.request("leave", { room: "lobby" }, { timeoutMs: 1 })).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect(control.request("leave", { room: "lobby" }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    expect(control.size).toBe(0);
  });
});

describe("the watch list", () => {
  const setUp = () => {
    const { connection, control } = channel();
    const deferred: (() => void)[] = [];
    const states: PeerStatus[] = [];
    const watches = new WatchList({ control, defer: (run) => deferred.push(run), onStatus: (status) => states.push(status) });
    return { connection, watches, states, turn: () => deferred.splice(0).forEach((run) => run()) };
  };

  test("tells the changes of one turn together, at most 256 ids a request", () => {
    const { connection, watches, turn } = setUp();
    watches.connected();
    watches.add(
      "session",
      Array.from({ length: 300 }, (_, index) => `peer-${index}`),
    );
    watches.add("application", ["peer-0", "other"]);
    watches.remove("application", ["other"]);
    turn();

    expect(connection.sent.map(({ body }) => [body.type, body.ids?.length])).toEqual([
      ["watch", 256],
      ["watch", 44],
    ]);
  });

  test("unwatches what nobody wants any more, and tells all again on a new connection", () => {
    const { connection, watches, turn } = setUp();
    watches.connected();
    watches.add("session", ["ann", "bob"]);
    watches.add("application", ["ann"]);
    turn();
    watches.remove("session", ["ann", "bob"]);
    turn();
    watches.disconnected();
    watches.add("session", ["carol"]);
    watches.connected();

    expect(connection.sent.map(({ body }) => [body.type, body.ids])).toEqual([
      ["watch", ["ann", "bob"]],
      ["unwatch", ["bob"]],
      ["watch", ["carol", "ann"]],
    ]);
  });

  test("passes on what the relay answers, and asks again later when it refuses", async () => {
    vi.useFakeTimers();
    const { connection, watches, states } = setUp();
    watches.add("session", ["ann"]);
    watches.connected();
    connection.sent[0]?.ack({ ok: false, error: { code: "RATE_LIMITED", message: "slowly" } });
    await vi.advanceTimersByTimeAsync(1000);
    connection.sent[1]?.ack({ ok: true, value: { states: [{ id: "ann", state: "here" }] } });
    watches.clear();
    const timers = vi.getTimerCount();
    vi.useRealTimers();

    expect(states).toEqual([{ id: "ann", state: "here" }]);
    expect(timers).toBe(0);
  });
});

describe("the local queue", () => {
  test("is full over its mark, and tells when half of it has gone", async () => {
    vi.useFakeTimers();
    const listeners = new Set<() => void>();
    const ws = { addEventListener: () => {}, bufferedAmount: 0 };
    const engine = {
      transport: { ws },
      on: (_: string, run: () => void) => listeners.add(run),
      off: (_: string, run: () => void) => listeners.delete(run),
    };
    let writable = 0;
    const queue = new LocalQueue({ io: { engine } } as unknown as SocketLike, 100, () => (writable += 1));
    queue.connected();

    queue.add(101);
    const full = queue.isFull;
    ws.bufferedAmount = 101;
    for (const drained of listeners) drained();
    await vi.advanceTimersByTimeAsync(50);
    const whileFull = writable;
    ws.bufferedAmount = 50;
    await vi.advanceTimersByTimeAsync(50);
    queue.disconnected();
    const timers = vi.getTimerCount();
    vi.useRealTimers();

    expect([full, whileFull, writable, queue.isFull, timers, listeners.size]).toEqual([true, 0, 1, false, 0, 0]);
  });
});

describe("questions", () => {
  const question = { type: "pair", from: "bob" };

  test("of a lost connection are not answered on the next one", async () => {
    const questions = new Questions(() => {});
    const answers: unknown[] = [];
    let decide = (): void => {};
    questions.handle(() => new Promise((resolve) => (decide = () => resolve(undefined))));

    questions.ask(question, (answer: unknown) => answers.push(answer));
    questions.disconnected();
    decide();
    await new Promise((resolve) => setImmediate(resolve));

    expect(answers).toEqual([]);
  });

  test("beyond a number are turned away, and an answer that is no JSON refuses", async () => {
    const questions = new Questions(() => {});
    const answers: { error?: { code: string } }[] = [];
    const ack = (answer: object): void => void answers.push(answer);
    questions.handle((from) => (from === "odd" ? ((() => {}) as never) : new Promise(() => {})));

    questions.ask({ type: "pair", from: "odd" }, ack);
    await new Promise((resolve) => setImmediate(resolve));
    for (let count = 0; count < 257; count++) questions.ask(question, ack);

    expect(answers.map(({ error }) => error?.code)).toEqual(["PAIR_REFUSED", "BUSY"]);
  });
});

describe("a socket", () => {
  test("is told from other things by what it can do", () => {
    const able = { connect() {}, disconnect() {}, emit() {}, on() {}, off() {}, sendBuffer: [] };

    expect([able, {}, null, "http://relay.example", { ...able, emit: 1 }].map(isSocketLike)).toEqual([true, false, false, false, false]);
  });

  test("keeps in its buffer what is not ours", () => {
    const theirs = [{ data: ["chat", 1] }, { data: null }, null, 5];
    const socket = { sendBuffer: [{ data: ["p", 1] }, ...theirs, { data: ["control"] }, { data: ["r"] }] } as unknown as SocketLike;

    dropBuffered(socket);

    expect(socket.sendBuffer).toEqual(theirs);
  });
});
