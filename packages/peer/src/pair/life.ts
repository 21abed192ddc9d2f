import { PeerloomError } from "@peerloom/core";

/** What users see of a pair. */
export type ConnectionState = "new" | "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** How long a pair waits for what; milliseconds. */
export interface LifeTimes {
  /** For the first connection; 0: for ever. */
  readonly connectTimeoutMs: number;
  /** For a connection that was lost to come back; 0: for ever. */
  readonly reconnectTimeoutMs: number;
  /** For ICE to find a new way before everything is made anew. */
  readonly restartMs: number;
  /** For one attempt of making everything anew. */
  readonly attemptMs: number;
  /** How much longer the side that follows waits before it acts. */
  readonly patienceMs: number;
}

export type Life =
  | { readonly at: "new" }
  | { readonly at: "connecting"; readonly isOpener: boolean }
  | { readonly at: "connected" }
  | { readonly at: "disconnected"; readonly next: "restart" | "attempt"; readonly tries: number }
  | { readonly at: "closed" };

export type LifeInput =
  /** `isOpener`: this side makes the first offer. */
  | { readonly type: "start"; readonly isOpener: boolean }
  | { readonly type: "up" }
  /** The path is lost, or the control channel is. */
  | { readonly type: "down" }
  /** The connection is beyond help: only a new one will do. */
  | { readonly type: "broken" }
  | { readonly type: "retry" }
  | { readonly type: "expired" }
  /** The network of this machine came back. */
  | { readonly type: "network" }
  | { readonly type: "stop" };

export type LifeEffect =
  | { readonly do: "say"; readonly state: ConnectionState }
  /** Make a connection anew, and offer it. */
  | { readonly do: "attempt" }
  /** Offer new ICE credentials. */
  | { readonly do: "restart" }
  | { readonly do: "arm"; readonly timer: "retry" | "expire"; readonly ms: number }
  | { readonly do: "disarm"; readonly timer: "retry" | "expire" }
  | { readonly do: "report" }
  | { readonly do: "dispose" };

/** The life of a pair of peers as a pure machine. `isLeader` is true on exactly one of the two sides. */
export function stepLife(state: Life, input: LifeInput, times: LifeTimes, isLeader: boolean): readonly [Life, readonly LifeEffect[]] {
  if (state.at === "closed") return [state, []];
  const patience = isLeader ? 0 : times.patienceMs;
  switch (input.type) {
    case "start":
      if (state.at !== "new") return [state, []];
      return [
        { at: "connecting", isOpener: input.isOpener },
        [
          { do: "say", state: "connecting" },
          ...expire(times.connectTimeoutMs),
          ...(input.isOpener ? ([{ do: "attempt" }, retry(times.attemptMs)] as const) : []),
        ],
      ];
    case "up":
      if (state.at === "connected") return [state, []];
      return [
        { at: "connected" },
        [
          { do: "disarm", timer: "retry" },
          { do: "disarm", timer: "expire" },
          { do: "say", state: "connected" },
        ],
      ];
    case "down":
      if (state.at !== "connected") return [state, []];
      return [{ at: "disconnected", next: "restart", tries: 0 }, [...lost(times), retry(patience)]];
    case "broken":
      if (state.at === "connected") return [{ at: "disconnected", next: "attempt", tries: 0 }, [...lost(times), retry(patience)]];
      if (state.at === "disconnected" && state.next === "restart") return [{ ...state, next: "attempt" }, [retry(patience)]];
      // Not at once: what broke is likely to break again.
      if (state.at === "connecting" && state.isOpener) return [state, [retry(Math.min(1000, times.attemptMs))]];
      return [state, []];
    case "retry":
      if (state.at === "connecting") return [state, state.isOpener ? [{ do: "attempt" }, retry(times.attemptMs)] : []];
      if (state.at !== "disconnected") return [state, []];
      if (state.next === "restart")
        return [{ at: "disconnected", next: "attempt", tries: 0 }, [{ do: "restart" }, retry(times.restartMs + patience)]];
      return [
        { ...state, tries: state.tries + 1 },
        [{ do: "attempt" }, retry(Math.min(times.attemptMs * 2 ** Math.min(state.tries, 3), 30_000) + patience)],
      ];
    case "network":
      if (state.at === "disconnected") return [{ ...state, tries: 0 }, [retry(patience)]];
      if (state.at === "connecting" && state.isOpener) return [state, [retry(0)]];
      return [state, []];
    case "expired":
      if (state.at !== "connecting" && state.at !== "disconnected") return [state, []];
      return [
        { at: "closed" },
        [...disarmed, { do: "say", state: "failed" }, { do: "report" }, { do: "dispose" }, { do: "say", state: "closed" }],
      ];
    case "stop":
      return [{ at: "closed" }, [...disarmed, { do: "dispose" }, { do: "say", state: "closed" }]];
  }
}

/** The error of a pair that is given up. */
export function lossOf(
  id: string,
  before: Life,
  { connectTimeoutMs, reconnectTimeoutMs }: LifeTimes,
  isUnanswered: boolean,
): PeerloomError {
  if (before.at === "disconnected") return new PeerloomError("PEER_LOST", `"${id}" did not come back within ${reconnectTimeoutMs} ms`);
  const why = isUnanswered ? "it did not answer" : "no path to it was found";
  return new PeerloomError("TIMEOUT", `"${id}" could not be connected within ${connectTimeoutMs} ms: ${why}`);
}

const disarmed: readonly LifeEffect[] = [
  { do: "disarm", timer: "retry" },
  { do: "disarm", timer: "expire" },
];

function lost({ reconnectTimeoutMs }: LifeTimes): readonly LifeEffect[] {
  return [{ do: "say", state: "disconnected" }, ...expire(reconnectTimeoutMs)];
}

function expire(ms: number): readonly LifeEffect[] {
  return ms === 0 || ms === Infinity ? [] : [{ do: "arm", timer: "expire", ms }];
}

function retry(ms: number): LifeEffect {
  return { do: "arm", timer: "retry", ms };
}
