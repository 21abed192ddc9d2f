import type { PathName } from "@peerloom/core";

/** How a path to the peer stands. A blocked one has refused a packet for want of room. */
export type PathState = "up" | "blocked" | "down";

/** The paths to one peer. The direct one is taken whenever it is not down, also while it is blocked: it will take more soon. */
export class Paths {
  readonly #states: { [P in PathName]: PathState };
  #current: PathName = "relay";

  constructor(relay: PathState) {
    this.#states = { relay, direct: "down" };
  }

  /** The one that packets take. */
  get current(): PathName {
    return this.#current;
  }

  /** Does the current one take packets? */
  get isUp(): boolean {
    return this.#states[this.#current] === "up";
  }

  /** Is there one that is not down? */
  get isReachable(): boolean {
    return this.#states[this.#current] !== "down";
  }

  of(path: PathName): PathState {
    return this.#states[path];
  }

  set(path: PathName, state: PathState): void {
    this.#states[path] = state;
    this.#current = this.#states.direct === "down" ? "relay" : "direct";
  }
}
