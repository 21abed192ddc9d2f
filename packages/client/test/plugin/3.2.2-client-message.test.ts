import { describe, expect, test, vi } from "vitest";
import { asked, collector, heard, leave, settled, TestHouse } from "./support.ts";

type Ack = (...values: unknown[]) => void;

describe("3.2.2 Requirements", () => {
  test("When a target client disconnects, listeners related to that client must be removed from its peers", async () => {
    await using house = await TestHouse.start();
    const [alice, carol] = [await house.join("alice"), await house.join("carol")];
    let bob = await house.join("bob");
    const [fromBob, fromCarol, any] = [collector(), collector(), collector()];
    alice.onAddP2pTarget(() => {});
    await bob.addP2pTarget("alice");
    alice.from("bob").on("x", fromBob.callback).once("x", fromBob.callback);
    alice.from("carol").on("x", fromCarol.callback);
    alice.onAny("x", any.callback);

    const gone = heard(alice, "MULTI_API_TARGET_DISCONNECT");
    await leave(bob);
    await gone;
    bob = await house.join("bob");
    bob.emitTo("alice", "x", "bob");
    carol.emitTo("alice", "x", "carol");
    await Promise.all([settled(bob, alice), settled(carol, alice)]);

    expect(fromBob.calls).toEqual([]);
    expect(fromCarol.calls).toEqual([["carol"]]);
    expect(any.calls.map(String).toSorted()).toEqual(["bob", "carol"]);
  });

  test("Clients can listen to events from any other clients with 'onAny'", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    const [first, second] = [collector(), collector()];
    alice.onAny("x", first.callback);
    alice.onAny("x", second.callback);

    bob.emitTo("alice", "x", 1, undefined, { deep: [new Uint8Array([1])] });
    await settled(bob, alice);
    carol.emitTo("alice", "x", 2);
    await settled(carol, alice);

    expect(first.calls).toEqual([[1, undefined, { deep: [new Uint8Array([1])] }], [2]]);
    expect(second.calls).toEqual(first.calls);
  });

  test("Clients can listen to events from chosen clients only with 'from().on'", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    const [fromBob, fromCarol] = [collector(), collector()];
    const bobs = alice.from("bob");
    alice.from("carol").on("x", fromCarol.callback);
    bobs.on("x", fromBob.callback); // a handle keeps its client, whatever other handles were made since

    bob.emitTo("alice", "x", 1);
    carol.emitTo("alice", "x", 2);
    await Promise.all([settled(bob, alice), settled(carol, alice)]);

    expect([fromBob.calls, fromCarol.calls]).toEqual([[[1]], [[2]]]);
  });

  test("'once' and 'off' functions must work like basic socket.once & socket.off", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    const calls: string[] = [];
    const log =
      (name: string) =>
      (n: number): void =>
        void calls.push(`${name} ${n}`);
    const [on, twice, off] = [log("on"), log("twice"), log("off")];
    alice.from("bob").once("x", log("once from bob"));
    alice.onceAny("x", log("once"));
    alice.onAny("x", on);
    alice.onAny("x", twice);
    alice.onAny("x", twice);
    alice.onAny("x", off);
    alice.offAny("x", off);
    alice.offAny("x", log("never added"));

    carol.emitTo("alice", "x", 1); // does not use up what is for bob
    await settled(carol, alice);
    expect(calls.splice(0)).toEqual(["once 1", "on 1", "twice 1", "twice 1"]);
    alice.offAny("x", twice); // one of the two
    bob.emitTo("alice", "x", 2);
    bob.emitTo("alice", "x", 3);
    await settled(bob, alice);
    expect(calls.splice(0)).toEqual(["once from bob 2", "on 2", "twice 2", "on 3", "twice 3"]);

    alice.from("bob").on("x", log("bob")).on("y", log("bob's y"));
    alice.offAny("x");
    bob.emitTo("alice", "x", 4);
    await settled(bob, alice);
    expect(calls.splice(0)).toEqual(["bob 4"]);
    alice.onAny("x", on);
    alice.from("bob").off("x");
    bob.emitTo("alice", "x", 5);
    bob.emitTo("alice", "y", 6);
    await settled(bob, alice);
    expect(calls.splice(0)).toEqual(["on 5", "bob's y 6"]);
    alice.from("bob").off();
    alice.offAny();
    bob.emitTo("alice", "x", 7);
    bob.emitTo("alice", "y", 8);
    await settled(bob, alice);
    expect(calls).toEqual([]);
    expect(() => alice.onAny("x", undefined as never)).toThrow(TypeError);
  });

  test("'emitTo' must send data to correct target", async () => {
    await using house = await TestHouse.start();
    const clients = await Promise.all(["alice", "bob", "carol"].map((id) => house.join(id)));
    const received = clients.map((client) => {
      const { calls, callback } = collector();
      client.onAny("x", callback);
      return calls;
    });
    const [alice, bob, carol] = clients as [(typeof clients)[0], (typeof clients)[0], (typeof clients)[0]];

    for (let n = 0; n < 50; n++) alice.emitTo(n % 2 === 0 ? "bob" : "carol", "x", n);
    await Promise.all([settled(alice, bob), settled(alice, carol)]);

    const numbers = [...Array(50).keys()].map((n) => [n]);
    expect(received).toEqual([[], numbers.filter(([n]) => (n as number) % 2 === 0), numbers.filter(([n]) => (n as number) % 2 === 1)]);
  });

  test("Relationship between clients is n-n", async () => {
    await using house = await TestHouse.start();
    const clients = await Promise.all(["a", "b", "c", "d"].map((id) => house.join(id)));
    for (const client of clients) client.onAddP2pTarget(() => {});
    const received: string[] = [];
    for (const client of clients) {
      for (const other of clients) {
        client.from(other.clientId).on("x", (text: string, ack: Ack) => {
          received.push(`${other.clientId} to ${client.clientId}`);
          ack(text);
        });
      }
    }

    const pairs = clients.flatMap((source) => clients.filter((target) => target !== source).map((target) => [source, target] as const));
    await Promise.all(pairs.map(([source, target]) => source.addP2pTarget(target.clientId)));
    const answers = await Promise.all(pairs.map(([source, target]) => asked(source, target.clientId, "x", "hi")));

    expect(answers).toEqual(pairs.map(() => ["hi"]));
    expect(received.toSorted()).toEqual(pairs.map(([source, target]) => `${source.clientId} to ${target.clientId}`).toSorted());
  });
});

