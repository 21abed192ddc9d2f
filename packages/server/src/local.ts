import { randomBytes } from "node:crypto";
import { PeerloomError, type AnyCode, type Packet, type Transport } from "@peerloom/core";
import type { Notices } from "@peerloom/protocol";
import { Services } from "@peerloom/services";
import { Endpoint, type Topics } from "@peerloom/session";
import type { Sender, Watcher } from "./client.ts";
import type { Core } from "./core.ts";
import { openLink, sendPacket } from "./forward.ts";
import { LocalDirectory } from "./local-directory.ts";
import { createLocalTopics } from "./local-topics.ts";
import { presenceOf } from "./presence.ts";

/** The relay as one of its own clients: an `Endpoint` whose transport is the relay's tables instead of a socket. */
export class LocalClient implements Transport, Sender, Watcher {
  readonly id: string;
  readonly instance: string;
  readonly endpoint: Endpoint;
  readonly directory: LocalDirectory;
  readonly services: Services;
  readonly topics: Topics;
  readonly #core: Core;
  readonly #watching = new Set<string>();

  constructor(core: Core) {
    const { relayId, sessionTimeoutMs } = core.settings;
    this.#core = core;
    this.id = relayId;
    this.instance = randomBytes(12).toString("base64url");
    this.endpoint = new Endpoint({ instance: this.instance, transport: this, sessionTimeoutMs });
    this.endpoint.connected(relayId);
    this.directory = new LocalDirectory(core, this.instance);
    this.services = new Services({
      port: this.endpoint,
      directory: this.directory,
      onWithdraw: (service) => this.topics.withdrawn(service),
    });
    this.topics = createLocalTopics(core, this.endpoint, (service) => this.services.isProviding(service));
  }

  /** A client's packet to the relay. */
  receive(from: string, text: string, attachments: readonly unknown[], bytes: number): void {
    this.#core.counters.packets += 1;
    this.#core.counters.bytes += bytes;
    this.endpoint.receive(from, text, attachments);
  }

  send(to: string, serial: number, { text, attachments }: Packet): boolean {
    const link = openLink(this.#core, this, this.#core.registry.get(to), to, serial);
    if (link !== undefined) sendPacket(link, this.id, text, attachments);
    return true;
  }

  /** Answers later, as a relay over a socket would: the endpoint is in the middle of sending. */
  refused(to: string, code: AnyCode, serial: number): void {
    queueMicrotask(() => this.endpoint.refused(to, code, serial));
  }

  ready(to: string): void {
    this.endpoint.ready(to);
  }

  presence(notice: Notices["presence"]): void {
    this.endpoint.presence(notice);
  }

  watch(ids: readonly string[]): void {
    for (const id of ids) {
      this.#watching.add(id);
      this.#core.watches.add(this, id);
    }
    queueMicrotask(() => ids.forEach((id) => this.#tellState(id)));
  }

  unwatch(ids: readonly string[]): void {
    for (const id of ids) if (this.#watching.delete(id)) this.#core.watches.remove(this, id);
  }

  isWatching(id: string): boolean {
    return this.#watching.has(id);
  }

  async close(): Promise<void> {
    const error = new PeerloomError("CLOSED", "this relay is closed");
    this.services.close(error);
    this.topics.end(error);
    this.directory.close();
    await this.endpoint.close();
    this.unwatch([...this.#watching]);
  }

  #tellState(id: string): void {
    const client = this.#core.registry.get(id);
    this.endpoint.presence(client === undefined ? { id, state: "absent" } : presenceOf(client));
  }
}
