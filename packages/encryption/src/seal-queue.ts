import type { Packet } from "@peerloom/core";
import type { Channel } from "./channel.ts";
import { encodeSealed } from "./message.ts";

interface Entry {
  readonly serial: number;
  readonly bytes: number;
  body: Uint8Array<ArrayBuffer> | undefined;
  packet: Packet | undefined;
}

export interface SealQueueOptions {
  /** Hands a packet to the path; false when it takes none now: `pump` follows when it does. */
  readonly send: (serial: number, packet: Packet) => boolean;
  /** The queue holds so many bytes more, or less. */
  readonly changed: (bytes: number) => void;
  /** Sealing is not possible at all. */
  readonly broken: (error: unknown) => void;
}

/** What goes to one peer by one path: sealed at once, sent in the order it came. */
export class SealQueue {
  readonly #options: SealQueueOptions;
  #entries: Entry[] = [];
  #bytes = 0;
  /** Was somebody told that there is no room? */
  isFull = false;

  constructor(options: SealQueueOptions) {
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True while something waits for keys. */
  get isWaiting(): boolean {
    return this.#entries.at(-1)?.body !== undefined;
  }

  /** Queues a packet's body; without a channel it waits for `sealAll`. */
  push(serial: number, body: Uint8Array<ArrayBuffer>, channel: Channel | undefined): void {
    const entry: Entry = { serial, bytes: body.length, body, packet: undefined };
    this.#entries.push(entry);
    this.#count(body.length);
    if (channel !== undefined) this.#seal(entry, channel);
  }

  /** There are keys: seals what has waited for them. */
  sealAll(channel: Channel): void {
    for (const entry of [...this.#entries]) this.#seal(entry, channel);
  }

  /** Sends what is sealed, as far as the path takes it. */
  pump(): void {
    let sent = 0;
    for (const { serial, packet, bytes } of this.#entries) {
      if (packet === undefined || !this.#options.send(serial, packet)) break;
      sent += 1;
      this.#count(-bytes);
    }
    if (sent > 0) this.#entries.splice(0, sent);
  }

  /** Forgets what waits for keys; what is being sealed still goes. */
  dropWaiting(): void {
    const waiting = this.#entries.filter(({ body }) => body !== undefined);
    this.#entries = this.#entries.filter(({ body }) => body === undefined);
    for (const { bytes } of waiting) this.#count(-bytes);
  }

  clear(): void {
    this.#entries = [];
    this.#count(-this.#bytes);
  }

  #seal(entry: Entry, channel: Channel): void {
    const { body } = entry;
    if (body === undefined) return;
    entry.body = undefined;
    const { n, box } = channel.seal(body);
    const sealed = (bytes: Uint8Array): void => {
      entry.packet = encodeSealed(channel.id, n, bytes);
      if (this.#entries[0] === entry) this.pump();
    };
    if (box instanceof Promise) box.then(sealed, (error: unknown) => this.#options.broken(error));
    else sealed(box);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#options.changed(bytes);
  }
}
