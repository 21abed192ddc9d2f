import { randomFrom } from "@peerloom/core/testing";
import { describe, expect, test } from "vitest";
import { decodeBody, encodeBody } from "../src/body.ts";
import { Lane } from "../src/lane.ts";
import { initialState, step, type Input, type State } from "../src/machine.ts";
import {
  encodeAccept,
  encodeAlert,
  encodeConfirm,
  encodeHello,
  encodePlain,
  encodeSealed,
  encodeUnknown,
  parseMessage,
} from "../src/message.ts";
import { ReplayWindow } from "../src/replay-window.ts";

const bytes = (length: number, fill = 7): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(fill);
const id = "0123456789abcdef";
const key = "k".repeat(87);

describe("a replay window", () => {
  test("takes each number once, in any order", () => {
    const window = new ReplayWindow();
    const numbers = [1, 5, 3, 2, 100, 64, 99, 4];

    expect(numbers.map((n) => window.take(n))).toEqual(numbers.map(() => true));
    expect(numbers.map((n) => window.take(n))).toEqual(numbers.map(() => false));
    expect(window.isFresh(6)).toBe(true);
  });

  test("takes nothing that is too old to tell, and forgets nothing within its width", () => {
    const window = new ReplayWindow();
    window.take(1);
    window.take(20_000);

    expect([window.take(1), window.take(2), window.take(20_000 - 16_352), window.take(20_000 - 16_351)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test("agrees with a set of all numbers, for random ones that are not too old", () => {
    const [window, seen, random] = [new ReplayWindow(), new Set<number>(), randomFrom(5)];
    let highest = 0;
    for (let turn = 0; turn < 100_000; turn++) {
      const n = Math.max(1, highest + Math.floor(random() * 40) - 30);
      expect(window.take(n)).toBe(!seen.has(n));
      seen.add(n);
      highest = Math.max(highest, n);
    }
  });
});

describe("a body", () => {
  test.each([
    ["nothing", { text: "", attachments: [] }],
    ["a text", { text: "名😀\ufeffx", attachments: [] }],
    ["a text that begins with a mark", { text: "\ufeffx", attachments: [] }],
    ["attachments, some empty", { text: "[1]", attachments: [bytes(3), bytes(0), bytes(70_000, 9)] }],
  ])("carries %s", (_what, packet) => {
    expect(decodeBody(encodeBody(packet))).toEqual(packet);
  });

  test.each([
    ["empty", bytes(0)],
    ["too many attachments", bytes(200, 9)],
    ["a length too long", new Uint8Array([0, 0, 0, 0, 9, 1])],
    ["bytes behind", new Uint8Array([0, 0, 0, 0, 1, 65, 66])],
    ["no UTF-8", new Uint8Array([0, 0, 0, 0, 1, 255])],
  ])("that is none is refused: %s", (_what, body) => {
    expect(decodeBody(body)).toBeUndefined();
  });
});

describe("a message", () => {
  const box = bytes(145);
  test.each([
    [encodePlain(), { type: "plain" }],
    [encodeHello(id, "an-instance", key), { type: "hello", id, instance: "an-instance", key }],
    [encodeAccept(id, "an-instance", key, box), { type: "accept", id, instance: "an-instance", key, box }],
    [encodeConfirm(id, box), { type: "confirm", id, box }],
    [encodeSealed(id, 12, bytes(100)), { type: "sealed", id, n: 12, box: bytes(100) }],
    [encodeSealed(id, 12, bytes(5000)), { type: "sealed", id, n: 12, box: bytes(5000) }],
    [encodeUnknown(id), { type: "unknown", id }],
    [encodeAlert(id, bytes(30)), { type: "alert", id, box: bytes(30) }],
  ])("is read as it was written: %o", ({ text, attachments }, message) => {
    expect(parseMessage(text, attachments)).toEqual(message);
  });

  test.each([
    ["no text", 7, []],
    ["another kind", `e9.${id}`, []],
    ["a short id", "e5.abc", []],
    ["a field too many", `e5.${id}.x`, []],
    ["a field too few", `e1.${id}.an-instance`, []],
    ["a key of another length", `e1.${id}.an-instance.${key}k`, []],
    ["an attachment where none belongs", `e5.${id}`, [bytes(1)]],
    ["number zero", `e4.${id}.0.AAAA`, []],
    ["a number beyond safety", `e4.${id}.9999999999999999.AAAA`, []],
    ["no box", `e4.${id}.1`, []],
    ["two boxes", `e4.${id}.1.AAAA`, [bytes(1)]],
    ["an attachment that is no binary", `e4.${id}.1`, ["x"]],
    ["no base64", `e4.${id}.1.A-A_`, []],
    ["base64 of an impossible length", `e3.${id}.${"A".repeat(25)}`, []],
    ["a long one", `e3.${id}.${"A".repeat(2000)}`, []],
  ])("that is none is refused: %s", (_what, text, attachments) => {
    expect(parseMessage(text, attachments)).toBeUndefined();
  });

  test("100,000 changed ones throw nothing", () => {
    const random = randomFrom(20_261_126);
    const texts = [
      encodeHello(id, "an-instance", key),
      encodeAccept(id, "an-instance", key, box),
      encodeSealed(id, 1, bytes(40)),
      encodeAlert(id, box),
    ];
    let read = 0;
    for (let turn = 0; turn < 100_000; turn++) {
      const { text } = texts[turn % texts.length] ?? encodePlain();
      const at = Math.floor(random() * text.length);
      const until = at + Math.floor(random() * 4);
      const changed = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 300)) + text.slice(until);
      if (parseMessage(changed, random() < 0.1 ? [bytes(9)] : []) !== undefined) read += 1;
    }

    expect(read).toBeGreaterThan(1000);
    expect(read).toBeLessThan(100_000);
  });
});

describe("an agreement", () => {
  const run = (inputs: readonly Input[], from: State = initialState): [State, string[]] => {
    let state = from;
    const done: string[] = [];
    for (const input of inputs) {
      const [next, effects] = step(state, input);
      state = next;
      done.push(...effects.map((effect) => effect.do));
    }
    return [state, done];
  };
  const live = { live: { id: "x", isOpener: true }, pending: { at: "none" } } as const;

  test("begins when something is to be sealed, and once", () => {
    expect(run([{ type: "want" }, { type: "want" }])).toEqual([{ live: undefined, pending: { at: "beginning" } }, ["begin"]]);
  });

  test("goes from hello to a channel", () => {
    const inputs: Input[] = [{ type: "want" }, { type: "offered", id: "x" }, { type: "accept", id: "x" }, { type: "proven", id: "x" }];

    expect(run(inputs)).toEqual([live, ["begin", "say-hello", "read-accept", "say-confirm", "use"]]);
  });

  test("goes from an answer to a channel", () => {
    const [state, effects] = run([
      { type: "hello", id: "x" },
      { type: "confirm", id: "x" },
      { type: "proven", id: "x" },
    ]);

    expect(state).toEqual({ live: { id: "x", isOpener: false }, pending: { at: "none" } });
    expect(effects).toEqual(["answer", "read-confirm", "use"]);
  });

  test("of two that begin at once the lower id counts", () => {
    const begun: Input[] = [{ type: "want" }, { type: "offered", id: "m" }];

    expect(run([...begun, { type: "hello", id: "a" }])[0].pending).toEqual({ at: "answering", id: "a", tries: 1 });
    expect(run([...begun, { type: "hello", id: "z" }])[0].pending).toEqual({ at: "offering", id: "m", tries: 1 });
  });

  test("keeps the channel in use until the other has proven itself anew", () => {
    const [answering] = run([{ type: "hello", id: "y" }], live);
    expect(answering.live).toEqual(live.live);

    const [state, effects] = run([{ type: "proven", id: "y" }], answering);
    expect(state.live).toEqual({ id: "y", isOpener: false });
    expect(effects).toEqual(["retire", "use"]);
  });

  test.each<[string, Input, string[]]>([
    ["hello of the channel in use", { type: "hello", id: "x" }, []],
    ["an answer that comes again", { type: "accept", id: "x" }, ["say-confirm"]],
    ["an answer to nothing", { type: "accept", id: "q" }, []],
    ["a last word to nothing", { type: "confirm", id: "x" }, []],
    ["that another channel is unknown", { type: "unknown", id: "q" }, []],
    ["that the channel is unknown", { type: "unknown", id: "x" }, ["retire", "begin"]],
    ["that the other does not encrypt", { type: "plain" }, ["retire", "begin"]],
    ["what a stranger sealed", { type: "stranger", id: "q" }, ["say-unknown"]],
    ["time", { type: "tick", isWanted: true }, []],
    ["another client object", { type: "replaced" }, ["forget"]],
    ["age", { type: "renew" }, ["begin"]],
    ["want", { type: "want" }, []],
  ])("with a channel in use takes %s", (_what, input, effects) => {
    expect(run([input], live)[1]).toEqual(effects);
  });

  test("is given up after a while without an answer, and says so", () => {
    const [state, effects] = run([
      { type: "want" },
      { type: "offered", id: "x" },
      ...Array.from({ length: 9 }, (): Input => ({ type: "tick", isWanted: true })),
    ]);

    expect(effects.filter((effect) => effect === "say-hello")).toHaveLength(6);
    expect(effects.at(-1)).toBe("fail");
    expect(state).toEqual(initialState);
  });

  test("of which nothing more is heard is begun from this side, if something waits", () => {
    const ticks = (isWanted: boolean): Input[] => Array.from({ length: 3 }, () => ({ type: "tick", isWanted }));

    expect(run([{ type: "hello", id: "x" }, ...ticks(true)])[1]).toEqual(["answer", "say-accept", "say-accept", "begin"]);
    expect(run([{ type: "hello", id: "x" }, ...ticks(false)])[0]).toEqual(initialState);
  });

  test("with one that does not encrypt fails", () => {
    expect(run([{ type: "want" }, { type: "offered", id: "x" }, { type: "plain" }])).toEqual([
      initialState,
      ["begin", "say-hello", "fail"],
    ]);
  });
});

test("a lane keeps its order, goes on after what throws, and counts", async () => {
  const [done, failed]: [number[], unknown[]] = [[], []];
  let most = 0;
  const lane: Lane = new Lane(
    () => (most = Math.max(most, lane.bytes)),
    (error) => failed.push(error),
  );
  lane.push(5, async () => {
    await Promise.resolve();
    done.push(1);
  });
  lane.push(3, () => {
    throw new Error("two");
  });
  lane.push(1, () => void done.push(3));
  expect(lane.isBusy).toBe(true);

  await expect.poll(() => lane.isBusy).toBe(false);

  expect({ done, failed: failed.length, most, left: lane.bytes }).toEqual({ done: [1, 3], failed: 1, most: 9, left: 0 });
});

test("what is in a lane that is cleared does not run", async () => {
  const done: number[] = [];
  const lane = new Lane(
    () => {},
    () => {},
  );
  lane.push(1, async () => void done.push(await Promise.resolve(1)));
  lane.push(1, () => void done.push(2));

  lane.clear();
  await expect.poll(() => lane.isBusy).toBe(false);

  expect(done).toEqual([1]);
  expect(lane.bytes).toBe(0);
});
