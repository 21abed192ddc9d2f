import { Channel, type ChannelOptions, type DataChannelMarks } from "../../src/channels/index.ts";
import { MemoryNetwork, type MemoryDataChannel } from "./memory-pair.ts";

export const marks: DataChannelMarks = { highWaterBytes: 1_048_576, lowWaterBytes: 262_144, maxMessageBytes: 262_144 };

/** Two ends of a channel over a network in memory. */
export interface ChannelPair extends AsyncDisposable {
  readonly left: Channel;
  readonly right: Channel;
  readonly network: MemoryNetwork;
  /** The present data channels. */
  readonly ends: readonly [MemoryDataChannel, MemoryDataChannel];
  /** Replaces the data channels. */
  readonly reconnect: () => void;
}

export function channelPair(options: Partial<ChannelOptions> = {}, rightOptions: Partial<ChannelOptions> = options): ChannelPair {
  const network = new MemoryNetwork();
  const left = new Channel({ marks, ...options });
  const right = new Channel({ marks, ...rightOptions });
  let ends = network.pair();
  const connect = (): void => {
    left.attach(ends[0]);
    right.attach(ends[1]);
  };
  connect();
  return {
    left,
    right,
    network,
    get ends() {
      return ends;
    },
    reconnect: () => {
      ends = network.pair();
      connect();
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([left.close(), right.close()]);
    },
  };
}

/** The next `count` messages of a channel. */
export function messages(channel: Channel, count: number): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const all: unknown[] = [];
    channel.on("message", ({ data }) => {
      all.push(data);
      if (all.length === count) resolve(all);
    });
    channel.on("close", ({ error }) => reject(error ?? new Error("closed")));
  });
}

/** Are these the same bytes? Far quicker than `toEqual` on large ones. */
export function isSame(a: unknown, b: Uint8Array): boolean {
  return a instanceof Uint8Array && Buffer.compare(a, b) === 0;
}
