import type { PeerStream } from "@peerloom/core";
import { encodePacket, type PacketExtension } from "@peerloom/protocol";
import { defaultSessionLimits } from "@peerloom/session";
import { describe, expect, test } from "vitest";
import { victim, type Victim } from "./victim.ts";

const huge = Number.MAX_SAFE_INTEGER;

/** A packet of mallory's: of a fresh session and to one that alice has to learn, unless said otherwise. */
function packet(
  frames: readonly string[] = [],
  {
    source = "mallory-instance.1",
    destination = "",
    first = 0,
    ack = 0,
    extension,
  }: Partial<Record<"source" | "destination", string> & Record<"first" | "ack", number>> & { extension?: PacketExtension } = {},
): string {
  return encodePacket({ source, destination, first, ack, extension }, frames);
}

/** Lets mallory open a session and learn alice's side of it. */
async function open(world: Victim): Promise<string> {
  world.alice.onAny("ask", (n: unknown) => n);
  world.hostile("mallory", packet(['[1,1,"ask",[1]]']));
  await world.turn();
  world.takeSent();
  return world.sessionFor("mallory");
}

describe("a hostile peer with streams", () => {
  /** Alice takes streams named `s` and reads nothing of them, until told. */
  async function openWith(
    streams: number,
    limits: Parameters<typeof victim>[0] = {},
  ): Promise<{ world: Victim; destination: string; taken: PeerStream[] }> {
    const world = await victim(limits);
    const destination = await open(world);
    const taken: PeerStream[] = [];
    world.alice.onStream("s", (stream) => void taken.push(stream));
    const opens = Array.from({ length: streams }, (_, n) => `[8,${n + 1},"s",1000,[]]`);
    world.hostile("mallory", packet(opens, { destination, first: 1 }));
    await world.turn();
    return { world, destination, taken };
  }

  test("opens no more of them than the limit", async () => {
    const { world, taken } = await openWith(40, { maxStreams: 30 });
    await using _ = world;

    const refusals = world.takeSent().flatMap(({ packet: { frames } }) => frames.filter((frame) => (frame as unknown[])[0] === 10));
    expect([taken.length, world.alice.load.streams, refusals.length]).toEqual([30, 30, 10]);
    expect(refusals[0]).toMatchObject([10, -31, "LIMIT", expect.any(String)]);
  });

  test.each<[string, string]>([
    ["data beyond its credit", `[11,1,${JSON.stringify(Array.from({ length: 100 }, () => "x".repeat(20_000)))}]`],
    ["data after the end", '[13,1],[11,1,["x"]]'],
    ["data of a stream of alice's that never was", '[11,-5,["x"]]'],
    ["an acceptance of its own stream", "[9,1,5]"],
    ["a second acceptance of alice's stream", "[9,-1,5],[9,-1,5]"],
    ["a refusal of what was accepted", '[9,-1,5],[10,-1,"E","no"]'],
    ["a second open of the same stream", '[8,1,"s",5,[]]'],
    ["a number used again after its stream was closed", '[14,1,"E","over"],[8,1,"s",5,[]]'],
    ["an end twice", "[13,1],[13,1]"],
    ["an end of a stream that never was", "[13,77]"],
    ["data of a stream that never was", '[11,77,["x"]]'],
    ["credit for a stream that never was", "[12,77,5]"],
    ["a reset of a stream that never was", '[14,77,"E","over"]'],
    ["an open in alice's name", '[8,-1,"s",5,[]]'],
    ["a value that is nested too deep, in parts", `[5,"[11,1,[",1],[5,"${"[".repeat(300)}",1],[7,[],1]`],
  ])("and %s is cut off", async (_what, frames) => {
    const { world, destination } = await openWith(1);
    await using _ = world;
    const own = world.alice.remote("mallory").openStream("t");
    own.catch(() => {});

    world.hostile("mallory", packet([frames], { destination, first: 2 }));
    await world.turn();

    expect([world.gone, world.alice.load.streams]).toEqual([["mallory PROTOCOL_ERROR"], 0]);
    expect(await world.isUnharmed()).toBe(true);
  });

  test.each<[string, string]>([
    ["parts of a stream that never was", '[5,"x",77],[7,[],77]'],
    ["an open with all the credit there is, and more", `[8,2,"s",${huge},[]],[12,2,${huge}],[12,2,${huge}]`],
    ["credit without end", `[12,1,${huge}],[12,1,${huge}],[12,1,${huge}]`],
    ["data, an end and credit of a stream that was closed", '[14,1,"E","over"],[11,1,["x"]],[13,1],[12,1,9]'],
  ])("and %s does nobody harm", async (_what, frames) => {
    const { world, destination } = await openWith(1);
    await using _ = world;

    world.hostile("mallory", packet([frames], { destination, first: 2 }));
    await world.turn();

    expect([world.gone, await world.isUnharmed()]).toEqual([[], true]);
  });

  test("that is reset by both sides at once is let go", async () => {
    const { world, destination, taken } = await openWith(1);
    await using _ = world;

    taken[0]?.destroy(new Error("enough"));
    world.hostile("mallory", packet(['[14,1,"E","enough"],[11,1,["late"]],[13,1]'], { destination, first: 2 }));

    expect([world.alice.load.streams, world.gone]).toEqual([0, []]);
  });
});

