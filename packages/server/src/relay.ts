import {
  Emitter,
  PeerloomError,
  type GoneEvent,
  type ListenOptions,
  type MessageHandler,
  type Port,
  type Remote,
  type Unsubscribe,
  type StreamHandler,
} from "@peerloom/core";
import { checkEventName, checkRoomName, type ServiceSummary } from "@peerloom/protocol";
import type { ProvidedService, ProvideOptions, Service, ServiceMethods, ServiceOptions, UntypedService } from "@peerloom/services";
import type { SubscribeOptions, Subscription, Topic, TopicOptions } from "@peerloom/session";
import type { Namespace, Socket } from "socket.io";
import { admit, connectError } from "./admission.ts";
import { takeCensus, type RelayCensus } from "./census.ts";
import { clientAddress } from "./client-address.ts";
import type { Client } from "./client.ts";
import { Core } from "./core.ts";
import type { RelayStats } from "./counters.ts";
import type { RelayEvents } from "./events.ts";
import { listen } from "./inbound.ts";
import { LocalClient } from "./local.ts";
import type { Settings } from "./options.ts";
import { endQuestions } from "./pair.ts";
import { createPlainSignaling } from "./plain-signaling/create.ts";
import type { PlainSignaling } from "./plain-signaling/plain-signaling.ts";
import { publishAsRelay } from "./publish-as-relay.ts";

type Next = (error?: Error) => void;

/** A socket that was let in, until socket.io says that it is connected. */
interface Admitted {
  readonly client: Client;
  /** Runs when the connection ends before that, which socket.io tells nobody. */
  readonly drop: () => void;
}

/**
 * A relay: it lets clients in, forwards their packets and rooms, and tells them about each other. It is also a client of its own,
 * reachable under `id`: others cannot tell the difference. Made by `attachRelay` and `createRelay`.
 */
export class Relay extends Emitter<RelayEvents> implements Port, AsyncDisposable {
  /** Signaling for front ends that use nothing but socket.io-client; undefined without the option `plainSignaling`. */
  readonly plainSignaling: PlainSignaling | undefined;
  protected readonly core: Core;
  readonly #admitted = new WeakMap<Socket, Admitted>();
  readonly #onConnection = (socket: Socket): void => this.core.guard(() => this.#connect(socket));
  #mayWarn: boolean;
  #hasWarnedOfError = false;
  #closing: Promise<void> | undefined;

