import { randomUUID } from "node:crypto";
import { test } from "vitest";
import { broadcastChannelDriver } from "../src/broadcast-channel.ts";
import { MemoryHub, memoryDriver } from "../src/memory.ts";
import { driverSuite } from "../src/testing.ts";

driverSuite({
  name: "memory",
  test,
  open: () => {
    const hub = new MemoryHub();
    const close = (): void => {
      if (hub.subscriptions > 0) throw new Error("a driver has left subscriptions behind");
    };
    return { hub, create: () => memoryDriver(hub), close };
  },
  cut: ({ hub }) => hub.cut(),
  restore: ({ hub }) => hub.restore(),
});

driverSuite({
  name: "broadcast-channel",
  test,
  open: () => {
    const name = randomUUID();
    return { name, create: () => broadcastChannelDriver({ name }), close: () => {} };
  },
  disturb: ({ name }, address) => {
    const channel = new BroadcastChannel(name);
    const notMessages = [undefined, null, 1, "text", {}, [], [address], [address, "text"], [address, [1]], [1, new Uint8Array(1)]];
    for (const data of notMessages) channel.postMessage(data);
    channel.close();
  },
});
