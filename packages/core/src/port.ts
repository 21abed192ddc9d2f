import type { Unsubscribe, ListenOptions } from "./emitter.ts";
import type { PeerloomError } from "./error.ts";
import type { WaitOptions } from "./wait.ts";

/** What a handler is told beside the arguments of the message; always its last argument. */
export interface MessageContext {
  /** The sender's id, stamped by the relay: proven, never taken from the payload. */
  readonly from: string;
  /** For a request: aborts when the caller cancelled or is gone. Absent for an event. */
  readonly signal?: AbortSignal;
}

/** Receives the message's arguments and then a `MessageContext`. What it returns (or resolves to) answers a request. */
export type MessageHandler = (...args: never[]) => unknown;

/**
 * A stream between two clients: bytes (`Uint8Array`) and JSON values, both ways, with back-pressure. It survives reconnects and dies
 * with its peer (`PEER_LOST`).
 */
export interface PeerStream extends AsyncDisposable {
  /** The id of the other side, proven. */
  readonly peer: string;
  /** The name it was opened under. */
  readonly name: string;
  /** What its opener said about it. */
  readonly metadata: unknown;
  /** What the other side sends. Bytes arrive in pieces of at most 64 KiB. Cancelling it destroys the stream. */
  readonly readable: ReadableStream<unknown>;
  /**
   * What goes to the other side. A write is answered when it was taken, and what was written may be changed then; `close()` when all
   * of it has come to the other side. Closing it leaves `readable` open; aborting it destroys the stream.
   */
  readonly writable: WritableStream<unknown>;
  /** Ends both directions at once; the other side is told the error's code and message. @defaultValue `ABORTED` */
  destroy(error?: unknown): void;
}

export interface OpenStreamOptions extends WaitOptions {
  /** Told to the other side's handler: JSON and binary. */
  readonly metadata?: unknown;
  /** Bytes the other side may send before they are read here; at most the port's own limit. @defaultValue 1 MiB */
  readonly highWaterMark?: number;
}

/** Takes a stream that a peer opens. What it throws before it returns refuses the stream, what it throws later destroys it. */
export type StreamHandler = (stream: PeerStream, context: MessageContext) => unknown;

/** A way by which packets travel between two clients: over the relay, or straight. */
export type PathName = "relay" | "direct";

/** Bytes of packets with one peer since its session began. */
export interface PathBytes {
  readonly sent: number;
  readonly received: number;
}

