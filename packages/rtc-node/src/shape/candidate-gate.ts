type Gathered = RTCIceCandidateInit | null;

/** Lets candidates out after the description they belong to: who awaits the description sends it first. */
export class CandidateGate {
  readonly #out: (candidate: Gathered) => void;
  #held: Gathered[] | undefined;

  constructor(out: (candidate: Gathered) => void) {
    this.#out = out;
  }

  take(candidate: Gathered): void {
    if (this.#held) this.#held.push(candidate);
    else this.#out(candidate);
  }

  /** Keeps them until what it returns is called, and then lets them out in a task of their own. */
  hold(): () => void {
    this.#release();
    const held: Gathered[] = [];
    this.#held = held;
    return () =>
      void setImmediate(() => {
        if (this.#held === held) this.#release();
      });
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const candidate of held) this.#out(candidate);
  }
}
