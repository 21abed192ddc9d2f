import { describe, expect, test } from "vitest";
import { weriftRtc } from "../src/werift.ts";
import { backends } from "./support/backends.ts";
import { next, opened, pair, state } from "./support/pair.ts";

describe.each(backends)("data channels of $name", (backend) => {
  test("a negotiated channel opens at both ends and carries strings and bytes", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("control", { negotiated: true, id: 0 });
    const right = two.right.createDataChannel("control", { negotiated: true, id: 0 });
    await Promise.all([opened(left), opened(right)]);

    left.send("to the right ✓");
    const text = await next<MessageEvent<string>>(right, "message");
    right.send(new Uint8Array([0, 1, 2, 255]).subarray(1));
    const bytes = await next<MessageEvent<ArrayBuffer>>(left, "message");

    expect(text.data).toBe("to the right ✓");
    expect(bytes.data).toBeInstanceOf(ArrayBuffer);
    expect(new Uint8Array(bytes.data)).toEqual(new Uint8Array([1, 2, 255]));
    expect(left).toMatchObject({ id: 0, label: "control", negotiated: true, ordered: true, binaryType: "arraybuffer" });
    expect(two.errors).toEqual([]);
  });

  test("a channel opened in band arrives with its label, and what is sent at once arrives too", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("files", { protocol: "bytes" });
    left.onopen = () => left.send("first");
    const { channel } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    const { data } = await next<MessageEvent<string>>(channel, "message");

    expect(data).toBe("first");
    expect(channel).toMatchObject({ label: "files", protocol: "bytes", readyState: "open", negotiated: false });
    expect(channel.id).toBe(left.id);
  });

  test("channels opened after the connection need no negotiation", async () => {
    using two = pair(backend);
    await opened(two.left.createDataChannel("first"));
    const before = two.descriptions.length;

    const arrived = next<RTCDataChannelEvent>(two.left, "datachannel");
    await opened(two.right.createDataChannel("second", { ordered: false, maxRetransmits: 0 }));
    const { channel } = await arrived;

    expect(channel.label).toBe("second");
    expect(two.descriptions).toHaveLength(before);
  });

  test("the buffer fills, tells when it is low, and a mebibyte arrives whole and in order", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("bulk");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await opened(left);
    const { highWaterBytes, lowWaterBytes, maxMessageBytes } = backend.channel;
    const size = Math.min(maxMessageBytes, 64 * 1024);
    const count = (1024 * 1024) / size;
    left.bufferedAmountLowThreshold = lowWaterBytes;
    const sizes: number[] = [];
    const all = new Promise<void>((resolve) => {
      right.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        expect(new Uint8Array(data)[0]).toBe(sizes.length);
        if (sizes.push(data.byteLength) === count) resolve();
      };
    });

    let peak = 0;
    for (let i = 0; i < count; i++) {
      while (left.bufferedAmount + size > highWaterBytes && left.bufferedAmount > 0) await next(left, "bufferedamountlow");
      left.send(new Uint8Array(size).fill(i));
      peak = Math.max(peak, left.bufferedAmount);
    }
    await all;

    expect(sizes).toEqual(Array.from({ length: count }, () => size));
    expect(peak).toBeLessThanOrEqual(highWaterBytes);
  });

  test("a writer that fills the buffer and waits for it to be low gets through, at each mark", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("writer");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await opened(left);
    const { highWaterBytes, lowWaterBytes, maxMessageBytes } = backend.channel;
    left.bufferedAmountLowThreshold = lowWaterBytes;
    const message = new Uint8Array(Math.min(maxMessageBytes, 64 * 1024));
    const total = Math.ceil((highWaterBytes * 5) / message.length) * message.length;
    let received = 0;
    const all = new Promise<void>((resolve) => {
      right.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        received += data.byteLength;
        if (received >= total) resolve();
      };
    });

    for (let sent = 0; sent < total; sent += message.length) {
      while (left.bufferedAmount >= highWaterBytes) await next(left, "bufferedamountlow");
      left.send(message);
    }
    await all;

    expect(received).toBe(total);
  });

  test("a message over the limit is refused with a TypeError and breaks nothing", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("limit");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await opened(left);
    const limit = two.left.sctp?.maxMessageSize ?? 0;

    expect(limit).toBe(backend.channel.maxMessageBytes);
    expect(() => left.send(new Uint8Array(limit + 1))).toThrow(TypeError);
    const whole = next<MessageEvent<ArrayBuffer>>(right, "message");
    left.send(new Uint8Array(limit));

    expect((await whole).data.byteLength).toBe(limit);
  });

  test("closing a channel is seen by the other end, and leaves the connection", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("short");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await opened(left);

    left.close();
    left.close();
    const wasClosing = left.readyState;
    await Promise.all([next(right, "close"), next(left, "close")]);

    expect(wasClosing).toBe("closing");
    expect([left.readyState, right.readyState]).toEqual(["closed", "closed"]);
    expect(() => left.send("late")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
    expect([left.bufferedAmount, two.left.connectionState]).toEqual([0, "connected"]);
  });

  test("closing a connection closes its channels at both ends", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("first");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await Promise.all([opened(left), opened(right), state(two.right, "connected")]);

    const ends = Promise.all([next(left, "close"), next(right, "close")]);
    two.left.close();
    two.left.close();
    await ends;

    expect([left.readyState, right.readyState]).toEqual(["closed", "closed"]);
    expect(two.left).toMatchObject({ connectionState: "closed", iceConnectionState: "closed", signalingState: "closed" });
  });

  test("listeners and attributes are called once each, in their order, until they are removed", async () => {
    using two = pair(backend);
    const left = two.left.createDataChannel("events");
    const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
    await opened(left);
    const calls: string[] = [];
    const removed = (): void => void calls.push("removed");
    right.addEventListener("message", removed);
    right.onmessage = () => calls.push("replaced");
    right.addEventListener("message", () => calls.push("listener"));
    right.addEventListener("message", { handleEvent: () => calls.push("object") });
    right.onmessage = () => calls.push("attribute");
    right.removeEventListener("message", removed);

    const told = next(right, "message");
    left.send("once");
    await told;

    expect(calls).toEqual(["attribute", "listener", "object"]);
  });
});

test("closing a channel of werift delivers what was sent before; native ones may drop the end of it", async () => {
  using two = pair(weriftRtc());
  const left = two.left.createDataChannel("short");
  const { channel: right } = await next<RTCDataChannelEvent>(two.right, "datachannel");
  await opened(left);
  let received = 0;
  right.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => (received += data.byteLength);

  for (let i = 0; i < 32; i++) left.send(new Uint8Array(16 * 1024));
  left.close();
  await Promise.all([next(right, "close"), next(left, "close")]);

  expect(received).toBe(512 * 1024);
});
