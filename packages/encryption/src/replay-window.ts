/** Numbers that may be late by so many: what is sent by two paths passes each other. A multiple of 32. */
const WINDOW = 16_384;

/** Which numbers have been there (as in RFC 6479): each is taken once, and those too old to tell not at all. */
export class ReplayWindow {
  readonly #words = new Uint32Array(WINDOW / 32);
  #highest = 0;

  /** Could `n` still be taken? */
  isFresh(n: number): boolean {
    if (n > this.#highest) return true;
    return n > this.#highest - WINDOW + 32 && !this.#has(n);
  }

  /** Takes `n`; false when it was there, or may have been. Only for numbers that are proven. */
  take(n: number): boolean {
    if (!this.isFresh(n)) return false;
    const [from, to] = [Math.floor(this.#highest / 32), Math.floor(n / 32)];
    const first = Math.max(from + 1, to - this.#words.length + 1);
    for (let word = first; word <= to; word++) this.#words[word % this.#words.length] = 0;
    this.#highest = Math.max(this.#highest, n);
    const at = to % this.#words.length;
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (n % 32));
    return true;
  }

  #has(n: number): boolean {
    return (((this.#words[Math.floor(n / 32) % this.#words.length] ?? 0) >>> (n % 32)) & 1) === 1;
  }
}
