import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { SignalingServer } from "../../src/index.ts";
import { answer, connectPlain, offer, startPlain } from "./front-end.ts";

async function start(): Promise<{ server: SignalingServer; url: string } & AsyncDisposable> {
  const server = new SignalingServer({ port: "0", warn: () => {} });
  const port = await server.run();
  return { server, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => server.close() };
}

test("run tells the port, close ends the server and leaves the process alive", async () => {
  const server = new SignalingServer({ port: 0, warn: () => {} });
  const ports: number[] = [];

  const port = await server.run((given) => ports.push(given));
  using front = await connectPlain(`http://127.0.0.1:${port}`);
  const isClosed = new Promise<void>((resolve) => void server.close(resolve));
  await front.next("disconnect");
  await isClosed;
  await server.close();

  expect(ports).toEqual([port]);
  const again = createServer();
  await new Promise<void>((resolve) => again.listen(port, "127.0.0.1", resolve));
  expect((again.address() as AddressInfo).port).toBe(port);
  await new Promise((resolve) => again.close(resolve));
});

test("a port that is taken, and one that is none, are told", async () => {
  await using running = await start();
  const taken = new SignalingServer({ port: new URL(running.url).port, warn: () => {} });

  await expect(taken.run()).rejects.toMatchObject({ code: "PORT_TAKEN" });
  expect(() => new SignalingServer({ port: "eighty" })).toThrow(TypeError);
  await taken.close();
  const closed = new SignalingServer({ port: 0 });
  await closed.close();
  await expect(closed.run()).rejects.toMatchObject({ code: "CLOSED" });
});

test("who registers gets the list of peers, the others are told, and when one goes too", async () => {
  await using running = await start();
  using alice = await connectPlain(running.url);
  using bob = await connectPlain(running.url);

  alice.emit("register");
  expect(await alice.next("peers")).toEqual([[]]);
  bob.emit("register");
  expect(await bob.next("peers")).toEqual([[alice.id]]);
  expect(await alice.next("announce")).toEqual([bob.id]);
  const { id } = bob;
  bob.cut();

  expect(await alice.next("remove")).toEqual([id]);
});

test("an offer goes to the one it is for, and to nobody else", async () => {
  await using running = await start();
  using alice = await connectPlain(running.url);
  using bob = await connectPlain(running.url);
  using carol = await connectPlain(running.url);
  for (const one of [alice, bob, carol]) {
    one.emit("register");
    await one.next("peers");
  }

  carol.emit("offer", { target: alice.id, sdp: offer });
  expect(await alice.next("offer")).toEqual([{ target: alice.id, caller: carol.id, sdp: offer }]);
  alice.emit("answer", { target: carol.id, sdp: answer });
  expect(await carol.next("answer")).toEqual([{ target: carol.id, caller: alice.id, sdp: answer }]);
  await bob.settled();

  expect([bob.count("offer"), bob.count("answer")]).toEqual([0, 0]);
});

test("those in rooms are not told of those who registered, nor the other way", async () => {
  await using running = await start();
  using alice = await connectPlain(running.url);
  using bob = await connectPlain(running.url);
  await alice.join("room");

  bob.emit("register");
  expect(await bob.next("peers")).toEqual([[]]);
  await alice.settled();

  expect(alice.count("announce")).toBe(0);
  expect(await bob.refusal("offer", { target: alice.id, sdp: offer })).toBe("PEER_NOT_FOUND");
});

test("the program hears what happens, in order", async () => {
  await using scene = await startPlain();
  const heard: unknown[] = [];
  const { plain } = scene;
  plain.on("connection", ({ id }) => heard.push(["connection", id]));
  plain.on("message", ({ id }, { type, args }) => heard.push(["message", id, type, args.length]));
  plain.on("announce", ({ id }) => heard.push(["announce", id]));
  plain.on("peers", ({ id }, peers) => heard.push(["peers", id, peers]));
  plain.on("offer", ({ id }, { target, caller }) => heard.push(["offer", id, target, caller]));
  plain.on("answer", ({ id }, peerId, { target, caller }) => heard.push(["answer", id, peerId, target, caller]));
  const removed = new Promise<void>((resolve) => plain.on("remove", (id) => resolve(void heard.push(["remove", id]))));

  using alice = await scene.connect();
  alice.emit("register");
  await alice.next("peers");
  using bob = await scene.connect();
  const [a, b] = [alice.id, bob.id];
  bob.emit("register");
  await bob.next("peers");
  bob.emit("offer", { target: a, sdp: offer });
  await alice.next("offer");
  alice.emit("answer", { target: b, sdp: answer });
  await bob.next("answer");
  bob.cut();
  await removed;

  expect(heard).toEqual([
    ["connection", a],
    ["announce", a],
    ["message", a, "peers", 1],
    ["peers", a, []],
    ["connection", b],
    ["message", a, "announce", 1],
    ["announce", b],
    ["message", b, "peers", 1],
    ["peers", b, [a]],
    ["message", a, "offer", 1],
    ["offer", b, a, b],
    ["message", b, "answer", 1],
    ["answer", b, a, b, a],
    ["message", a, "remove", 1],
    ["remove", b],
  ]);
});
