import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { closed, heard, leave, TestHouse, vanish } from "./support.ts";

describe("2.3.2 Requirements", () => {
  test("All connected sockets must listen to MULTI_API_CREATE_STREAM event", async () => {
    await using house = await TestHouse.start();
    const clients = await Promise.all(["alice", "bob", "carol"].map((id) => house.join(id)));
    for (const client of clients) client.onAddP2pStream((duplex) => void duplex.end(`from ${client.clientId}`).resume());

    for (const source of clients) {
      for (const target of clients.filter((client) => client !== source)) {
        const duplex = await source.addP2pStream(target.clientId);
        duplex.end();
        expect(await text(duplex)).toBe(`from ${target.clientId}`);
      }
    }
  });

  test("Similar to second requirement in 2.2.2 -> for destroying streams related to a client when it disconnects", async () => {
    await using house = await TestHouse.start();
    const [alice, bob, carol] = [await house.join("alice"), await house.join("bob"), await house.join("carol")];
    const accepted: Duplex[] = [];
    bob.onAddP2pStream((duplex) => void accepted.push(duplex.resume()));
    const [one, two] = [await alice.addP2pStream("bob"), await alice.addP2pStream("bob")];
    const other = await carol.addP2pStream("bob");
    expect(accepted).toHaveLength(3);

    const told = heard(bob, "MULTI_API_TARGET_DISCONNECT");
    const ended = Promise.all([one, two, ...accepted.slice(0, 2)].map(closed));
    await leave(alice);
    await ended;

    expect(await told).toEqual(["alice"]);
    expect([one, two, ...accepted].map((duplex) => duplex.destroyed)).toEqual([true, true, true, true, false]);
    expect(other.destroyed).toBe(false);
  });

  test("the same when it only vanished", async () => {
    await using house = await TestHouse.start({ sessionTimeoutMs: 100 });
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const accepted = new Promise<Duplex>((resolve) => bob.onAddP2pStream(resolve));
    await alice.addP2pStream("bob");
    const atBob = await accepted;

    const told = heard(bob, "MULTI_API_TARGET_DISCONNECT");
    const ended = closed(atBob);
    vanish(alice);
    await ended;

    expect(await told).toEqual(["alice"]);
    expect(atBob.errored).toMatchObject({ code: "PEER_LOST" });
  });

  test("Similar to third requirement in 2.2.2", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");

    await expect(alice.addP2pStream("nobody")).rejects.toMatchObject({ code: "PEER_NOT_FOUND" });
    const told = new Promise((resolve) => alice.addP2pStream("nobody", resolve));
    expect(await told).toMatchObject({ code: "PEER_NOT_FOUND" });
  });

  test("connectionInfo object must be included when MULTI_API_CREATE_STREAM event is sent", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const taken = new Promise<object>((resolve) => bob.onAddP2pStream((_duplex, connectionInfo) => resolve(connectionInfo)));

    const duplex = await alice.addP2pStream("bob", { sourceStreamId: "S", targetStreamId: "T" });

    expect(await taken).toEqual({ sourceStreamId: "T", targetStreamId: "S", sourceClientId: "bob", targetClientId: "alice" });
    expect(duplex).toMatchObject({ sourceStreamId: "S", targetStreamId: "T", sourceClientId: "alice", targetClientId: "bob" });
  });

  test("… and it names the clients as the server knows them, whatever it says itself", async () => {
    await using house = await TestHouse.start();
    const [alice, bob] = [await house.join("alice"), await house.join("bob")];
    const lie = { sourceStreamId: "1", targetStreamId: "2", sourceClientId: "carol", targetClientId: "dave" };
    const taken = new Promise<object>((resolve) => bob.onAddP2pStream((_duplex, connectionInfo) => resolve(connectionInfo)));
    const remote = alice.peerloom.remote("bob");

    await expect(remote.openStream("MULTI_API_CREATE_STREAM")).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await remote.openStream("MULTI_API_CREATE_STREAM", { metadata: lie });

    expect(await taken).toEqual({ sourceStreamId: "2", targetStreamId: "1", sourceClientId: "bob", targetClientId: "alice" });
  });
});

describe("the server is a client too", () => {
  test("the server opens a stream to a client, and takes one", async () => {
    await using house = await TestHouse.start();
    const alice = await house.join("alice");
    alice.onAddP2pStream((duplex) => void duplex.pipe(duplex));
    house.server.onAddP2pStream((duplex) => void duplex.pipe(duplex));

    const toAlice = await house.server.addP2pStream("alice");
    const toServer = await alice.addP2pStream(house.server.peerloom.id);
    toAlice.end("to alice");
    toServer.end("to the server");

    expect(toAlice).toBeInstanceOf(Duplex);
    expect(await text(toAlice)).toBe("to alice");
    expect(await text(toServer)).toBe("to the server");
  });
});
