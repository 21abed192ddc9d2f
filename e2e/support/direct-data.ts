/** Bytes of a block: the unit of what is sent, checked and counted. */
export const BLOCK_BYTES = 1_048_576;

/** Block number `index` of the stream of `name`: bytes that look random and can be made anew. */
export function blockOf(name: string, index: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(BLOCK_BYTES / 4);
  let state = (index + 1) * 0x9e3779b1;
  for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x85ebca6b);
  state |= 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer);
}

/** The SHA-256 of the SHA-256 of each block, as browsers have no SHA-256 that takes its bytes one by one. */
export class BlockHash {
  readonly #digests: Uint8Array[] = [];
  #block = new Uint8Array(BLOCK_BYTES);
  #filled = 0;
  bytes = 0;

  async add(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length;
    for (let from = 0; from < bytes.length;) {
      const share = Math.min(bytes.length - from, BLOCK_BYTES - this.#filled);
      this.#block.set(bytes.subarray(from, from + share), this.#filled);
      this.#filled += share;
      from += share;
      if (this.#filled === BLOCK_BYTES) await this.#digest();
    }
  }

  async hex(): Promise<string> {
    if (this.#filled > 0) await this.#digest();
    const all = new Uint8Array(32 * this.#digests.length);
    for (const [index, digest] of this.#digests.entries()) all.set(digest, 32 * index);
    return Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", all)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async #digest(): Promise<void> {
    const block = this.#block.subarray(0, this.#filled);
    this.#filled = 0;
    this.#digests.push(new Uint8Array(await crypto.subtle.digest("SHA-256", block)));
  }
}
