import type { PeerloomError } from "@peerloom/core";
import { RESERVED_PREFIX } from "@peerloom/protocol";
import { Services } from "@peerloom/services";
import { START_REQUEST, Topics, type RoomLimits } from "@peerloom/session";
import { RelayDirectory } from "./relay-directory.ts";
import { relayTopicHost, type RelayTopicHostOptions } from "./relay-topic-host.ts";

export interface OfferingsOptions extends Omit<RelayTopicHostOptions, "directory" | "failed"> {
  readonly limits: RoomLimits;
  readonly callTimeoutMs: number;
  readonly handlerFailed: RelayTopicHostOptions["failed"];
}

/** A client's services and topics, with what they know of the relay. */
export class Offerings {
  readonly directory: RelayDirectory;
  readonly services: Services;
  readonly topics: Topics;

  constructor(options: OfferingsOptions) {
    const { control, endpoint, limits, callTimeoutMs, handlerFailed } = options;
    this.directory = new RelayDirectory({ control, failed: (error) => handlerFailed({ error }) });
    this.services = new Services({
      port: endpoint,
      directory: this.directory,
      callTimeoutMs,
      onWithdraw: (service) => this.topics.withdrawn(service),
    });
    this.topics = new Topics({
      host: relayTopicHost({ ...options, directory: this.directory, failed: handlerFailed }),
      limits,
      id: () => endpoint.id,
      isProviding: (service) => this.services.isProviding(service),
    });
    endpoint.handleInternal(START_REQUEST, (args) => this.topics.start(args));
  }

  get load(): { readonly services: number; readonly topics: number; readonly subscriptions: number } {
    return { services: this.services.load.services, ...this.topics.load };
  }

  /** The answer to a replay request; undefined when it is not about a topic. */
  replay(args: readonly unknown[]): unknown {
    const [room] = args;
    return typeof room === "string" && room.startsWith(RESERVED_PREFIX) ? this.topics.replay(args) : undefined;
  }

  /** There is a new connection. Services first: only a provider may publish. */
  connected(relayId: string, sessionTimeoutMs: number, maxPacketBytes: number): void {
    this.directory.connected(relayId, sessionTimeoutMs);
    this.topics.connected(maxPacketBytes);
  }

  disconnected(): void {
    this.directory.disconnected();
    this.topics.disconnected();
  }

  end(error: PeerloomError): void {
    this.services.close(error);
    this.topics.end(error);
    this.directory.close();
  }
}
