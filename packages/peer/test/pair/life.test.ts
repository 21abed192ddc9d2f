import { describe, expect, test } from "vitest";
import { stepLife, type Life, type LifeInput, type LifeTimes } from "../../src/pair/life.ts";

const times: LifeTimes = { connectTimeoutMs: 15_000, reconnectTimeoutMs: 30_000, restartMs: 3000, attemptMs: 5000, patienceMs: 1500 };

/** Runs inputs; says where it ended and what it did, timers with their time. */
function run(
  inputs: readonly LifeInput["type"][],
  { isLeader = true, isOpener = true, ...changed }: Partial<LifeTimes> & { isLeader?: boolean; isOpener?: boolean } = {},
): { at: string; did: string[] } {
  let state: Life = { at: "new" };
  const did: string[] = [];
  for (const type of inputs) {
    const input: LifeInput = type === "start" ? { type, isOpener } : { type };
    const [next, effects] = stepLife(state, input, { ...times, ...changed }, isLeader);
    state = next;
    for (const effect of effects) {
      if (effect.do === "say") did.push(effect.state);
      else if (effect.do === "arm") did.push(`${effect.timer} in ${effect.ms}`);
      else if (effect.do !== "disarm") did.push(effect.do);
    }
  }
  return { at: state.at, did };
}

describe("the life of a pair", () => {
  test("connects, and is closed without an error when it is stopped", () => {
    expect(run(["start", "up", "stop", "up"])).toEqual({
      at: "closed",
      did: ["connecting", "expire in 15000", "attempt", "retry in 5000", "connected", "dispose", "closed"],
    });
  });

  test("makes no attempt when the other side opened it", () => {
    expect(run(["start", "retry", "broken"], { isOpener: false }).did).toEqual(["connecting", "expire in 15000"]);
  });

  test("fails with a report when it does not connect in time", () => {
    expect(run(["start", "expired"])).toMatchObject({
      at: "closed",
      did: expect.arrayContaining(["failed", "report", "dispose", "closed"]),
    });
  });

  test("a connect timeout of 0 is none", () => {
    expect(run(["start"], { connectTimeoutMs: 0 }).did).toEqual(["connecting", "attempt", "retry in 5000"]);
  });

  test("a lost path is restarted, then everything is made anew, ever more slowly, until it is given up", () => {
    const { at, did } = run(["start", "up", "down", "retry", "retry", "retry", "retry", "expired"]);

    expect(at).toBe("closed");
    expect(did.slice(did.indexOf("connected"))).toEqual([
      "connected",
      "disconnected",
      "expire in 30000",
      "retry in 0",
      "restart",
      "retry in 3000",
      "attempt",
      "retry in 5000",
      "attempt",
      "retry in 10000",
      "attempt",
      "retry in 20000",
      "failed",
      "report",
      "dispose",
      "closed",
    ]);
  });

  test("the follower waits longer, so that both do not act at once", () => {
    expect(run(["start", "up", "down", "retry"], { isLeader: false }).did.slice(-4)).toEqual([
      "expire in 30000",
      "retry in 1500",
      "restart",
      "retry in 4500",
    ]);
  });

  test("a path that comes back ends the search", () => {
    expect(run(["start", "up", "down", "up", "retry"])).toMatchObject({ at: "connected" });
  });

  test("a broken connection skips the restart, and a network that came back skips the waiting", () => {
    expect(run(["start", "up", "broken", "retry"]).did.slice(-2)).toEqual(["attempt", "retry in 5000"]);
    expect(run(["start", "up", "down", "retry", "retry", "retry", "network", "retry"]).did.slice(-3)).toEqual([
      "retry in 0",
      "attempt",
      "retry in 5000",
    ]);
  });
});
