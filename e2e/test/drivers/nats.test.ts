import { wsconnect, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { natsDriver } from "@peerloom/driver-nats";
import type { Driver, DriverEvents } from "@peerloom/signaling";
import { driverSuite } from "@peerloom/signaling/testing";
import { expect, test } from "vitest";
import { startNatsServer, type NatsServer } from "../../support/nats-server.ts";

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
      const create = async (): Promise<Driver> => {
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

const room = ["lobby"] as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function nextEvent<K extends keyof DriverEvents>(driver: Driver, name: K): Promise<DriverEvents[K]> {
  return new Promise((resolve) => driver.on(name, resolve));
}

test("drivers with different prefixes do not meet, and the subjects are the prefix and the escaped names", async () => {
  await using server = await startNatsServer();
  await using nc = await connect({ servers: server.url });
  await using app = natsDriver({ nc, prefix: "app" });
  await using plain = natsDriver({ nc, prefix: "" });
  const [seen, got]: [string[], string[]] = [[], []];
  const watched = new Promise<void>((resolve) => {
    nc.subscribe(">", { callback: (_, { subject }) => void (seen.push(subject) === 2 && resolve()) });
  });
  await app.subscribe(["a>"], () => got.push("app"));
  await plain.subscribe(["a>"], () => got.push("plain"));

  await app.publish(["a>"], bytes("hello"));
  await plain.publish(["lobby", "*"], bytes("hello"));
  await watched;

  expect(seen).toEqual(["app.a=003e", "lobby.=002a"]);
  expect(got).toEqual(["app"]);
});

test("what the server's permissions refuse rejects, or is reported when the server says so later", async () => {
  await using server = await startNatsServer(
    'authorization { users [{ user: "u", password: "p", permissions { publish: "peerloom.lobby", subscribe: "peerloom.lobby" } }] }',
  );
  await using nc = await connect({ servers: server.url, user: "u", pass: "p" });
  await using driver = natsDriver({ nc });
  await driver.subscribe(room, () => {});
  const told = nextEvent(driver, "error");

  await expect(driver.subscribe(["secret"], () => {})).rejects.toMatchObject({
    code: "DRIVER_ERROR",
    cause: { operation: "subscription" },
  });
  await driver.publish(["secret"], bytes("hello"));
  const { error } = await told;
  await new Promise<void>((resolve) => {
    void driver.subscribe(room, () => resolve());
    void driver.publish(room, bytes("still works"));
  });

  expect(String(error)).toContain("peerloom.secret");
});

test("a server that takes less says so in the error", async () => {
  await using server = await startNatsServer("max_payload: 1000");
  await using nc = await connect({ servers: server.url });
  await using driver = natsDriver({ nc });

  await driver.publish(room, new Uint8Array(1000));

  await expect(driver.publish(room, new Uint8Array(1001))).rejects.toThrow("1000 bytes");
});

test("closing leaves the connection open; a connection that the user closes takes the driver out of reach", async () => {
  await using server = await startNatsServer();
  const nc = await connect({ servers: server.url });
  const closed = natsDriver({ nc });
  await closed.subscribe(room, () => {});
  await closed.close();
  await nc.flush();
  const driver = natsDriver({ nc, timeoutMs: 50 });
  await driver.subscribe(room, () => {});
  const inactive = nextEvent(driver, "inactive");

  await nc.close();
  await inactive;

  await expect(driver.publish(room, bytes("late"))).rejects.toMatchObject({ code: "DRIVER_INACTIVE" });
  await expect(driver.subscribe(["other"], () => {})).rejects.toMatchObject({ code: "TIMEOUT" });
  await driver.close();
});

test("a driver made while the connection is lost becomes active with it", async () => {
  await using server = await startNatsServer();
  await using nc = await connect({ servers: server.url, ...reconnect });
  await server.kill();
  for await (const { type } of nc.status()) if (type === "reconnecting") break;
  await using driver = natsDriver({ nc });
  const wasActive = driver.isActive;
  const active = nextEvent(driver, "active");
  const got = new Promise<string>((resolve) => {
    void driver.subscribe(room, (message) => resolve(new TextDecoder().decode(message)));
  });

  await server.start();
  await active;
  await driver.publish(room, bytes("hello"));

  expect(wasActive).toBe(false);
  expect(await got).toBe("hello");
});

interface Insides {
  readonly protocol: { readonly subscriptions: { readonly subs: Map<number, unknown> }; readonly listeners: readonly unknown[] };
}

function subscriptionsOf(nc: NatsConnection): number {
  return (nc as unknown as Insides).protocol.subscriptions.subs.size;
}

function listenersOf(nc: NatsConnection): number {
  return (nc as unknown as Insides).protocol.listeners.length;
}