/** One other client, seen from here. A handle is cheap: it causes no traffic and any number may exist for one id. */
export interface Remote {
  readonly id: string;
  /** The path that what is sent to this peer takes now. */
  readonly path: PathName;
  /** What has travelled by each path; all zero while there is no session. */
  readonly bytes: { readonly [P in PathName]: PathBytes };
  /**
   * Asks for a direct path and resolves once there is one.
   *
   * @throws PeerloomError `NO_DIRECT` when this client or the other makes none, `LIMIT` when the other has too many, `TIMEOUT`, `ABORTED`,
   *   `PEER_LOST`, `CLOSED`.
   */
  goDirect(options?: WaitOptions): Promise<void>;
  /** Lets the direct path go, and makes none before somebody asks for it. */
  goRelay(): void;
  /**
   * Sends an event; at most once handled, in order with all else sent to this peer.
   *
   * @returns false when more than the high-water mark is waiting: `await drained()` before more.
   * @throws TypeError when an argument cannot be carried (functions, BigInt, cycles, class instances).
   * @throws PeerloomError `OVERFLOW` when the hard limit of the queue is reached, `CLOSED` after close.
   */
  emit(event: string, ...args: unknown[]): boolean;
  /** Sends a request and resolves to what the remote handler returned, after it returned. Rejects with the handler's code and message. */
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  /**
   * Opens a stream; resolves when the other side has taken it.
   *
   * @throws PeerloomError `NO_HANDLER` when nobody takes streams of this name there, the handler's own code when it refused,
   *   `LIMIT` when there are too many, `TIMEOUT`, `ABORTED`, `PEER_NOT_FOUND`, `PEER_LOST`.
   */
  openStream(name: string, options?: OpenStreamOptions): Promise<PeerStream>;
  /** The same remote, whose requests wait at most `timeoutMs` milliseconds. */
  timeout(timeoutMs: number): Remote;
  /** The same remote, whose requests stop waiting when `signal` aborts or `timeoutMs` have passed. */
  with(options: WaitOptions): Remote;
  /** Resolves when less than the low-water mark waits to be sent; rejects when the peer is gone. */
  drained(options?: WaitOptions): Promise<void>;
  /** Handles `event` from this peer only; removed when the peer is gone. */
  on(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe;
  once(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe;
  /** Without `handler`: all of this event; without `event`: all of this peer. */
  off(event?: string, handler?: MessageHandler): void;
}

/** Why a peer is gone. */
export interface GoneEvent {
  readonly id: string;
  readonly error: PeerloomError;
}

/** Addressed, reliable messages: the seam on which services and topics stand. A relay client is one; so is the relay itself. */
export interface Port {
  /** The id under which others reach this port. */
  readonly id: string;
  remote(id: string): Remote;
  /** Handles `event` from anyone. A request is answered by the peer's own handler first, then by this. */
  onAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe;
  onceAny(event: string, handler: MessageHandler, options?: ListenOptions): Unsubscribe;
  offAny(event?: string, handler?: MessageHandler): void;
  /** Takes the streams that peers open under `name`. @throws TypeError when the name has a handler already. */
  onStream(name: string, handler: StreamHandler, options?: ListenOptions): Unsubscribe;
  /** Runs once for each known peer that is gone for good. */
  onGone(listener: (event: GoneEvent) => void, options?: ListenOptions): Unsubscribe;
}

/** Answers a request by what it returns (or resolves to, or throws). The arguments are its own. */
export type Responder = (args: unknown[], context: MessageContext) => unknown;

/** Is told what comes of a request: by one of the two, once. */
export interface Outcome {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The same seam for Peerloom's own layers, such as services: requests and streams under names that begin with `peerloom:`, which
 * applications cannot use, so that the two never meet.
 */
export interface InternalPort {
  /** The id under which others reach this port. */
  readonly id: string;
  /** Sends a request; rejects like `Remote.emitWithAck`. */
  requestInternal(to: string, name: string, args: readonly unknown[], wait?: WaitOptions): Promise<unknown>;
  /** The same without a promise, and without a limit of time where `wait` has none. `outcome` may be told before this returns. */
  askInternal(to: string, name: string, args: readonly unknown[], wait: WaitOptions, outcome: Outcome): void;
  /** Registers what answers a request; a later handler replaces an earlier one. */
  handleInternal(name: string, handler: Responder): void;
  openStreamTo(to: string, name: string, options: OpenStreamOptions): Promise<PeerStream>;
  onStream(name: string, handler: StreamHandler, options?: ListenOptions): Unsubscribe;
  onGone(listener: (event: GoneEvent) => void, options?: ListenOptions): Unsubscribe;
}

/** A packet as it crosses a link: a text, and binaries that travel beside it uncopied. */
export interface Packet {
  readonly text: string;
  readonly attachments: readonly Uint8Array[];
}

/** Carries packets to addressed clients; at most once, in order per target while the connection lasts. */
export interface Transport {
  /**
   * Hands a packet over. `serial` comes back when the packet was refused on the way. Its attachments may change as soon as the peer has
   * acknowledged them: what carries packets in memory has to copy them. The session has chosen the path: the packet takes this one, or is
   * lost with it.
   *
   * @returns false when it was not taken (no connection, local buffers full): the caller keeps it and tries again when told `up` or `writable`.
   */
  send(to: string, serial: number, packet: Packet, path: PathName): boolean;
  /** Asks to be told about the presence of these ids from now on. */
  watch(ids: readonly string[]): void;
  unwatch(ids: readonly string[]): void;
}