describe("a hostile peer", () => {
  test.each<[string, PacketExtension]>([
    ["a gap of all numbers", { g: [0, huge] }],
    ["a gap that runs backwards", { g: [huge, 0] }],
    ["gaps one inside the other", { g: [0, huge, 1, 2, 0, huge] }],
    ["an echo of the future", { e: huge }],
    ["a probe of the future", { h: huge }],
    ["all of them", { h: huge, e: huge, g: [0, huge] }],
  ])("that tells of %s costs no more than a packet", async (_what, extension) => {
    await using world = await victim();
    const destination = await open(world);
    world.alice.remote("mallory").emit("x");
    await world.turn();
    const start = performance.now();

    for (let n = 0; n < 100; n++) world.hostile("mallory", packet([], { destination, first: 1, extension }));
    await world.turn();

    expect(performance.now() - start).toBeLessThan(500);
    expect(world.takeSent().length).toBeLessThan(210);
    expect([world.gone, await world.isUnharmed()]).toEqual([[], true]);
  });

  test("cannot acknowledge what was not sent", async () => {
    await using world = await victim();
    const destination = await open(world);
    world.alice.remote("mallory").emit("x");
    await world.turn();

    world.takeSent();

    world.hostile("mallory", packet([], { destination, first: 1, ack: huge }));
    world.hostile("mallory", packet([], { destination, first: 1, ack: 1, extension: { e: 2 } }));
    await world.turn();
    const question = { first: 2, frames: [], extension: { h: 2 } };
    expect(world.takeSent()).toMatchObject([{ packet: { first: 1, frames: [[0, "x", []]] } }, { packet: question }]);
    world.hostile("mallory", packet([], { destination, first: 1, ack: 2, extension: { e: 2 } }));
    await world.turn();

    expect(world.takeSent()).toEqual([]);
  });

  test("cannot have more held that came early than the budget", async () => {
    await using world = await victim();
    const destination = await open(world);
    const text = JSON.stringify([5, "x".repeat(60_000)]);

    for (let n = 0; n < 500; n++) world.hostile("mallory", packet([text], { destination, first: 10 + 2 * n }));
    for (let n = 0; n < 5000; n++) world.hostile("mallory", packet(["[4,1]"], { destination, first: huge - n }));

    expect(world.alice.load.bytes).toBeLessThanOrEqual(2 * defaultSessionLimits.windowBytes + 1000);
    expect(await world.isUnharmed()).toBe(true);
  });

  test("cannot grow a message in parts without end", async () => {
    await using world = await victim({ maxMessageBytes: 100_000 });
    const destination = await open(world);

    for (let n = 0; n < 20; n++) world.hostile("mallory", packet([JSON.stringify([5, "x".repeat(60_000)])], { destination, first: 1 + n }));

    expect(world.gone).toEqual(["mallory PROTOCOL_ERROR"]);
    expect(await world.isUnharmed()).toBe(true);
  });

  test.each<[string, string]>([
    ["another instance of alice", "alice-other-one.1"],
    ["a session of alice that never was", "alice-instance.999"],
    ["the session of bob", "bob-instance.1"],
    ["the session that alice has with bob", "alice-instance.1"],
  ])("that writes to %s is told that it is dead, and nothing else happens", async (_what, destination) => {
    await using world = await victim();
    await open(world);
    const handled: unknown[] = [];
    world.alice.onAny("x", (n) => handled.push(n));

    world.hostile("mallory", packet(['[0,"x",[1]]'], { destination, first: 1 }));

    expect(world.takeSent()).toMatchObject([
      { to: "mallory", packet: { source: destination, destination: "mallory-instance.1", frames: [] } },
    ]);
    expect([handled, world.gone, await world.isUnharmed()]).toEqual([[], [], true]);
  });

  test.each<[string, string]>([
    ["the session that alice has with bob", "alice-instance.1"],
    ["the session of bob", "bob-instance.1"],
    ["no session", ""],
    ["another instance", "alice-other-one.1"],
  ])("cannot reset %s", async (_what, destination) => {
    await using world = await victim();
    await open(world);

    world.hostile("mallory", packet([], { destination, extension: { x: "PEER_RESTARTED" } }));
    world.hostile("mallory", packet([], { source: "bob-instance.1", destination, extension: { x: "PEER_RESTARTED" } }));

    expect(world.takeSent()).toEqual([]);
    expect([world.gone, await world.isUnharmed()]).toEqual([[], true]);
  });

  test("that resets its own session ends that one only", async () => {
    await using world = await victim();
    const destination = await open(world);

    world.hostile("mallory", packet([], { destination, extension: { x: "MY_OWN_REASON" } }));

    expect([world.gone, world.alice.peers, await world.isUnharmed()]).toEqual([["mallory MY_OWN_REASON"], ["bob"], true]);
  });

  test("that uses the number of a request twice is cut off, and its handler is told", async () => {
    await using world = await victim();
    const destination = await open(world);
    const signals: AbortSignal[] = [];
    world.alice.onAny("wait", ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });

    world.hostile("mallory", packet(['[1,7,"wait",[]]', '[1,7,"wait",[]]'], { destination, first: 1 }));

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect([world.gone, world.alice.load.requests, await world.isUnharmed()]).toEqual([["mallory PROTOCOL_ERROR"], 0, true]);
  });

  test("that asks more than is allowed at once is refused the rest with LIMIT", async () => {
    await using world = await victim({ maxServedRequests: 10 });
    const destination = await open(world);
    world.alice.onAny("wait", () => new Promise(() => {}));

    world.hostile(
      "mallory",
      packet(
        Array.from({ length: 12 }, (_, n) => `[1,${n},"wait",[]]`),
        { destination, first: 1 },
      ),
    );
    await world.turn();

    expect(world.alice.load.requests).toBe(10);
    const answers = world.takeSent().flatMap(({ packet: { frames } }) => frames.map((frame) => (frame as unknown[]).slice(0, 3)));
    expect(answers).toEqual([
      [3, 10, "LIMIT"],
      [3, 11, "LIMIT"],
    ]);
  });

  test("that cancels what it asks has no more handlers at work than is allowed", async () => {
    await using world = await victim({ maxServedRequests: 10 });
    const destination = await open(world);
    let calls = 0;
    world.alice.onAny("wait", () => new Promise(() => (calls += 1)));

    world.hostile(
      "mallory",
      packet(Array.from({ length: 12 }, (_, n) => [`[1,${n},"wait",[]]`, `[4,${n}]`]).flat(), { destination, first: 1 }),
    );
    await world.turn();

    expect([calls, world.alice.load.requests]).toEqual([10, 0]);
  });

  test("cannot answer requests of others, or ones that were never made", async () => {
    await using world = await victim();
    const destination = await open(world);
    world.bob.onAny("wait", () => new Promise(() => {}));
    const answer = world.alice.remote("bob").emitWithAck("wait");
    answer.catch(() => {});

    world.hostile(
      "mallory",
      packet(
        Array.from({ length: 50 }, (_, n) => `[2,${n},["forged"]]`),
        { destination, first: 1 },
      ),
    );
    world.hostile(
      "mallory",
      packet(
        Array.from({ length: 50 }, (_, n) => `[3,${n},"E","forged"]`),
        { destination, first: 51 },
      ),
    );

    expect(await Promise.race([answer, world.turn()])).toBeUndefined();
    expect(world.gone).toEqual([]);
  });

  test("cannot use the names of Peerloom's own, nor those of a prototype", async () => {
    await using world = await victim();
    const destination = await open(world);
    const names = ["__proto__", "constructor", "toString", "peerloom:nothing", "hasOwnProperty"];

    world.hostile(
      "mallory",
      packet(
        names.map((name, n) => `[1,${n + 2},"${name}",[]]`),
        { destination, first: 1 },
      ),
    );
    world.hostile(
      "mallory",
      packet(
        names.map((name) => `[0,"${name}",[]]`),
        { destination, first: 6 },
      ),
    );
    await world.turn();

    const codes = world.takeSent().flatMap(({ packet: { frames } }) => frames.map((frame) => (frame as unknown[])[2]));
    expect(codes).toEqual(names.map(() => "NO_HANDLER"));
  });

  test.each<[string, unknown, readonly unknown[]]>([
    ["a number", 5, []],
    ["nothing", undefined, []],
    ["no JSON", "[1", []],
    ["a deep text", "[".repeat(100_000), []],
    ["an attachment that is text", '[1,"mallory-instance.1","",0,0,0]', ["text"]],
    ["an attachment that is an object", '[1,"mallory-instance.1","",0,0,0]', [{ length: 5 }]],
  ])("that is a stranger and sends %s gets no session", async (_what, text, attachments) => {
    await using world = await victim();
    const malformed: unknown[] = [];
    world.alice.on("malformed", (event) => malformed.push(event));

    world.hostile("mallory", text, attachments);

    expect(malformed).toEqual([{ from: "mallory", reason: "a malformed packet" }]);
    expect([world.alice.peers, world.gone, world.takeSent()]).toEqual([["bob"], [], []]);
  });

  test("whose session has ended cannot go on with it", async () => {
    await using world = await victim();
    const destination = await open(world);
    world.hostile("mallory", "nonsense");
    world.takeSent();
    const handled: unknown[] = [];
    world.alice.onAny("x", (n) => handled.push(n));

    world.hostile("mallory", packet(['[0,"x",[1]]'], { destination, first: 1 }));
    world.hostile("mallory", packet(['[0,"x",[1]]'], { first: 1 }));

    expect(handled).toEqual([]);
    expect(world.takeSent()).toMatchObject([{ packet: { extension: { x: "PEER_LOST" } } }, { packet: { extension: { x: "PEER_LOST" } } }]);
    expect(world.alice.peers).toEqual(["bob"]);
  });
});

