import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { describe, expect, test } from "vitest";
import * as api from "../src/index.ts";
import { attachRelay, createRelay, type RelayServerOptions } from "../src/index.ts";
import { connect, dial, join, startAttached, startRelay } from "./support.ts";

test("exports", () =>
  expect(Object.keys(api).sort()).toEqual([
    "SignalingServer",
    "SocketParser",
    "attachRelay",
    "createRelay",
    "defaultLimits",
    "onDuplex",
    "openDuplex",
    "toDuplex",
  ]));

describe("a wrong option is one clear line", () => {
  test.each<[object, string]>([
    [{ prot: 1 }, 'unknown option "prot"; there are'],
    [{ port: "8080" }, "option port must be a number, not string"],
    [{ port: 65_536 }, "option port must be a whole number from 0 to 65535, not 65536"],
    [{ host: "" }, 'option host must be a string that is not empty, not ""'],
    [{ path: "socket.io" }, 'option path must be a string that begins with "/", not "socket.io"'],
    [{ origins: ["example.org"] }, 'option origins: "example.org" is no origin; one looks like https://example.org'],
    [{ origins: "*" }, "option origins must be an array of strings like https://example.org"],
    [{ requestHandler: 1 }, "option requestHandler must be a function, not number"],
    [{ secret: "short" }, "option secret must have at least 16 bytes, not 5"],
    [{ secret: 1 }, "option secret must be a string or bytes, not number"],
    [{ authenticate: true }, "option authenticate must be a function, not boolean"],
    [{ authorize: {} }, "option authorize must be a function, not object"],
    [{ duplicateId: "maybe" }, "option duplicateId must be one of reject, replace, not maybe"],
    [{ sessionTimeoutMs: 0 }, "option sessionTimeoutMs must be a whole number of milliseconds from 1 to 2147483647, not 0"],
    [{ sessionTimeoutMs: "30s" }, "option sessionTimeoutMs must be a number of milliseconds, not string"],
    [{ namespace: "peerloom" }, 'option namespace must be a string like "/peerloom", not "peerloom"'],
    [{ relayId: "a\n" }, "option relayId must be a string of 1 to 128 bytes without control characters"],
    [{ rooms: { allowOutsider: true } }, 'unknown option rooms "allowOutsider"; there are allowOutsiders'],
    [{ rooms: { allowOutsiders: 1 } }, "option rooms.allowOutsiders must be true or false, not number"],
    [{ allowList: "yes" }, "option allowList must be true or false, not string"],
    [{ limits: { packets: 1 } }, "limits.packets is not a limit; there are clients, tenants, clientsPerTenant"],
    [{ limits: { packetBytes: 10 } }, "limits.packetBytes must be a whole number from 1024 to 67108864, not 10"],
    [{ limits: { outboundBytes: "2M" } }, "limits.outboundBytes must be a number, not string"],
    [{ limits: { roomsPerClient: 1.5 } }, "limits.roomsPerClient must be a whole number from 1 on, not 1.5"],
    [{ limits: { packetsPerSecond: 0 } }, "limits.packetsPerSecond must be a number above 0, not 0"],
    [{ limits: { nameBytes: 500 } }, "limits.nameBytes must be a whole number from 1 to 128, not 500"],
    [{ limits: null }, "limits must be an object, not null"],
  ])("%j", (options, message) => {
    const make = (): unknown => createRelay(options as RelayServerOptions);

    expect(make).toThrow(message);
    expect(make).toThrow(/^[^\n]+$/);
  });

  test("undefined and Infinity are no mistakes", () => {
    expect(() => createRelay({ port: undefined, limits: { bytesPerSecond: Infinity, clients: Infinity } })).not.toThrow();
  });

  test("something that is no socket.io server", () => {
    expect(() => attachRelay({} as Server)).toThrow("attachRelay needs a socket.io Server");
  });

  test("a server that recovers connection states, or takes only small messages", () => {
    expect(() => attachRelay(new Server({ connectionStateRecovery: {} }))).toThrow(
      /^attachRelay needs a Server without connectionStateRecovery/,
    );
    expect(() => attachRelay(new Server({ maxHttpBufferSize: 100_000 }))).toThrow(/maxHttpBufferSize must be at least 524288/);
  });
});

