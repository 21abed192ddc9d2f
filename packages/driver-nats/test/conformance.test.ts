import { wsconnect, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { driverSuite } from "@peerloom/signaling/testing";
import { test } from "vitest";
import { natsDriver } from "../src/index.ts";
import { startNatsServer, type NatsServer } from "./nats-server.ts";

const reconnect = { reconnect: true, reconnectTimeWait: 20, maxReconnectAttempts: -1 };
const transports = {
  TCP: (server: NatsServer) => connect({ servers: server.url, ...reconnect }),
  WebSocket: (server: NatsServer) => wsconnect({ servers: server.websocketUrl, ...reconnect }),
  "TCP without echo": (server: NatsServer) => connect({ servers: server.url, noEcho: true, ...reconnect }),
};

for (const [name, open] of Object.entries(transports)) {
  driverSuite({
    name: `nats over ${name}`,
    test,
    open: async () => {
      const server = await startNatsServer();
      const connections: NatsConnection[] = [];
      const create = async () => {
        const nc = await open(server);
        connections.push(nc);
        return natsDriver({ nc, prefix: "app.signaling" });
      };
      const close = async (): Promise<void> => {
        const left = connections.filter((nc) => subscriptionsOf(nc) > 0 || listenersOf(nc) > 0);
        await Promise.all(connections.map((nc) => nc.close()));
        await server[Symbol.asyncDispose]();
        if (left.length > 0) throw new Error("a closed driver has left something at its connection");
      };
      return { server, create, close };
    },
    cut: ({ server }) => server.kill(),
    restore: ({ server }) => server.start(),
  });
}

interface Insides {
  readonly protocol: { readonly subscriptions: { readonly subs: Map<number, unknown> }; readonly listeners: readonly unknown[] };
}

function subscriptionsOf(nc: NatsConnection): number {
  return (nc as unknown as Insides).protocol.subscriptions.subs.size;
}

function listenersOf(nc: NatsConnection): number {
  return (nc as unknown as Insides).protocol.listeners.length;
}
