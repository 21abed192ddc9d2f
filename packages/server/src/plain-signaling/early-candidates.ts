import type { Candidate } from "./payloads.ts";

/** Candidates for one receiver before its first description: more are refused. */
const maxHeld = 64;

/**
 * Candidates that one socket sends to others before any description: a front end that adds them at once would lose them, so they wait
 * and follow the description. One of these for each sender.
 */
export class EarlyCandidates {
  /** By receiver: what waits, or `described` once a description went there. */
  readonly #receivers = new Map<string, Candidate[] | "described">();

  /** Does it go at once? Otherwise it waits; `full` when it cannot. */
  take(receiver: string, candidate: Candidate): "send" | "held" | "full" {
    const held = this.#receivers.get(receiver) ?? [];
    if (held === "described") return "send";
    if (held.length >= maxHeld) return "full";
    held.push(candidate);
    this.#receivers.set(receiver, held);
    return "held";
  }

  /** A description has gone to a receiver: what follows it now. */
  described(receiver: string): readonly Candidate[] {
    const held = this.#receivers.get(receiver) ?? [];
    this.#receivers.set(receiver, "described");
    return held === "described" ? [] : held;
  }

  /** The receiver is out of reach. */
  forget(receiver: string): void {
    this.#receivers.delete(receiver);
  }

  get size(): number {
    return this.#receivers.size;
  }
}
