import type { Unsubscribe } from "@peerloom/core";

/** Is told how long the relay took for things, in milliseconds. Must not throw. */
export interface Observer {
  /** A packet between clients was forwarded: the time on the relay's own thread. Told of one in 64. */
  readonly forwarded?: ((ms: number) => void) | undefined;
  /** The hook `authenticate` has answered, or thrown. */
  readonly authenticated?: ((ms: number) => void) | undefined;
}

/** Of so many packets one is timed: a look at the clock costs a tenth of what forwarding does. */
const sampleEvery = 64;

/** Takes the time for those who want to know; costs next to nothing while nobody does. */
export class Timing {
  readonly #observers = new Set<Observer>();
  #packets = 0;

  observe(observer: Observer): Unsubscribe {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  clear(): void {
    this.#observers.clear();
  }

  /** Something begins. @returns what to hand to `end`; 0 when nobody wants to know. */
  begin(): number {
    return this.#observers.size === 0 ? 0 : performance.now();
  }

  /** The same for one packet in 64. */
  beginSampled(): number {
    if (this.#observers.size === 0) return 0;
    this.#packets = (this.#packets + 1) % sampleEvery;
    return this.#packets === 0 ? performance.now() : 0;
  }

  end(what: keyof Observer, began: number): void {
    if (began === 0) return;
    const ms = performance.now() - began;
    for (const observer of this.#observers) observer[what]?.(ms);
  }
}
