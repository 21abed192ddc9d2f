import type { Packet, Transport } from "@peerloom/core";
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
    return !this.#queue.isFull && this.#connection.sendPacket(to, serial, packet) && this.#queued(packet);
  }

  /** Publishes a packet in a room; like `send`. */
  publish(room: string, next: number, packet: Packet): boolean {
    return !this.#queue.isFull && this.#connection.send("r", room, next, packet.text, ...packet.attachments) && this.#queued(packet);
  }

  watch(ids: readonly string[]): void {
    this.#watches.add("session", ids);
  }

  unwatch(ids: readonly string[]): void {
    this.#watches.remove("session", ids);
  }

  #queued({ text, attachments }: Packet): true {
    this.#queue.add(attachments.reduce((sum, attachment) => sum + attachment.length, text.length));
    return true;
  }
}
