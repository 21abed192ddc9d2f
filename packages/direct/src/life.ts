/** How long a direct path waits for what; milliseconds. */
export interface LifeTimes {
  /** For the other side to say whether it will. */
  readonly askMs: number;
  /** For a link to come up. */
  readonly connectMs: number;
  /** For a lost path to come back by itself before ICE is restarted. */
  readonly patienceMs: number;
  /** For a restart to find another way. */
  readonly restartMs: number;
}

/**
 * `idle`: nobody wants a direct path. `asking`: the other side was asked. `connecting`: a link is being made, or its offer is awaited.
 * `up`: it takes packets. `down`: it did, and may again. `resting`: the next try waits for its time. `refused`: the other side makes none.
 * `tries` counts failures in a row.
 */
export type Life =
  | { readonly at: "idle" | "refused" }
  | { readonly at: "asking" | "connecting" | "up" | "resting"; readonly tries: number }
  | { readonly at: "down"; readonly tries: number; readonly isRestarted: boolean };

export type LifeInput =
  /** This side wants one. An urgent wish does not rest. */
  | { readonly type: "want"; readonly isUrgent: boolean }
  /** The other side will, too. */
  | { readonly type: "agreed" }
  | { readonly type: "refused"; readonly isFinal: boolean }
  /** The other side wants one, and this one has agreed. `isStale`: it knows nothing of the link there is. */
  | { readonly type: "wanted"; readonly isStale: boolean }
  /** The offer of a new link has come. */
  | { readonly type: "offered" }
  | { readonly type: "up" }
  | { readonly type: "down" }
  /** The link is beyond help, or the other side has let it go. `wasLong`: it had been up for a good while. */
  | { readonly type: "broken"; readonly wasLong: boolean }
  | { readonly type: "timer" }
  /** Nobody wants one any more. */
  | { readonly type: "drop" };

export type LifeEffect =
  | { readonly do: "ask" }
  /** Make a link anew and offer it. */
  | { readonly do: "offer" }
  | { readonly do: "restart" }
  /** Let the link go. */
  | { readonly do: "close" }
  | { readonly do: "tell"; readonly isUp: boolean }
  | { readonly do: "arm"; readonly ms: number }
  /** Try again after the delay of this try. */
  | { readonly do: "rest"; readonly tries: number }
  | { readonly do: "disarm" };

type Step = readonly [Life, readonly LifeEffect[]];

/** Where the path to each peer begins. */
export const initialLife: Life = { at: "idle" };

/**
 * The life of a direct path as a pure machine. `isLeader` is true on exactly one of the two sides: only the leader offers new links, so two
 * that begin at once make one. Inputs that do not fit the state change nothing.
 */
export function stepLife(state: Life, input: LifeInput, times: LifeTimes, isLeader: boolean): Step {
  switch (input.type) {
    case "want":
      if (state.at === "idle" || (input.isUrgent && (state.at === "resting" || state.at === "refused"))) return ask(triesOf(state), times);
      return [state, []];
    case "agreed":
      return state.at === "asking" ? connect(state.tries, times, isLeader) : [state, []];
    case "refused":
      if (state.at !== "asking") return [state, []];
      return input.isFinal ? [{ at: "refused" }, [{ do: "disarm" }]] : rest(state.tries, []);
    case "wanted":
      return wanted(state, input.isStale, times, isLeader);
    case "offered":
      return [{ at: "connecting", tries: triesOf(state) }, [...lost(state), { do: "arm", ms: times.connectMs }]];
    case "up":
      if (state.at !== "connecting" && state.at !== "down") return [state, []];
      return [{ at: "up", tries: state.tries }, [{ do: "disarm" }, { do: "tell", isUp: true }]];
    case "down":
      if (state.at !== "up") return [state, []];
      return [
        { at: "down", tries: state.tries, isRestarted: false },
        [
          { do: "tell", isUp: false },
          { do: "arm", ms: isLeader ? times.patienceMs : times.patienceMs + times.restartMs },
        ],
      ];
    case "broken":
      if (state.at !== "connecting" && state.at !== "up" && state.at !== "down") return [state, []];
      return rest(input.wasLong ? 0 : state.tries, [...lost(state), { do: "close" }]);
    case "timer":
      return expired(state, times, isLeader);
    case "drop":
      return [{ at: "idle" }, [{ do: "disarm" }, ...lost(state), { do: "close" }]];
  }
}

function triesOf(state: Life): number {
  return "tries" in state ? state.tries : 0;
}

function lost({ at }: Life): readonly LifeEffect[] {
  return at === "up" ? [{ do: "tell", isUp: false }] : [];
}

function ask(tries: number, { askMs }: LifeTimes): Step {
  return [{ at: "asking", tries }, [{ do: "arm", ms: askMs }, { do: "ask" }]];
}

function connect(tries: number, { connectMs }: LifeTimes, isLeader: boolean): Step {
  const effects: readonly LifeEffect[] = [{ do: "arm", ms: connectMs }, ...(isLeader ? ([{ do: "offer" }] as const) : [])];
  return [{ at: "connecting", tries }, effects];
}

function rest(tries: number, effects: readonly LifeEffect[]): Step {
  return [{ at: "resting", tries: tries + 1 }, [...effects, { do: "rest", tries }]];
}

function wanted(state: Life, isStale: boolean, times: LifeTimes, isLeader: boolean): Step {
  switch (state.at) {
    case "idle":
    case "refused":
    case "asking":
    case "resting":
      return connect(triesOf(state), times, isLeader);
    case "connecting":
      return [state, []];
    case "up":
    case "down": {
      if (!isStale) return [state, []];
      const [next, effects] = connect(state.tries, times, isLeader);
      return [next, [...lost(state), { do: "close" }, ...effects]];
    }
  }
}

function expired(state: Life, times: LifeTimes, isLeader: boolean): Step {
  switch (state.at) {
    case "asking":
      return rest(state.tries, []);
    case "connecting":
      return rest(state.tries, [{ do: "close" }]);
    case "down":
      if (state.isRestarted || !isLeader) return rest(state.tries, [{ do: "close" }]);
      return [{ ...state, isRestarted: true }, [{ do: "arm", ms: times.restartMs }, { do: "restart" }]];
    case "resting":
      return ask(state.tries, times);
    case "idle":
    case "refused":
    case "up":
      return [state, []];
  }
}
