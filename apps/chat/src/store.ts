import type { Effect, Input, State } from "./model/state.ts";
import { step } from "./model/step.ts";

export interface StoreOptions {
  readonly initial: State;
  /** Runs an effect; what comes of it is told later. */
  readonly run: (effect: Effect) => void;
  /** Is called after each change. */
  readonly changed: (state: State) => void;
}

/** Holds the state of the page: takes inputs, runs what they cause. */
export interface Store {
  readonly state: State;
  tell(input: Input): void;
}

export function createStore({ initial, run, changed }: StoreOptions): Store {
  let state = initial;
  const tell = (input: Input): void => {
    const [next, effects] = step(state, input);
    const isChanged = next !== state;
    state = next;
    if (isChanged) changed(state);
    for (const effect of effects) run(effect);
  };
  return {
    get state() {
      return state;
    },
    tell,
  };
}
