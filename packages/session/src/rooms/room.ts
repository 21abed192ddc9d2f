import {
  PeerloomError,
  type ListenOptions,
  type MessageContext,
  type MessageHandler,
  type Unsubscribe,
  type WaitOptions,
} from "@peerloom/core";
import { checkEventName, checkMetadata, type Metadata } from "@peerloom/protocol";
import type { AnyHandler, RoomCore, RoomState } from "./room-core.ts";
import type { RoomMember } from "./room-roster.ts";
import { isReservedInRooms, isRoomSignal, type RoomSignal, type RoomSignalEvents } from "./room-signals.ts";

/** What a handler of a room is told beside the arguments; always its last argument. */
export interface RoomContext extends MessageContext {
  /** The room's name. */
  readonly room: string;
}

/**
 * A room this client is in. What each member emits arrives at every other member once and in the order it was emitted, also
 * across reconnects and relay restarts, as far as the publisher's history goes back; what it no longer has is told as `gap`.
 */
export class Room implements AsyncDisposable {
  readonly #core: RoomCore;
  #leaving: Promise<void> | undefined;

  /** Rooms are made by `client.join`. */
  constructor(core: RoomCore) {
    this.#core = core;
  }

  get name(): string {
    return this.#core.name;
  }

  get state(): RoomState {
    return this.#core.state;
  }

  /** The others in the room, by id, always current; this client is not among them. */
  get members(): ReadonlyMap<string, RoomMember> {
    return this.#core.roster.members;
  }

  /** What this client tells the others in the room about itself. */
  get metadata(): Metadata | undefined {
    return this.#core.metadata;
  }

  /**
   * Sends an event to every other member; this client does not hear it. While offline it waits.
   *
   * @returns false when more than the high-water mark is waiting: `await drained()` before more.
   * @throws TypeError when an argument cannot be carried, or the name is reserved (`gap`, `closed`, `member:…`, `peerloom:…`).
   * @throws PeerloomError `OVERFLOW` when too much waits already, `TOO_LARGE` when it does not fit into one packet, `CLOSED` after leaving.
   */
  emit(event: string, ...args: unknown[]): boolean {
    this.#checkJoined();
    checkEventName(event);
    if (isReservedInRooms(event)) throw new TypeError(`${JSON.stringify(event)} is one of a room's own events`);
    return this.#core.sender.emit(JSON.stringify(event), args);
  }

  /** Resolves when less than a quarter of the high-water mark waits to be sent. @throws PeerloomError `CLOSED`, `TIMEOUT`, `ABORTED`. */
  async drained(options: WaitOptions = {}): Promise<void> {
    this.#checkJoined();
    return this.#core.sender.drained(options);
  }

  /** Listens to one of the room's own signals. */
  on<K extends RoomSignal>(signal: K, listener: (event: RoomSignalEvents[K]) => unknown, options?: ListenOptions): Unsubscribe;
  /** Handles an event that members emit: called with its arguments and then a `RoomContext`. */
  on(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe;
  on(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.#add(event, handler, options, false);
  }

  /** Like `on`, for the next one only. */
  once<K extends RoomSignal>(signal: K, listener: (event: RoomSignalEvents[K]) => unknown, options?: ListenOptions): Unsubscribe;
  once(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe;
  once(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.#add(event, handler, options, true);
  }

  /** Handles every event that members emit: called with its name, its arguments and a `RoomContext`, before the handlers of `on`. */
  onAny(handler: (event: string, ...args: never[]) => unknown, { signal }: ListenOptions = {}): Unsubscribe {
    this.#checkJoined();
    if (typeof handler !== "function") throw new TypeError(`the handler must be a function, not ${typeof handler}`);
    if (signal?.aborted) return () => {};
    const { catchAll } = this.#core;
    const entry: AnyHandler = (...args) => (handler as AnyHandler)(...args);
    const off = (): void => {
      catchAll.delete(entry);
      signal?.removeEventListener("abort", off);
    };
    catchAll.add(entry);
    signal?.addEventListener("abort", off, { once: true });
    return off;
  }

  /** Removes handlers: one, or without `handler` all of this event or signal, or without `event` all there are. */
  off(event?: string, handler?: MessageHandler): void {
    this.#core.handlers.remove(event, handler);
  }

  /** Replaces this client's metadata in the room. @throws TypeError when it is no JSON value; PeerloomError `TIMEOUT`, `ABORTED`, `CLOSED`. */
  async setMetadata(metadata: Metadata, options: WaitOptions = {}): Promise<void> {
    this.#checkJoined();
    if (checkMetadata(metadata) === undefined) throw new TypeError("metadata must not be undefined; use null");
    const core = this.#core;
    const before = core.metadata;
    core.metadata = metadata;
    try {
      await core.host.setMetadata(this.name, metadata, options);
    } catch (thrown) {
      if (core.metadata === metadata) core.metadata = before;
      throw thrown;
    }
  }

  /** Leaves: sends what waits, ends this object, tells the relay. Idempotent; never rejects. */
  leave(): Promise<void> {
    return (this.#leaving ??= this.#leave());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #leave(): Promise<void> {
    if (this.#core.state === "left") return;
    this.#core.end();
    await this.#core.host.leave(this.name);
  }

  #checkJoined(): void {
    if (this.#core.state === "left") throw new PeerloomError("CLOSED", `the room ${JSON.stringify(this.name)} was left`);
  }

  #add(event: string, handler: MessageHandler, options: ListenOptions | undefined, once: boolean): Unsubscribe {
    this.#checkJoined();
    checkEventName(event);
    if (isReservedInRooms(event) && !isRoomSignal(event)) throw new TypeError(`a room has no signal ${JSON.stringify(event)}`);
    return this.#core.handlers.add(event, handler, options, once);
  }
}
