/** What waits to be offered: nothing, a change of media, or new ICE credentials. */
export type Wanted = "nothing" | "media" | "restart";

/**
 * Where the negotiation of one connection stands. Offers are numbered by their maker, so that an answer to an offer that was taken back
 * is told from the answer to the newest one.
 */
export type Negotiation =
  | { readonly at: "stable"; readonly lastOffer: number; readonly wanted: Wanted }
  | { readonly at: "offered"; readonly lastOffer: number; readonly wanted: Wanted; readonly offered: Wanted };

export type NegotiationInput =
  /** Something changed that the other side has to be told by an offer. */
  | { readonly type: "want"; readonly what: "media" | "restart" }
  /** The last effect is done: offer what waits. */
  | { readonly type: "settled" }
  | { readonly type: "offer" }
  | { readonly type: "answer"; readonly offer: number }
  /** The other side could not apply our offer. */
  | { readonly type: "reject"; readonly offer: number };

export type NegotiationEffect =
  | { readonly do: "offer"; readonly offer: number; readonly isRestart: boolean }
  | { readonly do: "rollback" }
  | { readonly do: "accept" }
  | { readonly do: "apply-answer" }
  | { readonly do: "ignore" };

export const initialNegotiation: Negotiation = { at: "stable", lastOffer: 0, wanted: "nothing" };

/**
 * Perfect negotiation as a pure machine: when offers cross, the polite side takes its own back and makes it again afterwards, the
 * other one ignores what it got. The caller runs the effects one after another, and gives no input while one is running.
 */
export function stepNegotiation(
  state: Negotiation,
  input: NegotiationInput,
  isPolite: boolean,
): readonly [Negotiation, readonly NegotiationEffect[]] {
  switch (input.type) {
    case "want":
      return settle({ ...state, wanted: stronger(state.wanted, input.what) });
    case "settled":
      return settle(state);
    case "offer":
      if (state.at === "stable") return [state, [{ do: "accept" }]];
      if (!isPolite) return [state, [{ do: "ignore" }]];
      return [withdraw(state), [{ do: "rollback" }, { do: "accept" }]];
    case "answer":
      if (state.at !== "offered" || input.offer !== state.lastOffer) return [state, [{ do: "ignore" }]];
      return [{ at: "stable", lastOffer: state.lastOffer, wanted: state.wanted }, [{ do: "apply-answer" }]];
    case "reject":
      if (state.at !== "offered" || input.offer !== state.lastOffer) return [state, [{ do: "ignore" }]];
      return [{ at: "stable", lastOffer: state.lastOffer, wanted: state.wanted }, [{ do: "rollback" }]];
  }
}

/** What the withdrawn offer said has to be said again. */
function withdraw(state: Negotiation & { at: "offered" }): Negotiation {
  return { at: "stable", lastOffer: state.lastOffer, wanted: stronger(state.wanted, state.offered) };
}

function settle(state: Negotiation): readonly [Negotiation, readonly NegotiationEffect[]] {
  if (state.at !== "stable" || state.wanted === "nothing") return [state, []];
  const offer = state.lastOffer + 1;
  return [
    { at: "offered", lastOffer: offer, wanted: "nothing", offered: state.wanted },
    [{ do: "offer", offer, isRestart: state.wanted === "restart" }],
  ];
}

const strength: { readonly [W in Wanted]: number } = { nothing: 0, media: 1, restart: 2 };

function stronger(one: Wanted, other: Wanted): Wanted {
  return strength[one] >= strength[other] ? one : other;
}
