const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads bytes that came from a wire. Never throws: after the first thing that is not there, `isBroken` is true and all else is empty. */
export class ByteReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at: number;
  #end: number;
  isBroken = false;

  constructor(bytes: Uint8Array<ArrayBuffer>, from = 0) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = bytes.length;
  }

  get isDone(): boolean {
    return this.#at >= this.#end;
  }

  byte(): number {
    const value = this.#at < this.#end ? this.#bytes[this.#at++] : undefined;
    return value ?? this.#broken();
  }

  uint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let factor = 0x80; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : this.#broken();
    }
    return this.#broken();
  }

  /** A view of the next bytes, whose length stands before them. */
  bytes(): Uint8Array<ArrayBuffer> {
    const length = this.uint();
    const from = this.#at;
    if (length > this.#end - from) this.#broken();
    if (this.isBroken) return new Uint8Array(0);
    this.#at = from + length;
    return this.#bytes.subarray(from, this.#at);
  }

  text(): string {
    const length = this.uint();
    const from = this.#at;
    if (length > this.#end - from) this.#broken();
    if (this.isBroken) return "";
    this.#at = from + length;
    return this.#decode(from, this.#at);
  }

  #decode(from: number, to: number): string {
    const bytes = this.#bytes;
    if (to - from <= 32) {
      let text = "";
      let index = from;
      for (; index < to; index++) {
        const byte = bytes[index] ?? 0;
        if (byte >= 0x80) break;
        text += String.fromCharCode(byte);
      }
      if (index === to) return text;
    }
    try {
      return decoder.decode(bytes.subarray(from, to));
    } catch {
      this.#broken();
      return "";
    }
  }

  #broken(): 0 {
    this.isBroken = true;
    this.#at = this.#end;
    return 0;
  }
}
