import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { inboxOf, inboxOn, reaches } from "./support/events.ts";
import { Proxy } from "./support/proxy.ts";
import { TestRelay } from "./support/relay.ts";

describe("close", () => {
  test("lets what was sent arrive first, and tells the others at once", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob");
    const room = await bob.join("lobby");
    const inRoom = inboxOn<number>(room, "number");
    const inbox = inboxOn<number>(bob.remote("alice"), "number");
    const gone = inboxOf(bob, "gone");
    const lobby = await alice.join("lobby");

    for (let n = 0; n < 500; n++) {
      alice.remote("bob").emit("number", n);
      lobby.emit("number", n);
    }
    await alice.close();

    expect((await gone.take()).id).toBe("alice");
    expect(inbox.all).toHaveLength(500);
    expect(inRoom.all).toHaveLength(500);
  });

  test("acknowledges what it has handled: its sender is told of nothing undeliverable", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob");
    const inbox = inboxOn<number>(bob.remote("alice"), "number");
    const undeliverable = inboxOf(alice, "undeliverable");
    const gone = inboxOf(alice, "gone");

    alice.remote("bob").emit("number", 1);
    await inbox.take();
    await bob.close();
    await gone.take();

    expect(undeliverable.all).toEqual([]);
  });

  test("rejects what waits, ends rooms, empties every table and is idempotent", async () => {
    await using relay = await TestRelay.start();
    const alice = await relay.connect("alice");
    const bob = await relay.connect("bob");
    bob.onAny("never", () => new Promise(() => {}));
    const room = await alice.join("lobby");
    const ends = inboxOn<{ error: unknown }>(room, "closed");
    const closed = inboxOf(alice, "closed");
    alice.watch("bob", "carol");
    const request = alice
      .remote("bob")
      .emitWithAck("never")
      .catch((error: unknown) => error);
    await bob.lookup("alice");

    const [first, second] = [alice.close(), alice.close()];
    await first;

    expect(second).toBe(first);
    expect(await request).toMatchObject({ code: "CLOSED" });
    expect(ends.all).toEqual([{ error: undefined }]);
    expect(closed.all).toEqual([{ error: undefined }]);
    expect(alice.load).toEqual({ peers: 0, requests: 0, streams: 0, bytes: 0, rooms: 0, services: 0, topics: 0, subscriptions: 0 });
    expect(alice.state).toBe("closed");
    await expect(alice.join("lobby")).rejects.toMatchObject({ code: "CLOSED" });
    await expect(alice.pair("bob")).rejects.toMatchObject({ code: "CLOSED" });
    expect(() => alice.emitRoom("lobby", "say")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  });

  test("while offline ends at once and tells what will not arrive", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await relay.connect("alice", { url: proxy.url });
    const room = await alice.join("lobby");
    const undeliverable = inboxOf(alice, "undeliverable");
    proxy.shut();
    await reaches(alice, "offline");
    alice.remote("bob").emit("number", 1);
    room.emit("number", 1);
    alice.emitRoom("other", "number", 1);

    await alice.close();

    expect(undeliverable.all.map((event) => ("room" in event ? event.room : event.to)).toSorted()).toEqual(["bob", "lobby", "other"]);
  });

  test("does not wait for a relay that is cut off meanwhile", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const alice = await relay.connect("alice", { url: proxy.url, closeTimeoutMs: 60_000 });
    const bob = await relay.connect("bob");
    alice.remote("bob").emit("number", 1);

    const closing = alice.close();
    proxy.shut();
    await closing;

    expect(alice.state).toBe("closed");
    await bob.close();
  });

  test("leaves neither timer nor socket behind", () => {
    const program = fileURLToPath(new URL("./programs/close.ts", import.meta.url));

    const { status, stdout, stderr } = spawnSync(process.execPath, ["--conditions=@peerloom/source", program], {
      encoding: "utf8",
      timeout: 15_000,
    });

    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "left: \n", stderr: "" });
  });
});
