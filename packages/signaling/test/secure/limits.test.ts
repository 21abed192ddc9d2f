import { deferred } from "@peerloom/core";
import { createSignaler, SIGNAL } from "@peerloom/signaling";
import { describe, expect, test } from "vitest";
import { Lanes } from "../../src/secure/lanes.ts";
import { Pins } from "../../src/secure/pins.ts";
import { announced, meet, open, sealing } from "./room.ts";

const card = (sign: string, since = 1): { sign: string; agree: string; since: number } => ({ sign, agree: "", since });

describe("pins", () => {
  test("forget the id not heard of for longest, but none that a pair holds", () => {
    const pins = new Pins(2);
    pins.admit("held", "held-instance", card("h"));
    const release = pins.hold("held");
    pins.admit("a", "a-instance-1", card("a"));
    pins.admit("b", "b-instance-1", card("b"));

    expect(pins.size).toBe(2);
    expect(() => pins.admit("held", "held-instance", card("other"))).toThrow(expect.objectContaining({ code: "FORGED" }));
    pins.hold("b");
    expect(() => pins.admit("c", "c-instance-1", card("c"))).toThrow(expect.objectContaining({ code: "LIMIT" }));
    release();
    release();
    pins.admit("c", "c-instance-1", card("c"));
    expect(pins.size).toBe(2);
  });

  test("know a later stay from an earlier one", () => {
    const pins = new Pins(2);
    pins.admit("a", "a-instance-2", card("a", 2));

    expect(() => pins.admit("a", "a-instance-1", card("a", 1))).toThrow(expect.objectContaining({ code: "STALE" }));
    expect(() => pins.admit("a", "a-instance-x", card("a", 2))).toThrow(expect.objectContaining({ code: "STALE" }));
    pins.admit("a", "a-instance-3", card("a", 3), 1);
    expect(() => pins.admit("a", "a-instance-3", card("a", 3), 1)).toThrow(expect.objectContaining({ code: "STALE" }));
  });
});

describe("lanes", () => {
  test("run what has one key in order, and another beside it", async () => {
    const lanes = new Lanes({ maxCount: 10, maxBytes: 100 });
    const slow = deferred<void>();
    const done: string[] = [];

    const first = lanes.run("a", 1, () => slow.promise.then(() => void done.push("a1")));
    const second = lanes.run("a", 1, async () => void done.push("a2"));
    await lanes.run("b", 1, async () => void done.push("b"));
    slow.resolve();
    await Promise.all([first, second]);

    expect(done).toEqual(["b", "a1", "a2"]);
    expect(lanes.count).toBe(0);
  });

  test("go on after work that failed", async () => {
    const lanes = new Lanes({ maxCount: 10, maxBytes: 100 });

    const failing = lanes.run("a", 1, () => Promise.reject(new Error("no")));
    const next = lanes.run("a", 1, async () => 2);

    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe(2);
    expect(lanes.count).toBe(0);
  });

  test("take no more than fits, in number and in bytes", async () => {
    const slow = deferred<void>();
    const lanes = new Lanes({ maxCount: 2, maxBytes: 10 });

    const running = lanes.run("a", 6, () => slow.promise);
    await expect(lanes.run("a", 5, () => slow.promise)).rejects.toMatchObject({ code: "OVERFLOW" });
    const waiting = lanes.run("a", 4, () => slow.promise);
    await expect(lanes.run("b", 0, () => slow.promise)).rejects.toMatchObject({ code: "OVERFLOW" });
    slow.resolve();
    await Promise.all([running, waiting]);

    expect(lanes.count).toBe(0);
  });
});

test("a stay has no more pairs than its limit, whoever opens them", async () => {
  const [member, newcomer] = await Promise.all([open({ maxPairs: 1 }), open()]);
  const ends = await meet(member, newcomer);
  const announcement = await announced(newcomer, member);

  expect(() => member.meet(announcement)).toThrow(expect.objectContaining({ code: "LIMIT" }));
  const opening = newcomer.meet(await announced(member, newcomer));
  await expect(member.receive(await opening.seal({ type: "greet" }))).rejects.toMatchObject({ code: "LIMIT" });
  ends.member.close();
  expect(member.pairCount).toBe(0);
});

test("what breaks a limit is told to whoever says it", async () => {
  const [member, newcomer] = await Promise.all([sealing(), sealing()]);
  const ends = await meet(member, newcomer);

  await expect(ends.member.seal({ type: "offer", sdp: "x".repeat(SIGNAL.maxSdpLength + 1) })).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(open({ metadata: "x".repeat(SIGNAL.maxMetadataBytes) })).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(createSignaler({ room: "lobby", id: "" })).rejects.toThrow(TypeError);
});

test("a stay that closes ends its pairs", async () => {
  const [member, newcomer] = await Promise.all([sealing(), sealing()]);
  const ends = await meet(member, newcomer);

  member.close();

  expect(member.pairCount).toBe(0);
  await expect(ends.member.seal({ type: "greet" })).rejects.toMatchObject({ code: "CLOSED" });
});
