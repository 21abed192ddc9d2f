import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PeerloomError } from "@peerloom/core";
import { randomFrom } from "@peerloom/core/testing";
import { describe, expect, test } from "vitest";
import { Channel } from "../../src/channels/index.ts";
import { MemoryNetwork, type MemoryDataChannel } from "./memory-pair.ts";
import { marks } from "./pair.ts";

/** A channel whose other side is this test. */
function victim(options: object = {}): {
  readonly channel: Channel;
  readonly far: MemoryDataChannel;
  readonly give: (...bytes: number[]) => void;
  readonly errors: unknown[];
} {
  const [near, far] = new MemoryNetwork().pair();
  const channel = new Channel({ marks, ...options });
  const errors: unknown[] = [];
  channel.on("error", ({ error }) => errors.push(error));
  channel.attach(near);
  return { channel, far, errors, give: (...bytes) => near.emit("message", { data: Uint8Array.from(bytes).buffer }) };
}

/** A numbered packet with these frames. */
const data = (number: number, ...frames: number[]): number[] => [2, 0, number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...frames];

describe("a malformed packet closes the channel with PROTOCOL_ERROR and is reported", () => {
  test.each<[string, number[]]>([
    ["nothing", []],
    ["an unknown type", [99, 1, 2]],
    ["a packet cut in its header", [2, 0, 1]],
    ["a packet without frames", data(1)],
    ["an unknown frame", data(1, 0x7f)],
    ["a length beyond the end", data(1, 0x10, 200, 65)],
    ["a number of too many bytes", data(1, 0x10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)],
    ["text that is not UTF-8", data(1, 0x10, 2, 0xc3, 0x28)],
    ["JSON that is none", data(1, 0x11, 1, 0x7b)],
    ["a key __proto__", data(1, 0x11, 16, ...new TextEncoder().encode('{"__proto__": 1}'))],
    ["a blob in a small frame", data(1, 0x14, 1, 1)],
    ["a gap", data(5, 0x10, 0)],
    ["an acknowledgement of nothing", [3, 9, 0, 0, 0, 0, 0]],
    ["an answer to no request", data(1, 0x30, 7, 1, 65)],
    ["a chunk of no lane", data(1, 0x51, 1, 1, 65)],
    ["an end of no lane", data(1, 0x52, 1)],
    ["credit for no lane", data(1, 0x55, 1, 1)],
    ["a lane of an unknown kind", data(1, 0x50, 1, 0x33 + 0x40, 0, 2, 0)],
    ["a message of unknown size", data(1, 0x50, 1, 0x12, 0, 0, 0)],
    ["a lane opened twice", data(1, 0x50, 1, 0x12, 0, 9, 0, 0x50, 1, 0x12, 0, 9, 0)],
    ["more than a lane said", data(1, 0x50, 1, 0x12, 0, 2, 0, 0x51, 1, 2, 65, 65)],
    ["less than a lane said", data(1, 0x50, 1, 0x12, 0, 3, 0, 0x51, 1, 1, 65, 0x52, 1)],
    ["another version", [1, 9, ...Array.from({ length: 14 }, () => 0)]],
    ["a farewell without a reason", [4, 1]],
    ["an unreliable packet", [5, 0x10, 0]],
  ])("%s", (_name, bytes) => {
    const { channel, errors, give } = victim();

    give(...bytes);

    expect(channel.state).toBe("closed");
    expect(errors).toMatchObject([{ code: "PROTOCOL_ERROR" }]);
  });
});

test.each([
  "text",
  "",
  "t",
  "t1",
  "t1,0",
  "t,0,x",
  "t1,,x",
  "T-1,0,x",
  "t1.5,0,x",
  "t99999999999,0,x",
  "x1,0,x",
  "j1,0,{",
  'j1,0,{"__proto__":1}',
  "t3,0,gap",
  "t1,9,x",
])("the text %o closes the channel with PROTOCOL_ERROR", (text) => {
  const { channel, errors, far } = victim();

  far.other?.emit("message", { data: text });

  expect(channel.state).toBe("closed");
  expect(errors).toMatchObject([{ code: "PROTOCOL_ERROR" }]);
});

test("a text alone in its packet is a message like any other", () => {
  const { channel, far, give } = victim();
  const arrived: unknown[] = [];
  channel.on("message", (event) => arrived.push(event.data));

  for (const text of ["t1,0,one, with, commas", "T2,0,", 'j3,0,{"a":[1]}', "t3,0,again"]) far.other?.emit("message", { data: text });
  give(...data(4, 0x10, 1, 65));

  expect(arrived).toEqual(["one, with, commas", "", { a: [1] }, "A"]);
});

