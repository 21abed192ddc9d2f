import { createSecretKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { decideClaim } from "../src/claim.ts";
import { isResumeValid, resumeSecret } from "../src/resume.ts";
import { connect, instance, join, nextEvent, refusal, startRelay } from "./support.ts";

describe("a claim to an id", () => {
  const a = "instance-a";
  const b = "instance-b";

  test.each([
    ["nobody holds it", undefined, { instance: a, hasResume: false }, "reject", "fresh"],
    ["its own client comes back", { instance: a, isLive: false }, { instance: a, hasResume: true }, "reject", "continue"],
    [
      "its own client comes back while the old socket lives",
      { instance: a, isLive: true },
      { instance: a, hasResume: true },
      "reject",
      "continue",
    ],
    [
      "the same instance without a secret comes while the holder is away",
      { instance: a, isLive: false },
      { instance: a, hasResume: false },
      "reject",
      "oust",
    ],
    [
      "the same instance without a secret comes while the holder lives",
      { instance: a, isLive: true },
      { instance: a, hasResume: false },
      "reject",
      "refuse",
    ],
    ["a stranger comes while the holder is away", { instance: a, isLive: false }, { instance: b, hasResume: false }, "reject", "oust"],
    ["a stranger comes while the holder lives", { instance: a, isLive: true }, { instance: b, hasResume: false }, "reject", "refuse"],
    ["a stranger comes where newcomers win", { instance: a, isLive: true }, { instance: b, hasResume: false }, "replace", "oust"],
    ["a former holder proves that it was one", { instance: a, isLive: true }, { instance: b, hasResume: true }, "reject", "oust"],
  ] as const)("when %s", (_name, holder, claimant, policy, verdict) => {
    expect(decideClaim(holder, claimant, policy)).toBe(verdict);
  });
});

test("a resume secret is good for one id, one instance, one tenant and one key", () => {
  const claim = { key: createSecretKey(Buffer.from("a key of sixteen")), tenant: undefined, id: "alice", instance: "instance-a" };
  const secret = resumeSecret(claim);

  expect(isResumeValid(claim, secret)).toBe(true);
  expect(isResumeValid({ ...claim, id: "bob" }, secret)).toBe(false);
  expect(isResumeValid({ ...claim, instance: "instance-b" }, secret)).toBe(false);
  expect(isResumeValid({ ...claim, tenant: "acme" }, secret)).toBe(false);
  expect(isResumeValid({ ...claim, key: createSecretKey(Buffer.from("another sixteen!")) }, secret)).toBe(false);
  expect(isResumeValid(claim, `${secret}=`)).toBe(false);
  expect(isResumeValid(claim, undefined)).toBe(false);
  expect(isResumeValid({ ...claim, tenant: "globex" }, resumeSecret({ ...claim, tenant: "acme" }))).toBe(false);
});

describe("two sockets with one id", () => {
  test("the second is refused with CLIENT_ID_TAKEN and the first stays", async () => {
    await using server = await startRelay();
    using alice = await connect(server.url, "alice");

    expect(await refusal(server.url, { clientId: "alice" })).toEqual({
      code: "CLIENT_ID_TAKEN",
      message: 'another client is connected as "alice"',
    });

    expect(await alice.ok({ type: "lookup", id: "alice" })).toMatchObject({ state: "here" });
  });

  test("of two that authenticate at once one is let in", async () => {
    const waiting: (() => void)[] = [];
    await using server = await startRelay({
      authenticate: () =>
        new Promise((resolve) => {
          waiting.push(() => resolve({}));
          if (waiting.length === 2) waiting.forEach((go) => go());
        }),
    });

    const results = await Promise.allSettled([connect(server.url, "alice"), connect(server.url, "alice")]);
    for (const result of results) if (result.status === "fulfilled") result.value[Symbol.dispose]();

    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(server.relay.stats()).toMatchObject({ refused: { CLIENT_ID_TAKEN: 1 } });
  });

  test("with duplicateId replace the first is told why and is gone", async () => {
    await using server = await startRelay({ duplicateId: "replace" });
    using watcher = await connect(server.url, "watcher");
    using first = await connect(server.url, "alice");
    await watcher.ok({ type: "watch", ids: ["alice"] });

    const [second] = await join(server.url, { clientId: "alice" });
    using _ = second;

    expect(await first.next("bye")).toEqual([{ code: "CLIENT_ID_REPLACED", message: expect.any(String) as string }]);
    expect(await first.next("disconnect")).toEqual(["io server disconnect"]);
    expect(await watcher.notice("presence")).toMatchObject({ id: "alice", state: "gone", reason: "replaced" });
    expect(await watcher.notice("presence")).toMatchObject({ id: "alice", state: "here" });
  });
});

describe("resume", () => {
  test("the same client is let in at once while its old socket still lives, and keeps its watches and rooms", async () => {
    await using server = await startRelay();
    using bob = await connect(server.url, "bob");
    const auth = { clientId: "alice", instance: instance() };
    const [old, { resume }] = await join(server.url, auth);
    using _old = old;
    await bob.ok({ type: "join", room: "lobby", head: 0 });
    await old.ok({ type: "join", room: "lobby", head: 0 });
    await old.ok({ type: "watch", ids: ["carol"] });
    const connection = nextEvent(server.relay, "connection");

    const [alice, welcome] = await join(server.url, { ...auth, resume });
    using _ = alice;

    expect(welcome).toMatchObject({ clientId: "alice", resume });
    expect(await connection).toMatchObject({ clientId: "alice", isResumed: true });
    expect(await old.next("bye")).toMatchObject([{ code: "CLIENT_ID_REPLACED" }]);
    using _carol = await connect(server.url, "carol");
    expect(await alice.notice("presence")).toMatchObject({ id: "carol", state: "here" });
    bob.socket.emit("r", "lobby", 1, "text");
    expect(await alice.next("r")).toEqual(["lobby", "bob", 1, "text"]);
  });

  test("peers see one client that was away, not two", async () => {
    await using server = await startRelay();
    using bob = await connect(server.url, "bob");
    const auth = { clientId: "alice", instance: instance() };
    const [old, { resume }] = await join(server.url, auth);
    await bob.ok({ type: "watch", ids: ["alice"] });

    old.cut();
    expect(await bob.notice("presence")).toEqual({ type: "presence", id: "alice", state: "away", instance: auth.instance });
    using _ = (await join(server.url, { ...auth, resume }))[0];

    expect(await bob.notice("presence")).toEqual({ type: "presence", id: "alice", state: "here", instance: auth.instance });
    await bob.settled();
    expect(bob.count("notify")).toBe(0);
  });

  test("a secret outlives the relay that made it, when the next one has its key", async () => {
    const secret = "a key of at least sixteen bytes";
    const auth = { clientId: "alice", instance: instance() };
    let resume: string;
    {
      await using server = await startRelay({ secret });
      const [alice, welcome] = await join(server.url, auth);
      resume = welcome.resume;
      alice[Symbol.dispose]();
    }
    await using server = await startRelay({ secret });
    using _first = await connect(server.url, "alice");

    using back = await connect(server.url, "alice", { ...auth, resume });

    expect(await back.ok({ type: "lookup", id: "alice" })).toMatchObject({ instance: auth.instance });
  });

  test("an instance is no secret: without resume it is a stranger, also to an id that is away", async () => {
    await using server = await startRelay();
    using bob = await connect(server.url, "bob");
    const auth = { clientId: "alice", instance: instance() };
    const [alice] = await join(server.url, auth);
    await alice.ok({ type: "join", room: "lobby", head: 3 });
    await bob.ok({ type: "watch", ids: ["alice"] });
    await bob.ok({ type: "join", room: "lobby", head: 0 });
    expect(await refusal(server.url, auth)).toMatchObject({ code: "CLIENT_ID_TAKEN" });
    alice.cut();
    await bob.next("notify", (notice: { state?: string }) => notice.state === "away");

    using _ = await connect(server.url, "alice", auth);

    expect(await bob.next("notify", (notice: { state?: string }) => notice.state === "gone")).toMatchObject([{ reason: "replaced" }]);
    expect(await bob.next("notify", (notice: { change?: string }) => notice.change === "leave")).toMatchObject([{ room: "lobby" }]);
  });

  test("a stranger may take an id whose holder is away", async () => {
    await using server = await startRelay();
    const away = nextEvent(server.relay, "away");
    const gone = nextEvent(server.relay, "gone");
    const alice = await connect(server.url, "alice");
    alice.cut();
    await away;

    using _ = await connect(server.url, "alice");

    expect(await gone).toEqual({ clientId: "alice", reason: "replaced" });
    expect(server.relay.stats().clients).toEqual({ here: 1, away: 0 });
  });
});
