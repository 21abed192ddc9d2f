/** What a path does, and tells. None of these may throw; whoever is told may end the connection. */
export interface PathHooks {
  /** Asks the other side for a sign of life. */
  ask(): void;
  /** It is open for the first time. */
  opened(): void;
  lost(): void;
  /** It was lost, and something came over it. */
  back(): void;
  /** It is beyond help. */
  broken(): void;
}

/** Whether the control channel reaches the other side: not yet, well, not any more, or never again. Nothing is told after the signal's abort. */
export class Path {
  readonly #pc: RTCPeerConnection;
  readonly #over: AbortSignal;
  readonly #hooks: PathHooks;
  #isOpen = false;
  #isDown = false;
  #isBroken = false;

  constructor(pc: RTCPeerConnection, over: AbortSignal, hooks: PathHooks) {
    this.#pc = pc;
    this.#over = over;
    this.#hooks = hooks;
    pc.addEventListener("connectionstatechange", () => this.#changed(), { signal: over });
  }

  /** Was it open once? */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Is it open, and was the other side heard lately? */
  get isUp(): boolean {
    return this.#isOpen && !this.#isDown;
  }

  /** Is it lost, so that it may come back? */
  get isDown(): boolean {
    return this.#isDown;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  open(): void {
    this.#isOpen = true;
    this.#isDown = false;
    this.#hooks.opened();
  }

  /** Something came over it. */
  heard(): void {
    const { connectionState } = this.#pc;
    if (!this.#isDown || connectionState === "failed" || connectionState === "closed") return;
    this.#isDown = false;
    this.#hooks.back();
  }

  /** Nothing comes over it. */
  lose(): void {
    if (!this.#isOpen || this.#isDown) return;
    this.#isDown = true;
    this.#hooks.lost();
  }

  break(): void {
    if (this.#over.aborted) return;
    this.#isBroken = true;
    this.#hooks.broken();
  }

  #changed(): void {
    const { connectionState } = this.#pc;
    if (connectionState === "connected" && this.#isDown) this.#hooks.ask();
    if (connectionState === "disconnected" || connectionState === "failed") this.lose();
    if (connectionState === "failed") this.break();
  }
}
