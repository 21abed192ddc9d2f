import { deferred } from "@peerloom/core";
import { describe, expect, test } from "vitest";
import { CandidateQueue } from "../../src/pair/candidates.ts";
import { heard, startHeartbeat, tickHeartbeat } from "../../src/pair/heartbeat.ts";
import { cut, Joiner } from "../../src/pair/pieces.ts";
import { TaskQueue } from "../../src/pair/queue.ts";

describe("candidates", () => {
  const sdp = "v=0\r\na=ice-ufrag:abcd\r\nm=x\r\na=ice-ufrag:efgh\r\n";

  test("wait for the description they belong to, by any of its credentials", () => {
    const queue = new CandidateQueue();
    queue.add([{ candidate: "1", usernameFragment: "efgh" }, { candidate: "2", usernameFragment: "late" }, { candidate: "3" }]);

    expect(queue.take(undefined)).toEqual([]);
    expect(queue.take(sdp).map(({ candidate }) => candidate)).toEqual(["1", "3"]);
    expect(queue.size).toBe(1);
  });

  test("that nobody wants are bounded", () => {
    const queue = new CandidateQueue(10);
    for (let n = 0; n < 1000; n++) queue.add([{ candidate: String(n), usernameFragment: "x" }]);

    expect(queue.size).toBe(10);
  });
});

describe("the heartbeat", () => {
  const times = { intervalMs: 1000, lostMs: 3200 };

  test("asks after silence, and says lost when nothing comes", () => {
    let state = startHeartbeat(0);
    const verdicts: string[] = [];
    for (let now = 500; now <= 3500; now += 500) {
      const [next, verdict] = tickHeartbeat(state, now, times);
      state = next;
      verdicts.push(verdict);
    }

    expect(verdicts).toEqual(["fine", "ask", "fine", "ask", "fine", "ask", "lost"]);
  });

  test("asks nothing while the other side is heard", () => {
    const state = heard(startHeartbeat(0), 900);

    expect(tickHeartbeat(state, 1000, times)[1]).toBe("fine");
  });

  test("of a program that slept gives the other side its time", () => {
    const [state, verdict] = tickHeartbeat(startHeartbeat(0), 60_000, times);

    expect(verdict).toBe("ask");
    expect(tickHeartbeat(state, 60_500, times)[1]).not.toBe("lost");
    expect(tickHeartbeat({ ...state, tickedAt: 62_000 }, 62_500, times)[1]).toBe("lost");
  });
});

describe("pieces", () => {
  test("of a long text come together again, whatever stands at the cut", () => {
    const text = `${"a".repeat(9)}😀${"é".repeat(30)}`;
    const pieces = cut(text, 10);
    const joiner = new Joiner(1000);

    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
    expect(pieces.map((piece) => joiner.add(piece)).at(-1)).toEqual({ text });
    expect(joiner.length).toBe(0);
  });

  test("that are none, or grow too long, are refused and forgotten", () => {
    const joiner = new Joiner(1000);

    expect(joiner.add(new ArrayBuffer(3))).toBe("bad");
    expect(joiner.add("no mark")).toBe("bad");
    expect(joiner.add(`+${"x".repeat(900)}`)).toBe("more");
    expect(joiner.add(`+${"x".repeat(900)}`)).toBe("bad");
    expect(joiner.length).toBe(0);
  });

  test("of no length cannot be piled up", () => {
    const joiner = new Joiner(1000);
    const answers = new Set(Array.from({ length: 100 }, () => joiner.add("+")));

    expect(answers).toContain("bad");
  });
});

describe("the queue", () => {
  test("runs one task after another, and a failure stops none of the others", async () => {
    const failures: unknown[] = [];
    const queue = new TaskQueue((thrown) => failures.push(thrown));
    const order: string[] = [];
    const gate = deferred<void>();
    const end = deferred<void>();
    queue.add(async () => {
      await gate.promise;
      order.push("one");
    });
    queue.add(() => Promise.reject(new Error("two")));
    queue.add(async () => void order.push("three"));
    queue.add(async () => end.resolve());

    expect(order).toEqual([]);
    gate.resolve();
    await end.promise;
    expect(order).toEqual(["one", "three"]);
    expect(failures).toEqual([new Error("two")]);
  });

  test("is bounded, and empty after close", () => {
    const queue = new TaskQueue(() => {}, 3);
    const never = (): Promise<void> => new Promise(() => {});
    const taken = Array.from({ length: 6 }, () => queue.add(never));

    expect(taken).toEqual([true, true, true, true, false, false]);
    queue.close();
    expect(queue.size).toBe(0);
    expect(queue.add(never)).toBe(false);
  });
});
