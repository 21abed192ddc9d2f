import { randomFrom } from "@peerloom/core/testing";
import { describe, expect, test, vi } from "vitest";
import { openRaw } from "../raw-socket.ts";
import { startRelay } from "../support.ts";
import { noteUncaught } from "../uncaught.ts";
import { candidate, connectPlain, offer, startPlain } from "./front-end.ts";

const failures = noteUncaught();

const payloads: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  "",
  "__proto__",
  "\u0000",
  "x".repeat(129),
  [],
  {},
  [[]],
  true,
  { target: null },
  { target: {} },
  { target: "__proto__", sdp: offer },
  { target: ["a"], sdp: offer },
  { target: "a", sdp: "text" },
  { target: "a", sdp: { type: "rollback", sdp: "" } },
  { target: "a", sdp: { type: "offer", sdp: 1 } },
  { target: "a", sdp: { type: "offer", sdp: "x".repeat(65_537) } },
  { target: "a", candidate: { candidate: 1 } },
  { target: "a", candidate: { candidate: "x".repeat(1025) } },
  { target: "a", candidate: { candidate: "", sdpMLineIndex: -1 } },
  new Uint8Array(10),
];
const events = ["join room", "leave room", "register", "offer", "answer", "ice-candidate", "user joined", "constructor", "__proto__"];

describe.each(["join room", "leave room", "offer", "answer", "ice-candidate"])("%s", (event) => {
  test("is refused with a code when it is malformed, and with an event where nobody waits for an answer", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    await alice.join("room");

    for (const payload of payloads) {
      if (event === "join room" && payload === "__proto__") continue;
      expect(await alice.refusal(event, payload)).toMatch(/^(BAD_REQUEST|NOT_A_MEMBER|PEER_NOT_FOUND)$/);
    }
    alice.emit(event);

    expect((await alice.next("refused"))[0]).toMatchObject({ event, code: expect.stringMatching(/^[A-Z_]+$/) });
    expect(failures).toEqual([]);
  });
});

test("20,000 hostile events in any order: the relay stands and serves others as before", { timeout: 60_000 }, async () => {
  await using scene = await startPlain({ messagesPerSecond: 1e9 });
  const errors: unknown[] = [];
  scene.plain.on("error", (error) => errors.push(error));
  using alice = await scene.connect();
  using bob = await scene.connect();
  await alice.join("room");
  const random = randomFrom(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  for (let count = 0; count < 200; count += 1) {
    using mallory = await scene.connect();
    for (let index = 0; index < 100; index += 1) {
      const args = Array.from({ length: Math.floor(random() * 3) }, () => pick(payloads));
      mallory.emit(pick(events), ...args, ...(random() < 0.2 ? [() => {}] : []));
    }
    await Promise.race([mallory.settled(), mallory.next("disconnect")]);
  }
  await bob.join("room");

  expect(await alice.next("user joined", (id: string) => id === bob.id)).toEqual([bob.id, "room"]);
  expect([failures, errors]).toEqual([[], []]);
});

test("one that goes on with malformed events is closed", async () => {
  await using scene = await startPlain();
  using mallory = await scene.connect();

  for (let count = 0; count < 150; count += 1) mallory.emit("offer");

  expect(await mallory.next("disconnect")).toEqual(["io server disconnect"]);
});

test("one that sends too much is refused, and closed when it goes on", async () => {
  await using scene = await startPlain({ messagesPerSecond: 1 });
  using mallory = await scene.connect();

  for (let count = 0; count < 80; count += 1) mallory.emit("register");

  expect((await mallory.next("refused"))[0]).toMatchObject({ code: "RATE_LIMITED" });
  expect(await mallory.next("disconnect")).toEqual(["io server disconnect"]);
});

test("rooms, sockets, registrations and early candidates have limits", async () => {
  await using scene = await startPlain({ roomsPerSocket: 1, maxSockets: 2, maxRegistered: 1 });
  using alice = await scene.connect();
  using bob = await scene.connect();
  await alice.join("one");
  await bob.join("one");

  expect(await alice.refusal("join room", "two")).toBe("LIMIT");
  await expect(scene.connect()).rejects.toMatchObject({ data: { code: "LIMIT" } });
  expect(await alice.refusal("register")).toBe("not refused");
  expect(await bob.refusal("register")).toBe("LIMIT");
  for (let n = 0; n < 64; n += 1) alice.emit("ice-candidate", { target: bob.id, candidate: candidate(n) });
  expect(await alice.refusal("ice-candidate", { target: bob.id, candidate: candidate(64) })).toBe("LIMIT");
});

test("one that does not read is removed, and the program told", async () => {
  await using scene = await startPlain({ outboundBytes: 100_000, messagesPerSecond: 1e6 });
  const failed = new Promise<unknown[]>((resolve) => scene.plain.once("error", (error, socket) => resolve([error, socket?.id])));
  const removed = new Promise<string>((resolve) => scene.plain.once("remove", resolve));
  using alice = await scene.connect();
  using bob = await scene.connect();
  await alice.join("room");
  await bob.join("room");
  const { id } = bob;
  bob.raw.pause();

  const big = { target: id, sdp: { type: "offer", sdp: "x".repeat(60_000) } };
  let code = "not refused";
  while (code === "not refused") code = await alice.refusal("offer", big);

  expect(await failed).toEqual([expect.objectContaining({ code: "BUSY" }), id]);
  expect(await removed).toBe(id);
  expect(await alice.next("user left")).toEqual([id, "room"]);
});

test("a listener that throws stops neither the others nor the relay", async () => {
  await using scene = await startPlain();
  const errors: Error[] = [];
  scene.plain.on("error", (error) => errors.push(error));
  scene.plain.on("connection", () => {
    throw new Error("mine");
  });

  using alice = await scene.connect();
  await alice.join("room");

  expect(errors.map(({ message }) => message)).toEqual(["mine"]);
});

test("an error that nobody listens for is told once where warnings go", async () => {
  const warn = vi.fn<(message: string) => void>();
  await using server = await startRelay({ plainSignaling: true, warn });
  server.relay.plainSignaling?.on("connection", () => {
    throw new Error("mine");
  });

  using alice = await connectPlain(server.url);
  using bob = await connectPlain(server.url);
  await Promise.all([alice.settled(), bob.settled()]);

  expect(warn.mock.calls.filter(([message]) => message.includes("mine"))).toHaveLength(1);
});

test("packets that are no events of socket.io do not harm it", async () => {
  await using scene = await startPlain();
  using raw = await openRaw(scene.url);
  raw.packet("0");
  await raw.saw('40{"sid"');

  for (const text of ['2["offer"]', '2["offer",null]', '2["join room",{"a":[]}]', '21["register"]', '2["ice-candidate",[]]', '31[{"a":1}]'])
    raw.packet(text);
  await raw.saw("431");

  expect(failures).toEqual([]);
});
