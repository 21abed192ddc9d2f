/** Milliseconds between looks at a direct path that is not worth taking. */
const LOOK_MS = 1000;
/** It is measured anew at each so many looks. */
const LOOKS_A_MEASURE = 5;
/** A path that was taken for so long is trusted again, in milliseconds. */
const STEADY_MS = 10_000;
const MAX_REST_MS = 10_000;

export interface ChoiceHooks {
  /** Milliseconds of a round trip by the direct path; never resolves when that is lost meanwhile. */
  measure(): Promise<number>;
  isRelayUp(): boolean;
  /** The direct path is to be taken from now on, or not any more. */
  take(isTaken: boolean): void;
  readonly now: () => number;
}

/**
 * Which of two paths that both work is taken. The direct one, unless its round trip is far longer than the relay's: then it is looked at again
 * every few seconds, and taken at once when the relay is lost. One that comes and goes is taken again later each time.
 */
export class Choice {
  readonly #hooks: ChoiceHooks;
  #relayMs = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUp = false;
  #isForced = false;
  #isTaken = false;
  #takenAt = 0;
  /** Times in a row that it went soon after it had been taken. */
  #losses = 0;
  /** Tells an answer from one of an earlier path. */
  #run = 0;

  constructor(hooks: ChoiceHooks) {
    this.#hooks = hooks;
  }

  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Something went by the relay and was answered after so long. */
  relayTook(ms: number): void {
    this.#relayMs = Math.min(this.#relayMs, ms);
  }

  /** The application wants the direct path, whatever it is like. */
  force(): void {
    this.#isForced = true;
    if (this.#isUp) this.#take();
  }

  /** The other side has taken it: both directions are as long. */
  follow(): void {
    if (this.#isUp) this.#take();
  }

  /** There is a direct path. */
  up(): void {
    this.#isUp = true;
    this.#run += 1;
    if (this.#isForced || !this.#hooks.isRelayUp()) return this.#take();
    if (this.#losses === 0) return void this.#measure(this.#run);
    this.#wait(Math.min(MAX_REST_MS, 250 * 2 ** this.#losses));
  }

  /** There is none any more. */
  down(): void {
    this.#isUp = false;
    this.#run += 1;
    clearTimeout(this.#timer);
    if (!this.#isTaken) return;
    this.#losses = this.#hooks.now() - this.#takenAt < STEADY_MS ? this.#losses + 1 : 0;
    this.#isTaken = false;
    this.#hooks.take(false);
  }

  /** What comes up next is another link, which has done nothing wrong yet. */
  renew(): void {
    this.#losses = 0;
  }

  /** Nobody wants one any more. */
  reset(): void {
    this.down();
    this.#isForced = false;
    this.renew();
  }

  #take(): void {
    clearTimeout(this.#timer);
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#takenAt = this.#hooks.now();
    this.#hooks.take(true);
  }

  async #measure(run: number): Promise<void> {
    const directMs = await this.#hooks.measure();
    if (run !== this.#run || this.#isTaken) return;
    if (isWorth(directMs, this.#relayMs)) this.#take();
    else this.#wait(LOOK_MS * LOOKS_A_MEASURE);
  }

  /** Measures after `ms`; until then it is looked whether the relay is still there. */
  #wait(ms: number): void {
    const run = this.#run;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (!this.#hooks.isRelayUp()) this.#take();
        else if (ms > LOOK_MS) this.#wait(ms - LOOK_MS);
        else void this.#measure(run);
      },
      Math.min(ms, LOOK_MS),
    );
  }
}

/** The direct path saves the relay its work, so it need not be the faster one. What is slower by a blink is so by chance. */
export function isWorth(directMs: number, relayMs: number): boolean {
  return directMs <= 2 * relayMs + 50;
}
