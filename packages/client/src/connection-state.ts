import { PeerloomError } from "@peerloom/core";
import type { Welcome } from "@peerloom/protocol";
import { isFinalBye, isTemporaryRefusal } from "./refusals.ts";

/** What every state but `closed` knows of the way so far. */
interface History {
  /** Tries since the last time things went well. */
  readonly attempt: number;
  /** The relay has let this instance in before, so a holder of its id may be its own dead socket. */
  readonly wasAdmitted: boolean;
  /** Why the last try failed. */
  readonly failure?: PeerloomError | undefined;
}

export type ConnectionState =
  /** The next try waits for its time. */
  | ({ readonly at: "waiting" } & History)
  /** The socket is connecting. */
  | ({ readonly at: "opening" } & History)
  /** The socket is connected; the relay's welcome is awaited. */
  | ({ readonly at: "greeting" } & History)
  | ({ readonly at: "online" } & History)
  | { readonly at: "closed"; readonly error: PeerloomError | undefined };

export type ConnectionInput =
  | { readonly type: "retry" }
  | { readonly type: "opened" }
  | { readonly type: "welcomed"; readonly welcome: Welcome }
  /** The try failed before the relay had an opinion; or took too long. */
  | { readonly type: "failed"; readonly error: PeerloomError }
  /** The relay refused the connection; `offlineMs` is the time since this client was online last. */
  | { readonly type: "refused"; readonly error: PeerloomError; readonly offlineMs: number }
  | { readonly type: "lost"; readonly error: PeerloomError }
  /** The relay closes the connection; `onlineMs` is the time since its welcome, 0 when there was none. */
  | { readonly type: "bye"; readonly error: PeerloomError; readonly onlineMs: number }
  | { readonly type: "close"; readonly error?: PeerloomError | undefined };

export type ConnectionEffect =
  /** Connect the socket; give up on this try after a while. */
  | { readonly do: "open" }
  /** Tell `retry` after the delay of this try. */
  | { readonly do: "wait"; readonly attempt: number }
  | { readonly do: "disconnect" }
  | { readonly do: "online"; readonly welcome: Welcome }
  | { readonly do: "offline"; readonly error: PeerloomError };

type Step = readonly [ConnectionState, readonly ConnectionEffect[]];

/** A relay notices a dead socket within its ping time; until then the id may look taken. */
const takenPatienceMs = 60_000;

/** Who was online for so long had got in for good. */
const steadyMs = 5000;

/** Where a connection begins: `retry` starts the first try. */
export const initialConnection: ConnectionState = { at: "waiting", attempt: 0, wasAdmitted: false };

/** Pure: the caller runs the effects. Inputs that do not fit the state change nothing. */
export function step(state: ConnectionState, input: ConnectionInput): Step {
  if (state.at === "closed") return [state, []];
  switch (input.type) {
    case "retry":
      return state.at === "waiting" ? [{ ...state, at: "opening" }, [{ do: "open" }]] : [state, []];
    case "opened":
      return state.at === "waiting" || state.at === "opening" ? [{ ...state, at: "greeting", wasAdmitted: true }, []] : [state, []];
    case "welcomed":
      return state.at === "greeting" ? [{ ...state, at: "online" }, [{ do: "online", welcome: input.welcome }]] : [state, []];
    case "failed":
      return state.at === "opening" || state.at === "greeting" ? again(state, input.error) : [state, []];
    case "refused":
      return refused(state, input.error, input.offlineMs);
    case "lost":
      return lost(state, input.error);
    case "bye":
      return isFinalBye(input.error.code) ? close(state, input.error) : again(steadied(state, input.onlineMs), input.error);
    case "close":
      return close(state, input.error);
  }
}

type Live = Exclude<ConnectionState, { readonly at: "closed" }>;

function refused(state: Live, error: PeerloomError, offlineMs: number): Step {
  const isOwnGhost = error.code === "CLIENT_ID_TAKEN" && state.wasAdmitted && offlineMs < takenPatienceMs;
  return isOwnGhost || isTemporaryRefusal(error.code) ? again(state, error) : close(state, error);
}

/** A relay that keeps a client for a while and then asks it to move is not one that sends it away again and again: the delays begin anew. */
function steadied(state: Live, onlineMs: number): Live {
  return onlineMs >= steadyMs ? { ...state, attempt: 0 } : state;
}

/** A connection that simply broke is tried again without growing delays. */
function lost(state: Live, error: PeerloomError): Step {
  if (state.at === "online") return again({ ...state, attempt: 0 }, error);
  return state.at === "waiting" ? [state, []] : again(state, error);
}

function again(state: Live, error: PeerloomError): Step {
  if (state.at === "waiting") return [{ ...state, failure: error }, []];
  const next: ConnectionState = { at: "waiting", attempt: state.attempt + 1, wasAdmitted: state.wasAdmitted, failure: error };
  const effects: ConnectionEffect[] = [{ do: "disconnect" }, { do: "wait", attempt: state.attempt }];
  return [next, state.at === "online" ? [{ do: "offline", error }, ...effects] : effects];
}

function close(state: Live, error: PeerloomError | undefined): Step {
  const reason = error ?? new PeerloomError("CLOSED", "closed locally");
  const effects: ConnectionEffect[] = [{ do: "disconnect" }];
  return [{ at: "closed", error }, state.at === "online" ? [{ do: "offline", error: reason }, ...effects] : effects];
}
