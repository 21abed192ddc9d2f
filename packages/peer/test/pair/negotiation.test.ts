import { randomFrom } from "@peerloom/core/testing";
import { describe, expect, test } from "vitest";
import {
  initialNegotiation,
  stepNegotiation,
  type Negotiation,
  type NegotiationEffect,
  type NegotiationInput,
} from "../../src/pair/negotiation.ts";

/** Runs inputs through one side's machine; says what it did. */
function run(isLeader: boolean, ...inputs: NegotiationInput[]): readonly [Negotiation, readonly NegotiationEffect["do"][]] {
  let state = initialNegotiation;
  const done = inputs.flatMap((input) => {
    const [next, effects] = stepNegotiation(state, input, isLeader);
    state = next;
    return effects.map((effect) => effect.do);
  });
  return [state, done];
}

describe("negotiation", () => {
  test("the leader offers media at once, the follower asks for its turn", () => {
    expect(run(true, { type: "want", what: "media" })[1]).toEqual(["offer"]);
    expect(run(false, { type: "want", what: "media" })[1]).toEqual(["say"]);
    expect(run(false, { type: "want", what: "media" }, { type: "grant" })[1]).toEqual(["say", "offer"]);
  });

  test("a leader that has given its turn away keeps its own wish until the offer has come", () => {
    const [state, done] = run(true, { type: "ask" }, { type: "want", what: "media" }, { type: "offer" }, { type: "settled" });

    expect(done).toEqual(["say", "accept", "offer"]);
    expect(state.at).toBe("offered");
  });

  test("urgent offers ask nobody; when they cross, the follower takes its own back and says it again", () => {
    const [state, done] = run(false, { type: "want", what: "restart" }, { type: "offer" }, { type: "settled" });

    expect(done).toEqual(["offer", "rollback", "accept", "offer"]);
    expect(state).toMatchObject({ at: "offered", lastOffer: 2, offered: "restart" });
    expect(run(true, { type: "want", what: "restart" }, { type: "offer" })[1]).toEqual(["offer", "ignore"]);
  });

  test("the answer to an offer that was taken back is ignored", () => {
    const [, done] = run(false, { type: "want", what: "first" }, { type: "offer" }, { type: "settled" }, { type: "answer", offer: 1 });

    expect(done.at(-1)).toBe("ignore");
  });

  test("an offer that the other side cannot apply is taken back, and does not block the next one", () => {
    const [state, done] = run(true, { type: "want", what: "media" }, { type: "reject", offer: 1 }, { type: "want", what: "media" });

    expect(done).toEqual(["offer", "rollback", "offer"]);
    expect(state).toMatchObject({ at: "offered", lastOffer: 2 });
  });

  test("a turn that is not needed any more is given back", () => {
    expect(run(false, { type: "want", what: "restart" }, { type: "answer", offer: 1 }, { type: "grant" })[1]).toEqual([
      "offer",
      "apply-answer",
      "say",
    ]);
    expect(run(true, { type: "ask" }, { type: "pass" })[0].at).toBe("stable");
  });
});

type Message =
  | { readonly type: "offer" | "answer"; readonly offer: number; readonly version: number }
  | { readonly type: "ask" | "grant" | "pass" };

interface Side {
  state: Negotiation;
  readonly isLeader: boolean;
  readonly inbox: Message[];
  /** What this side's user has, and what the other side knows of it. */
  version: number;
  known: number;
}

/** Two sides and the channels between them. Returns how often media offers crossed. */
function world(random: () => number): { left: Side; right: Side; crossed: () => number; act: () => void; drain: () => void } {
  const side = (isLeader: boolean): Side => ({ state: initialNegotiation, isLeader, inbox: [], version: 0, known: 0 });
  const [left, right] = [side(true), side(false)];
  let crossed = 0;
  const feed = (one: Side, other: Side, input: NegotiationInput, message?: Message): void => {
    const [next, effects] = stepNegotiation(one.state, input, one.isLeader);
    one.state = next;
    for (const effect of effects) {
      if (effect.do === "offer") other.inbox.push({ type: "offer", offer: effect.offer, version: one.version });
      if (effect.do === "say") other.inbox.push({ type: effect.what });
      if (effect.do === "rollback") crossed += 1;
      if (effect.do === "accept" && message?.type === "offer") {
        other.known = message.version;
        other.inbox.push({ ...message, type: "answer" });
      }
    }
    if (input.type !== "settled") feed(one, other, { type: "settled" });
  };
  const deliver = (one: Side, other: Side): void => {
    const message = one.inbox.shift();
    if (message !== undefined)
      feed(one, other, message.type === "answer" ? { type: "answer", offer: message.offer } : { type: message.type }, message);
  };
  const act = (): void => {
    const [one, other] = random() < 0.5 ? [left, right] : [right, left];
    if (random() < 0.6) return deliver(one, other);
    one.version += 1;
    feed(one, other, { type: "want", what: random() < 0.8 ? "media" : "restart" });
  };
  const drain = (): void => {
    for (let turn = 0; turn < 1000 && left.inbox.length + right.inbox.length > 0; turn++) {
      deliver(left, right);
      deliver(right, left);
    }
  };
  return { left, right, crossed: () => crossed, act, drain };
}

test("two sides that want things at any time always come to rest, and each knows all of the other", () => {
  let crossings = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const { left, right, act, drain, crossed } = world(randomFrom(seed));
    for (let step = 0; step < 60; step++) act();
    drain();

    crossings += crossed();
    for (const side of [left, right]) {
      expect(side.state, `seed ${seed}`).toMatchObject({ at: "stable", wanted: "nothing" });
      expect(side.known, `seed ${seed}`).toBe(side.version);
    }
  }
  // The worlds were rough enough to show it.
  expect(crossings).toBeGreaterThan(100);
});
