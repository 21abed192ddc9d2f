import { createShardedAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server, type Socket } from "socket.io";
import { listenIo } from "../contestants/listen.ts";
import type { StartNode } from "./node.ts";

/**
 * The best node one writes by hand on socket.io: a look-up in a Map first, and only what is for elsewhere through the sharded adapter, with a channel
 * for each client, so that it reaches the node that has it alone.
 */
export const start: StartNode = async (redisUrl) => {
  const clients = new Map<string, Socket>();
  const publisher = createClient({ url: redisUrl });
  const subscriber = publisher.duplicate();
  let heard = 0;
  for (const client of [publisher, subscriber]) {
    client.on("error", (error) => console.error(error));
    await client.connect();
  }
  const subscribe = subscriber.sSubscribe.bind(subscriber);
  Reflect.set(subscriber, "sSubscribe", (channel: string, listener: (...args: unknown[]) => void, isBuffer: boolean) =>
    subscribe(
      channel,
      (...args: unknown[]) => {
        heard += 1;
        listener(...args);
      },
      isBuffer,
    ),
  );
  const io = new Server({
    transports: ["websocket"],
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    adapter: createShardedAdapter(publisher, subscriber, { subscriptionMode: "dynamic-private" }),
  });
  io.on("connection", (socket) => {
    const id = String(socket.handshake.auth["id"]);
    clients.set(id, socket);
    void socket.join(id);
    socket.on("to", (to: string, ...event: [string, ...unknown[]]) => {
      const target = clients.get(to);
      if (target === undefined) io.to(to).emit(...event);
      else target.emit(...event);
    });
    socket.on("subscribe", (reply: (value: unknown) => void) => {
      void Promise.resolve(socket.join("topic")).then(() => reply({}));
    });
    socket.on("t", (payload: unknown) => io.to("topic").emit("t", payload));
    socket.on("disconnect", () => clients.delete(id));
  });
  return { url: await listenIo(io), heard: () => heard };
};
