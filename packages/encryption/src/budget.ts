import { LIMITS } from "./limits.ts";

/** Bytes that all peers of a client together have waiting here. */
export class Budget {
  #out = 0;
  #in = 0;

  get isOutFull(): boolean {
    return this.#out > LIMITS.allOutBytes;
  }

  get isInFull(): boolean {
    return this.#in > LIMITS.allInBytes;
  }

  addOut(bytes: number): void {
    this.#out += bytes;
  }

  addIn(bytes: number): void {
    this.#in += bytes;
  }
}
