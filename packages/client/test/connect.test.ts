import { createServer, type AddressInfo } from "node:net";
import { io, Manager, type Socket } from "socket.io-client";
import { describe, expect, test, vi } from "vitest";
import { connect, PeerloomError } from "../src/index.ts";
import { inboxOf, reaches } from "./support/events.ts";
import { FakeRelay } from "./support/fake-relay.ts";
import { Proxy } from "./support/proxy.ts";
import { TestRelay } from "./support/relay.ts";

describe("connect", () => {
  test("resolves to a client that the relay has welcomed", async () => {
    await using relay = await TestRelay.start();

    const client = await relay.connect("alice", { metadata: { name: "Alice" }, instance: "instance-1" });

    expect(client).toMatchObject({ id: "alice", instance: "instance-1", state: "online", metadata: { name: "Alice" }, relayId: "relay" });
  });

  test("takes the id the relay assigns", async () => {
    await using relay = await TestRelay.start({
      authenticate: ({ clientId }) => ({ clientId: `${clientId ?? "guest"}-1`, metadata: "decided" }),
    });

    const named = await relay.connect("alice");
    const unnamed = await relay.connect(undefined);

    expect([named.id, unnamed.id, named.metadata]).toEqual(["alice-1", "guest-1", "decided"]);
  });

  test.each(["", "localhost:3000", "ftp://relay.example", "/peerloom", "http://"])(
    "rejects the bad URL %j with a TypeError that names it",
    async (url) => {
      await expect(connect(url)).rejects.toThrow(TypeError);
      await expect(connect(url)).rejects.toThrow(JSON.stringify(url));
    },
  );

  test.each([
    [{ clientId: "" }, TypeError],
    [{ token: 5 as never }, TypeError],
    [{ metadata: (() => {}) as never }, TypeError],
    [{ instance: "short" }, TypeError],
    [{ direct: {} as never }, TypeError],
    [{ requestTimeoutMs: -1 }, RangeError],
    [{ connectTimeoutMs: NaN }, RangeError],
  ])("rejects the bad options %o", async (options, type) => {
    await expect(connect("http://127.0.0.1:1", options)).rejects.toThrow(type);
  });

  test.each([undefined, null, 5, {}])("rejects %o, which is neither URL nor socket", async (relay) => {
    await expect(connect(relay as never)).rejects.toThrow(TypeError);
  });

  test("rejects with RELAY_UNREACHABLE when nobody answers in time", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));

    const connecting = connect(`http://127.0.0.1:${port}`, { connectTimeoutMs: 150 });

    await expect(connecting).rejects.toMatchObject({ code: "RELAY_UNREACHABLE", message: expect.stringContaining(`127.0.0.1:${port}`) });
  });

  test("goes on trying until its time is over", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    proxy.shut();

    const connecting = relay.connect("alice", { url: proxy.url });
    await proxy.refusals(2);
    proxy.open();

    expect((await connecting).state).toBe("online");
  });

  test("says what it found on another namespace", async () => {
    await using relay = await TestRelay.start();

    const connecting = connect(`${relay.url}/elsewhere`, { connectTimeoutMs: 600 });

    await expect(connecting).rejects.toMatchObject({ code: "RELAY_UNREACHABLE", message: expect.stringContaining("Invalid namespace") });
  });

  test("stops when its signal aborts", async () => {
    const already = connect("http://127.0.0.1:1", { signal: AbortSignal.abort() });
    const abort = new AbortController();
    const later = connect("http://127.0.0.1:1", { signal: abort.signal });
    abort.abort();

    await expect(already).rejects.toMatchObject({ code: "ABORTED" });
    await expect(later).rejects.toMatchObject({ code: "ABORTED" });
  });

  test("rejects at once with the relay's refusal", async () => {
    await using relay = await TestRelay.start({
      authenticate: ({ token }) => {
        if (token !== "good") throw new PeerloomError("UNAUTHORIZED", "a wrong token");
        return {};
      },
    });

    const admitted = await relay.connect("alice", { token: async () => "good" });

    await expect(relay.connect("alice", { token: "bad" })).rejects.toMatchObject({ code: "UNAUTHORIZED", message: "a wrong token" });
    await expect(relay.connect("alice", { token: "good" })).rejects.toMatchObject({ code: "CLIENT_ID_TAKEN" });
    expect(admitted.state).toBe("online");
  });

  test("rejects with what became of a token function that fails", async () => {
    await using relay = await TestRelay.start();
    const failing = { connectTimeoutMs: 600, token: () => Promise.reject(new Error("no network")) };

    await expect(relay.connect("alice", failing)).rejects.toMatchObject({ code: "UNAUTHORIZED", cause: { message: "no network" } });
  });

  test("retries a refusal that passes, and then rejects with it", async () => {
    await using relay = await TestRelay.start({ limits: { clients: 1 } });
    const first = await relay.connect("alice");

    await expect(relay.connect("bob", { connectTimeoutMs: 600 })).rejects.toMatchObject({ code: "LIMIT" });
    const waiting = relay.connect("bob");
    await first.close();

    expect((await waiting).id).toBe("bob");
  });

  test("falls back to polling when told so", async () => {
    await using relay = await TestRelay.start();

    const client = await relay.connect("alice", { transports: ["polling"] });
    const other = await relay.connect("bob");
    other.onAny("sum", (a: number, b: number) => a + b);

    expect(await client.remote("bob").emitWithAck("sum", 1, 2)).toBe(3);
  });
});

