import type { Packet, Transport } from "@peerloom/core";
import { packText } from "@peerloom/protocol";
import type { Connection } from "./connection.ts";
import type { LocalQueue } from "./local-queue.ts";
import type { WatchList } from "./watch-list.ts";

/** Carries an endpoint's packets over the relay. */
export class RelayTransport implements Transport {
  readonly #connection: Connection;
  readonly #queue: LocalQueue;
  readonly #watches: WatchList;

  constructor(connection: Connection, queue: LocalQueue, watches: WatchList) {
    this.#connection = connection;
    this.#queue = queue;
    this.#watches = watches;
  }

  send(to: string, serial: number, packet: Packet): boolean {
    const { text, attachments } = packText(packet);
    if (this.#queue.isFull || !this.#connection.sendPacket(to, serial, text, attachments)) return false;
    return this.#queued(text, attachments);
  }

  /** Publishes a packet in a room; like `send`. */
  publish(room: string, next: number, { text, attachments }: Packet): boolean {
    if (this.#queue.isFull || !this.#connection.send("r", room, next, text, ...attachments)) return false;
    return this.#queued(text, attachments);
  }

  watch(ids: readonly string[]): void {
    this.#watches.add("session", ids);
  }

  unwatch(ids: readonly string[]): void {
    this.#watches.remove("session", ids);
  }

  #queued(text: string, attachments: readonly Uint8Array[]): true {
    this.#queue.add(attachments.reduce((sum, attachment) => sum + attachment.length, text.length));
    return true;
  }
}
