import { EventEmitter } from "node:events";
import { PeerloomError } from "@peerloom/core";
import type { Namespace, Socket } from "socket.io";
import { answer, clientEvents, leaveAll, type ClientEvent } from "./answer.ts";
import type { PlainSignalingEvents } from "./events.ts";
import type { PlainSettings } from "./options.ts";
import { Outbound } from "./outbound.ts";
import { Visitor } from "./visitor.ts";

export interface PlainSignalingContext {
  readonly namespace: Namespace;
  readonly settings: PlainSettings;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Says that a message which came over a socket was for plain signaling. */
  readonly explain: (socket: Socket) => void;
  /** Closes a socket that went too far, or its whole connection. */
  readonly disconnect: (socket: Socket) => void;
  /** Drops a socket's connection at once, with all that waits in it. */
  readonly terminate: (socket: Socket) => void;
}

/**
 * Signaling for front ends that use nothing but socket.io-client: rooms whose members are introduced to each other, a list of peers, and
 * descriptions and candidates sent on to one peer. What crosses the wire stands in docs/plain-signaling.md. Made by the relay's option
 * `plainSignaling`.
 */
export class PlainSignaling extends EventEmitter<PlainSignalingEvents> {
  readonly #context: PlainSignalingContext;
  readonly #visitors = new Map<string, Visitor>();
  readonly #outbound: Outbound;
  readonly #onConnection = (socket: Socket): void => this.#guard(() => this.#connect(socket));
  readonly #stop = new Map<Socket, () => void>();
  #isClosed = false;
  #hasWarned = false;

  /** Not part of the API: use the option `plainSignaling` of a relay. */
  constructor(context: PlainSignalingContext) {
    super();
    this.#context = context;
    this.#outbound = new Outbound(context.settings.outboundBytes, {
      sent: (socket, message) => this.tell("message", socket, message),
      failed: (socket, error) => this.#remove(socket, error),
    });
    context.namespace.use((socket, next) => void this.#admit(socket, next));
    context.namespace.on("connection", this.#onConnection);
  }

  /** The ids of the sockets that are connected. */
  get peers(): readonly string[] {
    return [...this.#visitors.keys()];
  }

  /** Takes no more sockets and forgets those there are; whoever made the server closes them. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#context.namespace.off("connection", this.#onConnection);
    for (const stop of this.#stop.values()) stop();
    this.#stop.clear();
    this.#visitors.clear();
    this.removeAllListeners();
  }

  /** Tells the program. What a listener throws goes to `error`, and to the log when nobody listens there. */
  protected tell<K extends keyof PlainSignalingEvents>(name: K, ...args: PlainSignalingEvents[K]): void {
    try {
      (this.emit as (name: K, ...args: PlainSignalingEvents[K]) => boolean).call(this, name, ...args);
    } catch (thrown) {
      this.#failed(thrown, undefined);
    }
  }

  async #admit(socket: Socket, next: (error?: Error) => void): Promise<void> {
    const refuse = (code: string, message: string): void => next(Object.assign(new Error(message), { data: { code, message } }));
    if (this.#isClosed) return next();
    const { admit, maxSockets } = this.#context.settings;
    if (this.#visitors.size >= maxSockets) return refuse("LIMIT", "too many front ends are connected");
    try {
      const { auth, address, headers } = socket.handshake;
      if (admit !== undefined && (await admit({ auth, address, headers })) !== true) return refuse("UNAUTHORIZED", "not admitted");
      next();
    } catch (thrown) {
      this.#failed(thrown, undefined);
      refuse("UNAUTHORIZED", "not admitted");
    }
  }

  #connect(socket: Socket): void {
    const visitor = new Visitor(socket, this.#context.settings, this.#context.now);
    this.#visitors.set(socket.id, visitor);
    const listeners: [string, (...args: unknown[]) => void][] = clientEvents.map((event) => [
      event,
      (...args) => this.#guard(() => this.#receive(visitor, event, args)),
    ]);
    listeners.push(["disconnecting", () => this.#guard(() => this.#disconnect(visitor))]);
    for (const [event, listener] of listeners) socket.on(event, listener);
    this.#stop.set(socket, () => {
      for (const [event, listener] of listeners) socket.off(event, listener);
    });
    this.tell("connection", socket);
  }

  #receive(visitor: Visitor, event: ClientEvent, args: readonly unknown[]): void {
    const { socket } = visitor;
    this.#context.explain(socket);
    const last = args.at(-1);
    const reply = typeof last === "function" ? (last as (reply: unknown) => void) : undefined;
    const scene = {
      namespace: this.#context.namespace,
      settings: this.#context.settings,
      visitors: this.#visitors,
      send: this.#outbound.send,
      tell: this.tell.bind(this),
    };
    try {
      if (!visitor.charge(1)) throw new PeerloomError("RATE_LIMITED", "too many messages a second");
      answer(scene, visitor, event, reply === undefined ? args[0] : args.slice(0, -1)[0]);
      reply?.({ ok: true });
    } catch (thrown) {
      if (!PeerloomError.is(thrown)) throw thrown;
      const { code, message } = thrown;
      if (reply !== undefined) reply({ ok: false, error: { code, message } });
      else this.#outbound.send(socket, "refused", { event, code, message });
      const isMalformed = code === "BAD_REQUEST";
      if (visitor.isFlooding() || (isMalformed && !visitor.mayErr())) this.#context.disconnect(socket);
    }
  }

  #disconnect(visitor: Visitor): void {
    const { socket, id } = visitor;
    if (!this.#visitors.delete(id)) return;
    this.#stop.get(socket)?.();
    this.#stop.delete(socket);
    leaveAll({ namespace: this.#context.namespace, visitors: this.#visitors, send: this.#outbound.send }, visitor);
    this.tell("remove", id);
  }

  /** A front end that cannot be reached is removed, and the program told. */
  #remove(socket: Socket, error: Error): void {
    this.#failed(error, socket);
    // Whoever is sending to its room goes on first.
    setImmediate(() => this.#guard(() => this.#context.terminate(socket)));
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#failed(thrown, undefined);
    }
  }

  #failed(thrown: unknown, socket: Socket | undefined): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    try {
      if (this.listenerCount("error") > 0) return void this.emit("error", error, socket);
    } catch {
      // A listener of errors that throws is not told of that.
    }
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#context.warn(`Peerloom: plain signaling had an error, and nothing listens to its event "error": ${error.message}`);
  }
}
