import { io } from "socket.io-client";
import { describe, expect, test } from "vitest";
import { createRelay, type PlainSignalingOptions, type PlainRequest } from "../../src/index.ts";
import { connect, startAttached, startRelay } from "../support.ts";
import { connectPlain, offer, startPlain } from "./front-end.ts";

describe("plain signaling", () => {
  test("is off unless it is asked for", async () => {
    await using server = await startRelay();

    expect(server.relay.plainSignaling).toBeUndefined();
    await expect(connectPlain(server.url)).rejects.toThrow("/peerloom");
  });

  test("stands beside the relay's own clients", async () => {
    await using server = await startRelay({ plainSignaling: true });
    using front = await connectPlain(server.url);
    using client = await connect(server.url, "alice");

    await front.join("room");

    await client.settled();
    expect(server.relay.stats().clients.here).toBe(1);
    expect(server.relay.plainSignaling?.peers).toEqual([front.id]);
  });

  test("may have a namespace of its own", async () => {
    await using server = await startRelay({ plainSignaling: { namespace: "/calls" } });
    using alice = await connectPlain(`${server.url}/calls`);
    using bob = await connectPlain(`${server.url}/calls`);

    await alice.join("room");
    await bob.join("room");

    expect(await alice.next("user joined")).toEqual([bob.id, "room"]);
    await expect(connectPlain(server.url)).rejects.toThrow("/peerloom");
  });

  test("works by long polling too", async () => {
    await using scene = await startPlain();
    using alice = await connectPlain(scene.url, { transports: ["polling"] });
    using bob = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    bob.emit("offer", { target: alice.id, sdp: offer });

    expect(await alice.next("offer")).toEqual([{ target: alice.id, caller: bob.id, sdp: offer }]);
  });

  test("lets in whom the hook lets in, and nobody when the hook throws", async () => {
    const seen: PlainRequest[] = [];
    await using scene = await startPlain({
      admit: (request) => {
        seen.push(request);
        const { token } = request.auth as { token?: unknown };
        if (token === "broken") throw new Error("no database");
        return Promise.resolve(token === "secret");
      },
    });
    scene.plain.on("error", () => {});

    using alice = await connectPlain(scene.url, { auth: { token: "secret" } });
    await alice.join("room");

    await expect(connectPlain(scene.url)).rejects.toMatchObject({ data: { code: "UNAUTHORIZED" } });
    await expect(connectPlain(scene.url, { auth: { token: "broken" } })).rejects.toMatchObject({ data: { code: "UNAUTHORIZED" } });
    expect(seen[0]?.address).toContain("127.0.0.1");
    expect(scene.plain.peers).toEqual([alice.id]);
  });

  test("of an attached relay leaves the program's own events and sockets alone when it closes", async () => {
    await using server = await startAttached({ plainSignaling: true });
    server.io.on("connection", (socket) => socket.on("mine", (reply: (text: string) => void) => reply("yours")));
    using front = await connectPlain(server.url);
    await front.join("room");
    expect(await front.socket.emitWithAck("mine")).toBe("yours");

    await server.relay.close();

    expect(await front.socket.emitWithAck("mine")).toBe("yours");
    expect(server.relay.plainSignaling?.peers).toEqual([]);
    using late = await connectPlain(server.url);
    expect(await late.socket.emitWithAck("mine")).toBe("yours");
  });

  test("forgets everything when everybody has gone", async () => {
    await using scene = await startPlain();
    const gone = new Set<string>();
    const all = new Promise<void>((resolve) => scene.plain.on("remove", (id) => void (gone.add(id).size === 10 && resolve())));
    const fronts = await Promise.all(Array.from({ length: 10 }, () => scene.connect()));
    await Promise.all(fronts.map((front, index) => front.join(`room ${index % 3}`)));

    for (const front of fronts) front.socket.disconnect();
    await all;

    expect(scene.plain.peers).toEqual([]);
  });

  test("does not send the same page's socket to itself on reconnection", async () => {
    await using scene = await startPlain();
    const socket = io(scene.url, { transports: ["websocket"], forceNew: true, reconnectionDelay: 1 });
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    const old = socket.id;
    socket.emit("join room", "room");
    const left = new Promise<string>((resolve) => scene.plain.once("remove", resolve));

    socket.io.engine.close();
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    expect(await left).toBe(old);
    const others: string[] = [];
    socket.on("other user", (id: string) => others.push(id));
    await socket.emitWithAck("join room", "room");

    expect(others).toEqual([]);
    socket.disconnect();
  });
});

test.each<[PlainSignalingOptions, string]>([
  [{ namespace: "calls" }, "namespace"],
  [{ namespace: "/peerloom" }, "namespace"],
  [{ membersPerRoom: 0 }, "membersPerRoom"],
  [{ roomsPerSocket: 1.5 }, "roomsPerSocket"],
  [{ sdpLength: "x" as never }, "sdpLength"],
  [{ admit: true as never }, "admit"],
  [{ unknown: 1 } as never, "unknown"],
  ["yes" as never, "plainSignaling"],
])("%j is refused by name", (plainSignaling, name) => {
  expect(() => createRelay({ plainSignaling })).toThrow(name);
});
