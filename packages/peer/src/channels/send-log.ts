import type { BufferPool } from "./buffer-pool.ts";
import { stampData, type Parcel } from "./packet.ts";

/** Numbers packets and keeps them until they are acknowledged, so that they can be sent again over a new data channel. */
export class SendLog {
  /** Packets not acknowledged; the first has number `#first`. */
  #parcels: Parcel[] = [];
  #head = 0;
  #first = 1;
  #bytes = 0;
  /** How many of them the present data channel was given. */
  #given = 0;
  readonly #pool: BufferPool;

  /** The buffers of what was acknowledged go back to `pool`. */
  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Bytes not acknowledged. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Packets not acknowledged. */
  get count(): number {
    return this.#parcels.length - this.#head;
  }

  /** Packets that have to be sent again. */
  get againCount(): number {
    return this.count - this.#given;
  }

  /** The next packet that has to be sent again. */
  again(): Parcel | undefined {
    return this.#parcels[this.#head + this.#given];
  }

  add(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#bytes += parcel.size;
  }

  /** Stamps the next packet to be given. @returns what goes out now. */
  give(parcel: Parcel, ack: number): Uint8Array<ArrayBuffer> | string {
    const packet = stampData(parcel, this.#first + this.#given, ack);
    this.#given += 1;
    return packet;
  }

  /** A new data channel: everything goes out again. */
  rewind(): void {
    this.#given = 0;
  }

  /** Lets go what the other side has. @returns false when it acknowledges what was never sent. */
  acknowledge(number: number): boolean {
    if (number >= this.#first + this.count) return false;
    // Each packet acknowledges; most say nothing new.
    if (number < this.#first) return true;
    // Called last: what they call may send.
    let done: (() => void)[] | undefined;
    for (; this.#first <= number; this.#first++) {
      const parcel = this.#parcels[this.#head];
      if (parcel === undefined) break;
      this.#parcels[this.#head++] = gone;
      this.#bytes -= parcel.size;
      this.#given = Math.max(0, this.#given - 1);
      if (parcel.done.length > 0) (done ??= []).push(...parcel.done);
      if (parcel.content instanceof Uint8Array) this.#pool.give(parcel.content);
    }
    // An empty list is kept: to fill a new one for each message of those who talk in turn would cost more.
    if (this.#head >= 512 && this.#head * 2 >= this.#parcels.length) {
      this.#parcels = this.#parcels.slice(this.#head);
      this.#head = 0;
    }
    if (this.count === 0) this.#pool.rest();
    if (done !== undefined) for (const call of done) call();
    return true;
  }

  clear(): void {
    this.#parcels = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#given = 0;
  }
}

const gone: Parcel = { content: new Uint8Array(0), size: 0, flags: 0, done: [] };