test("10 000 strangers fill the table and no more; known peers go on, and nothing is left after close", async () => {
  await using world = await victim();
  for (let n = 0; n < 10_500; n++) world.hostile(`stranger ${n}`, packet(['[0,"x",[]]'], { source: `stranger-instance.${n + 1}` }));
  await world.turn();

  expect(world.alice.load.peers).toBe(defaultSessionLimits.maxPeers);
  const refusals = world.takeSent().filter(({ packet: { extension } }) => extension?.x === "LIMIT");
  expect(refusals).toHaveLength(10_500 - (defaultSessionLimits.maxPeers - 1));
  expect(() => world.alice.remote("one more").emit("x")).toThrow(expect.objectContaining({ code: "LIMIT" }));
  expect(await world.isUnharmed()).toBe(true);
});

test("a packed packet is opened; one whose bytes are no UTF-8 is malformed", async () => {
  await using world = await victim();
  const [heard, malformed]: [unknown[], unknown[]] = [[], []];
  world.alice.onAny("say", (text: unknown) => void heard.push(text));
  world.alice.on("malformed", (event) => malformed.push(event));

  world.hostile("mallory", "", [new TextEncoder().encode(packet(['[0,"say",["hi"]]']))]);
  world.hostile("mallory", "", [new Uint8Array([0x5b, 0xff, 0x5d])]);
  await world.turn();

  expect(heard).toEqual(["hi"]);
  expect(malformed).toEqual([{ from: "mallory", reason: "a malformed packet" }]);
});