describe("a socket of the user's", () => {
  test.each([true, false])("is taken over, with autoConnect %s", async (autoConnect) => {
    await using relay = await TestRelay.start();
    const socket = io(`${relay.url}/peerloom`, { autoConnect, forceNew: true, transports: ["websocket"] });

    await using client = await connect(socket, { clientId: "alice" });

    expect(client.id).toBe("alice");
    await client.close();
    expect(socket.connected).toBe(false);
  });

  test("may be connecting already, without a handshake, and may be typed", async () => {
    await using relay = await TestRelay.start();
    const socket: Socket<{ news: (text: string) => void }, { vote: (n: number) => void }> = io(`${relay.url}/peerloom`, { forceNew: true });
    await new Promise<void>((resolve) => socket.io.on("open", resolve));

    await using client = await connect(socket, { clientId: "alice" });

    expect(client.id).toBe("alice");
  });

  test("may share its connection with other namespaces, which stay", async () => {
    await using relay = await FakeRelay.start();
    const manager = new Manager(relay.url, { transports: ["websocket"] });
    const other = manager.socket("/other");
    await new Promise<void>((resolve) => other.on("connect", resolve));

    const client = await connect(manager.socket("/peerloom"), { clientId: "alice", closeTimeoutMs: 10 });
    await client.close();

    expect(other.connected).toBe(true);
    other.disconnect();
  });

  test("keeps what others put into its send buffer", async () => {
    await using relay = await TestRelay.start();
    const socket = io(`${relay.url}/peerloom`, { autoConnect: false, forceNew: true, transports: ["websocket"] });
    socket.emit("theirs", 1);
    socket.emit("p", "bob", 1, "ours from another life");
    const sent: unknown[] = [];
    socket.onAnyOutgoing((...args: unknown[]) => sent.push(args[0]));

    await using client = await connect(socket, { clientId: "alice" });

    expect(client.state).toBe("online");
    expect(sent).toContain("theirs");
    expect(sent).not.toContain("p");
  });
});

