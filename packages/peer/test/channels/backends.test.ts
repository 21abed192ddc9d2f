import type { RtcBackend } from "@peerloom/core";
import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { describe, expect, test } from "vitest";
import { Channel } from "../../src/channels/index.ts";
import { connected } from "./connected.ts";
import { isSame, messages } from "./pair.ts";

const backends: readonly (readonly [string, () => RtcBackend, () => RtcBackend])[] = [
  ["werift", weriftRtc, weriftRtc],
  ["node-datachannel", nodeDatachannelRtc, nodeDatachannelRtc],
  ["werift and node-datachannel", weriftRtc, nodeDatachannelRtc],
];

describe.each(backends)("over %s", (_name, near, far) => {
  test("carries messages of all sizes in order, and a file, within the backend's marks", async () => {
    const [left, right] = [near(), far()];
    const { channels, close } = await connected(left, right);
    await using a = new Channel({ marks: left.channel });
    await using b = new Channel({ marks: right.channel });
    a.attach(channels[0]);
    b.attach(channels[1]);
    const sizes = Array.from({ length: 200 }, (_, index) => (index % 19 === 0 ? 100_000 + index : index));
    const arrived = messages(b, sizes.length);
    const content = Uint8Array.from({ length: 3_000_000 }, (_, index) => index % 251);
    const file = new Promise<Blob>((resolve, reject) => b.on("file", (event) => void event.file.blob().then(resolve, reject)));
    let most = 0;

    for (const size of sizes) {
      a.post("x".repeat(size));
      most = Math.max(most, channels[0].bufferedAmount);
    }
    await a.sendFile(new Blob([content]), { onProgress: () => (most = Math.max(most, channels[0].bufferedAmount)) });

    expect((await arrived).map((text) => (text as string).length)).toEqual(sizes);
    expect(isSame(new Uint8Array(await (await file).arrayBuffer()), content)).toBe(true);
    expect(most).toBeLessThanOrEqual(left.channel.highWaterBytes);
    close();
  }, 20_000);

  test("loses and doubles nothing when the data channel is replaced under load", async () => {
    const [left, right] = [near(), far()];
    const { channels, another, close } = await connected(left, right);
    await using a = new Channel({ marks: left.channel });
    await using b = new Channel({ marks: right.channel });
    a.attach(channels[0]);
    b.attach(channels[1]);
    const count = 3000;
    const arrived = messages(b, count);
    b.handle((value) => value);

    for (let index = 0; index < count; index++) {
      a.post({ index, pad: "x".repeat(index % 400) });
      if (index % 1000 !== 500) continue;
      // What is in the old one's buffer is lost.
      const next = await another();
      b.detach();
      a.attach(next[0]);
      b.attach(next[1]);
      expect(await a.request(index)).toBe(index);
    }

    expect((await arrived).map((value) => (value as { index: number }).index)).toEqual(Array.from({ length: count }, (_, index) => index));
    close();
  }, 20_000);
});
