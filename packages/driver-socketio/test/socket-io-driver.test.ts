import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@peerloom/client";
import { PeerloomError } from "@peerloom/core";
import { Server } from "socket.io";
import { expect, test } from "vitest";
import * as api from "../src/index.ts";
import { socketIoDriver } from "../src/index.ts";
import { active, driverAt, open, startAttached, startRelay } from "./support.ts";

const room = ["lobby"] as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Subscribes, and returns what comes: `[text, from]`. */
async function listen(driver: ReturnType<typeof socketIoDriver>): Promise<AsyncIterator<[string, string | undefined]>> {
  const { readable, writable } = new TransformStream<[string, string | undefined]>(undefined, { highWaterMark: 100 });
  const writer = writable.getWriter();
  await driver.subscribe(room, (message, from) => void writer.write([new TextDecoder().decode(message), from]));
  return readable.values();
}

const next = async <T>(iterator: AsyncIterator<T>): Promise<T> => (await iterator.next()).value as T;

test("exports", () => expect(Object.keys(api)).toEqual(["socketIoDriver"]));

test("works on the socket of a Peerloom client, and beside it", async () => {
  await using relay = await startRelay();
  const socket = open(relay.url, { autoConnect: false });
  await using alice = await connect(socket, { clientId: "alice" });
  await using driver = socketIoDriver({ socket });
  await using bob = driverAt(relay.url, { auth: { clientId: "bob" } });
  await active(bob.driver);
  const [aliceGets, bobGets] = [await listen(driver), await listen(bob.driver)];
  alice.onAny("echo", (text) => text);
  await using carol = await connect(relay.url, { clientId: "carol" });

  await driver.publish(room, bytes("from alice"));
  await bob.driver.publish(room, bytes("from bob"));

  expect([await next(aliceGets), await next(aliceGets)]).toEqual([
    ["from alice", "alice"],
    ["from bob", "bob"],
  ]);
  expect([await next(bobGets), await next(bobGets)]).toEqual([
    ["from alice", "alice"],
    ["from bob", "bob"],
  ]);
  expect(await carol.remote("alice").emitWithAck("echo", "still a client")).toBe("still a client");
  await driver.close();
  expect(await carol.remote("alice").emitWithAck("echo", "and after it")).toBe("and after it");
});

test("a Peerloom client may take the socket over after the driver was made", async () => {
  await using relay = await startRelay();
  const socket = open(relay.url, { autoConnect: false });
  await using driver = socketIoDriver({ socket });
  await using alice = await connect(socket, { clientId: "alice" });
  await active(driver);
  const got = await listen(driver);

  await driver.publish(room, bytes("hello"));

  expect(await next(got)).toEqual(["hello", alice.id]);
});

