import { describe, expect, test } from "vitest";
import { initialLife, stepLife, type Life, type LifeEffect, type LifeInput } from "../src/life.ts";

const times = { askMs: 1, connectMs: 2, patienceMs: 3, restartMs: 4 };

/** Runs inputs and returns where it ends and what was to be done, without the timers. */
function run(isLeader: boolean, ...inputs: LifeInput[]): readonly [Life["at"], string[]] {
  let life: Life = initialLife;
  const done: LifeEffect[] = [];
  for (const input of inputs) {
    const [next, effects] = stepLife(life, input, times, isLeader);
    life = next;
    done.push(...effects);
  }
  const names = done.map((effect) => (effect.do === "tell" ? `tell ${effect.isUp ? "up" : "down"}` : effect.do));
  return [life.at, names.filter((name) => name !== "arm" && name !== "disarm")];
}

const want: LifeInput = { type: "want", isUrgent: false };
const agreed: LifeInput = { type: "agreed" };
const up: LifeInput = { type: "up" };
const timer: LifeInput = { type: "timer" };
const broken: LifeInput = { type: "broken", wasLong: false };

describe("a direct path", () => {
  test("is asked for and then offered by the leader", () => {
    expect(run(true, want, agreed, up)).toEqual(["up", ["ask", "offer", "tell up"]]);
  });

  test("is asked for by the follower, who waits for the offer", () => {
    expect(run(false, want, agreed, { type: "offered" }, up)).toEqual(["up", ["ask", "tell up"]]);
  });

  test("is made once when both ask at the same moment", () => {
    const crossed: LifeInput = { type: "wanted", isStale: true };

    expect(run(true, want, crossed, agreed, up)).toEqual(["up", ["ask", "offer", "tell up"]]);
    expect(run(false, want, crossed, agreed, { type: "offered" }, up)).toEqual(["up", ["ask", "tell up"]]);
  });

  test("is made anew for a follower that knows nothing of it", () => {
    expect(run(true, want, agreed, up, { type: "wanted", isStale: true })).toEqual([
      "connecting",
      ["ask", "offer", "tell up", "tell down", "close", "offer"],
    ]);
    expect(run(true, want, agreed, up, { type: "wanted", isStale: false })[0]).toBe("up");
  });

  test("that is lost is restarted by the leader, then given up and asked for again after a rest", () => {
    const steps: LifeInput[] = [want, agreed, up, { type: "down" }, timer, timer, timer];

    expect(run(true, ...steps)).toEqual(["asking", ["ask", "offer", "tell up", "tell down", "restart", "close", "rest", "ask"]]);
    expect(run(false, ...steps.slice(0, -1))).toEqual(["asking", ["ask", "tell up", "tell down", "close", "rest", "ask"]]);
  });

  test("that comes back by itself is used again", () => {
    expect(run(true, want, agreed, up, { type: "down" }, up)).toEqual(["up", ["ask", "offer", "tell up", "tell down", "tell up"]]);
  });

  test("that breaks rests longer each time, and not after a long life", () => {
    let life: Life = { at: "connecting", tries: 3 };
    const rests = (input: LifeInput): number | undefined => {
      const [next, effects] = stepLife(life, input, times, true);
      life = next;
      return effects.find((effect) => effect.do === "rest")?.tries;
    };

    expect(rests(broken)).toBe(3);
    life = { at: "up", tries: 4 };
    expect(rests({ type: "broken", wasLong: true })).toBe(0);
  });

  test("that the other side will not have is not asked for again, unless it is urgent", () => {
    const refused: LifeInput = { type: "refused", isFinal: true };

    expect(run(true, want, refused, want, timer)).toEqual(["refused", ["ask"]]);
    expect(run(true, want, refused, { type: "want", isUrgent: true })).toEqual(["asking", ["ask", "ask"]]);
  });

  test("that nobody wants any more is closed, wherever it stands", () => {
    expect(run(true, want, agreed, up, { type: "drop" })).toEqual(["idle", ["ask", "offer", "tell up", "tell down", "close"]]);
    expect(run(true, { type: "drop" }, timer, up, agreed)).toEqual(["idle", ["close"]]);
  });

  test("arms one timer for each wait", () => {
    const [, asking] = stepLife(initialLife, want, times, true);
    const [, connecting] = stepLife({ at: "asking", tries: 0 }, agreed, times, true);
    const [, down] = stepLife({ at: "up", tries: 0 }, { type: "down" }, times, true);

    expect([asking, connecting, down].map((effects) => effects.find((effect) => effect.do === "arm")?.ms)).toEqual([1, 2, 3]);
  });
});
