import type { PeerloomError, WaitOptions } from "@peerloom/core";
import { encodeEvent } from "@peerloom/protocol";
import { LazyTimer } from "../lazy-timer.ts";
import { Waiters } from "../waiters.ts";
import { ROOM_TIMING, type RoomLimits } from "./limits.ts";
import type { RoomHost } from "./room-host.ts";
import { RoomPublisher } from "./room-publisher.ts";

/** What a sender needs from the client it belongs to. */
export type SenderHost = Pick<RoomHost, "instance" | "defer" | "send" | "undeliverable">;

/** Sends what a client publishes in a room: one packet for what is emitted in a turn, nothing while the room is not joined. */
export class RoomSender {
  readonly publisher: RoomPublisher;
  readonly #room: string;
  readonly #host: SenderHost;
  readonly #lowWaterBytes: number;
  readonly #drains = new Waiters();
  readonly #tail: LazyTimer;
  readonly #pause: LazyTimer;
  #isOpen = false;
  #isScheduled = false;
  #tailHead = 0;

  constructor(room: string, host: SenderHost, limits: RoomLimits, start: number) {
    this.#room = room;
    this.#host = host;
    this.#lowWaterBytes = limits.highWaterBytes / 4;
    this.publisher = new RoomPublisher(host.instance, limits, start);
    this.#tail = new LazyTimer(() => this.#sendTail());
    this.#pause = new LazyTimer(() => this.flush());
  }

  /** The relay takes packets for this room now. */
  open(): void {
    this.#isOpen = true;
    this.flush();
  }

  /** The relay does not take packets until `open`. */
  shut(): void {
    this.#isOpen = false;
    this.#tail.stop();
    this.#pause.stop();
  }

  /** See `RoomPublisher.push`; sends at the end of the turn. */
  emit(quotedEvent: string, args: readonly unknown[]): boolean {
    const isBelowMark = this.publisher.push(encodeEvent(quotedEvent, args));
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#host.defer(() => {
        this.#isScheduled = false;
        this.flush();
      });
    }
    return isBelowMark;
  }

  /** Sends what waits, as far as the relay takes it. */
  flush(): void {
    if (!this.#isOpen || this.#pause.isRunning) return;
    for (let batch = this.publisher.peek(); batch !== undefined; batch = this.publisher.peek()) {
      if (!this.#host.send(this.#room, batch.next, batch.packet)) break;
      this.publisher.sent(batch.next);
      this.#startTail();
    }
    if (this.publisher.queuedBytes <= this.#lowWaterBytes) this.#drains.resolveAll();
  }

  /** The relay had no room for a packet: rests. Members fetch by replay what it refused. */
  pause(): void {
    if (!this.#isOpen) return;
    this.#pause.start(ROOM_TIMING.retryMs);
    this.#startTail();
  }

  drained(wait: WaitOptions): Promise<void> {
    if (this.publisher.queuedBytes <= this.#lowWaterBytes) return Promise.resolve();
    return this.#drains.wait(`waiting for the room ${JSON.stringify(this.#room)} to take what was sent`, wait);
  }

  /** Drops everything; what waits in `drained` rejects with `error`. */
  end(error: PeerloomError): void {
    this.flush();
    this.shut();
    this.#drains.rejectAll(error);
    const unsent = this.publisher.clear();
    if (unsent > 0) this.#host.undeliverable(this.#room, unsent, error);
  }

  #startTail(): void {
    if (this.#tail.isRunning) return;
    this.#tailHead = this.publisher.head;
    this.#tail.start(ROOM_TIMING.tailMs);
  }

  #sendTail(): void {
    if (this.publisher.head !== this.#tailHead || this.#pause.isRunning) return this.#startTail();
    const { packet, next } = this.publisher.tail();
    if (!this.#host.send(this.#room, next, packet)) this.#startTail();
  }
}