describe("listen", () => {
  test("a port that is taken is PORT_TAKEN in one line, and another may be tried", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await using relay = createRelay({ port });

    await expect(relay.listen()).rejects.toMatchObject({
      code: "PORT_TAKEN",
      message: `port ${port} of 127.0.0.1 is taken by another program`,
    });
    const address = await relay.listen(0);

    expect(address).toEqual({ port: address.port, host: "127.0.0.1", url: `http://127.0.0.1:${address.port}` });
    expect(await relay.listen()).toEqual(address);
    other.close();
  });

  test("a host that is none of this machine's is a RangeError in one line", async () => {
    await using relay = createRelay({ port: 0, host: "192.0.2.1" });

    await expect(relay.listen()).rejects.toThrow(/^the relay cannot listen on port 0 of 192.0.2.1: [^\n]+$/);
    await expect(relay.listen(70_000)).rejects.toThrow(RangeError);
  });

  test("an open relay beyond this machine gives one warning", async () => {
    const warnings: string[] = [];
    await using relay = createRelay({ port: 0, host: "0.0.0.0", warn: (line) => warnings.push(line) });
    const { url } = await relay.listen();
    using _ = await connect(url.replace("localhost", "127.0.0.1"));

    expect(warnings).toEqual([
      "Peerloom: this relay is open: anyone who reaches it may take any client id. Give it the option authenticate.",
    ]);
  });

  test("a relay that authenticates, or stays on this machine, gives none", async () => {
    const warn = (): void => expect.unreachable();
    await using a = createRelay({ port: 0, host: "0.0.0.0", authenticate: () => ({}), warn });
    await using b = createRelay({ port: 0, warn });

    await Promise.all([a.listen(), b.listen()]);
  });
});

describe("HTTP beside the relay", () => {
  test("is answered by the request handler, also when that fails", async () => {
    const errors: unknown[] = [];
    await using server = await startRelay({
      requestHandler: async (request, response) => {
        if (request.url === "/throw") throw new Error("a bug");
        response.end("fine");
      },
    });
    server.relay.on("error", ({ error }) => errors.push(error));

    expect(await (await fetch(`${server.url}/health`)).text()).toBe("fine");
    expect((await fetch(`${server.url}/throw`)).status).toBe(500);
    expect(errors).toEqual([new Error("a bug")]);
    using _ = await connect(server.url);
  });

  test("is 404 without one", async () => {
    await using server = await startRelay();

    expect((await fetch(`${server.url}/`)).status).toBe(404);
    expect((await fetch(`${server.url}/socket.io/socket.io.js`)).status).toBe(400);
  });

  test("pages of other origins are kept out, over both transports", async () => {
    await using server = await startRelay({ origins: ["https://example.org"] });
    const from = (origin: string): RequestInit => ({ headers: { origin } });
    const url = `${server.url}/socket.io/?EIO=4&transport=polling`;

    expect((await fetch(url, from("https://evil.example"))).status).toBe(403);
    expect((await fetch(url, from("https://example.org"))).headers.get("access-control-allow-origin")).toBe("https://example.org");
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
    expect(await new Promise((resolve) => socket.addEventListener("open", () => resolve("open")))).toBe("open");
    socket.close();
  });
});

describe("attached to a server", () => {
  test("it leaves the other namespaces alone", async () => {
    await using server = await startAttached({ namespace: "/p2p" });
    server.io.on("connection", (socket) => socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value)));
    using client = dial(server.url.replace("/peerloom", ""), {});
    const root = client.socket.io.socket("/");
    root.connect();

    expect(await root.emitWithAck("echo", 7)).toBe(7);
  });

  test("dismissing a client leaves its connection to the other namespaces", async () => {
    await using server = await startAttached();
    const [client] = await join(server.url, { clientId: "alice" });
    using _ = client;
    server.io.on("connection", (socket) => socket.on("echo", (value: unknown, ack: (value: unknown) => void) => ack(value)));
    const root = client.socket.io.socket("/");
    root.connect();
    await root.emitWithAck("echo", 1);

    expect(server.relay.expel("alice")).toBe(true);

    expect(await client.next("bye")).toMatchObject([{ code: "FORBIDDEN" }]);
    expect(await root.emitWithAck("echo", 2)).toBe(2);
    expect(server.relay.expel("alice")).toBe(false);
  });

  test("the server may have types of events of its own", async () => {
    const io = new Server<{ vote: (n: number) => void }, { news: (text: string) => void }>();

    await expect(attachRelay(io).close()).resolves.toBeUndefined();
  });

  test("its options are checked too", () => {
    expect(() => attachRelay(new Server(), { port: 1 } as object)).toThrow('unknown option "port"');
  });
});
