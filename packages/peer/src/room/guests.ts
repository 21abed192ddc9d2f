import { deadline } from "@peerloom/core";
import type { Metadata } from "@peerloom/protocol";
import type { Received, SignalPair } from "@peerloom/signaling";

/** A peer with which something was said, and that is not let in yet. */
export interface Guest {
  readonly id: string;
  readonly instance: string;
  /** How far it is: we asked who it is, it asked who we are, or the application is being asked. */
  at: "greeted" | "introduced" | "judged";
  session: SignalPair;
  metadata: Metadata | undefined;
  /** What it said while it was judged. */
  readonly held: Received[];
}

const maxHeld = 64;

/** The guests of a room: bounded, each for a bounded time. One that goes takes its session with it, unless it was let in. */
export class Guests {
  readonly #byId = new Map<string, { readonly guest: Guest; readonly stop: () => void }>();
  readonly #max: number;
  readonly #timeoutMs: number;

  constructor({ max, timeoutMs }: { readonly max: number; readonly timeoutMs: number }) {
    this.#max = max;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): Guest | undefined {
    return this.#byId.get(id)?.guest;
  }

  /** In the place of an earlier one of the same id. Returns undefined, and closes the session, when there are too many. */
  add(guest: Omit<Guest, "held">): Guest | undefined {
    this.drop(guest.id);
    if (this.#byId.size >= this.#max) {
      guest.session.close();
      return undefined;
    }
    const added: Guest = { ...guest, held: [] };
    const stop = deadline({ timeoutMs: this.#timeoutMs }, "letting in", () => this.drop(added.id));
    this.#byId.set(added.id, { guest: added, stop });
    return added;
  }

  /** Keeps what came too early; what is too much is left out. */
  hold(guest: Guest, received: Received): void {
    if (guest.held.length < maxHeld) guest.held.push(received);
  }

  /** It is let in: its session lives on. Returns false when it has gone meanwhile. */
  promote(guest: Guest): boolean {
    if (this.get(guest.id) !== guest) return false;
    this.#forget(guest.id);
    return true;
  }

  drop(id: string): void {
    this.get(id)?.session.close();
    this.#forget(id);
  }

  clear(): void {
    for (const id of [...this.#byId.keys()]) this.drop(id);
  }

  #forget(id: string): void {
    this.#byId.get(id)?.stop();
    this.#byId.delete(id);
  }
}
