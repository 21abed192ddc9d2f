import { randomBytes } from "node:crypto";
import { digest } from "./password.ts";

/** How long somebody stays logged in, in milliseconds. */
export const sessionMs = 43_200_000;
const maxSessions = 100;

/** Who is logged in. Keeps a digest of each token: whoever could read this memory could not use them. */
export class Sessions {
  readonly #now: () => number;
  /** Ends by token's digest, oldest first. */
  readonly #ends = new Map<string, number>();

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#ends.size;
  }

  /** Begins a session; the oldest ends when there are too many. @returns its token. */
  begin(): string {
    const token = randomBytes(32).toString("base64url");
    for (const [key, end] of this.#ends) {
      if (end <= this.#now() || this.#ends.size >= maxSessions) this.#ends.delete(key);
    }
    this.#ends.set(keyOf(token), this.#now() + sessionMs);
    return token;
  }

  has(token: string | undefined): boolean {
    const end = token === undefined ? undefined : this.#ends.get(keyOf(token));
    return end !== undefined && end > this.#now();
  }

  end(token: string): void {
    this.#ends.delete(keyOf(token));
  }

  clear(): void {
    this.#ends.clear();
  }
}

function keyOf(token: string): string {
  return digest(token).toString("base64");
}
