import {
  checkTimeout,
  type ListenOptions,
  type MessageHandler,
  type Remote,
  type Unsubscribe,
  type WaitOptions,
  type OpenStreamOptions,
  type PathBytes,
  type PathName,
  type PeerStream,
} from "@peerloom/core";
import { checkEventName } from "@peerloom/protocol";
import type { Endpoint } from "./endpoint.ts";

/** A handle for one peer of an endpoint. */
export class RemotePeer implements Remote {
  readonly id: string;
  readonly #endpoint: Endpoint;
  readonly #wait: WaitOptions;

  constructor(id: string, endpoint: Endpoint, wait: WaitOptions) {
    this.id = id;
    this.#endpoint = endpoint;
    this.#wait = wait;
  }

  get path(): PathName {
    return this.#endpoint.pathOf(this.id);
  }

  get bytes(): { readonly [P in PathName]: PathBytes } {
    return this.#endpoint.bytesOf(this.id);
  }

  goDirect(options: WaitOptions = {}): Promise<void> {
    return this.#endpoint.goDirect(this.id, { ...this.#wait, ...options });
  }

  goRelay(): void {
    this.#endpoint.goRelay(this.id);
  }

  emit(event: string, ...args: unknown[]): boolean {
    return this.#endpoint.emitTo(this.id, event, args);
  }

  emitWithAck(event: string, ...args: unknown[]): Promise<unknown> {
    return this.#endpoint.requestFrom(this.id, event, args, this.#wait);
  }

  openStream(name: string, options: OpenStreamOptions = {}): Promise<PeerStream> {
    const { timeoutMs, signal } = this.#wait;
    return this.#endpoint.openStreamTo(this.id, name, {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(signal && { signal }),
      ...options,
    });
  }

  timeout(timeoutMs: number): Remote {
    return this.with({ timeoutMs });
  }

  with(options: WaitOptions): Remote {
    if (options.timeoutMs !== undefined) checkTimeout(options.timeoutMs);
    return new RemotePeer(this.id, this.#endpoint, { ...this.#wait, ...options });
  }

  drained(options: WaitOptions = {}): Promise<void> {
    return this.#endpoint.drainedFor(this.id, options);
  }

  on(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.#add(event, handler, options, false);
  }

  once(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.#add(event, handler, options, true);
  }

  off(event?: string, handler?: MessageHandler): void {
    this.#endpoint.handlersFor(this.id).remove(event, handler);
    this.#endpoint.tidyHandlersFor(this.id);
  }

  #add(event: string, handler: MessageHandler, options: ListenOptions | undefined, once: boolean): Unsubscribe {
    const off = this.#endpoint.handlersFor(this.id).add(checkEventName(event), handler, options, once);
    return () => {
      off();
      this.#endpoint.tidyHandlersFor(this.id);
    };
  }
}
