import { LEAN_EVENT, SocketParser } from "@peerloom/protocol/socket-io";
import { Manager, type Socket } from "socket.io-client";
import { expect, test } from "vitest";
import { connect, type AnySocket } from "../src/index.ts";
import { FakeRelay } from "./support/fake-relay.ts";
import { TestRelay } from "./support/relay.ts";

/** A socket of the test's own, and the events that leave by it. */
function ownSocket(url: string, options: object = {}): { readonly socket: AnySocket; readonly sent: string[] } {
  const socket: Socket = new Manager(url, { transports: ["websocket"], autoConnect: false, ...options }).socket("/peerloom");
  const sent: string[] = [];
  socket.onAnyOutgoing((event: string) => sent.push(event));
  return { socket, sent };
}

const options = { transports: ["websocket"], parser: new SocketParser("/peerloom") };

test("packets take the lean form when relay and socket know it", async () => {
  await using relay = await TestRelay.start();
  const { socket, sent } = ownSocket(relay.url, options);
  await using alice = await connect(socket, { clientId: "alice" });
  const bob = await relay.connect("bob");
  bob.onAny("double", (text: string) => text + text);

  expect(await alice.remote("bob").emitWithAck("double", "ü\n")).toBe("ü\nü\n");
  expect(await alice.remote("bob").emitWithAck("double", "x".repeat(100_000))).toHaveLength(200_000);
  expect(sent).toContain(LEAN_EVENT);
  expect(sent).not.toContain("p");
});

test.each([
  ["the socket has another parser", {}],
  ["its parser is that of another namespace", { ...options, parser: new SocketParser("/other") }],
  ["it polls", { ...options, transports: ["polling"] }],
])("they take socket.io's own when %s", async (_why, given) => {
  await using relay = await TestRelay.start();
  const { socket, sent } = ownSocket(relay.url, given);
  await using alice = await connect(socket, { clientId: "alice" });
  const bob = await relay.connect("bob");
  bob.onAny("double", (text: string) => text + text);

  expect(await alice.remote("bob").emitWithAck("double", "ü\u001e")).toBe("ü\u001eü\u001e");
  expect(sent).toContain("p");
  expect(sent).not.toContain(LEAN_EVENT);
});

test("and when the relay says nothing of it, also after it did before", async () => {
  await using relay = await FakeRelay.start();
  const welcome = relay.welcome;
  const auths: unknown[] = [];
  relay.welcome = (auth) => {
    auths.push(auth["lean"]);
    // The server behind it has socket.io's parser, so that the event can be seen by its name.
    return auths.length === 1 ? { ...(welcome(auth) as object), lean: true } : welcome(auth);
  };
  const sockets = [relay.nextSocket(), relay.nextSocket()] as const;
  await using client = await connect(`${relay.url}/peerloom`, { clientId: "alice", reconnectMinMs: 1, closeTimeoutMs: 10 });
  const broken = new Promise((resolve) => client.once("state", resolve));
  client.remote("bob").emit("greet", 1);
  // A form that nobody announced to the server is no packet of socket.io: it ends the connection.
  await broken;
  const second = await sockets[1];
  const event = await new Promise((resolve) => second.onAny((name: string) => name === "control" || resolve(name)));

  expect(auths).toEqual([true, true]);
  expect(event).toBe("p");
});
