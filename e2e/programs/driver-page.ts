import { wsconnect, type NatsConnection } from "@nats-io/nats-core";
import { natsDriver } from "@peerloom/driver-nats";
import { socketIoDriver } from "@peerloom/driver-socketio";
import type { Driver } from "@peerloom/signaling";
import { broadcastChannelDriver } from "@peerloom/signaling/broadcast-channel";
import { driverCases, type DriverCase } from "@peerloom/signaling/testing";
import { io, type Socket } from "socket.io-client";

/** What the test gives the page. */
interface Given {
  cut(): Promise<void>;
  restore(): Promise<void>;
}

/** What the page gives the test. */
export interface DriverPage {
  /** Runs all cases of a medium; says which failed, and how. */
  runCases(medium: string, url: string): Promise<{ passed: number; failed: string[] }>;
  /** Listens on a channel, and says so before it resolves with the first text. */
  hear(name: string, ready: () => Promise<void>): Promise<string>;
  say(name: string, text: string): Promise<void>;
}

const { cut, restore } = globalThis as unknown as Given;
const room = ["lobby"] as const;

const media: Readonly<Record<string, (url: string) => readonly DriverCase[]>> = {
  "broadcast-channel": () =>
    driverCases({
      name: "broadcast-channel",
      open: () => {
        const name = Math.random().toString();
        return { create: () => broadcastChannelDriver({ name }), close: () => {} };
      },
    }),
  nats: (servers) =>
    driverCases({
      name: "nats",
      open: () => {
        const connections: NatsConnection[] = [];
        const create = async (): Promise<Driver> => {
          const nc = await wsconnect({ servers, reconnectTimeWait: 20, maxReconnectAttempts: -1 });
          connections.push(nc);
          return natsDriver({ nc });
        };
        return { create, close: async () => void (await Promise.all(connections.map((nc) => nc.close()))) };
      },
      cut: () => cut(),
      restore: () => restore(),
    }),
  "socket.io": (url) =>
    driverCases({
      name: "socket.io",
      open: () => {
        const sockets: Socket[] = [];
        const create = (): Driver => {
          const socket = io(url, { forceNew: true, transports: ["websocket"], reconnectionDelay: 20, reconnectionDelayMax: 50 });
          sockets.push(socket);
          return socketIoDriver({ socket });
        };
        return { create, close: () => sockets.forEach((socket) => socket.disconnect()) };
      },
      cut: () => cut(),
      restore: () => restore(),
    }),
};

async function runCases(medium: string, url: string): Promise<{ passed: number; failed: string[] }> {
  const failed: string[] = [];
  const cases = media[medium]?.(url) ?? [];
  for (const { name, run } of cases) await run().catch((error: unknown) => failed.push(`${name}: ${String(error)}`));
  return { passed: cases.length - failed.length, failed };
}

async function hear(name: string, ready: () => Promise<void>): Promise<string> {
  await using driver = broadcastChannelDriver({ name });
  let told: (text: string) => void = () => {};
  const text = new Promise<string>((resolve) => (told = resolve));
  await driver.subscribe(room, (bytes) => told(new TextDecoder().decode(bytes)));
  await ready();
  return await text;
}

async function say(name: string, text: string): Promise<void> {
  await using driver = broadcastChannelDriver({ name });
  await driver.publish(room, new TextEncoder().encode(text));
}

Object.assign(globalThis, { runCases, hear, say } satisfies DriverPage);
