import { LEAN_EVENT, SocketParser } from "@peerloom/protocol/socket-io";
import { expect, test } from "vitest";
import { join, nextEvent, startAttached, startRelay, type DialOptions, type RawClient } from "./support.ts";

const parser = new SocketParser("/peerloom");
const lean: DialOptions = { parser };

/** The engine.io messages that come to a client from now on. */
function messagesOf(client: RawClient): unknown[] {
  const messages: unknown[] = [];
  client.socket.io.engine.on("message", (message: unknown) => messages.push(message));
  return messages;
}

test("packets take the lean form to those who understand it, and socket.io's to others", async () => {
  await using server = await startRelay();
  const [alice, welcome] = await join(server.url, { clientId: "alice", lean: true }, lean);
  const [bob, plain] = await join(server.url, { clientId: "bob" });
  using _ = alice;
  using __ = bob;
  const [toAlice, toBob] = [messagesOf(alice), messagesOf(bob)];

  alice.socket.emit(LEAN_EVENT, "bob", 1, 'a "text"', Buffer.from([1]));
  bob.packet("alice", 1, "an answer");

  expect([welcome.lean, plain.lean]).toEqual([true, undefined]);
  expect(await bob.next("p")).toEqual(["alice", 'a "text"', Buffer.from([1])]);
  expect(await alice.next("p")).toEqual(["bob", "an answer"]);
  expect(toAlice).toEqual(["p0,,bob\nan answer"]);
  expect(toBob[0]).toBe('51-/peerloom,["p","alice","a \\"text\\"",{"_placeholder":true,"num":0}]');
});

test("what the relay itself says takes it too", async () => {
  await using server = await startRelay();
  const [alice] = await join(server.url, { clientId: "alice", lean: true }, lean);
  using _ = alice;
  const messages = messagesOf(alice);
  server.relay.remote("alice").emit("greet", "hi");

  await alice.next("p", (from: string) => from === "relay");
  expect(messages[0]).toMatch(/^p0,,relay\n\[1,/);
});

test("over polling there is only socket.io's form: a text could end its message there and begin another", async () => {
  await using server = await startRelay();
  const [alice, welcome] = await join(server.url, { clientId: "alice", lean: true }, { ...lean, transports: ["polling"] });
  const [mallory] = await join(server.url, { clientId: "mallory", lean: true }, lean);
  using _ = alice;
  using __ = mallory;
  const forged = 'x\u001e42/peerloom,["bye",{"code":"FORBIDDEN","message":""}]';

  mallory.socket.emit(LEAN_EVENT, "alice", 1, forged);

  expect(welcome.lean).toBeUndefined();
  expect(await alice.next("p")).toEqual(["mallory", forged]);
  await alice.settled();
  expect(alice.count("bye")).toBe(0);
});

test("a server of one's own speaks it when it was made with the parser of the relay's namespace", async () => {
  await using ours = await startAttached({}, { parser });
  await using others = await startAttached({}, { parser: new SocketParser("/other") });
  await using plain = await startAttached();
  const welcomes = [];
  for (const server of [ours, others, plain]) {
    const [client, welcome] = await join(server.url, { clientId: "alice", lean: true }, lean);
    using _ = client;
    welcomes.push(welcome.lean);
  }

  expect(welcomes).toEqual([true, undefined, undefined]);
});

test("the parser's namespace on the same server is not taken for the relay's", async () => {
  await using server = await startAttached({}, { parser: new SocketParser("/other") });
  const sunk: unknown[] = [];
  server.io.of("/other").on("connection", (socket) => socket.onAny((...event: unknown[]) => sunk.push(event)));
  const [alice] = await join(server.url, { clientId: "alice", lean: true }, lean);
  using _ = alice;
  const other = alice.socket.io.socket("/other");
  await new Promise<void>((resolve) => other.on("connect", resolve));

  alice.raw.send("4p0,1,nobody\nx");
  await alice.settled();

  expect(sunk).toEqual([["p", "nobody", 1, "x"]]);
  expect(alice.count("u")).toBe(0);
});

test.each([["p0,1,bob"], ["p9,1,bob\nx"], ["p1,1,bob\nx"]])(
  "a malformed message closes its sender's connection, and nobody else's: %j",
  async (message) => {
    await using server = await startRelay();
    const [mallory] = await join(server.url, { clientId: "mallory", lean: true }, lean);
    const [alice] = await join(server.url, { clientId: "alice", lean: true }, lean);
    using _ = mallory;
    using __ = alice;

    mallory.raw.send(`4${message}`);
    mallory.raw.send('42/peerloom,["p","alice",1,"behind it"]');

    expect(await mallory.next("disconnect")).toEqual(["transport close"]);
    await alice.settled();
    expect(alice.count("p")).toBe(0);
  },
);

test.each([
  ["p0,x,alice\nx", "BAD"],
  ["p0,-1,alice\nx", "BAD"],
  ["p0,,alice\nx", "BAD"],
  ["p0,1,\nx", "BAD"],
  ["p0,1,nobody\nx", "PEER_NOT_FOUND"],
])("the relay looks at addresses and serials as in the other form: %j", async (message, outcome) => {
  await using server = await startRelay();
  const [alice] = await join(server.url, { clientId: "alice", lean: true }, lean);
  using _ = alice;
  alice.raw.send(`4${message}`);
  await alice.settled();

  expect(server.relay.stats().malformed).toBe(outcome === "BAD" ? 1 : 0);
  expect(alice.count("u")).toBe(outcome === "BAD" ? 0 : 1);
});

test("what comes in both forms at once stays in order", async () => {
  await using server = await startRelay();
  const [alice] = await join(server.url, { clientId: "alice", lean: true }, lean);
  const [bob] = await join(server.url, { clientId: "bob" });
  using _ = alice;
  using __ = bob;
  for (let serial = 1; serial <= 60; serial++) {
    alice.raw.send(serial % 3 === 0 ? `42/peerloom,["p","bob",${serial},"${serial}"]` : `4p0,${serial},bob\n${serial}`);
  }

  const heard: unknown[] = [];
  while (heard.length < 60) heard.push(Number((await bob.next("p"))[1]));
  expect(heard).toEqual(Array.from({ length: 60 }, (_each, index) => index + 1));
});

test("a client that has left the namespace is not served any more", async () => {
  await using server = await startRelay();
  const [alice] = await join(server.url, { clientId: "alice", lean: true }, lean);
  const [bob] = await join(server.url, { clientId: "bob" });
  using _ = alice;
  using __ = bob;
  const closed = new Promise((resolve) => alice.socket.io.engine.once("close", resolve));
  const away = nextEvent(server.relay, "away");
  alice.raw.send("41/peerloom,");
  alice.raw.send("4p0,1,bob\nin the same breath");
  await away;
  alice.raw.send("4p0,2,bob\nfrom nobody");
  await closed;
  await bob.settled();

  expect(bob.count("p")).toBe(0);
});
