import { describe, expect, test } from "vitest";
import { asked, heard, leave, TestHouse, vanish } from "./support.ts";

describe("2.2.2 Requirements", () => {
  test("All connected sockets must listen to MULTI_API_ADD_TARGET event", async () => {
    await using house = await TestHouse.start();
    const clients = await Promise.all(["alice", "bob", "carol"].map((id) => house.join(id)));
    const added: string[] = [];
    for (const client of clients) client.onAddP2pTarget((from) => void added.push(`${from} at ${client.clientId}`));

    for (const source of clients) for (const target of clients) if (source !== target) await source.addP2pTarget(target.clientId);

    expect(added.toSorted()).toEqual(["alice at bob", "alice at carol", "bob at alice", "bob at carol", "carol at alice", "carol at bob"]);
  });

  test("When a client disconnects, its targets must be notified with MULTI_API_TARGET_DISCONNECT event, and a clientId is sent", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    for (const client of [alice, bob, carol]) client.onAddP2pTarget(() => {});
    await alice.addP2pTarget("bob");
    await carol.addP2pTarget("alice");
    const told: string[] = [];
    bob.on("MULTI_API_TARGET_DISCONNECT", (id) => told.push(`${id} told to bob`));
    carol.on("MULTI_API_TARGET_DISCONNECT", (id) => told.push(`${id} told to carol`));

    const both = Promise.all([heard(bob, "MULTI_API_TARGET_DISCONNECT"), heard(carol, "MULTI_API_TARGET_DISCONNECT")]);
    await leave(alice);
    await both;

    expect(told.toSorted()).toEqual(["alice told to bob", "alice told to carol"]);
  });

  test("createListeners: Forward this event to target client & handle disconnection from both ends", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    bob.onAddP2pTarget(() => {});
    await Promise.all([alice.addP2pTarget("bob"), carol.addP2pTarget("bob")]);

    const sourceGone = heard(bob, "MULTI_API_TARGET_DISCONNECT");
    await leave(alice);
    expect(await sourceGone).toEqual(["alice"]);
    const targetGone = heard(carol, "MULTI_API_TARGET_DISCONNECT");
    await leave(bob);
    expect(await targetGone).toEqual(["bob"]);
  });

  test("the same when it only vanished, once it did not come back within the session timeout", async () => {
    await using house = await TestHouse.start({ sessionTimeoutMs: 100 });
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    bob.onAddP2pTarget(() => {});
    await alice.addP2pTarget("bob");

    const told = heard(bob, "MULTI_API_TARGET_DISCONNECT");
    vanish(alice);

    expect(await told).toEqual(["alice"]);
  });

  test("If target client is not registered to server, send error to source client", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");

    await expect(alice.addP2pTarget("nobody")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
    const told = heard(alice, "SERVER_ERROR");
    alice.emitTo("nobody", "hello");
    expect(await told).toEqual([expect.objectContaining({ code: "PEER_NOT_FOUND" })]);
    const toldAgain = heard(alice, "SERVER_ERROR");
    alice.emitTo("nobody", "hello", () => {});
    expect(await toldAgain).toEqual([expect.objectContaining({ code: "PEER_NOT_FOUND" })]);
  });
});

describe("the server is a client too", () => {
  test("emitTo reaches a client, and a client's emitTo the server", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");
    const relayId = house.server.peerloom.id;
    alice.from(relayId).on("double", (n: number, ack: (n: number) => void) => ack(n * 2));
    house.server.onAny("halve", (n: number, ack: (n: number) => void) => ack(n / 2));
    const once = new Promise((resolve) => house.server.onceAny("once", resolve));

    expect(await asked(house.server, "alice", "double", 2)).toEqual([4]);
    expect(await asked(alice, relayId, "halve", 2)).toEqual([1]);
    alice.emitTo(relayId, "once", "x");
    expect(await once).toBe("x");
  });

  test("from listens to one client, and offAny and off stop listening", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const relayId = house.server.peerloom.id;
    const calls: string[] = [];
    house.server.from("alice").on("x", (n: number) => void calls.push(`alice ${n}`));
    house.server.onAny("x", (n: number) => void calls.push(`any ${n}`));
    house.server.onAny("end", (ack: () => void) => ack());

    bob.emitTo(relayId, "x", 1);
    await asked(bob, relayId, "end");
    alice.emitTo(relayId, "x", 2);
    await asked(alice, relayId, "end");
    house.server.offAny("x");
    house.server.from("alice").off("x");
    alice.emitTo(relayId, "x", 3);
    await asked(alice, relayId, "end");

    expect(calls).toEqual(["any 1", "alice 2", "any 2"]);
  });
});
