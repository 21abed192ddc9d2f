import { createServer, type Agent } from "node:http";
import type { AddressInfo } from "node:net";
import type { Reply } from "@peerloom/protocol";
import { Server, type ServerOptions, type Socket as ServerSocket } from "socket.io";
import { io, type Socket } from "socket.io-client";
import {
  attachRelay,
  createRelay,
  type Relay,
  type RelayEvents,
  type RelayOptions,
  type RelayServer,
  type RelayServerOptions,
} from "../src/index.ts";

/** A relay on a free port of this machine, closed at the end of the block. */
export async function startRelay(options: RelayServerOptions = {}): Promise<{ relay: RelayServer; url: string } & AsyncDisposable> {
  const relay = createRelay({ port: 0, warn: () => {}, ...options });
  const { url } = await relay.listen();
  return { relay, url, [Symbol.asyncDispose]: () => relay.close() };
}

/** A relay attached to a socket.io server of the test's own. */
export async function startAttached(
  options: RelayOptions = {},
  serverOptions: Partial<ServerOptions> = {},
): Promise<{ relay: Relay; url: string; io: Server } & AsyncDisposable> {
  const http = createServer();
  const server = new Server(http, serverOptions);
  const relay = attachRelay(server, { warn: () => {}, ...options });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    await relay.close();
    await server.close();
  };
  const { port } = http.address() as AddressInfo;
  return { relay, url: `http://127.0.0.1:${port}`, io: server, [Symbol.asyncDispose]: close };
}

/** The next event of a relay. */
export function nextEvent<K extends keyof RelayEvents>(relay: Relay, name: K): Promise<RelayEvents[K]> {
  return new Promise((resolve) => relay.once(name, resolve));
}

/** The relay's end of a client's socket. */
export function liveSocket(relay: Relay, id: string): ServerSocket {
  const link = relay["core"].registry.get(id)?.link;
  if (link?.at !== "here") throw new Error(`${id} is not here`);
  return link.socket;
}

interface Waiting {
  readonly matches: (args: readonly unknown[]) => boolean;
  readonly resolve: (args: unknown[]) => void;
}

/** What tests need of a `ws` WebSocket. */
export interface RawSocket {
  send(data: string | Uint8Array): void;
  ping(): void;
  /** Stops reading: the operating system's buffers fill, and then the relay's. */
  pause(): void;
  resume(): void;
}

/** A socket.io-client that speaks the protocol by hand. What comes is kept until somebody asks for it. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  readonly #kept: unknown[][] = [];
  readonly #waiting = new Set<Waiting>();
  /** Answers `ask`; by default never. */
  answer: (body: unknown, ack: (reply: unknown) => void) => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((...args: unknown[]) => {
      if (args[0] === "ask") return this.answer(args[1], args[2] as (reply: unknown) => void);
      this.#take(args);
    });
    socket.on("connect_error", (error: Error & { data?: unknown }) => this.#take(["connect_error", error.data ?? error.message]));
    socket.on("disconnect", (reason: string) => this.#take(["disconnect", reason]));
  }

  /** The arguments of the next `event`, that has come already or will, and (if given) whose arguments match. */
  next(event: string, matches: (...args: never[]) => boolean = () => true): Promise<unknown[]> {
    const wanted = (args: readonly unknown[]): boolean => args[0] === event && matches(...(args.slice(1) as never[]));
    const index = this.#kept.findIndex(wanted);
    if (index >= 0) return Promise.resolve((this.#kept.splice(index, 1)[0] as unknown[]).slice(1));
    return new Promise((resolve) => this.#waiting.add({ matches: wanted, resolve: (args) => resolve(args.slice(1)) }));
  }

  /** The next notice of this type. */
  async notice(type: string): Promise<unknown> {
    const [body] = await this.next("notify", (notice: { type: string }) => notice.type === type);
    return body;
  }

  /** How many of `event` have come and were not asked for. */
  count(event: string): number {
    return this.#kept.filter((args) => args[0] === event).length;
  }

  control(body: object): Promise<Reply> {
    return this.socket.emitWithAck("control", body) as Promise<Reply>;
  }

  /** A control request whose answer nobody waits for. */
  request(body: object): void {
    this.socket.emit("control", body, () => {});
  }

  /** The value of a control request that succeeds. */
  async ok(body: object): Promise<unknown> {
    const reply = await this.control(body);
    if (reply.ok) return reply.value;
    throw new Error(`refused: ${JSON.stringify(reply.error)}`);
  }

  /** The code of a control request that fails. */
  async code(body: object): Promise<string> {
    const reply = await this.control(body);
    if (reply.ok) throw new Error(`not refused: ${JSON.stringify(reply.value)}`);
    return reply.error.code;
  }

  packet(to: string, serial: number, text: string, ...attachments: unknown[]): void {
    this.socket.emit("p", to, serial, text, ...attachments);
  }

  /** Resolves when the relay has handled all that was sent before. */
  async settled(): Promise<void> {
    await this.control({ type: "unwatch", ids: [] });
  }

  /** The WebSocket below it all. */
  get raw(): RawSocket {
    return (this.socket.io.engine.transport as unknown as { ws: RawSocket }).ws;
  }

  /** Cuts the connection as a broken network would: nothing is said to the relay. */
  cut(): void {
    this.socket.io.engine.close();
  }

  [Symbol.dispose](): void {
    this.socket.io.reconnection(false);
    this.socket.disconnect();
  }

  #take(args: unknown[]): void {
    for (const waiting of this.#waiting) {
      if (!waiting.matches(args)) continue;
      this.#waiting.delete(waiting);
      return waiting.resolve(args);
    }
    this.#kept.push(args);
  }
}

let lastInstance = 0;

/** A fresh instance id. */
export function instance(): string {
  return `instance-${String(++lastInstance).padStart(6, "0")}`;
}

export interface DialOptions {
  readonly transports?: string[];
  readonly extraHeaders?: Record<string, string>;
  /** Has the address from which to connect, for instance. */
  readonly agent?: Agent;
  readonly parser?: object;
}

/** A client that has only begun to connect. */
export function dial(url: string, auth: object = {}, options: DialOptions = {}): RawClient {
  const socket = io(`${url}/peerloom`, {
    auth: { protocol: 1, instance: instance(), ...auth },
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    ...(options as Omit<DialOptions, "agent">),
  });
  return new RawClient(socket);
}

export interface Welcomed {
  readonly clientId: string;
  readonly resume: string;
  readonly relayId: string;
  readonly sessionTimeoutMs: number;
  readonly maxPacketBytes: number;
  readonly metadata?: unknown;
  readonly lean?: unknown;
}

/** A client that was welcomed, and its welcome. */
export async function join(url: string, auth: object = {}, options: DialOptions = {}): Promise<[RawClient, Welcomed]> {
  const client = dial(url, auth, options);
  const refused = client.next("connect_error").then(([data]) => {
    throw new Error(`refused: ${JSON.stringify(data)}`);
  });
  const [welcome] = await Promise.race([client.next("welcome"), refused]);
  return [client, welcome as Welcomed];
}

/** Just the client. */
export async function connect(url: string, clientId?: string, auth: object = {}): Promise<RawClient> {
  const [client] = await join(url, { ...(clientId !== undefined && { clientId }), ...auth });
  return client;
}

/** Why a client was not let in. */
export async function refusal(url: string, auth: object): Promise<unknown> {
  using client = dial(url, auth);
  const [data] = await client.next("connect_error");
  return data;
}
