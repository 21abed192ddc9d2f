/** The keys two clients share: those in use, and what is under way to new ones. */
export interface State {
  /** The channel that seals; `isOpener`: this side said hello. */
  readonly live: { readonly id: string; readonly isOpener: boolean } | undefined;
  readonly pending: Pending;
}

type Pending =
  | { readonly at: "none" }
  /** New keys for an offer are being made. */
  | { readonly at: "beginning" }
  /** Hello was said. */
  | { readonly at: "offering"; readonly id: string; readonly tries: number }
  /** The other's hello was answered; it has not proven itself yet. */
  | { readonly at: "answering"; readonly id: string; readonly tries: number };

export type Input =
  /** There is something to seal. */
  | { readonly type: "want" }
  /** The keys in use are old. */
  | { readonly type: "renew" }
  | { readonly type: "offered"; readonly id: string }
  | { readonly type: "hello"; readonly id: string }
  | { readonly type: "accept"; readonly id: string }
  | { readonly type: "confirm"; readonly id: string }
  /** The other has proven itself and is trusted. */
  | { readonly type: "proven"; readonly id: string }
  /** What came was sealed with keys that are not there. */
  | { readonly type: "stranger"; readonly id: string }
  | { readonly type: "unknown"; readonly id: string }
  | { readonly type: "plain" }
  /** The other is another client object than the one that agreed on the keys in use. */
  | { readonly type: "replaced" }
  /** Nothing was heard for a while; does anything wait to be sealed? */
  | { readonly type: "tick"; readonly isWanted: boolean }
  /** What is under way came to nothing. */
  | { readonly type: "failed" };

export type Effect =
  | { readonly do: "begin" }
  | { readonly do: "say-hello" }
  | { readonly do: "answer" }
  | { readonly do: "say-accept" }
  | { readonly do: "read-accept" }
  | { readonly do: "read-confirm" }
  | { readonly do: "say-confirm" }
  | { readonly do: "use"; readonly id: string }
  | { readonly do: "retire"; readonly id: string }
  /** What was sealed with the keys in use is not to be opened any more. */
  | { readonly do: "forget"; readonly id: string }
  | { readonly do: "say-unknown"; readonly id: string }
  | { readonly do: "fail"; readonly code: "NOT_ENCRYPTED" | "TIMEOUT" };

const none: Pending = { at: "none" };
const idle: readonly Effect[] = [];

export const initialState: State = { live: undefined, pending: none };

/** How often hello, or the answer to it, is said before it is given up. */
const MAX_TRIES = { offering: 6, answering: 3 } as const;

/** Pure: the caller runs the effects, one message after the other. Inputs that do not fit the state change nothing. */
export function step(state: State, input: Input): readonly [State, readonly Effect[]] {
  const { live, pending } = state;
  switch (input.type) {
    case "want":
      return live === undefined && pending.at === "none" ? begin(state) : [state, idle];
    case "renew":
      return pending.at === "none" ? begin(state) : [state, idle];
    case "offered":
      if (pending.at !== "beginning") return [state, idle];
      return [{ live, pending: { at: "offering", id: input.id, tries: 1 } }, [{ do: "say-hello" }]];
    case "hello":
      return onHello(state, input.id);
    case "accept":
      if (pending.at === "offering" && pending.id === input.id) return [state, [{ do: "read-accept" }]];
      // It has not had the last word, or not yet.
      return [state, live?.isOpener && live.id === input.id ? [{ do: "say-confirm" }] : idle];
    case "confirm":
      return [state, pending.at === "answering" && pending.id === input.id ? [{ do: "read-confirm" }] : idle];
    case "proven":
      return onProven(state, input.id);
    case "stranger":
      if (pending.at === "answering" && pending.id === input.id) return [state, [{ do: "say-accept" }]];
      return [state, [{ do: "say-unknown", id: input.id }]];
    case "unknown":
      return live?.id === input.id ? retire(state, live.id) : [state, idle];
    case "plain":
      if (pending.at === "offering") return [{ live, pending: none }, [{ do: "fail", code: "NOT_ENCRYPTED" }]];
      return live === undefined ? [state, idle] : retire(state, live.id);
    case "replaced":
      return live === undefined ? [state, idle] : [{ live: undefined, pending }, [{ do: "forget", id: live.id }]];
    case "tick":
      return onTick(state, input.isWanted);
    case "failed":
      return [{ live, pending: none }, idle];
  }
}

function begin({ live }: State): readonly [State, readonly Effect[]] {
  return [{ live, pending: { at: "beginning" } }, [{ do: "begin" }]];
}

/** When both say hello at once, the lower id counts: each side sees both. */
function onHello(state: State, id: string): readonly [State, readonly Effect[]] {
  const { live, pending } = state;
  if (live?.id === id) return [state, idle];
  if (pending.at === "answering" && pending.id === id) return [state, [{ do: "say-accept" }]];
  if (pending.at === "offering" && pending.id <= id) return [state, idle];
  return [{ live, pending: { at: "answering", id, tries: 1 } }, [{ do: "answer" }]];
}

function onProven(state: State, id: string): readonly [State, readonly Effect[]] {
  const { live, pending } = state;
  if ((pending.at !== "offering" && pending.at !== "answering") || pending.id !== id) return [state, idle];
  const isOpener = pending.at === "offering";
  const effects: Effect[] = live === undefined ? [] : [{ do: "retire", id: live.id }];
  if (isOpener) effects.push({ do: "say-confirm" });
  return [{ live: { id, isOpener }, pending: none }, [...effects, { do: "use", id }]];
}

/** The other end has lost the keys in use: they are of no use any more. */
function retire({ pending }: State, id: string): readonly [State, readonly Effect[]] {
  const state: State = { live: undefined, pending };
  const [next, effects] = pending.at === "none" ? begin(state) : ([state, idle] as const);
  return [next, [{ do: "retire", id }, ...effects]];
}

function onTick(state: State, isWanted: boolean): readonly [State, readonly Effect[]] {
  const { live, pending } = state;
  if (pending.at !== "offering" && pending.at !== "answering") return [state, idle];
  const isLast = pending.tries >= MAX_TRIES[pending.at];
  if (!isLast)
    return [{ live, pending: { ...pending, tries: pending.tries + 1 } }, [{ do: pending.at === "offering" ? "say-hello" : "say-accept" }]];
  if (live !== undefined) return [{ live, pending: none }, idle];
  if (pending.at === "answering") return isWanted ? begin(state) : [{ live, pending: none }, idle];
  return [{ live, pending: none }, [{ do: "fail", code: "TIMEOUT" }]];
}
