import { describe, expect, test } from "vitest";
import { answer, candidate, offer, startPlain } from "./front-end.ts";

describe("a room of front ends", () => {
  test("introduces two: the joiner is told to call, the other that somebody came", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();

    await alice.join("room");
    bob.emit("join room", "room");

    expect(await bob.next("other user")).toEqual([alice.id, "room"]);
    expect(await alice.next("user joined")).toEqual([bob.id, "room"]);
    expect(alice.count("other user")).toBe(0);
  });

  test("introduces a third to both, not to the first alone", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    using carol = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    await carol.join("room");

    expect([await carol.next("other user"), await carol.next("other user")]).toEqual([
      [alice.id, "room"],
      [bob.id, "room"],
    ]);
    await alice.next("user joined", (id: string) => id === carol.id);
    await bob.next("user joined", (id: string) => id === carol.id);
  });

  test("tells of one that left, and names no dead id to those who come later", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    using carol = await scene.connect();
    await alice.join("room");
    await bob.join("room");
    const { id } = alice;

    alice.cut();
    expect(await bob.next("user left")).toEqual([id, "room"]);
    await carol.join("room");

    expect(await carol.next("other user")).toEqual([bob.id, "room"]);
    expect(carol.count("other user")).toBe(0);
    expect(scene.plain.peers).not.toContain(id);
  });

  test("can be left without leaving the server", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    bob.emit("leave room", "room");

    expect(await alice.next("user left")).toEqual([bob.id, "room"]);
    expect(await alice.refusal("offer", { target: bob.id, sdp: offer })).toBe("PEER_NOT_FOUND");
  });

  test("introduces nobody twice who joins twice", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    await alice.join("room");

    await bob.join("room");
    await bob.join("room");
    await alice.settled();

    expect([bob.count("other user"), alice.count("user joined")]).toEqual([1, 1]);
  });

  test.each(["__proto__", "constructor", "größe", ">", "*", "a:b", " "])("may be called %j", async (room) => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();

    await alice.join(room);
    await bob.join(room);

    expect(await alice.next("user joined")).toEqual([bob.id, room]);
  });

  test("called like a socket's id does not listen to that socket", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    using spy = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    await spy.join(alice.id);
    bob.emit("offer", { target: alice.id, sdp: offer });
    await alice.next("offer");
    await spy.settled();

    expect(spy.count("offer")).toBe(0);
  });

  test("that is full says so, and stays as it is", async () => {
    await using scene = await startPlain({ membersPerRoom: 2 });
    using alice = await scene.connect();
    using bob = await scene.connect();
    using carol = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    carol.emit("join room", "room");

    expect(await carol.next("room full")).toEqual(["room"]);
    expect((await carol.next("refused"))[0]).toMatchObject({ event: "join room", code: "LIMIT" });
    await alice.settled();
    expect([carol.count("other user"), alice.count("user joined")]).toEqual([0, 1]);
  });
});

describe("between members of a room", () => {
  test("offers and answers carry the caller that the relay knows, whatever they say", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    bob.emit("offer", { target: alice.id, caller: "somebody else", sdp: offer, more: 1 });
    expect(await alice.next("offer")).toEqual([{ target: alice.id, caller: bob.id, sdp: offer }]);
    alice.emit("answer", { target: bob.id, caller: bob.id, sdp: answer });
    expect(await bob.next("answer")).toEqual([{ target: bob.id, caller: alice.id, sdp: answer }]);
  });

  test("candidates come first as before, and then say whose they are", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    bob.emit("offer", { target: alice.id, sdp: offer });
    bob.emit("ice-candidate", { target: alice.id, candidate: candidate(1) });

    expect(await alice.next("ice-candidate")).toEqual([candidate(1), bob.id]);
  });

  test("candidates that come before the description follow it", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    await alice.join("room");
    await bob.join("room");
    await alice.next("user joined");
    const order: unknown[] = [];
    alice.socket.onAny((event: string) => order.push(event));

    bob.emit("ice-candidate", { target: alice.id, candidate: candidate(1) });
    bob.emit("ice-candidate", { target: alice.id, candidate: candidate(2) });
    bob.emit("offer", { target: alice.id, sdp: offer });
    bob.emit("ice-candidate", { target: alice.id, candidate: candidate(3) });
    await alice.next("ice-candidate", (value: { candidate: string }) => value.candidate === "candidate:3");

    expect(order).toEqual(["offer", "ice-candidate", "ice-candidate", "ice-candidate"]);
  });

  test("an end of candidates is not sent on to pages that would choke on it", async () => {
    await using scene = await startPlain();
    using alice = await scene.connect();
    using bob = await scene.connect();
    await alice.join("room");
    await bob.join("room");

    bob.emit("offer", { target: alice.id, sdp: offer });
    expect(await bob.refusal("ice-candidate", { target: alice.id, candidate: null })).toBe("not refused");
    bob.emit("ice-candidate", { target: alice.id, candidate: candidate(1) });

    expect(await alice.next("ice-candidate")).toEqual([candidate(1), bob.id]);
  });

  test.each(["offer", "answer", "ice-candidate"])(
    "%s to somebody outside is refused, and whether there is one is not said",
    async (event) => {
      await using scene = await startPlain();
      using alice = await scene.connect();
      using bob = await scene.connect();
      using outsider = await scene.connect();
      await alice.join("room");
      await bob.join("room");
      const message = { sdp: event === "answer" ? answer : offer, candidate: candidate(1) };

      expect(await outsider.refusal(event, { target: alice.id, ...message })).toBe("PEER_NOT_FOUND");
      expect(await outsider.refusal(event, { target: "nobody", ...message })).toBe("PEER_NOT_FOUND");
      expect(await outsider.refusal(event, { target: outsider.id, ...message })).toBe("PEER_NOT_FOUND");
      await alice.settled();
      expect(alice.count(event)).toBe(0);
    },
  );
});
