import { webSocketOf, type SocketLike } from "./socket-like.ts";

const pollMs = 5;

/** What is used of an engine.io socket; it has no public measure of what it still has to send. */
interface EngineLike {
  on(event: "drain", listener: () => void): unknown;
  off(event: "drain", listener: () => void): unknown;
}

/**
 * Tells how much this socket still has to send, so that nobody piles up packets in it: what was handed over since the engine
 * drained last, and what the WebSocket reports. The engine calls itself drained as soon as the WebSocket has taken its packets.
 */
export class LocalQueue {
  readonly #socket: SocketLike;
  readonly #maxBytes: number;
  readonly #onWritable: () => void;
  #engine: EngineLike | undefined;
  #handedBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onWritable` is called some time after `isFull` was true, when less than half of `maxBytes` waits. */
  constructor(socket: SocketLike, maxBytes: number, onWritable: () => void) {
    this.#socket = socket;
    this.#maxBytes = maxBytes;
    this.#onWritable = onWritable;
  }

  /** True when a sender should hold back; then `onWritable` will be called. */
  get isFull(): boolean {
    if (this.#bytes <= this.#maxBytes) return false;
    this.#watch();
    return true;
  }

  add(bytes: number): void {
    this.#handedBytes += bytes;
  }

  /** The socket has a connection, with an engine of its own. */
  connected(): void {
    this.disconnected();
    const { engine } = this.#socket.io;
    this.#engine = isEngineLike(engine) ? engine : undefined;
    this.#engine?.on("drain", this.#drained);
  }

  disconnected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#handedBytes = 0;
    this.#engine?.off("drain", this.#drained);
    this.#engine = undefined;
  }

  readonly #drained = (): void => {
    this.#handedBytes = 0;
  };

  get #bytes(): number {
    return this.#handedBytes + bufferedAmount(this.#engine);
  }

  #watch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#bytes > this.#maxBytes / 2) this.#watch();
      else this.#onWritable();
    }, pollMs);
  }
}

function isEngineLike(value: unknown): value is EngineLike {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "on") === "function";
}

function bufferedAmount(engine: unknown): number {
  const amount = webSocketOf(engine)?.bufferedAmount;
  return typeof amount === "number" ? amount : 0;
}
