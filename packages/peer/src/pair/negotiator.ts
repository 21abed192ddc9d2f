import { initialNegotiation, stepNegotiation, type Negotiation, type NegotiationEffect, type NegotiationInput } from "./negotiation.ts";

/** What the negotiation has done. What these throw ends the step they are part of. */
export interface NegotiatorHooks {
  offer(offer: number, isRestart: boolean): Promise<void>;
  say(what: "ask" | "grant" | "pass"): void;
  rollback(): Promise<void>;
  /** Nothing more is to be done. */
  isOver(): boolean;
}

/** Moves the negotiation of a connection and runs its effects. To be called with one input after the other. */
export class Negotiator {
  readonly #isLeader: boolean;
  readonly #hooks: NegotiatorHooks;
  #state: Negotiation = initialNegotiation;

  constructor(isLeader: boolean, hooks: NegotiatorHooks) {
    this.#isLeader = isLeader;
    this.#hooks = hooks;
  }

  /** The number of the last offer of this side. */
  get lastOffer(): number {
    return this.#state.lastOffer;
  }

  /** Runs what follows from the input, then offers what waits. `apply` sets the description that the input is about, if its turn has come. */
  async run(input: NegotiationInput, apply?: () => Promise<void>): Promise<void> {
    try {
      await this.#take(input, apply);
    } finally {
      if (!this.#hooks.isOver()) await this.#take({ type: "settled" });
    }
  }

  /** An offer could not be made: it is as if it had never been begun. */
  withdraw(offer: number): void {
    [this.#state] = stepNegotiation(this.#state, { type: "reject", offer }, this.#isLeader);
  }

  async #take(input: NegotiationInput, apply?: () => Promise<void>): Promise<void> {
    const [next, effects] = stepNegotiation(this.#state, input, this.#isLeader);
    this.#state = next;
    for (const effect of effects) await this.#do(effect, apply);
  }

  async #do(effect: NegotiationEffect, apply?: () => Promise<void>): Promise<void> {
    switch (effect.do) {
      case "offer":
        return this.#hooks.offer(effect.offer, effect.isRestart);
      case "say":
        return this.#hooks.say(effect.what);
      case "rollback":
        return this.#hooks.rollback();
      case "accept":
      case "apply-answer":
        return apply?.();
      case "ignore":
        return;
    }
  }
}
