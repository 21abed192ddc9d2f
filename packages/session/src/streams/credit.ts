/** What every value costs beside its content. */
const valueBytes = 16;
/** What a binary costs beside its bytes: about what the array around them takes. */
const binaryBytes = 64;

/** What a value in a stream costs of the receiver's credit. Both ends compute it from the value itself, so they agree. */
export function costOf(value: unknown): number {
  if (typeof value === "string") return valueBytes + value.length;
  if (typeof value !== "object" || value === null) return valueBytes;
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return binaryBytes + value.byteLength;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + costOf(item), valueBytes);
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + costOf(item), valueBytes);
}

/** The sender's side of a stream's credit. */
export class SendCredit {
  #bytes = 0;

  get isPositive(): boolean {
    return this.#bytes > 0;
  }

  /** A peer may grant what it likes, again and again: the sum stays a number that can be counted down. */
  grant(bytes: number): void {
    this.#bytes = Math.min(Number.MAX_SAFE_INTEGER, this.#bytes + bytes);
  }

  spend(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** The receiver's side of a stream's credit: what the sender may still send, and what has been used up since the last grant. */
export class ReceiveCredit {
  readonly #window: number;
  #outstanding: number;
  #unread = 0;
  #consumed = 0;

  constructor(windowBytes: number) {
    this.#window = windowBytes;
    this.#outstanding = windowBytes;
  }

  /** What has come and was not yet taken by the application. */
  get unread(): number {
    return this.#unread;
  }

  /** A value has come. Returns false when the sender had no credit for it. */
  take(cost: number): boolean {
    if (this.#outstanding <= 0) return false;
    this.#outstanding -= cost;
    this.#unread += cost;
    return true;
  }

  /** The application has taken values. Returns what to grant now: nothing until a quarter of the window has been used. */
  consume(cost: number): number {
    this.#unread -= cost;
    this.#consumed += cost;
    if (this.#consumed * 4 < this.#window) return 0;
    const grant = this.#consumed;
    this.#consumed = 0;
    this.#outstanding += grant;
    return grant;
  }
}