describe("3.2.1 Function explanation", () => {
  test("addP2pTarget/onAddP2pTarget: onAddP2pTarget is used to get id of peer", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const peer = new Promise<string>((resolve) => bob.onAddP2pTarget(resolve));
    alice.from("bob").on("welcome", (_text: string, ack: Ack) => ack("thanks", 2));

    await alice.addP2pTarget("bob");

    expect(await peer).toBe("alice");
    expect(await asked(bob, await peer, "welcome", "hello")).toEqual(["thanks", 2]);
  });

  test("addP2pTarget calls back instead, and all who listen are told, until they stop", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const [first, second] = [collector(), collector()];
    const stop = bob.onAddP2pTarget(first.callback);
    bob.onAddP2pTarget(second.callback);

    expect(await new Promise((resolve) => void alice.addP2pTarget("bob", resolve))).toBeUndefined();
    stop();
    await alice.addP2pTarget("bob");

    expect([first.calls, second.calls]).toEqual([[["alice"]], [["alice"], ["alice"]]]);
    expect(await new Promise((resolve) => void alice.addP2pTarget("nobody", resolve))).toMatchObject({ code: "PEER_NOT_FOUND" });
    expect(() => bob.onAddP2pTarget(undefined as never)).toThrow(TypeError);
  });

  test("a client that listens to no targets refuses them at once, and one that throws refuses this one", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];

    await expect(alice.addP2pTarget("bob")).rejects.toMatchObject({ code: "PAIR_REFUSED" });
    bob.onAddP2pTarget(() => {
      throw new Error("not you");
    });
    await expect(alice.addP2pTarget("bob")).rejects.toMatchObject({ code: "PAIR_REFUSED", message: "not you" });
  });

  test("emitTo with an acknowledge function: it gets what the other side acknowledges, once, whatever the number of values", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    bob.onAny("echo", (values: unknown[], ack: Ack) => ack(...values));
    bob.onAny("echo", (_values: unknown[], ack: Ack) => ack("too late"));
    bob.onAny("later", async (ack: Ack) => {
      await Promise.resolve();
      ack("later");
    });

    const odd = { "peerloom:values": [1] };
    for (const values of [[1], ["a", 2, { z: 1 }], [[1, 2]], [odd], [odd, odd], [null], [new Uint8Array([3])]]) {
      expect(await asked(alice, "bob", "echo", values)).toEqual(values);
    }
    expect(await asked(alice, "bob", "echo", [])).toEqual([undefined]);
    expect(await asked(alice, "bob", "later")).toEqual(["later"]);
  });

  test("what fails behind emitTo goes to the listeners of SERVER_ERROR, or to the console", async () => {
    await using house = await TestHouse.start();
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const [alice, bob] = [await house.join("alice", { requestTimeoutMs: 50 }), await house.join("bob")];
    bob.onAny("silent", () => {});
    bob.onAny("fails", async () => {
      throw Object.assign(new Error("no"), { code: "NO" });
    });
    bob.onAny("fine", (ack: Ack) => ack());
    const codes: string[] = [];
    alice.on("SERVER_ERROR", (error: { code: string }) => void codes.push(error.code));

    alice.emitTo("bob", "unheard", () => {});
    alice.emitTo("bob", "silent", () => {});
    alice.emitTo("bob", "fails", () => {});
    alice.emitTo("bob", "fine", () => {
      throw Object.assign(new Error("my own"), { code: "OWN" });
    });
    await vi.waitFor(() => expect(codes.toSorted()).toEqual(["NO", "NO_HANDLER", "OWN", "TIMEOUT"]));
    alice.off("SERVER_ERROR");
    alice.emitTo("bob", "unheard", () => {});
    await vi.waitFor(() => expect(errors).toHaveBeenCalledWith(expect.objectContaining({ code: "NO_HANDLER" })));

    expect(() => alice.emitTo("bob", "x", { f: () => {} })).toThrow(TypeError);
  });

  test("a listener that throws stops no other", async () => {
    await using house = await TestHouse.start();
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const { calls, callback } = collector();
    bob.onAny("x", () => {
      throw new Error("a defect");
    });
    bob.onAny("x", callback);

    alice.emitTo("bob", "x", 1);
    await settled(alice, bob);

    expect(calls).toEqual([[1]]);
    await vi.waitFor(() => expect(errors).toHaveBeenCalled());
  });

  test("clients with the plugin and clients without it understand each other", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    alice.onAny("double", (n: number, ack: Ack) => ack(n * 2));
    bob.peerloom.onAny("triple", (n: number) => n * 3);

    expect(await bob.peerloom.remote("alice").emitWithAck("double", 2)).toBe(4);
    expect(await asked(alice, "bob", "triple", 2)).toEqual([6]);
  });
});