test("a listener that throws stops neither the channel nor the other messages", () => {
  const { channel, errors, give } = victim();
  const arrived: unknown[] = [];
  channel.on("message", () => {
    throw new Error("mine");
  });
  channel.on("message", (event) => arrived.push(event.data));

  give(...data(1, 0x10, 1, 65, 0x10, 1, 66));

  expect(arrived).toEqual(["A", "B"]);
  expect(errors).toHaveLength(2);
  expect(channel.state).toBe("open");
});

test("one that asks on and on and takes no answers is not served for ever", () => {
  const { channel, far, give } = victim({ limits: { maxQueueBytes: 20_000, maxUnackedBytes: 20_000 } });
  far.readyState = "closed";

  for (let number = 1; number < 200 && channel.state === "open"; number++) {
    give(2, 0, number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...Array.from({ length: 120 }, (_, id) => [0x20, id, 0]).flat());
  }

  expect(channel.state).toBe("closed");
});

test("one that offers file after file and takes no refusals is not refused for ever", () => {
  const { channel, far, give } = victim({
    limits: { maxQueueBytes: 20_000 },
    marks: { highWaterBytes: 65_536, lowWaterBytes: 32_768, maxMessageBytes: 65_536 },
  });
  const ends: unknown[] = [];
  channel.on("close", ({ error }) => ends.push(error?.code));
  far.readyState = "closed";

  let lane = 0;
  const offer = (): number[] => [0x50, 0x80 | (++lane % 0x80), 0x80 | ((lane >> 7) % 0x80), lane >> 14, 0x60, 0, 0, 0];
  for (let number = 1; number < 200 && channel.state === "open"; number++) {
    give(2, 0, number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...Array.from({ length: 100 }, offer).flat());
  }

  expect(ends).toEqual(["OVERFLOW"]);
});

test("declared sizes cost no memory before content comes", () => {
  const { channel, give } = victim();
  const before = process.memoryUsage().arrayBuffers;

  // 64 lanes of 2,000,000 bytes each, which is what may be in assembly.
  for (let lane = 1; lane <= 64; lane++) give(...data(lane, 0x50, lane, 0x12, 0, 0x81, 0x89, 0x7a, 0));

  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(70 * 1_048_576);
  expect(channel.state).toBe("open");
});

test("100,000 hostile packets throw nothing and leave nothing", async () => {
  const random = randomFrom(4_711);
  const pick = (below: number): number => Math.floor(random() * below);
  const kinds = [0x10, 0x11, 0x12, 0x13, 0x20, 0x30, 0x40, 0x41, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55];
  const types = [2, 2, 2, 2, 2, 2, 3, 1, 4, 5];
  let target = victim();
  let number = 0;
  let closed = 0;
  let handled = 0;
  const start = (): void => {
    target = victim(pick(4) === 0 ? { ordered: false } : pick(8) === 0 ? { maxRetransmits: 0 } : {});
    target.channel.on("file", ({ file }) => void drain(file.readable));
    target.channel.on("message", () => (handled += 1));
    target.channel.handle((value) => value);
    number = 0;
  };
  const frame = (): number[] => {
    // Good ones among them, so that the bad ones meet every state.
    if (pick(3) > 0) return pick(2) === 0 ? [0x10, 2, 65, 66] : [0x50, 1 + pick(200), 0x12, 0, 1 + pick(9), 0];
    const body = Array.from({ length: pick(12) }, () => (pick(3) === 0 ? pick(256) : pick(8)));
    return [pick(20) === 0 ? pick(256) : (kinds[pick(kinds.length)] ?? 0), ...body];
  };
  const packet = (): number[] => {
    const frames = Array.from({ length: 1 + pick(3) }, frame).flat();
    const type = pick(4) > 0 ? 2 : (types[pick(types.length)] ?? 2);
    if (type !== 2) return [type, ...frames];
    const bytes = data(0, ...frames);
    bytes[1] = pick(4);
    number += 1;
    bytes[2] = number + (pick(30) === 0 ? pick(3) : 0);
    return bytes;
  };
  const run = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      if (target.channel.state === "closed" || number > 200) {
        closed += 1;
        await target.channel.close(new PeerloomError("CLOSED", "next"));
        start();
      }
      target.give(...packet());
      if (index % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  start();
  await run(20_000);
  const before = await memory();

  await run(80_000);

  expect(closed).toBeGreaterThan(1000);
  expect(handled).toBeGreaterThan(1000);
  expect((await memory()) - before).toBeLessThan(8 * 1_048_576);
}, 60_000);

async function drain(readable: ReadableStream<Uint8Array>): Promise<void> {
  const reader = readable.getReader();
  try {
    while (!(await reader.read()).done);
  } catch {
    // The channel is closed.
  }
}

/** Bytes in use after the collection of garbage. */
async function memory(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