describe("a connected client", () => {
  test("reconnects after a cut, and is let in at once although its old socket is not yet given up", async () => {
    await using relay = await TestRelay.start();
    await using proxy = await Proxy.start(relay.port);
    const client = await relay.connect("alice", { url: proxy.url });
    const states = inboxOf(client, "state");

    proxy.cut();
    await reaches(client, "offline");
    await reaches(client, "online");

    expect(states.all.map(({ state }) => state)).toEqual(["offline", "connecting", "online"]);
    expect(relay.server.stats().clients).toEqual({ here: 1, away: 0 });
  });

  test("asks for a fresh token at each connection", async () => {
    const tokens: unknown[] = [];
    await using relay = await TestRelay.start({
      authenticate: ({ token }) => {
        tokens.push(token);
        return {};
      },
    });
    await using proxy = await Proxy.start(relay.port);
    let count = 0;
    const client = await relay.connect("alice", { url: proxy.url, token: () => `token ${(count += 1)}` });

    proxy.cut();
    await reaches(client, "offline");
    await reaches(client, "online");

    expect(tokens).toEqual(["token 1", "token 2"]);
  });

  test("is closed with the reason when another takes its id", async () => {
    await using relay = await TestRelay.start({ duplicateId: "replace" });
    const first = await relay.connect("alice");
    const closed = inboxOf(first, "closed");

    await relay.connect("alice");

    expect((await closed.take()).error).toMatchObject({ code: "CLIENT_ID_REPLACED" });
    expect(first.state).toBe("closed");
    expect(() => first.remote("bob").emit("hi")).toThrow(expect.objectContaining({ code: "CLOSED" }));
    await expect(first.lookup("bob")).rejects.toMatchObject({ code: "CLIENT_ID_REPLACED" });
  });

  test("is closed when the relay expels it", async () => {
    await using relay = await TestRelay.start();
    const client = await relay.connect("alice");
    const closed = inboxOf(client, "closed");

    relay.server.expel("alice", "bad manners");

    expect((await closed.take()).error).toMatchObject({ code: "FORBIDDEN", message: "bad manners" });
  });

  test("comes back to a relay that was restarted on its port", async () => {
    await using relay = await TestRelay.start();
    const client = await relay.connect("alice");

    await relay.stop();
    await reaches(client, "offline");
    await relay.startAgain();
    await reaches(client, "online");

    expect(relay.server.stats().clients).toEqual({ here: 1, away: 0 });
  });
});

test("what comes in the turn of the welcome finds the handlers added behind connect, and those added behind join", async () => {
  await using relay = await FakeRelay.start();
  const meeting = relay.nextSocket().then((socket) => {
    socket.emit("p", "bob", '[1,"bob-instance.1","",0,0,0,[0,"greet",["hi"]]]');
    socket.emit("ask", { type: "pair", from: "bob" }, (answer: unknown) => heard.push(answer));
    socket.on("control", ({ type }: { type: string }, ack: (reply: object) => void) => {
      if (type !== "join") return;
      ack({ ok: true, value: { members: [{ id: "bob", instance: "bob-instance", state: "here", head: 0 }] } });
      socket.emit("r", "lobby", "bob", 1, '[1,"bob-instance",0,[0,"say",["hello"]]]');
      socket.emit("rs", "lobby", "bob", 2, '[1,"bob-instance",1,[0,"say",["how"]]]', 3, '[1,"bob-instance",2,[0,"say",["are you"]]]');
      socket.emit("notify", {
        type: "member",
        room: "lobby",
        change: "update",
        member: { id: "bob", instance: "bob-instance", state: "away", head: 3 },
      });
    });
  });
  const heard: unknown[] = [];

  const client = await connect(relay.url, { clientId: "alice", closeTimeoutMs: 10 });
  client.onAny("greet", (text: string) => heard.push(text));
  client.onPair(() => "welcome");
  await meeting;
  const room = await client.join("lobby");
  room.on("say", (text: string) => heard.push(text));
  room.on("member:join", ({ id }) => heard.push(`${id} joined`));
  room.on("member:update", ({ id, state }) => heard.push(`${id} ${state}`));
  await vi.waitFor(() => expect(heard).toHaveLength(6));

  expect(heard).toEqual(expect.arrayContaining(["hi", { ok: true, value: { metadata: "welcome" } }, "bob away"]));
  expect(heard.filter((text) => ["hello", "how", "are you"].includes(text as string))).toEqual(["hello", "how", "are you"]);
  await client.close();
});
