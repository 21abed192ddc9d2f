import { type ListenOptions, type Responder, type Unsubscribe, type StreamHandler } from "@peerloom/core";
import { Handlers } from "./handlers.ts";

/** Handlers are typed by what the application expects; here their arguments are what came from the wire. */
type AnyHandler = (...args: unknown[]) => unknown;

/** Everything an application has registered with an endpoint, and what Peerloom itself answers. */
export class HandlerRegistry {
  /** Handlers of messages from anyone. */
  readonly any: Handlers = new Handlers();
  /** What answers requests of Peerloom's own. */
  readonly internal: Map<string, Responder> = new Map();
  /** What takes streams, by name. */
  readonly streams: Map<string, StreamHandler> = new Map();
  readonly #byPeer = new Map<string, Handlers>();

  /** Handlers of messages from one peer. */
  of(id: string): Handlers {
    const handlers = this.#byPeer.get(id) ?? new Handlers();
    this.#byPeer.set(id, handlers);
    return handlers;
  }

  /** Drops a peer's table when it is empty. */
  tidy(id: string): void {
    if (this.#byPeer.get(id)?.isEmpty) this.#byPeer.delete(id);
  }

  removePeer(id: string): void {
    this.#byPeer.get(id)?.remove();
    this.#byPeer.delete(id);
  }

  /** All that an event of this peer is due to: handlers bound to it first. */
  takeAll(id: string, event: string): ReturnType<Handlers["take"]> {
    const bound = this.#byPeer.get(id);
    return bound === undefined ? this.any.take(event) : [...bound.take(event), ...this.any.take(event)];
  }

  /** What answers a request of this peer. */
  takeResponder(id: string, event: string): Responder | undefined {
    const internal = this.internal.get(event);
    if (internal !== undefined) return internal;
    const handler = (this.#byPeer.get(id)?.takeFirst(event) ?? this.any.takeFirst(event))?.handler as AnyHandler | undefined;
    return handler && ((args, context) => handler(...args, context));
  }

  /** @throws TypeError when streams of this name have a handler already. */
  addStream(name: string, handler: StreamHandler, { signal }: ListenOptions = {}): Unsubscribe {
    if (this.streams.has(name)) throw new TypeError(`streams named ${JSON.stringify(name)} have a handler already`);
    if (signal?.aborted) return () => {};
    this.streams.set(name, handler);
    const off = (): void => {
      signal?.removeEventListener("abort", off);
      if (this.streams.get(name) === handler) this.streams.delete(name);
    };
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  clear(): void {
    this.any.remove();
    for (const handlers of this.#byPeer.values()) handlers.remove();
    this.#byPeer.clear();
    this.internal.clear();
    this.streams.clear();
  }
}
