import { PeerloomError, type Defer, type Packet } from "@peerloom/core";
import { encodeEvent } from "@peerloom/protocol";
import { RoomPublisher, type RoomLimits } from "@peerloom/session";

export interface OutsidersOptions {
  readonly instance: string;
  readonly limits: RoomLimits;
  readonly defer: Defer;
  readonly send: (room: string, next: number, packet: Packet) => boolean;
  /** Events that were not sent and never will be. */
  readonly undeliverable: (room: string, count: number, error: PeerloomError) => void;
}

const maxRooms = 1000;

/** What is emitted to rooms this client is not in: sent at the end of the turn or when online again, and not kept. */
export class Outsiders {
  readonly #options: OutsidersOptions;
  readonly #waiting = new Map<string, RoomPublisher>();
  #isScheduled = false;
  #isOnline = false;

  constructor(options: OutsidersOptions) {
    this.#options = options;
  }

  /** @throws PeerloomError `OVERFLOW` when too much waits. */
  emit(room: string, event: string, args: readonly unknown[]): boolean {
    const isBelowMark = this.#publisher(room).push(encodeEvent(JSON.stringify(event), args));
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#options.defer(() => {
        this.#isScheduled = false;
        this.flush();
      });
    }
    return isBelowMark;
  }

  connected(): void {
    this.#isOnline = true;
    this.flush();
  }

  disconnected(): void {
    this.#isOnline = false;
  }

  flush(): void {
    if (!this.#isOnline) return;
    for (const [room, publisher] of this.#waiting) {
      for (let batch = publisher.peek(); batch !== undefined; batch = publisher.peek()) {
        if (!this.#options.send(room, batch.next, batch.packet)) return;
        publisher.sent(batch.next);
      }
      this.#waiting.delete(room);
    }
  }

  end(error: PeerloomError): void {
    this.flush();
    this.#isOnline = false;
    for (const [room, publisher] of this.#waiting) this.#options.undeliverable(room, publisher.clear(), error);
    this.#waiting.clear();
  }

  #publisher(room: string): RoomPublisher {
    const known = this.#waiting.get(room);
    if (known !== undefined) return known;
    if (this.#waiting.size >= maxRooms) throw new PeerloomError("OVERFLOW", `events for ${maxRooms} rooms already wait to be sent`);
    const { instance, limits } = this.#options;
    const publisher = new RoomPublisher(instance, { ...limits, historyBytes: 0, historyEvents: 0 });
    this.#waiting.set(room, publisher);
    return publisher;
  }
}
