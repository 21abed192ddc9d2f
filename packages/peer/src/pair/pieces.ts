/** Texts longer than a data channel takes are cut: `+` begins a piece that goes on, `.` the last one. */
export function cut(text: string, maxLength: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > maxLength) {
    // Half a surrogate pair would not survive UTF-8.
    const isHalf = /[\ud800-\udbff]/.test(text[from + maxLength - 1] ?? "");
    const to = from + maxLength - (isHalf ? 1 : 0);
    pieces.push(`+${text.slice(from, to)}`);
    from = to;
  }
  pieces.push(`.${text.slice(from)}`);
  return pieces;
}

/** However short they are. */
const MAX_PIECES = 64;

/** Puts the pieces together again; holds `maxLength` characters at most. */
export class Joiner {
  readonly #maxLength: number;
  #pieces: string[] = [];
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get length(): number {
    return this.#length;
  }

  /** The whole text, `more` while it goes on, `bad` when this is no piece or the text grows too long: then its pieces are forgotten. */
  add(piece: unknown): { readonly text: string } | "more" | "bad" {
    if (typeof piece !== "string" || (piece[0] !== "+" && piece[0] !== ".")) return this.#forget();
    this.#length += piece.length - 1;
    if (this.#length > this.#maxLength || this.#pieces.length >= MAX_PIECES) return this.#forget();
    this.#pieces.push(piece.slice(1));
    if (piece[0] === "+") return "more";
    const text = this.#pieces.join("");
    this.#forget();
    return { text };
  }

  #forget(): "bad" {
    this.#pieces = [];
    this.#length = 0;
    return "bad";
  }
}
