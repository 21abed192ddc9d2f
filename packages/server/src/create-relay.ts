import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import { createServer as createTlsServer, Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { PeerloomError } from "@peerloom/core";
import { SocketParser } from "@peerloom/protocol/socket-io";
import { Server, type Namespace } from "socket.io";
import { neededBufferBytes } from "./attach-relay.ts";
import { Gate } from "./gate.ts";
import type { Connection, Line } from "./line.ts";
import { Noise } from "./noise.ts";
import { isLoopback, Relay } from "./relay.ts";
import { sendTogether } from "./send-together.ts";
import {
  resolveServerOptions,
  type ListenAddress,
  type RequestHandler,
  type ServerSettings,
  type RelayServerOptions,
  type TlsFiles,
} from "./server-options.ts";
import { handshakeWeight, Turns } from "./turns.ts";

/** Where a relay listens. */
export interface RelayAddress extends ListenAddress {
  /** For clients on this machine, like `http://127.0.0.1:8080`. */
  readonly url: string;
}

/** Makes a relay with an HTTP server of its own; it does nothing before `listen()`. @throws TypeError or RangeError naming the wrong option. */
export function createRelay(options: RelayServerOptions = {}): RelayServer {
  const settings = resolveServerOptions(options);
  const made: { relay?: RelayServer } = {};
  const handler = guardHandler(settings.requestHandler, made);
  const http =
    settings.tls === undefined
      ? createServer(httpOptions, handler)
      : createTlsServer({ ...httpOptions, ...tlsOptions(settings.tls) }, handler);
  const io = new Server(
    http,
    socketOptions(settings, (request, decide) => made.relay?.mayConnect(request, decide)),
  );
  made.relay = new RelayServer(settings, http, io);
  return made.relay;
}

/** How long `close()` lets sockets say goodbye before it cuts them, in milliseconds. */
const closeGraceMs = 500;
/** How long a connection that was closed may take to answer the closing handshake, in milliseconds. */
const farewellMs = 1000;
/** A connection on which nobody joins the relay's namespace is closed after this time, in milliseconds. */
const connectTimeoutMs = 10_000;
/** How long a request may take to come in whole, in milliseconds. */
const requestTimeoutMs = 30_000;
/** How many messages a WebSocket ping, or a beat of engine.io's heart, weighs: nobody who means it sends more than a few a minute. */
const beatWeight = 500;

/** Socket options: messages are small already, so compression costs more than it saves; a dead path is noticed after 18 s at most. */
function socketOptions(
  { path, origins, relay }: ServerSettings,
  mayConnect: (request: IncomingMessage, decide: (may: boolean) => void) => void,
): ConstructorParameters<typeof Server>[1] {
  return {
    path,
    parser: new SocketParser(relay.namespace),
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    connectTimeout: connectTimeoutMs,
    maxHttpBufferSize: Math.max(neededBufferBytes(relay.limits.packetBytes), 1e6),
    cors: { origin: origins === undefined ? "*" : [...origins] },
    allowRequest: (request, decide) => {
      if (!isOriginAllowed(request, origins)) return decide(null, false);
      mayConnect(request, (may) => decide(null, may));
    },
  };
}

/** Whoever sends its requests slowly holds a connection no longer than it takes to send one. */
const httpOptions = { headersTimeout: connectTimeoutMs, requestTimeout: requestTimeoutMs, connectionsCheckingInterval: 1000 } as const;

/** CORS does not cover WebSockets, so the origin is checked here too. Programs other than browsers send none. */
function isOriginAllowed({ headers }: IncomingMessage, origins: readonly string[] | undefined): boolean {
  return origins === undefined || headers.origin === undefined || origins.includes(headers.origin);
}

/** A relay with its own HTTP server. */
export class RelayServer extends Relay {
  readonly #settings: ServerSettings;
  readonly #http: HttpServer;
  readonly #io: Server;
  protected readonly gate: Gate;
  protected readonly turns: Turns = new Turns();
  readonly #farewells = new Set<NodeJS.Timeout>();
  #listening: Promise<RelayAddress> | undefined;

  /** Not part of the API: use `createRelay`. */
  constructor(settings: ServerSettings, http: HttpServer, io: Server) {
    super(settings.relay, io.of(settings.relay.namespace), true);
    this.#settings = settings;
    this.#http = http;
    this.#io = io;
    if (settings.relay.plainSignaling?.namespace !== "/")
      io.use((_socket, next) => next(new Error(`this relay serves the namespace ${settings.relay.namespace}`)));
    io.engine.on("connection", (connection: Connection) => this.#watch(connection));
    sendTogether(io.engine);
    this.gate = new Gate(this.common, http, connectTimeoutMs);
    const welcome = (guests: Namespace): void => void guests.on("connection", ({ conn }) => this.gate.entered(conn));
    const { plainSignaling } = settings.relay;
    if (plainSignaling !== undefined) welcome(io.of(plainSignaling.namespace));
    // Those that the program makes later; who is let in there is its own business.
    io.on("new_namespace", welcome);
  }

  /**
   * Starts to listen; later calls return the same promise, unless the first failed.
   *
   * @param port overrides the option; 0 takes any free port.
   * @throws PeerloomError `PORT_TAKEN` when another program listens there, `CLOSED` after `close()`; RangeError when port or host cannot be used.
   */
  listen(port: number = this.#settings.port, host: string = this.#settings.host): Promise<RelayAddress> {
    this.#listening ??= this.#listen(port, host).catch((thrown: unknown) => {
      this.#listening = undefined;
      throw thrown;
    });
    return this.#listening;
  }

  /** The socket.io server, for what has to do with all of it, like socket.io's admin UI. */
  get io(): Server {
    return this.#io;
  }

  /**
   * Takes another certificate, for connections made from now on.
   *
   * @throws TypeError when the relay was made without `tls`; Error when certificate and key do not fit.
   */
  renewTls(files: TlsFiles): void {
    if (!(this.#http instanceof HttpsServer)) throw new TypeError("this relay was made without the option tls");
    this.#http.setSecureContext(tlsOptions(files));
  }

  /** Not part of the API: decides whether a session may begin, when its address has its turn. */
  mayConnect(request: IncomingMessage, decide: (may: boolean) => void): void {
    const origin = this.gate.maySession(request);
    if (origin === undefined) return decide(false);
    this.turns.whenMay(origin.row, handshakeWeight, () => decide(!request.socket.destroyed));
  }

  /** Not part of the API: whether a request that is no session's may be answered. */
  mayRequest(request: IncomingMessage): boolean {
    return this.gate.mayRequest(request);
  }

  protected override entered(connection: Connection): void {
    this.gate.entered(connection);
  }

  /** Tells the operator that something failed. */
  report(thrown: unknown): void {
    this.common.failed(thrown);
  }

  async #listen(port: number, host: string): Promise<RelayAddress> {
    if (this.phase === "closed") throw new PeerloomError("CLOSED", "this relay was closed");
    await bind(this.#http, port, host);
    this.#http.on("error", (error) => this.report(error));
    if (!isLoopback(host)) this.warnOpen();
    const { port: bound } = this.#http.address() as AddressInfo;
    return { port: bound, host, url: `${this.#settings.tls === undefined ? "http" : "https"}://${urlHost(host)}:${bound}` };
  }

  protected override async shutdown(): Promise<void> {
    await super.shutdown();
    this.gate.close();
    // The goodbyes go out in this turn.
    await new Promise((resolve) => setImmediate(resolve));
    // A listen() under way must end first, or its server would stay.
    await this.#listening?.catch(() => {});
    const grace = setTimeout(() => this.#cut(), closeGraceMs);
    await this.#io.close();
    clearTimeout(grace);
    for (const timer of this.#farewells) clearTimeout(timer);
    this.#farewells.clear();
    await Promise.all(this.#cut());
    this.common.addresses.clear();
  }

  /** Ends what is still open; each promise resolves when a connection is closed for good. */
  #cut(): Promise<unknown>[] {
    return [...this.gate.sockets.keys()].map((socket) => {
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.destroy();
      return closed;
    });
  }

  /** Bounds what a connection may cost before there is a client on it, and what it may send that is no event. */
  #watch(connection: Connection): void {
    const { common } = this;
    const { now } = common.settings;
    const line = common.lineOf(connection);
    const noise = new Noise(now());
    line.noise = noise;
    this.gate.opened(connection, line);
    const count = (weight: number): void => {
      this.turns.took(line);
      if (!noise.arrived(now, weight)) common.dropNoisy(line);
    };
    connection.on("packet", ({ type }: { readonly type: string }) => count(type === "message" ? 1 : beatWeight));
    countPings(connection, () => count(beatWeight));
    connection.on("close", (reason: string) => {
      this.gate.closed(line);
      // What is no WebSocket any more has no closing handshake to wait for, and may go on sending.
      if (reason === "transport error") line.terminate();
      else this.#cutSoon(line);
    });
  }

  /** A peer that does not answer the closing handshake could hold its socket, and go on sending, for half a minute. */
  #cutSoon(line: Line): void {
    const timer = setTimeout(() => {
      this.#farewells.delete(timer);
      line.terminate();
    }, farewellMs).unref();
    this.#farewells.add(timer);
  }
}

/** What Node takes; a copy, because it wants buffers. */
function tlsOptions({ cert, key }: TlsFiles): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
}

function bind(http: HttpServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(listenError(error, port, host));
    try {
      http.once("error", fail);
      http.listen(port, host, () => {
        http.off("error", fail);
        resolve();
      });
    } catch (thrown) {
      http.off("error", fail);
      fail(thrown as Error);
    }
  });
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): Error {
  if (error.code === "EADDRINUSE")
    return new PeerloomError("PORT_TAKEN", `port ${port} of ${host} is taken by another program`, { cause: error });
  return new RangeError(`the relay cannot listen on port ${port} of ${host}: ${error.message}`, { cause: error });
}

function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** A request handler that throws or rejects answers 500, and the process goes on; one address has its requests answered at a bounded rate. */
function guardHandler(handler: RequestHandler, made: { readonly relay?: RelayServer }): RequestHandler {
  const fail = (response: ServerResponse, thrown: unknown): void => {
    made.relay?.report(thrown);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  };
  return (request, response) => {
    try {
      if (made.relay?.mayRequest(request) === false) return void response.writeHead(429, { connection: "close" }).end();
      const done = handler(request, response);
      if (done instanceof Promise) done.catch((thrown: unknown) => fail(response, thrown));
    } catch (thrown) {
      fail(response, thrown);
    }
  };
}

/** Calls back for each ping that comes over a WebSocket, also one that a session moves to later. */
function countPings(connection: Connection, pinged: () => void): void {
  const listen = (): void => {
    const { socket } = connection.transport as { readonly socket?: { on?: (event: "ping", listener: () => void) => unknown } };
    socket?.on?.("ping", pinged);
  };
  if (connection.transport.name === "websocket") listen();
  else connection.once("upgrade", listen);
}
