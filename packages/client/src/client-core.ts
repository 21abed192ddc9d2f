import {
  createDefer,
  PeerloomError,
  type Defer,
  type DirectMaker,
  type DirectPaths,
  type Layer,
  type TransportUser,
  type WaitOptions,
} from "@peerloom/core";
import { PROTOCOL_VERSION, type Handshake, type Metadata, type PeerStatus, type Welcome } from "@peerloom/protocol";
import { Endpoint, REPLAY_REQUEST } from "@peerloom/session";
import type { ClientEvents, Tell } from "./client-events.ts";
import { Connection } from "./connection.ts";
import { ControlChannel } from "./control.ts";
import { directHost } from "./direct-host.ts";
import { dispatch } from "./dispatch.ts";
import { farewell, settled } from "./farewell.ts";
import { firstWelcome } from "./first-welcome.ts";
import { IceServers } from "./ice-servers.ts";
import { Incoming } from "./incoming.ts";
import { layerBetween } from "./layer-between.ts";
import { LocalQueue } from "./local-queue.ts";
import { Offerings } from "./offerings.ts";
import type { ClientSettings } from "./options.ts";
import { Outsiders } from "./outsiders.ts";
import { PathReport, type PathCounts } from "./path-report.ts";
import { PathTransport } from "./path-transport.ts";
import { Questions } from "./questions.ts";
import { RelayTransport } from "./relay-transport.ts";
import { Rooms } from "./rooms.ts";
import { socketClosed, type SocketLike } from "./socket-like.ts";
import { WatchList } from "./watch-list.ts";

const HELLO_REQUEST = "peerloom:hello";
/** The longest delay `setTimeout` keeps: a relay that tells a longer one means for ever. */
const maxDelayMs = 2_147_483_647;
const minPacketBytes = 512;

/** The parts of a client and how they hang together. */
export class ClientCore {
  readonly settings: ClientSettings;
  readonly connection: Connection;
  readonly control: ControlChannel;
  readonly endpoint: Endpoint;
  readonly rooms: Rooms;
  readonly outsiders: Outsiders;
  readonly offerings: Offerings;
  readonly watches: WatchList;
  readonly questions: Questions;
  readonly iceServers: IceServers;
  metadata: Metadata | undefined;
  relayId: string | undefined;
  warnings = 0;
  readonly #tell: Tell;
  readonly #socket: SocketLike;
  readonly #queue: LocalQueue;
  readonly #incoming: Incoming;
  readonly #defer: Defer;
  readonly #direct: DirectPaths | undefined;
  readonly #pathReport: PathReport | undefined;
  readonly #layer: Layer | undefined;
  /** Who is told what comes from the relay and by direct paths. */
  readonly #user: TransportUser;
  #resume: string | undefined;

