/** What Redis answers, or pushes, in its protocol RESP3. Strings of any kind of bytes are Buffers, short texts strings. */
export type Reply = string | number | boolean | null | Buffer | RedisError | readonly Reply[];

/** An error that Redis answered. */
export class RedisError extends Error {
  override readonly name = "RedisError";
}

/** A message that Redis sends without being asked. */
export interface Push {
  readonly values: readonly Reply[];
}

const cr = 13;
/** Values nested deeper than this, or lines longer, are no answers of Redis. */
const maxDepth = 16;
const maxLineBytes = 65_536;

/** What stands for a value whose end has not come. */
const unfinished: unique symbol = Symbol("unfinished");

/** A string of a command; bytes may come in pieces. */
export type Part = string | readonly Uint8Array[];

/** Pieces from this size on are not copied. */
const largeBytes = 8192;

/** A command in RESP: an array of strings, each with its length. What is small is put together. */
export function encodeCommand(parts: readonly Part[]): (string | Uint8Array)[] {
  const chunks: (string | Uint8Array)[] = [];
  let text = `*${parts.length}\r\n`;
  for (const part of parts) {
    if (typeof part === "string") {
      text += `$${Buffer.byteLength(part)}\r\n${part}\r\n`;
      continue;
    }
    const bytes = part.reduce((sum, { length }) => sum + length, 0);
    chunks.push(`${text}$${bytes}\r\n`, ...(bytes < largeBytes ? [Buffer.concat(part, bytes)] : part));
    text = "\r\n";
  }
  chunks.push(text);
  return chunks;
}

/** Reads a stream of RESP3. What is large is not looked at again until it is all there. */
export class RespReader {
  #buffer: Buffer = Buffer.alloc(0);
  /** What has come besides while too little was there. */
  #chunks: Buffer[] = [];
  #length = 0;
  #at = 0;
  /** Bytes that must be there before it is of use to look again. */
  #needed = 0;

  /** @throws Error when this is no RESP3; the stream is of no use then. */
  *read(chunk: Buffer): Generator<{ readonly reply: Reply } | Push> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    this.#buffer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#length);
    this.#at = 0;
    this.#needed = 0;
    while (this.#at < this.#buffer.length) {
      const start = this.#at;
      const isPush = this.#buffer[start] === 0x3e;
      const value = this.#value(0);
      if (value === unfinished) {
        this.#at = start;
        break;
      }
      yield isPush ? { values: Array.isArray(value) ? (value as readonly Reply[]) : [] } : { reply: value };
    }
    const rest = this.#buffer.length - this.#at;
    if (this.#needed > 0) this.#needed -= this.#at;
    // A copy when it is little, so that a few bytes do not hold on to a large chunk.
    const left = this.#buffer.subarray(this.#at);
    this.#chunks = rest === 0 ? [] : [rest * 2 < this.#buffer.length ? Buffer.from(left) : left];
    this.#length = rest;
    this.#buffer = Buffer.alloc(0);
    this.#at = 0;
  }

  #value(depth: number): Reply | typeof unfinished {
    if (depth > maxDepth) throw new Error("this is no answer of Redis: too deep");
    const line = this.#line();
    if (line === undefined) return unfinished;
    const rest = line.slice(1);
    switch (line.slice(0, 1)) {
      case "+":
        return rest;
      case "-":
        return new RedisError(rest);
      case ":":
      case ",":
        return Number(rest);
      case "(":
        return rest;
      case "_":
        return null;
      case "#":
        return rest === "t";
      case "$":
      case "=":
        return this.#bytes(count(rest));
      case "!": {
        const text = this.#bytes(count(rest));
        return text === unfinished || text === null ? text : new RedisError(text.toString());
      }
      case "*":
      case "~":
      case ">":
        return this.#list(count(rest), depth);
      case "%":
        return this.#list(2 * count(rest), depth);
      default:
        throw new Error(`this is no answer of Redis: ${JSON.stringify(line.slice(0, 40))}`);
    }
  }

  #line(): string | undefined {
    const end = this.#buffer.indexOf(cr, this.#at);
    if (end === -1 || end + 1 >= this.#buffer.length) {
      if (this.#buffer.length - this.#at > maxLineBytes) throw new Error("this is no answer of Redis: a line without an end");
      return undefined;
    }
    const line = this.#buffer.toString("utf8", this.#at, end);
    this.#at = end + 2;
    return line;
  }

  #bytes(length: number): Buffer | null | typeof unfinished {
    if (length < 0) return null;
    const end = this.#at + length;
    if (end + 2 > this.#buffer.length) {
      this.#needed = end + 2;
      return unfinished;
    }
    const bytes = this.#buffer.subarray(this.#at, end);
    this.#at = end + 2;
    return bytes;
  }

  #list(length: number, depth: number): Reply[] | null | typeof unfinished {
    if (length < 0) return null;
    const values: Reply[] = [];
    for (let index = 0; index < length; index++) {
      const value = this.#value(depth + 1);
      if (value === unfinished) return unfinished;
      values.push(value);
    }
    return values;
  }
}

function count(text: string): number {
  const length = Number(text);
  if (Number.isInteger(length) && length <= 2 ** 31) return length;
  throw new Error(`this is no answer of Redis: a length of ${text.slice(0, 40)}`);
}