test("a relay that answers nonsense is a PROTOCOL_ERROR, and none of it throws", async () => {
  const http = createServer();
  const server = new Server(http);
  const nonsense = [undefined, null, 1, "ok", [], {}, { ok: 1 }, { ok: false }, { ok: false, error: { code: 1 } }];
  server.of("/peerloom").on("connection", (socket) => {
    for (const body of nonsense) for (const event of ["welcome", "bye"]) socket.emit(event, body);
    socket.onAny((...args: unknown[]) => (args.at(-1) as (answer: unknown) => void)(nonsense.shift()));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const { driver, socket } = driverAt(`http://127.0.0.1:${port}/peerloom`);
  driver.on("error", () => {});
  await active(driver);

  const codes = [];
  while (nonsense.length > 0)
    codes.push(
      await driver.publish(room, bytes("hello")).then(
        () => "ok",
        (error: PeerloomError) => error.code,
      ),
    );
  socket.disconnect();
  await driver.close();
  await server.close();

  expect(new Set(codes)).toEqual(new Set(["PROTOCOL_ERROR"]));
  expect(driver.malformed).toBeGreaterThan(0);
});

test("handlers get the sender's id as the relay proves it, whatever the sender says", async () => {
  await using relay = await startRelay({ authenticate: ({ token }) => (token === "secret" ? { clientId: "proven" } : false) });
  await using alice = driverAt(relay.url, { auth: { token: "secret", clientId: "somebody else" } });
  await active(alice.driver);
  const got = await listen(alice.driver);

  await alice.driver.publish(room, bytes("hello"));

  expect(await next(got)).toEqual(["hello", "proven"]);
});

test("a client that comes back keeps its id", async () => {
  await using relay = await startAttached({ secret: "a secret of sixteen bytes" });
  await using alice = driverAt(relay.url);
  await using bob = driverAt(relay.url);
  await Promise.all([active(alice.driver), active(bob.driver)]);
  const got = await listen(bob.driver);
  await alice.driver.publish(room, bytes("before"));
  const [, id] = await next(got);
  const gone = [alice, bob].map(({ driver }) => new Promise((resolve) => driver.on("inactive", resolve)));

  await relay.stop();
  await Promise.all(gone);
  await relay.start();
  await Promise.all([active(alice.driver), active(bob.driver)]);
  await alice.driver.publish(room, bytes("after"));

  expect(id).toMatch(/^[\w-]{36}$/);
  expect(await next(got)).toEqual(["after", id]);
});

test("nothing is kept for the next connection by a socket that knows before it says so that it is dead", async () => {
  await using relay = await startRelay();
  await using alice = driverAt(relay.url);
  await using bob = driverAt(relay.url);
  await Promise.all([active(alice.driver), active(bob.driver)]);
  const got = await listen(bob.driver);
  const gone = new Promise((resolve) => alice.driver.on("inactive", resolve));
  Object.assign(alice.socket.io.engine, { _pingTimeoutTime: 1 }); // as after a computer's sleep

  const late = alice.driver.publish(room, bytes("out of time"));
  await expect(late).rejects.toMatchObject({ code: "DRIVER_INACTIVE" });
  await gone;
  await active(alice.driver);
  await alice.driver.publish(room, bytes("in time"));

  expect((await next(got))[0]).toBe("in time");
});

test("a relay without signaling refuses: FORBIDDEN", async () => {
  await using relay = await startRelay({ signaling: false });
  await using alice = driverAt(relay.url);
  await active(alice.driver);

  await expect(alice.driver.subscribe(room, () => {})).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(alice.driver.publish(room, bytes("hello"))).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("limits of the relay reach the caller with their codes", async () => {
  await using relay = await startRelay({ signaling: { addressesPerClient: 1, messageBytes: 100 } });
  await using alice = driverAt(relay.url);
  await active(alice.driver);
  await alice.driver.subscribe(room, () => {});

  await expect(alice.driver.subscribe(["other"], () => {})).rejects.toMatchObject({ code: "LIMIT" });
  await expect(alice.driver.publish(room, new Uint8Array(101))).rejects.toMatchObject({ code: "TOO_LARGE" });
  await alice.driver.publish(room, new Uint8Array(100));
});

test("a refused connection is reported with the relay's code, and not tried again when that is final", async () => {
  await using relay = await startRelay({ authenticate: () => false });
  await using alice = driverAt(relay.url);

  const { error } = await new Promise<{ error: unknown }>((resolve) => alice.driver.on("error", resolve));

  expect(error).toMatchObject({ code: "UNAUTHORIZED" });
  expect(alice.socket.active).toBe(false);
});

test("a refusal that passes is tried again", async () => {
  let isFull = true;
  await using relay = await startRelay({
    authenticate: () => {
      if (isFull) throw new PeerloomError("LIMIT", "full");
      return {};
    },
  });
  await using alice = driverAt(relay.url);
  await new Promise((resolve) => alice.driver.on("error", resolve));

  isFull = false;
  await active(alice.driver);

  await expect(alice.driver.subscribe(room, () => {})).resolves.toBeUndefined();
});

test("no connection at all is reported, and a subscription then is a TIMEOUT", async () => {
  await using relay = await startAttached();
  await relay.stop();
  const socket = open(relay.url);
  await using driver = socketIoDriver({ socket, timeoutMs: 50 });
  const reported = new Promise<{ error: unknown }>((resolve) => driver.on("error", resolve));

  await expect(driver.subscribe(room, () => {})).rejects.toMatchObject({ code: "TIMEOUT" });
  const { error } = await reported;
  socket.disconnect();
  await relay.start();

  expect(error).toMatchObject({ code: "RELAY_UNREACHABLE" });
});

test("closing gives the socket back as it was", async () => {
  await using relay = await startRelay();
  const auth = { token: "mine" };
  const socket = open(relay.url, { auth });
  const driver = socketIoDriver({ socket });
  await active(driver);

  await driver.close();

  expect(socket.auth).toBe(auth);
  expect(socket.connected).toBe(true);
  socket.disconnect();
});

test("what is no socket is refused", () => {
  for (const socket of [undefined, null, 1, {}, { emit: () => {} }]) {
    expect(() => socketIoDriver({ socket: socket as never })).toThrow(TypeError);
  }
});
