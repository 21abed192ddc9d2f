import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { wrtcRtc } from "@peerloom/rtc-node/wrtc";
import { describe, expect, test } from "vitest";
import { meet, next, World } from "./support/peers.ts";

describe.each([nodeDatachannelRtc(), weriftRtc(), wrtcRtc()])("a pair on $name", (rtc) => {
  test.each([false, true])("connects, tells its events in order, and leaves without an error (sealed: %s)", async (isSealed) => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice", { isSealed }), world.peer("bob", { isSealed })];
    const met = [next(alice, "connection:new"), next(bob, "connection:new")] as const;
    await alice.join({ room: "r", metadata: { name: "Alice" } });
    await bob.join({ room: "r", metadata: { name: "Bob" } });
    await meet([alice, bob]);

    expect((await met[0]).remote).toEqual({ id: "bob", metadata: { name: "Bob" }, state: "new" });
    expect((await met[1]).remote.metadata).toEqual({ name: "Alice" });

    const gone = next(alice, "connection:closed");
    await bob.leave();
    await gone;

    const life = ["connection:new", "connection:connecting", "connection:connected", "connection:closed"];
    expect(world.said("alice")).toEqual(life.map((name) => `${name} bob`));
    expect(world.said("bob")).toEqual(life.map((name) => `${name} alice`));
    expect(alice.remotes).toEqual([]);
  });

  test("channels opened by either side before and after the connection carry messages both ways, without signaling", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    alice.open("early-a");
    bob.open({ label: "early-b", metadata: { topic: "b" } });
    alice.open("both");
    bob.open("both");
    const early = Promise.all([
      ...["early-a", "early-b", "both"].map((label) => next(alice, "channel:open", (event) => event.label === label)),
      ...["early-a", "early-b", "both"].map((label) => next(bob, "channel:open", (event) => event.label === label)),
    ]);
    await meet([alice, bob]);
    const opened = await early;
    expect(opened.find(({ label, remote }) => label === "early-b" && remote.id === "bob")?.metadata).toEqual({ topic: "b" });
    const { published } = world.hub;

    const late = [
      next(alice, "channel:open", ({ label }) => label === "late"),
      next(alice, "channel:open", ({ label }) => label === "late-a"),
    ];
    bob.open("late");
    alice.open("late-a");
    await Promise.all(late);
    for (const label of ["early-a", "early-b", "both", "late", "late-a"]) {
      const got = [
        next(alice, "channel:message", (event) => event.label === label),
        next(bob, "channel:message", (event) => event.label === label),
      ];
      const sent = await Promise.all([bob.send(label, { from: "bob" }), alice.send(label, "from alice", { to: "bob" })]);
      expect(sent.map(({ delivered }) => delivered)).toEqual([["alice"], ["bob"]]);
      expect((await Promise.all(got)).map(({ data }) => data)).toEqual([{ from: "bob" }, "from alice"]);
    }
    const closed = [next(alice, "channel:close"), next(bob, "channel:close")];
    bob.close("early-a");
    await Promise.all(closed);

    expect(world.hub.published).toBe(published);
    expect(world.errors).toEqual([]);
    expect(alice.channel("bob", "early-a")).toBeUndefined();
  });

  test("a channel that both sides opened with different settings is the leader's, and carries messages both ways", async () => {
    await using world = new World(rtc);
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    alice.open({ label: "game", ordered: false, maxRetransmits: 0 });
    bob.open({ label: "game" });
    alice.open("other");
    const opened = Promise.all([
      next(bob, "channel:open", ({ label }) => label === "game"),
      next(bob, "channel:open", ({ label }) => label === "other"),
      next(alice, "channel:open", ({ label }) => label === "game"),
    ]);
    await meet([alice, bob]);
    await opened;
    const got = [next(alice, "channel:message"), next(bob, "channel:message")];
    await Promise.all([alice.send("game", "from alice"), bob.send("game", "from bob")]);

    expect((await Promise.all(got)).map(({ data }) => data)).toEqual(["from bob", "from alice"]);
    expect(bob.channel("alice", "game")?.isReliable).toBe(false);
    expect(world.errors).toMatchObject([{ code: "BAD_REQUEST" }]);
  });
});
