/** After this pause somebody does not type any more, in milliseconds. */
const pauseMs = 3000;

/** Turns keys that are pressed into "begins to type" and "has stopped", each told once. */
export class Typing {
  readonly #tell: (isTyping: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (isTyping: boolean) => void) {
    this.#tell = tell;
  }

  set(isTyping: boolean): void {
    const wasTyping = this.#timer !== undefined;
    clearTimeout(this.#timer);
    this.#timer = isTyping ? setTimeout(() => this.set(false), pauseMs) : undefined;
    if (isTyping !== wasTyping) this.#tell(isTyping);
  }
}
