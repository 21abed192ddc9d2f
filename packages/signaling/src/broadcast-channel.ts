import { createDriver } from "./create-driver.ts";
import type { Driver } from "./driver.ts";

export interface BroadcastChannelOptions {
  /** The channel's name: those with the same one meet. @defaultValue "peerloom" */
  readonly name?: string | undefined;
}

/**
 * A driver between the tabs, frames and workers of one origin in one browser, or between the threads of one Node program. Peers on one
 * driver object meet too. It is always active; messages may have 16 MiB, since nothing but memory is between its ends.
 */
export function broadcastChannelDriver({ name = "peerloom" }: BroadcastChannelOptions = {}): Driver {
  return createDriver({ name: "broadcast-channel", isShared: false, maxBytes: 16 * 1024 * 1024 }, (events) => {
    const channel = new BroadcastChannel(name);
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const [address, bytes] = Array.isArray(data) && data.length === 2 ? (data as unknown[]) : [];
      events.message(address, bytes);
    });
    channel.addEventListener("messageerror", () => events.message(undefined, undefined));
    events.active();
    return {
      // A channel brings everything; the driver looks for those who want it.
      subscribe: () => {},
      unsubscribe: () => {},
      publish: (address, bytes) => channel.postMessage([address, bytes]),
      close: () => channel.close(),
    };
  });
}