  constructor(socket: SocketLike, settings: ClientSettings, tell: Tell) {
    const { instance, requestTimeoutMs, relayTimeoutMs, roomLimits, reconnectMinMs, reconnectMaxMs } = settings;
    const defer = settings.defer ?? createDefer();
    const malformed = (what: string): void => this.#malformed(what);
    this.settings = settings;
    this.metadata = settings.metadata;
    this.#tell = tell;
    this.#socket = socket;
    this.connection = new Connection({
      socket,
      handshake: () => this.#handshake(),
      tryTimeoutMs: settings.tryTimeoutMs,
      reconnectMinMs,
      reconnectMaxMs,
    });
    const send = (body: object, ack: (...reply: unknown[]) => void): boolean => this.connection.send("control", body, ack);
    this.control = new ControlChannel({ send, timeoutMs: relayTimeoutMs, malformed });
    this.iceServers = new IceServers({ ask: (wait) => this.control.request("ice-servers", {}, wait), now: () => Date.now() });
    this.#queue = new LocalQueue(socket, settings.socketBytes, () => this.#writable());
    this.watches = new WatchList({ control: this.control, defer, onStatus: (status) => this.#status(status) });
    this.questions = new Questions(malformed);
    const transport = new RelayTransport(this.connection, this.#queue, this.watches);
    const paths = new PathTransport(transport);
    this.#layer = layerBetween({ maker: settings.encryption, instance, below: paths, above: () => this.endpoint, malformed });
    this.endpoint = new Endpoint({
      instance,
      transport: this.#layer ?? paths,
      requestTimeoutMs,
      limits: settings.limits?.session ?? {},
      defer,
    });
    this.#user = this.#layer ?? this.endpoint;
    const rooms = this.#roomParts(transport, defer);
    this.rooms = new Rooms({ ...rooms, control: this.control, id: () => this.endpoint.id, malformed });
    this.outsiders = new Outsiders({
      ...rooms,
      limits: roomLimits,
      undeliverable: (room, count, error) => tell("undeliverable", { room, count, error }),
    });
    this.offerings = new Offerings({
      ...rooms,
      control: this.control,
      endpoint: this.endpoint,
      malformed,
      callTimeoutMs: requestTimeoutMs,
    });
    const { questions, offerings } = this;
    this.#incoming = new Incoming(socket, dispatch({ user: this.#user, rooms: this.rooms, offerings, questions, tell, malformed }));
    this.#defer = defer;
    this.#direct = settings.direct && this.#startDirect(settings.direct);
    paths.direct = this.#direct;
    this.#pathReport =
      this.#direct &&
      new PathReport(
        () => this.#countPaths(),
        (counts) => this.control.request("paths", counts),
      );
    this.#wire();
  }

  /** Bytes that wait for peers, or of them. */
  get bytes(): number {
    return this.endpoint.load.bytes + (this.#layer?.bytes ?? 0);
  }

  /**
   * Connects and resolves at the first welcome; `relay` names the relay in errors.
   *
   * @throws PeerloomError: the relay's refusal, `RELAY_UNREACHABLE`, `ABORTED`.
   */
  start(relay: string): Promise<void> {
    return firstWelcome(this.connection, this.settings, relay);
  }

  /** Sends what waits, waits for acknowledgements, says good-bye, and leaves nothing behind. Never rejects. */
  async close(): Promise<void> {
    const { connection, control, endpoint, offerings } = this;
    const { closeTimeoutMs: timeoutMs } = this.settings;
    const leaving = { connection, control, endpoint, offerings, layer: this.#layer, flush: () => this.#flush(), timeoutMs };
    if (connection.state === "online") await farewell(leaving);
    else if (this.#direct !== undefined) await settled(leaving, Date.now() + timeoutMs);
    const { engine } = this.#socket.io;
    connection.close();
    await this.#direct?.close();
    await socketClosed(engine, timeoutMs);
  }

  /** Makes this client known to a paired peer's session, so that each end is told when the other is gone. */
  async hello(id: string, wait: WaitOptions): Promise<void> {
    try {
      await this.endpoint.requestInternal(id, HELLO_REQUEST, [], wait);
    } catch (thrown) {
      // Whatever the other end answers: it knows us now.
      if (!PeerloomError.is(thrown) || !thrown.remote) throw thrown;
    }
  }

  #malformed(what: string): void {
    this.warnings += 1;
    this.#tell("warning", { what, count: this.warnings });
  }

  #startDirect(maker: DirectMaker): DirectPaths {
    const host = directHost({
      endpoint: this.endpoint,
      user: this.#user,
      iceServers: (wait) => this.iceServers.get(wait),
      failed: (id, error) => this.#tell("path-failed", { id, error }),
    });
    const paths = maker.start(host);
    this.endpoint.useDirect(paths);
    return paths;
  }

  #countPaths(): PathCounts {
    const peers = this.endpoint.peers.filter((id) => id !== this.relayId);
    const direct = peers.filter((id) => this.endpoint.pathOf(id) === "direct").length;
    return { direct, relayed: peers.length - direct };
  }

  #roomParts(transport: RelayTransport, defer: Defer) {
    const { instance, roomLimits } = this.settings;
    return {
      instance,
      defer,
      limits: roomLimits,
      send: transport.publish.bind(transport),
      askReplay: (to: string, args: readonly unknown[], signal: AbortSignal) =>
        this.endpoint.requestInternal(to, REPLAY_REQUEST, args, { signal }),
      handlerFailed: (failure: ClientEvents["error"]) => this.#tell("error", failure),
      undeliverable: (event: ClientEvents["undeliverable"]) => this.#tell("undeliverable", event),
    };
  }

  #wire(): void {
    const { connection, endpoint } = this;
    connection.on("online", (welcome) => this.#online(welcome));
    connection.on("offline", () => this.#offline());
    connection.on("state", (event) => this.#tell("state", event));
    connection.on("closed", ({ error }) => this.#closed(error));
    connection.on("malformed", ({ what }) => this.#malformed(what));
    endpoint.on("gone", (event) => this.#tell("gone", event));
    endpoint.on("path", (event) => this.#tell("path", event));
    endpoint.on("undeliverable", (event) => this.#tell("undeliverable", event));
    endpoint.on("error", (event) => this.#tell("error", event));
    endpoint.on("malformed", () => this.#malformed("p"));
    endpoint.handleInternal(HELLO_REQUEST, () => undefined);
    endpoint.handleInternal(REPLAY_REQUEST, (args, context) => this.offerings.replay(args) ?? this.rooms.replay(args, context));
  }

  async #handshake(): Promise<Handshake> {
    const { instance, clientId, token } = this.settings;
    const given: unknown = typeof token === "function" ? await token() : token;
    if (given !== undefined && typeof given !== "string")
      throw new TypeError(`the token function must return a string, not ${typeof given}`);
    return {
      protocol: PROTOCOL_VERSION,
      instance,
      clientId: this.endpoint.id === "" ? clientId : this.endpoint.id,
      resume: this.#resume,
      token: given,
      metadata: this.metadata,
    };
  }

  #online({ clientId, resume, relayId, sessionTimeoutMs, maxPacketBytes, metadata }: Welcome): void {
    const { id } = this.endpoint;
    if (id !== "" && id !== clientId) {
      return this.connection.close(
        new PeerloomError("PROTOCOL_ERROR", `the relay calls ${JSON.stringify(id)} ${JSON.stringify(clientId)} now`),
      );
    }
    const timeoutMs = Math.min(sessionTimeoutMs, maxDelayMs);
    this.#resume = resume;
    this.relayId = relayId;
    if (metadata !== undefined) this.metadata = metadata;
    this.#queue.connected();
    this.control.connected(() => {
      this.#user.connected(clientId, { sessionTimeoutMs: timeoutMs });
      this.watches.connected();
      this.rooms.connected(timeoutMs, Math.max(maxPacketBytes, minPacketBytes));
      this.offerings.connected(relayId, timeoutMs, Math.max(maxPacketBytes, minPacketBytes));
    });
    this.outsiders.connected();
    this.#pathReport?.connected();
    // Whoever awaits `connect` has no handlers yet.
    if (id === "") this.#defer(() => this.#incoming.release());
  }

  #offline(): void {
    this.questions.disconnected();
    this.#queue.disconnected();
    this.#user.disconnected();
    this.watches.disconnected();
    this.rooms.disconnected();
    this.offerings.disconnected();
    this.outsiders.disconnected();
  }

  #closed(error: PeerloomError | undefined): void {
    const reason = error ?? new PeerloomError("CLOSED", "this client is closed");
    this.#incoming.stop();
    this.#pathReport?.close();
    this.rooms.end(reason);
    this.offerings.end(reason);
    this.outsiders.end(reason);
    this.watches.clear();
    this.control.close(reason);
    // Ends at once; the promise only keeps the form of `close`.
    void this.endpoint.close(reason);
    this.#layer?.close();
    this.#tell("closed", { error });
  }

  #status(status: PeerStatus): void {
    this.#user.presence(status);
    if (this.watches.isApplications(status.id)) this.#tell("presence", status);
  }

  #writable(): void {
    this.#flush();
    this.#user.writable();
  }

  #flush(): void {
    this.rooms.writable();
    this.offerings.topics.writable();
    this.outsiders.flush();
  }
}
