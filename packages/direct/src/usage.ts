/** After so long, what was said counts half, in milliseconds. */
const HALF_LIFE_MS = 10_000;

/** How much a peer has been talked with lately: bytes that count less the older they are. */
export class Usage {
  #score = 0;
  #seenBytes: number;
  #seenAt: number;

  /** `bytes` that had travelled before do not count. */
  constructor(bytes: number, now: number) {
    this.#seenBytes = bytes;
    this.#seenAt = now;
  }

  /** The score, now that `bytes` have travelled in all. */
  look(bytes: number, now: number): number {
    this.#score = this.#score * 0.5 ** ((now - this.#seenAt) / HALF_LIFE_MS) + bytes - this.#seenBytes;
    this.#seenBytes = bytes;
    this.#seenAt = now;
    return this.#score;
  }
}

/** Is a peer with the score `mine` worth more than one whose path would be taken away? Making paths costs, so not for a little more. */
export function isWorthMore(mine: number, other: number): boolean {
  return mine > 2 * other + 65_536;
}