  /** Not part of the API: use `attachRelay` or `createRelay`. */
  constructor(settings: Settings, namespace: Namespace, ownsConnections: boolean) {
    super();
    this.#mayWarn = settings.authenticate === undefined;
    const announce: Core["announce"] = (name, event) => {
      if (this.listenerCount(name) > 0) this.emit(name, event());
      else if (name === "error") this.#warnOfError((event() as RelayEvents["error"]).error);
    };
    this.core = new Core({ settings, namespace, ownsConnections, announce }, (core) => new LocalClient(core));
    this.core.local.endpoint.on("error", ({ error }) => this.core.failed(error));
    this.core.local.endpoint.on("undeliverable", (event) => this.emit("undeliverable", event));
    namespace.use((socket, next) => void this.#admit(socket, next).catch((thrown: unknown) => this.core.failed(thrown)));
    namespace.on("connection", this.#onConnection);
    this.plainSignaling = createPlainSignaling(this.core, namespace);
  }

  /** The id under which clients reach the relay itself. */
  get id(): string {
    return this.core.settings.relayId;
  }

  /** What the relay has done and holds. */
  stats(): RelayStats {
    const { counters, registry, rooms, congestion } = this.core;
    const { connections, packets, bytes, roomPackets, roomBytes, controls, malformed, errors } = counters;
    let here = 0;
    for (const client of registry.values()) if (client.state === "here") here += 1;
    return {
      clients: { here, away: registry.size - here },
      rooms: rooms.size,
      services: this.core.services.size,
      topics: this.core.topics.size,
      connections,
      packets,
      bytes,
      roomPackets,
      roomBytes,
      controls,
      malformed,
      refused: Object.fromEntries(counters.refused),
      dismissed: Object.fromEntries(counters.dismissed),
      congested: congestion.size,
      errors,
    };
  }

  /** Who and what is on this relay now, for its operator; at most `limit` of each. */
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

  /**
   * Tells all clients that the relay closes, and lets nobody in any more. They reconnect, to another relay or to this one's successor.
   * Idempotent; never rejects. An `io` that was given stays open.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.shutdown());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected async shutdown(): Promise<void> {
    const { core } = this;
    core.isClosed = true;
    core.namespace.off("connection", this.#onConnection);
    this.plainSignaling?.close();
    await core.local.close();
    const clients = [...core.registry.values()];
    const sockets = clients.map(({ link }) => (link.at === "here" ? link.socket : undefined));
    core.clear();
    for (const socket of sockets) if (socket !== undefined) core.closeSocket(socket, "CLOSED", "this relay is closing");
    this.removeAllListeners();
  }

  async #admit(socket: Socket, next: Next): Promise<void> {
    const { core } = this;
    const connection = socket.conn;
    const line = core.lineOf(connection);
    const address = clientAddress(socket.request, core.settings.trustedProxies);
    if (core.isClosed) return this.#refuse(socket, next, new PeerloomError("CLOSED", "this relay is closed"));
    if (line.isTaken) {
      return this.#refuse(socket, next, new PeerloomError("BAD_HANDSHAKE", "there is a client on this connection already"));
    }
    line.isTaken = true;
    try {
      const client = await admit(core, socket);
      const drop = (): void => this.core.guard(() => this.#disconnect(socket, client));
      connection.once("close", drop);
      this.#admitted.set(socket, { client, drop });
    } catch (thrown) {
      line.isTaken = false;
      return this.#refuse(socket, next, thrown);
    }
    this.#warnOnce(address);
    next();
  }

  #refuse(socket: Socket, next: Next, thrown: unknown): void {
    const error = PeerloomError.is(thrown)
      ? thrown
      : new PeerloomError("BAD_HANDSHAKE", "the relay failed to read this handshake", { cause: thrown });
    const clientId: unknown = socket.handshake.auth["clientId"];
    if (error !== thrown) this.core.failed(thrown);
    this.core.refused("handshake", error.code, typeof clientId === "string" ? clientId.slice(0, 128) : undefined, error);
    next(connectError(error));
  }

  #connect(socket: Socket): void {
    const { core } = this;
    const admitted = this.#admitted.get(socket);
    if (admitted === undefined) return core.disconnect(socket);
    const { client, drop } = admitted;
    const line = core.lineOf(socket.conn);
    this.#admitted.delete(socket);
    socket.conn.off("close", drop);
    socket.on("disconnect", () => core.guard(() => this.#disconnect(socket, client)));
    if (core.registry.connected(client, socket, line)) return listen(core, client, socket);
    core.closeSocket(socket, "CLIENT_ID_REPLACED", "this client id is now used by another connection");
  }

  #disconnect(socket: Socket, client: Client): void {
    const { core } = this;
    const line = core.lineOf(socket.conn);
    line.isTaken = false;
    core.congestion.forgetQueue(line);
    line.waiting = undefined;
    line.client = undefined;
    endQuestions(socket);
    core.registry.disconnected(client, socket);
  }

  /** The first error that nobody listens for is told where warnings go, and no more: a hook could fail with each packet. */
  #warnOfError(error: unknown): void {
    if (this.#hasWarnedOfError) return;
    this.#hasWarnedOfError = true;
    this.core.settings.warn(`Peerloom: the relay had an error, and nothing listens to its event "error": ${String(error)}`);
  }

  #warnOnce(address: string): void {
    if (!this.#mayWarn || isLoopback(address)) return;
    this.warnOpen();
  }

  /** Says once that anyone may claim any id. */
  protected warnOpen(): void {
    if (!this.#mayWarn) return;
    this.#mayWarn = false;
    this.core.settings.warn("Peerloom: this relay is open: anyone who reaches it may take any client id. Give it the option authenticate.");
  }
}

/** Is this address, or host name, only reachable from the machine itself? */
export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^(::ffff:)?127\./.test(address);
}
