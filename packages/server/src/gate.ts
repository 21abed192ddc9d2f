import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Socket as NetSocket } from "node:net";
import type { AddressRow } from "./addresses.ts";
import { clientAddress, isTrusted } from "./client-address.ts";
import type { Common } from "./common.ts";
import type { Connection, Line, Origin } from "./line.ts";
import { isLoopback } from "./relay.ts";

/** How often deadlines are looked at, in milliseconds. */
const tickMs = 250;

/**
 * Stands before the relay's own HTTP server, and bounds what connections cost before there is a client on them: how many there are, in all
 * and from one address; how many begin; how long each may take to become a client's; and how much of a request is read that was answered.
 */
export class Gate {
  readonly #common: Common;
  readonly #timeoutMs: number;
  readonly #sockets = new Map<NetSocket, AddressRow | undefined>();
  /** One for all, and without a closure for each: a relay has many connections that do nothing. */
  readonly #onClose: (this: NetSocket) => void;
  /** Those on which nobody is yet, and since when, in the order in which they came. */
  readonly #waiting = new Map<NetSocket, number>();
  #sessions = 0;
  #hasWarned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(common: Common, http: HttpServer, timeoutMs: number) {
    this.#common = common;
    this.#timeoutMs = timeoutMs;
    const closed = (socket: NetSocket): void => this.#closed(socket);
    this.#onClose = function onClose() {
      closed(this);
    };
    http.on("connection", (socket) => common.guard(() => this.#accept(socket)));
    http.prependListener("request", (request, response) => common.guard(() => this.#requested(request, response)));
    http.prependListener("upgrade", (request) => common.guard(() => this.#wait(request.socket)));
  }

  /** TCP connections that are open. */
  get sockets(): ReadonlyMap<NetSocket, unknown> {
    return this.#sockets;
  }

  /** Connections on which nobody is yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** May a session begin? @returns where it comes from, when it may; no row for an address that is exempt from limits. */
  maySession(request: IncomingMessage): Origin | undefined {
    const { settings, addresses } = this.#common;
    const { connections, connectionsPerAddress } = settings.limits;
    const address = clientAddress(request, settings.trustedProxies);
    this.#warnOfProxy(request, address);
    const row = addresses.of(address);
    if (this.#sessions >= connections || (row?.sessions ?? 0) >= connectionsPerAddress) return this.#refuse("LIMIT", address);
    if (row?.mayBegin("handshakes", settings.now()) === false) return this.#refuse("RATE_LIMITED", address);
    return { address, row };
  }

  /** May a request that is no session's be answered? */
  mayRequest(request: IncomingMessage): boolean {
    const { settings, addresses } = this.#common;
    const address = clientAddress(request, settings.trustedProxies);
    if (addresses.of(address)?.mayBegin("requests", settings.now()) !== false) return true;
    this.#common.refused({ where: "request", code: "RATE_LIMITED", address });
    return false;
  }

  /** A session has begun; its handshake was paid for. */
  opened(connection: Connection, line: Line): void {
    line.hasPaid = true;
    this.#sessions += 1;
    if (line.row !== undefined) line.row.sessions += 1;
    if (connection.transport.name === "websocket") return;
    // It may go on over another connection, which waits by itself until then.
    connection.once("upgrade", ({ socket }: { readonly socket?: { readonly _socket?: NetSocket } }) => {
      if (socket?._socket !== undefined) this.#leave(socket._socket);
    });
  }

  /** A session has ended. */
  closed({ row }: Line): void {
    this.#sessions -= 1;
    if (row !== undefined) row.sessions -= 1;
  }

  /** A client is on the connection. */
  entered({ request }: Connection): void {
    // Sessions by polling have no connection of their own; socket.io ends those on which nobody comes.
    if ((request as IncomingMessage | null)?.socket !== undefined) this.#leave(request.socket);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }

  #accept(socket: NetSocket): void {
    const { settings, addresses } = this.#common;
    const { connections, connectionsPerAddress } = settings.limits;
    const address = clientAddress({ socket, headers: {} }, undefined);
    // All that comes through a proxy comes from its address.
    const isProxy = settings.trustedProxies !== undefined && isTrusted(settings.trustedProxies, address);
    const row = isProxy ? undefined : addresses.of(address);
    if (this.#sockets.size >= connections || (row?.sockets ?? 0) >= connectionsPerAddress) {
      socket.destroy();
      this.#refuse("LIMIT", address);
      return;
    }
    if (row?.mayBegin("accepts", settings.now()) === false) {
      socket.destroy();
      this.#refuse("RATE_LIMITED", address);
      return;
    }
    this.#count(socket, row);
    this.#wait(socket);
  }

  #count(socket: NetSocket, row: AddressRow | undefined): void {
    this.#sockets.set(socket, row);
    if (row !== undefined) row.sockets += 1;
    socket.on("close", this.#onClose);
  }

  #closed(socket: NetSocket): void {
    const row = this.#sockets.get(socket);
    this.#sockets.delete(socket);
    this.#leave(socket);
    if (row !== undefined) row.sockets -= 1;
  }

  /** When too many wait, the one that has waited longest goes: who means it needs a moment. */
  #wait(socket: NetSocket): void {
    const { settings } = this.#common;
    const raw = rawOf(socket);
    if (this.#waiting.has(raw) || raw.destroyed) return;
    this.#waiting.set(raw, settings.now());
    if (this.#waiting.size > settings.limits.pendingHandshakes) this.#drop("LIMIT");
    this.#timer ??= setInterval(() => this.#common.guard(() => this.#tick()), tickMs).unref();
  }

  #leave(socket: NetSocket): void {
    this.#waiting.delete(rawOf(socket));
  }

  /** From its first whole request on, Node's deadlines for requests hold. */
  #requested(request: IncomingMessage, response: ServerResponse): void {
    this.#leave(request.socket);
    response.once("finish", () => {
      // Whoever sends on after the answer would be read, and thrown away, to the end.
      if (!request.complete) request.socket.destroySoon();
    });
  }

  #tick(): void {
    const now = this.#common.settings.now();
    for (const since of this.#waiting.values()) {
      if (now - since < this.#timeoutMs) break;
      this.#drop("TIMEOUT");
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #drop(code: "LIMIT" | "TIMEOUT"): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [socket] = first;
    this.#waiting.delete(socket);
    this.#refuse(code, clientAddress({ socket, headers: {} }, undefined));
    socket.destroy();
  }

  /** A proxy on the machine itself makes everybody exempt; one elsewhere makes them one address, and who is cut off then looks for the reason. */
  #warnOfProxy({ headers }: IncomingMessage, address: string): void {
    const { trustedProxies, warn } = this.#common.settings;
    if (this.#hasWarned || trustedProxies !== undefined || headers["x-forwarded-for"] === undefined || !isLoopback(address)) return;
    this.#hasWarned = true;
    warn("Peerloom: clients come through a proxy on this machine, so limits by address do not hold. Name it in the option trustProxy.");
  }

  #refuse(code: "LIMIT" | "RATE_LIMITED" | "TIMEOUT", address: string): undefined {
    this.#common.refused({ where: "connection", code, address });
  }
}

/** The connection below one of TLS, which is the one that was accepted. */
function rawOf(socket: NetSocket): NetSocket {
  const { _parent: parent } = socket as NetSocket & { readonly _parent?: NetSocket | null };
  return parent ?? socket;
}
