import type { DataChannelEvent, DataChannelLike } from "../../src/channels/index.ts";

/** One end of a data channel in memory. It delivers a turn later, and drains its buffer by `bytesPerTurn`. */
export class MemoryDataChannel implements DataChannelLike {
  readyState = "open";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  /** The most it was ever given to buffer. */
  mostBuffered = 0;
  messages = 0;
  other: MemoryDataChannel | undefined;
  readonly #listeners = new Map<DataChannelEvent, Set<(event: Event) => void>>();
  readonly #queue: (Uint8Array<ArrayBuffer> | string)[] = [];
  readonly #network: MemoryNetwork;

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  send(data: Uint8Array<ArrayBuffer> | string): void {
    if (this.readyState !== "open") throw new DOMException("not open", "InvalidStateError");
    this.messages += 1;
    this.bufferedAmount += data.length;
    this.mostBuffered = Math.max(this.mostBuffered, this.bufferedAmount);
    // As the real ones do, it keeps a copy.
    this.#queue.push(typeof data === "string" ? data : data.slice());
    if (this.#queue.length === 1) setImmediate(() => this.#run());
  }

  close(): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    setImmediate(() => {
      this.emit("close", {});
      this.other?.closed();
    });
  }

  closed(): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.emit("close", {});
  }

  addEventListener(type: DataChannelEvent, listener: (event: Event) => void): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  }

  removeEventListener(type: DataChannelEvent, listener: (event: Event) => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  emit(type: DataChannelEvent, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as Event);
  }

  /** Hands over what a held network kept. */
  run(): void {
    setImmediate(() => this.#run());
  }

  #run(): void {
    if (this.#network.isHeld) return;
    let sent = 0;
    while (this.#queue.length > 0 && sent < this.#network.bytesPerTurn) {
      const data = this.#queue.shift();
      if (data === undefined) break;
      sent += data.length;
      const before = this.bufferedAmount;
      this.bufferedAmount -= data.length;
      if (!this.#network.isCut && this.other?.readyState !== "closed")
        this.#network.deliver(data, (bytes) => this.other?.emit("message", { data: bytes }));
      if (before > this.bufferedAmountLowThreshold && this.bufferedAmount <= this.bufferedAmountLowThreshold)
        this.emit("bufferedamountlow", {});
    }
    if (this.#queue.length > 0) setImmediate(() => this.#run());
  }
}

/** What lies between the two ends. */
export class MemoryNetwork {
  /** Keeps everything until `release`. */
  isHeld = false;
  /** Loses everything. */
  isCut = false;
  bytesPerTurn = 262_144;
  deliver: (data: Uint8Array<ArrayBuffer> | string, to: (data: unknown) => void) => void = (data, to) => to(data);
  readonly #ends: MemoryDataChannel[] = [];

  pair(): readonly [MemoryDataChannel, MemoryDataChannel] {
    const left = new MemoryDataChannel(this);
    const right = new MemoryDataChannel(this);
    left.other = right;
    right.other = left;
    this.#ends.push(left, right);
    return [left, right];
  }

  release(): void {
    this.isHeld = false;
    for (const end of this.#ends) end.run();
  }
}
