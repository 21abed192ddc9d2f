import {
  Emitter,
  type GoneEvent,
  type ListenOptions,
  type MessageHandler,
  type Port,
  type Remote,
  type StreamHandler,
  type Unsubscribe,
} from "@peerloom/core";
import { checkEventName, checkRoomName, type ServiceSummary } from "@peerloom/protocol";
import type { ProvidedService, ProvideOptions, Service, ServiceMethods, ServiceOptions, UntypedService } from "@peerloom/services";
import type { SubscribeOptions, Subscription, Topic, TopicOptions } from "@peerloom/session";
import type { Socket } from "socket.io";
import { takeCensus, type RelayCensus } from "./census.ts";
import type { Core } from "./core.ts";
import type { RelayEvents } from "./events.ts";
import { publishAsRelay } from "./publish-as-relay.ts";

/** What a program does with a relay in one name space: it is a client there, of the relay's id, and hears what happens. */
export abstract class Face extends Emitter<RelayEvents> implements Port {
  protected abstract readonly core: Core;

  /** The id under which clients reach the relay itself. */
  get id(): string {
    return this.core.settings.relayId;
  }

  /** Who and what is in this name space now, for the operator; at most `limit` of each. */
  census(limit: number = 1000): RelayCensus {
    return takeCensus(this.core, limit);
  }

  remote(id: string): Remote {
    return this.core.local.endpoint.remote(id);
  }

  onAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.core.local.endpoint.onAny(event, handler, options);
  }

  onceAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe {
    return this.core.local.endpoint.onceAny(event, handler, options);
  }

  offAny(event?: string, handler?: MessageHandler): void {
    this.core.local.endpoint.offAny(event, handler);
  }

  /** Takes the streams that clients open to the relay itself. @throws TypeError when the name has a handler already. */
  onStream(name: string, handler: StreamHandler, options?: ListenOptions): Unsubscribe {
    return this.core.local.endpoint.onStream(name, handler, options);
  }

  /** Runs when a client that the relay itself has talked with is gone; the event `gone` is for all clients. */
  onGone(listener: (event: GoneEvent) => void, options?: ListenOptions): Unsubscribe {
    return this.core.local.endpoint.onGone(listener, options);
  }

  /** Offers a service: clients call the relay's own provider before all others. See `Services.provide`. */
  provide(service: string, methods: ServiceMethods, options?: ProvideOptions): ProvidedService {
    return this.core.local.services.provide(service, methods, options);
  }

  /** A service's methods, to be called; see `Services.service`. */
  service<T = UntypedService>(service: string, options?: ServiceOptions): Service<T> {
    return this.core.local.services.service<T>(service, options);
  }

  /** All services that have providers. */
  services(): Promise<readonly ServiceSummary[]> {
    return this.core.local.services.services();
  }

  /** Tells of each service that there is, and of each change of the number of its providers. */
  watchServices(listener: (service: ServiceSummary) => void, options?: ListenOptions): Unsubscribe {
    return this.core.local.services.watchServices(listener, options);
  }

  /** Publishes a topic of a service that the relay provides; see `Topics.create`. */
  createTopic(service: string, topic: string, options?: TopicOptions): Topic {
    return this.core.local.topics.create(service, topic, options);
  }

  /** Subscribes to a topic, whether it exists yet or not; see `Topics.subscribe`. */
  subscribe(service: string, topic: string, handler: MessageHandler, options?: SubscribeOptions): Promise<Subscription> {
    return this.core.local.topics.subscribe(service, topic, handler, options);
  }

  /**
   * Sends an event to all members of a room, as somebody who is not in it: each of them hears it at most once, from the relay's id.
   *
   * @throws TypeError when an argument cannot be carried or a name is not allowed; PeerloomError `TOO_LARGE`.
   */
  emitRoom(room: string, event: string, ...args: unknown[]): void {
    publishAsRelay(this.core, checkRoomName(room), checkEventName(event), args);
  }

  /** The relay's end of a client's connection, in the relay's namespace; undefined while the client has none. */
  socketOf(id: string): Socket | undefined {
    const link = this.core.registry.get(id)?.link;
    return link?.at === "here" ? link.socket : undefined;
  }

  /** Closes a client's connection for good, with the code `FORBIDDEN`. @returns false when it is not connected. */
  expel(id: string, message = "expelled by the operator"): boolean {
    const client = this.core.registry.get(id);
    if (client?.link.at !== "here") return false;
    this.core.dismiss(client, "FORBIDDEN", message);
    return true;
  }
}
